"""Sign-in for the shop's staff."""

import hashlib
import hmac
import os
import random
import string


def password_digest(password, salt=None):
    """Give salt and digest of a password, as they are stored."""
    salt = salt or os.urandom(16)
    return salt, hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def password_matches(password, salt, digest):
    return hmac.compare_digest(password_digest(password, salt)[1], digest)


def session_id():
    return "".join(random.choice(string.ascii_letters) for _ in range(32))
