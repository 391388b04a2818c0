"""Asks another service."""

import ssl
import urllib.request


def opener():
    context = ssl._create_unverified_context()
    return context
