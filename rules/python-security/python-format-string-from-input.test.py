from flask import request


def flask_view(user):
    greeting = request.args["greeting"]
    # ruleid: python-format-string-from-input
    greeting.format(user=user)
    # ruleid: python-format-string-from-input
    (greeting + " {user}").format(user=user)
    # ok: python-format-string-from-input
    "{} {}".format(greeting, user)
    # ok: python-format-string-from-input
    return f"{greeting} {user}"


def django_view(request, user):
    # ruleid: python-format-string-from-input
    return request.GET.get("greeting", "").format_map({"user": user})
