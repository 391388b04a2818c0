import ast
import importlib
import re

import flask
from fastapi import FastAPI
from flask import request
from tornado.web import RequestHandler

app = flask.Flask(__name__)
api = FastAPI()
PLUGINS = {"csv": "shop.export_csv", "pdf": "shop.export_pdf"}


@app.route("/f", methods=["POST"])
def formula():
    # ruleid: python-code-from-input
    eval(request.form["formula"])
    # ruleid: python-code-from-input
    exec(request.get_data())
    # ok: python-code-from-input
    return ast.literal_eval(request.form["formula"])


@api.get("/f")
async def typed(formula: str, count: int):
    # ruleid: python-code-from-input
    eval(formula)
    # ok: python-code-from-input
    eval(f"range({count})")


class Formula(RequestHandler):
    def post(self):
        # ruleid: python-code-from-input
        compile(self.get_argument("formula"), "formula", "eval")


def django_view(request):
    name = request.GET.get("plugin", "")
    # ruleid: python-code-from-input
    importlib.import_module(f"shop.{name}")
    # ok: python-code-from-input
    importlib.import_module(PLUGINS[name])
    # ok: python-code-from-input
    importlib.import_module(PLUGINS.get(name, "shop.export_csv"))


def function_as_a_service(event, context):
    # ruleid: python-code-from-input
    return eval(event["formula"])


def only_listed(request):
    name = request.POST["plugin"]
    if name not in PLUGINS.values():
        raise LookupError(name)
    # ok: python-code-from-input
    return __import__(name)


def only_digits(request):
    text = request.POST["text"]
    if not re.fullmatch(r"[0-9+*/ -]+", text):
        return None
    # ok: python-code-from-input
    return eval(text)


def replaced(request):
    text = request.POST["text"]
    text = "1 + 1"
    # ok: python-code-from-input
    return eval(text)


def number_in_a_call(request):
    # ruleid: python-code-from-input
    return int(eval(request.POST["text"]))
