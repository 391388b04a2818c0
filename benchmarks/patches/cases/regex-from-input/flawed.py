"""Finds lines."""

import re

from flask import Flask, jsonify, request

app = Flask(__name__)
LINES = ["one", "a.b", "aab"]


@app.get("/find")
def find():
    word = request.args.get("word", "")
    return jsonify([line for line in LINES if re.search(word, line)])
