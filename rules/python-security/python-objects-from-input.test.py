import base64
import json
import pickle

import flask

app = flask.Flask(__name__)


@app.route("/basket", methods=["POST"])
def basket():
    # ruleid: python-objects-from-input
    pickle.loads(flask.request.data)
    raw = base64.b64decode(flask.request.cookies.get("basket", ""))
    # ruleid: python-objects-from-input
    pickle.loads(raw)
    # ok: python-objects-from-input
    return json.loads(raw)


def own_cache(path):
    with open(path, "rb") as file:
        # ok: python-objects-from-input
        return pickle.load(file)
