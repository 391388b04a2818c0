from urllib.parse import urlsplit

from flask import request


def flask_view():
    target = request.args.get("next", "")
    # ruleid: python-host-checked-by-part
    if "example.com" in target:
        return target
    # ruleid: python-host-checked-by-part
    if target.startswith("https://example.com"):
        return target
    # ruleid: python-host-checked-by-part
    if target.endswith("example.com"):
        return target
    # ok: python-host-checked-by-part
    if target.startswith("https://example.com/"):
        return target
    # ok: python-host-checked-by-part
    if urlsplit(target).hostname.endswith(".example.com"):
        return target
    # ok: python-host-checked-by-part
    if "draft" in target:
        return target
    return ""


def django_view(request):
    # ruleid: python-host-checked-by-part
    return "example.org" not in request.GET["url"]


def library(url: str):
    # ok: python-host-checked-by-part
    return "api.example.org" in url
