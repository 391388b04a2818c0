import secrets

from flask import make_response, request


def from_query():
    response = make_response("")
    sid = request.args.get("sid")
    # ruleid: python-session-id-from-request
    response.set_cookie("sid", sid, secure=True, httponly=True)
    # ruleid: python-session-id-from-request
    response.set_cookie(key="sessionid", value=request.form["id"], secure=True, httponly=True)
    # ok: python-session-id-from-request
    response.set_cookie("language", request.args.get("lang"), secure=True)
    # ok: python-session-id-from-request
    response.set_cookie("sid", secrets.token_hex(16), secure=True, httponly=True)
    return response


def django_view(request, response, store):
    # ruleid: python-session-id-from-request
    response.set_cookie("sessionid", request.GET["sid"], secure=True, httponly=True)
    # ok: python-session-id-from-request
    response.set_cookie("sessionid", store.rotate(request.COOKIES["sid"]), secure=True, httponly=True)
