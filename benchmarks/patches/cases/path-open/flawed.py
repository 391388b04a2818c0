"""Pages that are given out."""

import os

from flask import Flask, request

app = Flask(__name__)
PAGES = os.path.abspath("pages")


@app.get("/page")
def page():
    name = request.args.get("name", "")
    with open(os.path.join(PAGES, name), encoding="utf-8") as file:
        return file.read()
