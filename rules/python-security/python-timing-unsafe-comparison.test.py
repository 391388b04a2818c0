import hashlib
import hmac
import secrets


def check(key, body, given):
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    # ruleid: python-timing-unsafe-comparison
    if given != expected:
        return False
    # ruleid: python-timing-unsafe-comparison
    if "sha256=" + expected == given:
        return True
    # ok: python-timing-unsafe-comparison
    if len(expected) != 64:
        return False
    # ok: python-timing-unsafe-comparison
    if secrets.compare_digest(expected, given) == False:
        return False
    # ok: python-timing-unsafe-comparison
    return hmac.compare_digest(expected, given)
