"""Pages of the orders service."""

import os
import subprocess

from flask import Blueprint, abort, jsonify, request, send_file

from orders.db import find_order, get_cursor

pages = Blueprint("pages", __name__)

EXPORTS = "/var/lib/orders/exports"


@pages.get("/orders/<int:number>")
def show_order(number):
    order = find_order(number)
    if order is None:
        abort(404)
    return jsonify(number=order[0], customer=order[1], total=order[2])


@pages.get("/search")
def search():
    customer = request.args.get("customer", "")
    cursor = get_cursor()
    cursor.execute("SELECT number, total FROM orders WHERE customer = '" + customer + "'")
    return jsonify([{"number": row[0], "total": row[1]} for row in cursor.fetchall()])


@pages.get("/search/range")
def search_range():
    cursor = get_cursor()
    cursor.execute(
        "SELECT number, total FROM orders WHERE total BETWEEN ? AND ?",
        (request.args.get("from", type=int), request.args.get("to", type=int)),
    )
    return jsonify([{"number": row[0], "total": row[1]} for row in cursor.fetchall()])


@pages.post("/export")
def export():
    month = request.form["month"]
    subprocess.run(f"orders-export --month {month} --to {EXPORTS}", shell=True, check=True)
    return jsonify(done=True)


@pages.get("/export/<name>")
def download(name):
    return send_file(os.path.join(EXPORTS, request.args.get("folder", ""), name))
