import html

import flask
from flask import jsonify, render_template, request
from markupsafe import Markup, escape

app = flask.Flask(__name__)


@app.route("/a")
def formatted():
    name = request.args.get("name", "")
    # ruleid: python-html-from-input
    return f"<h1>Hello {name}</h1>"


@app.route("/b")
def joined():
    # ruleid: python-html-from-input
    return "<p>" + request.args["name"] + "</p>"


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
    # ok: python-html-from-input
    return jsonify(name=request.args["name"])


@app.route("/g")
def plain():
    # ok: python-html-from-input
    return f"{request.args['name']} is welcome", 200, {"Content-Type": "text/plain"}
