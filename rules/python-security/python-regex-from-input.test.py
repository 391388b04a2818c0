import re

from flask import request

WORD = re.compile(r"\w+")


def flask_view(text):
    # ruleid: python-regex-from-input
    re.search(request.args["pattern"], text)
    # ruleid: python-regex-from-input
    re.compile(f"^{request.args['pattern']}$")
    # ok: python-regex-from-input
    re.search(re.escape(request.args["pattern"]), text)
    # ok: python-regex-from-input
    re.search("^[a-z]+$", request.args["text"])
    # ok: python-regex-from-input
    return WORD.findall(request.args["text"])


def django_view(request, text):
    # ruleid: python-regex-from-input
    return re.findall(request.GET.get("pattern"), text)
