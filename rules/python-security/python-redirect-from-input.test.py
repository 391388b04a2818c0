from urllib.parse import urlsplit

import flask
from aiohttp import web
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from flask import redirect, request, url_for

app = flask.Flask(__name__)
api = FastAPI()


def is_safe_url(target):
    return target.startswith("/") and not target.startswith("//")


@app.route("/a")
def anywhere():
    # ruleid: python-redirect-from-input
    return redirect(request.args.get("next", "/"))


@app.route("/b")
def checked():
    target = request.args.get("next", "/")
    if not is_safe_url(target):
        flask.abort(400)
    # ok: python-redirect-from-input
    return redirect(target)


@app.route("/c/<name>")
def within(name):
    # ok: python-redirect-from-input
    return redirect(url_for("profile", name=name))


@app.route("/d/<name>")
def prefixed(name):
    # ok: python-redirect-from-input
    return redirect("/profiles/" + name)


@app.route("/e")
def own_path():
    target = request.args["next"]
    if not target.startswith("/") or target.startswith("//"):
        flask.abort(400)
    # ok: python-redirect-from-input
    return redirect(target)


@app.route("/f")
def known_host():
    target = request.args["next"]
    parts = urlsplit(target)
    if parts.netloc not in ("www.example.com",) or parts.scheme != "https":
        flask.abort(400)
    # ok: python-redirect-from-input
    return redirect(target)


@app.route("/own")
def by_own_function():
    # ok: python-redirect-from-input
    return redirect(get_safe_next_path(request.args["next"]))


@app.route("/g")
def by_header():
    response = flask.Response("", 302)
    # ruleid: python-redirect-from-input
    response.headers["Location"] = request.args["next"]
    return response


@api.get("/h")
async def fastapi_view(target: str):
    # ruleid: python-redirect-from-input
    return RedirectResponse(target)


def django_view(request):
    target = request.GET.get("next", "/")
    if request.user.is_anonymous:
        # ruleid: python-redirect-from-input
        return HttpResponseRedirect(target)
    response = HttpResponse(status=302)
    # ruleid: python-redirect-from-input
    response["Location"] = target
    if url_has_allowed_host_and_scheme(target, {request.get_host()}):
        # ok: python-redirect-from-input
        return HttpResponseRedirect(target)
    return response


async def aiohttp_view(request):
    # ruleid: python-redirect-from-input
    raise web.HTTPFound(request.query["next"])
