import flask
from flask import request
from shop import reports

NAMES = ("sales", "stock")


def flask_view(order):
    # ruleid: python-name-chosen-by-input
    getattr(reports, request.args["report"])()
    for key, value in request.form.items():
        # ruleid: python-name-chosen-by-input
        setattr(order, key, value)
    # ruleid: python-name-chosen-by-input
    globals()[request.args["report"]]()
    name = request.args["report"]
    if name not in NAMES:
        flask.abort(404)
    # ok: python-name-chosen-by-input
    getattr(reports, name)()
    # ok: python-name-chosen-by-input
    setattr(order, "name", request.form["name"])


def django_view(request):
    # ok: python-name-chosen-by-input
    return getattr(request, "user", request.GET["name"])
