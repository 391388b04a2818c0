import time

from flask import request


def flask_view():
    number = request.args.get("n", 5, type=int)
    # ruleid: python-work-sized-by-caller
    time.sleep(number)
    # ruleid: python-work-sized-by-caller
    text = "x" * int(request.form["n"])
    # ok: python-work-sized-by-caller
    few = list(range(min(number, 10)))
    return text, few


def django_view(request):
    count = int(request.GET.get("count", "1"))
    # ruleid: python-work-sized-by-caller
    return [0] * count


def capped(request):
    count = int(request.GET["count"])
    if count > 100:
        return []
    # ok: python-work-sized-by-caller
    return list(range(count))


def capped_inside(request):
    count = int(request.GET["count"])
    if 0 < count < 100:
        # ok: python-work-sized-by-caller
        return list(range(count))
    return []
