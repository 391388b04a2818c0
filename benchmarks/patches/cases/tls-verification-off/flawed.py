"""Asks another service."""

import requests


def state():
    answer = requests.get("https://service.example/state", verify=False, timeout=5)
    return answer.status_code
