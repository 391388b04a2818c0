"""Takes pictures."""

import os

from flask import Flask, request

app = Flask(__name__)
FOLDER = os.path.abspath("pictures")


@app.post("/pictures")
def pictures():
    picture = request.files["picture"]
    picture.save(os.path.join(FOLDER, picture.filename))
    return "kept"
