"""Reads a list that a form sends."""

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.post("/sum")
def total():
    numbers = eval(request.form["numbers"])
    return jsonify(sum(numbers))
