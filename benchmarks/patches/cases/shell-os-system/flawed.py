"""Counts the lines of a page."""

import os

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.get("/lines")
def lines():
    page = request.args.get("page", "")
    os.system("count-lines --page " + page)
    return jsonify(done=True)
