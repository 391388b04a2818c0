"""Whether what stands where a secret would stand is one.

Each takes a match whose group `v` is the value, and looks no further than a bounded piece of text around it.
"""

import base64
import binascii
import re

from reviewbot.domain.secret_placeholders import entropy, is_hollow, is_placeholder, is_stand_in

_SERVER_KEYS = (
    "server=",
    "data source=",
    "host=",
    "user id=",
    "uid=",
    "username=",
    "database=",
    "initial catalog=",
    "user=",
)
# Hosts that are this machine or nobody's (RFC 2606, RFC 6761): a plain word opens nothing there.
_NOWHERE = re.compile(
    r"(?:[^.:/?#\s\"'`<>]{1,64}|127\.[0-9.]{3,12}|(?:[^:/?#\s]{1,100}\.)?(?:example|test|invalid|localhost|example\.(?:com|org|net)))"
    r"(?![A-Za-z0-9.-])"
)
_SHORT_WORD = 12  # characters; a word of letters only that is shorter is a default, not a secret


def random(match: re.Match[str]) -> bool:
    """Accept a value of random characters."""
    value = match["v"]
    return not is_hollow(value) and entropy(value) >= 3.0 and not value.isalpha()


def password(match: re.Match[str]) -> bool:
    """Accept what is no placeholder."""
    value = match["v"]
    return not is_placeholder(value) and not value.startswith("{") and len(set(value)) > 2


def typed(match: re.Match[str]) -> bool:
    """Accept whatever stands in a file that is there to hold a credential, but a stand-in."""
    return not is_stand_in(match["v"]) and len(set(match["v"])) > 2


def not_hollow(match: re.Match[str]) -> bool:
    """Accept what is not a published example."""
    return not is_hollow(match["v"])


def url(match: re.Match[str]) -> bool:
    """Accept a URL's password, unless it is the user's name again, a port, or a word for a host that is nowhere."""
    value = match["v"]
    if not password(match) or value.lower() == match["u"].lower() or value.isdigit():
        return False
    plain = value.isalpha() and len(value) < _SHORT_WORD
    return not plain or _NOWHERE.match(match.string, match.end("v") + 1) is None


def basic(match: re.Match[str]) -> bool:
    """Accept base64 of `user:password`, as RFC 7617 has it."""
    plain = decoded(match["v"])
    _, colon, word = plain.partition(":")
    return bool(colon and word) and plain.isprintable() and not is_placeholder(word)


def encoded(match: re.Match[str]) -> bool:
    """Accept base64 of some text that is no placeholder."""
    plain = decoded(match["v"]).strip()
    return len(plain) > 2 and plain.isprintable() and not is_stand_in(plain)


def decoded(value: str) -> str:
    """Take the base64 off; nothing if there is none."""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


def near_server(match: re.Match[str]) -> bool:
    """Accept the password of a connection string, not any `password=…;` of a program."""
    text = match.string
    around = text[max(0, match.start() - 300) : match.end() + 300].lower()
    return ";" in around and any(key in around for key in _SERVER_KEYS) and password(match)


def signed_url(match: re.Match[str]) -> bool:
    """Accept a signature beside the other parameters of a shared access signature."""
    text = match.string
    around = text[max(0, match.start() - 400) : match.end() + 400]
    return "sv=20" in around and ("se=" in around or "sp=" in around)
