"""Asks another service."""

import requests


def state():
    return requests.get("http://127.0.0.1:1/state").status_code
