import ast

import flask
import jinja2
from flask import render_template_string, request

app = flask.Flask(__name__)


@app.route("/f", methods=["POST"])
def formula():
    # ruleid: python-code-from-input
    eval(request.form["formula"])
    # ruleid: python-code-from-input
    exec(request.get_data())
    # ruleid: python-code-from-input
    render_template_string("<p>" + request.form["name"] + "</p>")
    # ok: python-code-from-input
    render_template_string("<p>{{ name }}</p>", name=request.form["name"])
    # ok: python-code-from-input
    jinja2.Template("{{ name }}").render(name=request.form["name"])
    # ok: python-code-from-input
    return ast.literal_eval(request.form["formula"])
