import os
from pathlib import Path

import flask
from flask import request
from werkzeug.utils import secure_filename

app = flask.Flask(__name__)
ROOT = Path("/srv/reports")


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
    file = request.files["file"]
    # ruleid: python-path-from-input
    file.save(os.path.join("/srv/uploads", file.filename))
    # ok: python-path-from-input
    file.save(os.path.join("/srv/uploads", secure_filename(file.filename)))


@app.route("/c")
def checked():
    path = (ROOT / request.args["name"]).resolve()
    if not path.is_relative_to(ROOT):
        flask.abort(404)
    # ok: python-path-from-input
    return path.read_text()


@app.route("/d")
def unchecked():
    path = ROOT / request.args["name"]
    # ruleid: python-path-from-input
    return path.read_text()


def load_settings(name):
    # ok: python-path-from-input
    with open(name) as file:
        return file.read()
