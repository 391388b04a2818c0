import ssl

import aiohttp
import httpx
import requests
import urllib3
from OpenSSL import SSL


def fetch(url):
    # ruleid: python-tls-verification-off
    requests.post(url, json={}, verify=False, timeout=5)
    # ruleid: python-tls-verification-off
    httpx.Client(verify=False)
    session = requests.Session()
    # ruleid: python-tls-verification-off
    session.verify = False
    # ruleid: python-tls-verification-off
    requests.Session().get(url, verify=False)
    # ruleid: python-tls-verification-off
    urllib3.PoolManager(cert_reqs="CERT_NONE")
    loose = SSL.Context(SSL.TLS_CLIENT_METHOD)
    # ruleid: python-tls-verification-off
    loose.set_verify(SSL.VERIFY_NONE)
    # ok: python-tls-verification-off
    loose.set_verify(SSL.VERIFY_PEER)
    # ok: python-tls-verification-off
    requests.get(url, verify=True, timeout=5)
    # ok: python-tls-verification-off
    requests.get(url, verify="/etc/ssl/corp.pem", timeout=5)


async def fetch_later(url):
    async with aiohttp.ClientSession() as session:
        # ruleid: python-tls-verification-off
        await session.get(url, ssl=False)
        # ok: python-tls-verification-off
        await session.get(url)


def names_not_checked():
    context = ssl.create_default_context()
    # ruleid: python-tls-verification-off
    context.check_hostname = False
    # ok: python-tls-verification-off
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def nothing_checked():
    context = ssl.create_default_context()
    # ok: python-tls-verification-off
    context.check_hostname = False
    # ruleid: python-tls-verification-off
    context.verify_mode = ssl.CERT_NONE
    return context
