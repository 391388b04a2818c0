import urllib.request
from urllib.parse import quote, urlparse

import aiohttp
import flask
import httpx
import requests
from flask import request, session

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
    requests.get("https://ledger.internal/rates", params={"host": host}, timeout=5)
    # ok: python-url-from-input
    requests.get("https://ledger.internal/" + quote(host), timeout=5)
    # ok: python-url-from-input
    return {"seen": session.get(host)}


def known_host(request):
    url = request.GET["url"]
    if urlparse(url).hostname != "files.example.com":
        return None
    # ok: python-url-from-input
    return urllib.request.urlopen(url)


async def aiohttp_view(request):
    async with aiohttp.ClientSession() as client:
        # ruleid: python-url-from-input
        await client.get(request.query["url"])
        # ruleid: python-url-from-input
        await httpx.request("GET", request.query["url"])


def django_view(request):
    # ruleid: python-url-from-input
    return urllib.request.urlopen(request.POST["url"])


def function_as_a_service(event, context):
    # ruleid: python-url-from-input
    return requests.get(event["url"], timeout=5)


def fetch(url):
    # ok: python-url-from-input
    return requests.get(url, timeout=5)
