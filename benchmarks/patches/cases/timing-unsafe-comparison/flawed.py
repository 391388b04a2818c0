"""Checks what a service sends."""

import hashlib
import hmac


def fits(key: bytes, body: bytes, signature: str) -> bool:
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return expected == signature
