import base64
import hmac
import json
import pickle

import flask
import jsonpickle
import yaml
from flask import request

app = flask.Flask(__name__)


@app.route("/a")
def from_cookie():
    raw = base64.b64decode(request.cookies.get("basket", ""))
    # ruleid: python-objects-from-input
    basket = pickle.loads(raw)
    # ruleid: python-objects-from-input
    basket.update(jsonpickle.decode(request.args["more"]))
    # ok: python-objects-from-input
    basket.update(json.loads(request.args["more"]))
    return {"basket": basket["number"]}


def uploaded(request):
    # ruleid: python-objects-from-input
    pickle.load(request.FILES["file"])
    # ruleid: python-objects-from-input
    yaml.load(request.body, Loader=yaml.Loader)
    # ruleid: python-objects-from-input
    yaml.load(request.body, yaml.UnsafeLoader)
    # ruleid: python-objects-from-input
    yaml.unsafe_load(request.body)
    # ok: python-objects-from-input
    yaml.load(request.body, Loader=yaml.SafeLoader)
    # ok: python-objects-from-input
    yaml.safe_load(request.body)


def over_a_socket(connection):
    # ruleid: python-objects-from-input
    return pickle.loads(connection.recv(4096))


def signed(request, key: bytes):
    data = request.body
    signature = request.headers["X-Signature"]
    if not hmac.compare_digest(hmac.new(key, data, "sha256").hexdigest(), signature):
        return None
    # ok: python-objects-from-input
    return pickle.loads(data)


@app.route("/e")
def chosen():
    store = {}
    store["name"] = "fixed"
    store["given"] = request.args["given"]
    store["last"] = "fixed"
    given = store["given"]
    # ruleid: python-objects-from-input
    pickle.loads(given)
    name = store["name"]
    # ok: python-objects-from-input
    return {"number": len(pickle.loads(name))}
