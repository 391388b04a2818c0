"""Names of kept pages."""

import hashlib


def signature(page: bytes) -> str:
    return hashlib.md5(page).hexdigest()
