import ssl

import httpx
import requests


def fetch(url):
    # ruleid: python-tls-verification-off
    requests.post(url, json={}, verify=False, timeout=5)
    # ruleid: python-tls-verification-off
    httpx.Client(verify=False)
    session = requests.Session()
    # ruleid: python-tls-verification-off
    session.verify = False
    context = ssl.create_default_context()
    # ruleid: python-tls-verification-off
    context.check_hostname = False
    # ruleid: python-tls-verification-off
    context.verify_mode = ssl.CERT_NONE
    # ok: python-tls-verification-off
    context.verify_mode = ssl.CERT_REQUIRED
    # ok: python-tls-verification-off
    requests.get(url, verify=True, timeout=5)
    # ok: python-tls-verification-off
    requests.get(url, verify="/etc/ssl/corp.pem", timeout=5)
