import flask
from flask import redirect, request, url_for

app = flask.Flask(__name__)


def is_safe_url(target):
    return target.startswith("/") and not target.startswith("//")


@app.route("/a")
def anywhere():
    # ruleid: python-redirect-from-input
    return redirect(request.args.get("next", "/"))


@app.route("/b")
def checked():
    target = request.args.get("next", "/")
    if not is_safe_url(target):
        flask.abort(400)
    # ok: python-redirect-from-input
    return redirect(target)


@app.route("/c/<name>")
def within(name):
    # ok: python-redirect-from-input
    return redirect(url_for("profile", name=name))


@app.route("/d/<name>")
def prefixed(name):
    # ok: python-redirect-from-input
    return redirect("/profiles/" + name)
