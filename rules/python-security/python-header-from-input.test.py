from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

import flask
from django.http import HttpResponse
from flask import request
from werkzeug.datastructures import Headers

TYPES = {"csv": "text/csv"}


def flask_view():
    response = flask.Response("")
    # ruleid: python-header-from-input
    response.headers["X-Name"] = request.args["name"]
    # ok: python-header-from-input
    response.headers["X-Name"] = quote(request.args["name"])
    # ok: python-header-from-input
    response.headers["Content-Type"] = TYPES[request.args["type"]]
    headers = Headers()
    # ruleid: python-header-from-input
    headers.add("X-Name", request.args["name"])
    return response


def django_view(request):
    response = HttpResponse()
    # ruleid: python-header-from-input
    response["X-Name"] = request.GET["name"]
    # ok: python-header-from-input
    response["X-Page"] = str(int(request.GET["page"]))
    return response


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        # ruleid: python-header-from-input
        self.send_header("X-Path", self.path)
