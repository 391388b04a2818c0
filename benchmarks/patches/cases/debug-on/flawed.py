"""Starts the shop."""

from flask import Flask

app = Flask(__name__)


def start():
    app.run(port=8080, debug=True)
