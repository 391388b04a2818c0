"""Pages of the orders service."""

from flask import Blueprint, abort, jsonify

from orders.db import find_order

pages = Blueprint("pages", __name__)


@pages.get("/orders/<int:number>")
def show_order(number):
    order = find_order(number)
    if order is None:
        abort(404)
    return jsonify(number=order[0], customer=order[1], total=order[2])
