"""Counts the lines of a page."""

import subprocess

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.get("/lines")
def lines():
    page = request.args.get("page", "")
    subprocess.run(f"count-lines --page {page}", shell=True, check=True)
    return jsonify(done=True)
