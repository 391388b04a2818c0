"""Pages that are given out."""

import os

from flask import Flask, request, send_file

app = Flask(__name__)
PAGES = os.path.abspath("pages")


@app.get("/page")
def page():
    return send_file(os.path.join(PAGES, request.args.get("name", "")))
