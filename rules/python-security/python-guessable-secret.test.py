import random
import secrets


def make(user):
    # ruleid: python-guessable-secret
    session_id = "%x" % random.getrandbits(64)
    # ruleid: python-guessable-secret
    user.reset_token = random.randint(0, 10**9)
    # ok: python-guessable-secret
    user.token = secrets.token_hex(16)
    # ok: python-guessable-secret
    jitter = random.random()
    # ok: python-guessable-secret
    tokens_per_line = random.randint(1, 5)
    # ok: python-guessable-secret
    otp = random.SystemRandom().randint(0, 999999)
    return session_id, jitter, tokens_per_line, otp
