import random
import secrets
import string

from flask import Flask, request

app = Flask("shop")
seen = {}
sizes = {}


@app.route("/visit")
def visit():
    number = str(random.normalvariate(0, 1))
    if request.cookies.get("visitor") != seen.get("visitor"):
        # ruleid: python-guessable-identifier
        seen[request.remote_addr] = number
    # ruleid: python-guessable-identifier
    app.cache.set("visit", "".join(random.sample("abcdef", 6)))
    part = str(random.gauss(0, 1))[2:]
    # ruleid: python-guessable-identifier
    seen["part"] = part
    # ok: python-guessable-identifier
    seen["safe"] = secrets.token_hex(8)
    # ok: python-guessable-identifier
    seen["system"] = str(random.SystemRandom().random())
    # ok: python-guessable-identifier
    seen["often"] = random.random() < 0.1
    return "seen"


def index(request, cache):
    # ruleid: python-guessable-identifier
    cache.setdefault("index", random.getrandbits(16))


def draw(words):
    # ok: python-guessable-identifier
    sizes["draw"] = random.randint(1, 6)
    # ruleid: python-guessable-identifier
    return "".join(random.choice(string.ascii_letters) for _ in range(12))


def draw_from_name():
    letters = string.ascii_lowercase + string.digits
    # ruleid: python-guessable-identifier
    return "".join(random.choice(letters) for _ in range(12))


def identifier():
    # ruleid: python-guessable-identifier
    return random.randint(0, 0xFFFFFFFF)


def dice():
    # ok: python-guessable-identifier
    return random.randint(1, 6)


def long_identifier():
    # ruleid: python-guessable-identifier
    return random.getrandbits(128)
