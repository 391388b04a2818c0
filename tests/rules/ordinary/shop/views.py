"""A small Flask service as it should be."""

import hashlib
import hmac
import os
import subprocess
from pathlib import Path

import flask
import requests
import yaml
from flask import abort, jsonify, redirect, render_template, request, send_from_directory, url_for
from markupsafe import escape
from shop.db import connection
from werkzeug.utils import secure_filename

app = flask.Flask(__name__)
app.secret_key = os.environ["SHOP_SECRET_KEY"]
EXPORTS = Path("/srv/exports")
LEDGER_URL = os.environ.get("LEDGER_URL", "https://ledger.internal")
SORTS = {"name": "name", "date": "created"}


@app.route("/orders")
def orders():
    customer = request.args.get("customer", "")
    order = SORTS.get(request.args.get("sort", ""), "name")
    page = int(request.args.get("page", "1"))
    with connection() as database:
        rows = database.execute(
            f"SELECT number, total FROM orders WHERE customer = ? ORDER BY {order} LIMIT 50 OFFSET {page * 50}",
            (customer,),
        )
        return render_template("orders.html", rows=rows.fetchall(), customer=customer)


@app.route("/orders/<int:number>")
def order(number):
    with connection() as database:
        row = database.execute("SELECT total FROM orders WHERE number = ?", (number,)).fetchone()
    if row is None:
        abort(404)
    return jsonify(number=number, total=str(row[0]))


@app.route("/export/<month>", methods=["POST"])
def export(month):
    subprocess.run(["orders-export", "--month", month, "--to", str(EXPORTS)], check=True)
    return redirect(url_for("orders"))


@app.route("/download/<name>")
def download(name):
    return send_from_directory(EXPORTS, name)


@app.route("/read/<name>")
def read(name):
    path = (EXPORTS / name).resolve()
    if not path.is_relative_to(EXPORTS):
        abort(404)
    return path.read_text(encoding="utf-8")


@app.route("/upload", methods=["POST"])
def upload():
    file = request.files["file"]
    file.save(EXPORTS.parent / "uploads" / secure_filename(file.filename))
    return f"<p>{escape(file.filename)} was saved</p>"


@app.route("/rates/<currency>")
def rates(currency):
    answer = requests.get(f"{LEDGER_URL}/rates", params={"currency": currency}, timeout=5)
    answer.raise_for_status()
    return jsonify(answer.json())


@app.route("/hook", methods=["POST"])
def hook():
    expected = hmac.new(app.secret_key.encode(), request.get_data(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("X-Signature", "")):
        abort(403)
    return "", 204


def settings(path: Path) -> dict:
    with path.open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def etag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
