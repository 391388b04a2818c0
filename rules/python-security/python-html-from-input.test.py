import html
from http.server import BaseHTTPRequestHandler

import flask
from aiohttp import web
from django.http import HttpResponse, JsonResponse
from django.utils.html import format_html
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from flask import Response, jsonify, make_response, render_template, request
from markupsafe import Markup, escape
from tornado.web import RequestHandler

app = flask.Flask(__name__)
api = FastAPI()


@app.route("/a")
def formatted():
    name = request.args.get("name", "")
    # ruleid: python-html-from-input
    return f"<h1>Hello {name}</h1>"


@app.route("/b")
def joined():
    page = "<p>"
    page += request.args["name"]
    page += "</p>"
    # ruleid: python-html-from-input
    return page


@app.route("/c/<name>")
def marked(name):
    # ruleid: python-html-from-input
    return render_template("page.html", name=Markup("<b>" + name + "</b>"))


@app.route("/d")
def escaped():
    name = request.args.get("name", "")
    # ok: python-html-from-input
    return f"<h1>Hello {escape(name)}</h1>" + "<p>" + html.escape(name) + "</p>"


@app.route("/e")
def rendered():
    # ok: python-html-from-input
    return render_template("page.html", name=request.args["name"])


@app.route("/f")
def data():
    if request.args:
        # ok: python-html-from-input
        return {"name": request.args["name"]}
    # ok: python-html-from-input
    return jsonify(name=request.args["name"])


@app.route("/g")
def plain():
    # ok: python-html-from-input
    return f"{request.args['name']} is welcome", 200, {"Content-Type": "text/plain"}


@app.route("/h")
def made():
    # ruleid: python-html-from-input
    response = make_response("Hello " + request.args["name"])
    return response


@app.route("/i")
def typed():
    # ok: python-html-from-input
    response = Response("Hello " + request.args["name"], mimetype="text/plain")
    # ok: python-html-from-input
    return response


@app.route("/j")
def in_a_header():
    # ok: python-html-from-input
    return make_response(("Hello", {"X-Name": request.args["name"]}))


@app.get("/k")
def by_verb():
    # ruleid: python-html-from-input
    return "Hello " + request.args["name"]


@app.errorhandler(404)
def not_found(error):
    # ruleid: python-html-from-input
    return f"<p>There is no {request.path}</p>", 404


@app.route("/m")
def fixed_path():
    # ok: python-html-from-input
    return f"<p>This is {request.path}</p>"


@api.get("/l")
async def fastapi_view(name: str):
    # ruleid: python-html-from-input
    return HTMLResponse(f"<p>{name}</p>")


def django_view(request):
    name = request.GET["name"]
    # ok: python-html-from-input
    JsonResponse({"name": name})
    # ok: python-html-from-input
    HttpResponse(format_html("<p>{}</p>", name))
    # ruleid: python-html-from-input
    return HttpResponse("<p>" + name + "</p>")


async def aiohttp_view(request):
    # ok: python-html-from-input
    web.Response(text=request.query["name"])
    # ruleid: python-html-from-input
    return web.Response(text="<p>" + request.query["name"] + "</p>", content_type="text/html")


class Page(RequestHandler):
    def get(self):
        # ruleid: python-html-from-input
        self.write("<p>" + self.get_argument("name"))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        # ruleid: python-html-from-input
        self.wfile.write(f"<p>{self.path}".encode())
