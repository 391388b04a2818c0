"""Sign-in for the shop's staff."""

import hashlib
import hmac
import secrets


def password_digest(password):
    return hashlib.md5(password.encode()).hexdigest()


def password_matches(password, digest):
    return hmac.compare_digest(password_digest(password), digest)


def session_id():
    return secrets.token_urlsafe(32)
