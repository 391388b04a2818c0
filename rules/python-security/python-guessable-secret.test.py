import hashlib
import random
import secrets
import string
import time
import uuid
from random import SystemRandom, choice

import jwt
import numpy as np
from flask import make_response, session


def make(user, claims, words):
    # ruleid: python-guessable-secret
    session_id = "%x" % random.getrandbits(64)
    # ruleid: python-guessable-secret
    user.reset_token = random.randint(0, 10**9)
    # ruleid: python-guessable-secret
    session["code"] = random.randint(100000, 999999)
    # ruleid: python-guessable-secret
    api_key = "".join(choice(string.ascii_letters) for _ in range(32))
    number = random.random()
    # ruleid: python-guessable-secret
    row = {"csrf": str(number), "name": "x"}
    # ruleid: python-guessable-secret
    otp_code = str(random.random())[2:8]
    # ok: python-guessable-secret
    sid = str(random.SystemRandom().random())[2:]
    # ruleid: python-guessable-secret
    user.save(password=random.randbytes(8).hex())
    # ruleid: python-guessable-secret
    resetToken = hashlib.sha256(str(time.time()).encode()).hexdigest()
    # ruleid: python-guessable-secret
    access_token = uuid.uuid1().hex
    # ruleid: python-guessable-secret
    salt = np.random.bytes(16)
    temporary_password = ""
    for _ in range(8):
        # ruleid: python-guessable-secret
        temporary_password += random.choice(words)
    # ruleid: python-guessable-secret
    pin = random.choice("0123456789")
    key = str(random.getrandbits(128))
    # ruleid: python-guessable-secret
    jwt.encode(claims, key, algorithm="HS256")
    response = make_response("")
    # ruleid: python-guessable-secret
    response.set_cookie("visitor", key, secure=True, httponly=True, samesite="Lax")
    # ok: python-guessable-secret
    user.token = secrets.token_hex(16)
    # ok: python-guessable-secret
    jitter = random.random()
    # ok: python-guessable-secret
    tokens_per_line = random.randint(1, 5)
    # ok: python-guessable-secret
    otp = random.SystemRandom().randint(0, 999999)
    # ok: python-guessable-secret
    nonce = SystemRandom().getrandbits(64)
    # ok: python-guessable-secret
    keep_secret = random.random() < 0.5
    # ok: python-guessable-secret
    token = words[random.randrange(len(words))]
    # ok: python-guessable-secret
    session_token = uuid.uuid4().hex
    return session_id, jitter, tokens_per_line, otp, row, api_key
