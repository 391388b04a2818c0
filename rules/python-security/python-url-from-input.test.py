import flask
import requests
from flask import request

app = flask.Flask(__name__)
BASE_URL = "https://ledger.internal"


@app.route("/p")
def preview():
    # ruleid: python-url-from-input
    requests.get(request.args["url"], timeout=5)
    host = request.args["host"]
    # ruleid: python-url-from-input
    requests.post(f"https://{host}/hook", json={}, timeout=5)
    # ok: python-url-from-input
    requests.get(f"https://ledger.internal/accounts/{host}", timeout=5)
    # ok: python-url-from-input
    requests.get(f"{BASE_URL}/accounts/{host}", timeout=5)
    # ok: python-url-from-input
    return requests.get("https://ledger.internal/rates", params={"host": host}, timeout=5).text
