"""Orders that partners send."""

import xml.etree.ElementTree as ET

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.post("/orders")
def orders():
    root = ET.fromstring(request.data)
    return jsonify([order.get("number") for order in root.iter("order")])
