"""Telling a secret from what merely stands in its place.

A value that is a variable, a template hole, a word out of documentation or the name of
something is not a secret. Random characters are: their Shannon entropy is high.
"""

import math
import re
from collections import Counter

# Anywhere in the value: no random string holds one of these by chance.
_HOLLOW = re.compile(
    r"example|changeme|change[_-]me|placeholder|xxxx|your(?:pass|token|secret|[_-])|insert|replace|redacted|dummy"
    r"|\*{4}|\.{4}|0{10}|1234567890|123456789a|abcdefghij|abcdef0123|a{8}|process\.env|os\.environ|getenv"
    r"|lorem|todo|fixme|not[_-]?a?[_-]?real|pass(?:word)?[_-]?here|strong[_-]?pass"
)
# As a whole word of the value.
_WORD = re.compile(
    "pass|passwd|password|passphrase|secret|token|changeit|default|demo|fake|foobar|mock|none|null|sample|some|test"
    "|testing|undefined|user|username|your|value|string|hidden|masked|empty|invalid"
    "|my(?:key|pass|password|passwd|secret|token)|secretpassword"
)
# A published example, recognisable by its beginning: the payload of the token on jwt.io ("John Doe"),
# and the account key of the Azurite storage emulator, the same on every machine.
_PUBLISHED = ("eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6Ikpv", "Eby8vdM02xNOcqFlqUwJPLlm")
_HOLES = ("${", "{{", "}}", "$(", "%(", "#{", "<%", "<", ">", "@@")
_REFERENCES = (
    "/",
    "./",
    "../",
    "~",
    "http:",
    "https:",
    "arn:",
    "vault:",
    "env:",
    "file:",
    "ref+",
    "op:",
    "$",
    "%",
    "!",
    "@",
    "#",
    "*",
)
_LEAST_RANDOM, _MOST_RANDOM = 32, 128  # characters
_LEAST_MARKS = 4  # different ones
_RANDOM_ENTROPY = 4.2  # bits per character; 50 of Django's alphabet have about 4.9
# What people write into long strings of marks: ranges of a pattern, words, holes, calls, addresses.
_ORDERED = re.compile(r"a-z|A-Z|0-9|[A-Za-z]{10}|\$\{|\{\{|%\(|\(\?|\(\)|\]\+|://|\.\*|={3}")
_NAME = re.compile(r"[A-Za-z]{1,40}[0-9]{0,2}(?:[ _.:/-][A-Za-z]{0,40}[0-9]{0,4}){0,12}")


def entropy(value: str) -> float:
    """Shannon entropy in bits per character, from the frequencies within `value` itself."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values()) if total else 0.0


def is_hollow(value: str) -> bool:
    """Say whether a value that has the form of a token is known not to be one.

    Published examples count as such: AWS's `AKIAIOSFODNN7EXAMPLE` and its secret key,
    every other token with EXAMPLE in it, the jwt.io token and Azurite's account key. They open nothing, they
    stand in half of all documentation, and a reviewer who has seen three of them stops reading.
    """
    return _HOLLOW.search(value.lower()) is not None or any(known in value for known in _PUBLISHED)


def is_placeholder(value: str) -> bool:
    """Say whether an assigned value stands in a secret's place: a hole, a reference, an ordinary word."""
    if is_hollow(value) or any(hole in value for hole in _HOLES) or value.startswith(_REFERENCES):
        return True
    if value[:1] == "{" or any(char in value for char in "([ \t"):
        return True
    return any(_WORD.fullmatch(word) for word in re.split(r"[^a-z]+", value.lower()))


def is_stand_in(value: str) -> bool:
    """Say whether a value is a placeholder even in a file that is there to hold a credential.

    Where the syntax leaves no doubt, `pass123` is somebody's password; only a hole, a published example
    or the bare word `password` is not.
    """
    return (
        is_hollow(value)
        or any(hole in value for hole in _HOLES)
        or value.startswith(("$", "%", "*"))
        or _WORD.fullmatch(value.lower()) is not None
    )


def is_random(value: str) -> bool:
    """Say whether a value is made of random signs: letters, digits and marks without an order a person gave it.

    Django's `SECRET_KEY` is of this kind: its brackets and percent signs are no call and no hole.
    """
    marks = {char for char in value if not char.isalnum()}
    return (
        _LEAST_RANDOM <= len(value) <= _MOST_RANDOM
        and len(marks) >= _LEAST_MARKS
        and value.isascii()
        and not any(char.isspace() or char in "\\<>" for char in value)
        and any(char.isdigit() for char in value)
        and _ORDERED.search(value) is None
        and not is_hollow(value)
        and entropy(value) >= _RANDOM_ENTROPY
    )


def is_name(value: str) -> bool:
    """Say whether the value reads as a name: `csrf-token-v2`, `accessToken`, `user.password`."""
    if not re.search(r"[_./:-]", value) and re.search(r"[0-9]", value):
        return False
    return _NAME.fullmatch(value) is not None
