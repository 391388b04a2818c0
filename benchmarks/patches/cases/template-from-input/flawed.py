"""Greets."""

from flask import Flask, render_template_string, request

app = Flask(__name__)


@app.get("/hello")
def hello():
    name = request.args.get("name", "")
    return render_template_string("<p>Hello, " + name + "</p>")
