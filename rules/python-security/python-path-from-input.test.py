import os
import shutil
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import flask
from flask import request
from shop.models import Report
from werkzeug.utils import secure_filename

app = flask.Flask(__name__)
ROOT = Path("/srv/reports")
REPORTS = {"sales": "sales.csv"}


@app.route("/r/<path:name>")
def report(name):
    # ruleid: python-path-from-input
    return flask.send_file(os.path.join("/srv/reports", name))


@app.route("/s/<path:name>")
def by_helper(name):
    # ok: python-path-from-input
    return flask.send_from_directory("/srv/reports", name)


@app.route("/u", methods=["POST"])
def upload():
    picture = request.files["picture"]
    # ok: python-path-from-input
    picture.save(os.path.join("/srv/uploads", secure_filename(picture.filename)))
    # ok: python-path-from-input
    picture.save(os.path.join("/srv/uploads", os.path.basename(request.form["name"])))
    # ruleid: python-path-from-input
    picture.save(os.path.join("/srv/uploads", request.form["name"]))
    return "", 204


@app.route("/c")
def checked():
    path = (ROOT / request.args["name"]).resolve()
    if not path.is_relative_to(ROOT):
        flask.abort(404)
    # ok: python-path-from-input
    return {"text": path.read_text()}


@app.route("/d")
def unchecked():
    path = ROOT / request.args["name"]
    # ruleid: python-path-from-input
    found = path.exists()
    # ruleid: python-path-from-input
    return {"found": found, "text": path.read_text()}


@app.route("/e")
def by_prefix():
    path = os.path.realpath(os.path.join("/srv/reports", request.args["name"]))
    if not path.startswith("/srv/reports/"):
        flask.abort(404)
    # ok: python-path-from-input
    return {"size": len(open(path).read())}


@app.route("/f")
def refused():
    name = request.args["name"]
    if ".." in name or "/" in name:
        flask.abort(404)
    # ok: python-path-from-input
    return {"size": len(open("/srv/reports/" + name).read())}


def django_view(request):
    name = request.GET.get("name", "sales")
    # ruleid: python-path-from-input
    shutil.rmtree(f"/srv/reports/{name}")
    # ok: python-path-from-input
    shutil.rmtree("/srv/reports/" + REPORTS[name])
    # ok: python-path-from-input
    known = Report.objects.filter(name=name).exists()
    part = name[1:]
    # ruleid: python-path-from-input
    os.remove("/srv/reports/" + part)
    names = [one.strip() for one in name.split(",")]
    # ruleid: python-path-from-input
    os.remove(os.path.join("/srv/reports", *names))
    return known


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        # ruleid: python-path-from-input
        with open("/srv" + self.path, "rb") as file:
            self.wfile.write(file.read())


def application(environ, start_response):
    # ruleid: python-path-from-input
    return open("/srv/" + environ["PATH_INFO"], "rb")


def load_settings(name):
    # ok: python-path-from-input
    with open(name) as file:
        return file.read()
