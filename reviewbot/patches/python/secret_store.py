"""A secret that is written in the code is read from the organisation's secret store, or from the environment."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Asked, Mended, Unmended
from reviewbot.patches.python.module import Parsed, Rewritten, expression, fix
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.origins import plain
from reviewbot.patches.python.secret_places import Place, all_places, places, text_in, variable

STORE = "secret-store"
"""Id of the list of approved libraries that says what secrets are read with."""

_ENVIRONMENT = "os.environ"
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_SCHEME = re.compile(r"(Bearer|Basic|Token|token) (?=\S+$)")
_PASSPHRASE = re.compile(r"[\w!?.-]+( [\w!?.-]+){0,5}|(\w+=\S+ ?)+")
_SHORT = 4
"""Texts so short stand in others by chance; they are looked for as a whole."""


def stored(parsed: Parsed) -> Rewritten | Unmended:
    """Read the value by name where it was written."""
    found = places(parsed)
    if len(found) != 1:
        return Unmended("which text on these lines is the secret, or what it is called, cannot be seen")
    place: Place | None = found[0]
    assert place is not None
    if isinstance(place.value, bytes) and not place.value.isascii():
        return Unmended("the secret is no text, and has to be kept in another form")
    if _elsewhere(parsed, place):
        return Unmended("the same text stands elsewhere in the file too")
    place = next((one for one in _called(parsed, place) if not _taken(parsed, one)), None)
    if place is None:
        return Unmended("another value of this file goes by the same name")
    prefix = _prefix(place.value)
    if prefix is None:
        return Unmended("the text holds more than the secret")
    store = _store(parsed.asked)
    module = _module(store)
    package = module.partition(".")[0]
    needs = () if package in sys.stdlib_module_names else (package,)
    new = expression(prefix + _reading(store, place))
    return Rewritten([(_replaced(parsed, place.literal), new)], (module,), needs)


def _reading(store: str, place: Place) -> str:
    text = f'{store}["{place.name}"]' if store == _ENVIRONMENT else f'{store}("{place.name}")'
    return f"{text}.encode()" if isinstance(place.value, bytes) else text


def _prefix(value: str | bytes) -> str | None:
    """Write what stands before the secret in a header; None if it is a sentence that the secret is a part of."""
    text = text_in(value)
    said = _SCHEME.match(text)
    if said is not None and isinstance(value, str):
        return f'"{said.group()}" + '
    return (
        None if " " in text.strip() and "-----BEGIN" not in text and not _PASSPHRASE.fullmatch(text) else ""
    )


def _store(asked: Asked) -> str:
    """Give the function that the organisation reads secrets with."""
    named = [
        one.use[0] for one in asked.approved if one.id == STORE and one.use and _DOTTED.fullmatch(one.use[0])
    ]
    return next((name for name in named if name != _ENVIRONMENT), _ENVIRONMENT)


def _module(store: str) -> str:
    """Give the module of a function; a class in between is none."""
    parts = store.split(".")[:-1]
    return ".".join(
        part for place, part in enumerate(parts) if not any(one[0].isupper() for one in parts[: place + 1])
    )


def _replaced(parsed: Parsed, literal: cst.BaseExpression) -> cst.CSTNode:
    """Give what is to be replaced: of `os.environ.get("NAME", "text")` the whole, for it must not be missing."""
    arg = parsed.parent(literal)
    call = parsed.parent(arg) if isinstance(arg, cst.Arg) else None
    if isinstance(call, cst.Call) and imported(parsed, call.func) in {"os.environ.get", "os.getenv"}:
        return call
    return literal


def _elsewhere(parsed: Parsed, place: Place) -> bool:
    """Say whether a part of the secret that tells it would stay in the file."""
    return any(
        _holds(text, secret) for secret in _secrets(place.value) for text in _texts(parsed, place.literal)
    )


def _holds(text: str, secret: str) -> bool:
    return secret in text if len(secret) >= _SHORT else secret == text


def _secrets(value: str | bytes) -> list[str]:
    """Give the whole, each long line of it, and the password of an address."""
    whole = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    lines = [line.strip() for line in whole.split("\n")]
    found = [whole, *(line for line in lines if len(line) > 2 * _SHORT)]
    try:
        found.append(urlsplit(whole).password or "")
    except ValueError:
        return [one for one in found if one]
    return [one for one in found if one]


def _texts(parsed: Parsed, literal: cst.BaseExpression) -> list[str]:
    """Give all texts and comments of the file but those of a literal."""
    inside = {id(node) for node in m.findall(literal, m.SimpleString())} | {id(literal)}
    found: list[str] = []
    for node in m.findall(parsed.module, m.SimpleString() | m.FormattedStringText() | m.Comment()):
        if id(node) not in inside:
            value = plain(node) if isinstance(node, cst.SimpleString) else getattr(node, "value", "")
            found.append(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))
    return found


def _called(parsed: Parsed, place: Place) -> Iterator[Place]:
    """Give the place under its name, and under longer ones: with the module that is called, and what is around it."""
    yield place
    at: cst.CSTNode | None = parsed.parent(place.literal)
    while at is not None:
        around = ""
        if isinstance(at, cst.Call):
            around = imported(parsed, at.func).partition(".")[0]
        elif isinstance(at, cst.FunctionDef | cst.ClassDef):
            around = at.name.value
        if around:
            yield replace(place, name=variable(f"{around}_{place.name}"))
        at = parsed.parent(at)


def _taken(parsed: Parsed, place: Place) -> bool:
    """Say whether the file has another value for the name, or reads it from the store for something else."""
    others = [
        one for one in all_places(parsed) if one.literal is not place.literal and one.value != place.value
    ]
    if any(place.name == name.name for one in others for name in _called(parsed, one)):
        return True
    kept = _replaced(parsed, place.literal)
    reads = m.Subscript() | m.Call(args=[m.AtLeastN(n=1)])
    return any(
        node is not kept and _reads(parsed, node, place.name) for node in m.findall(parsed.module, reads)
    )


def _reads(parsed: Parsed, node: cst.CSTNode, name: str) -> bool:
    match node:
        case cst.Subscript(value=read, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            known = imported(parsed, read) == _ENVIRONMENT
        case cst.Call(func=read, args=[cst.Arg(value=key), *_]):
            known = imported(parsed, read) in {"os.environ.get", "os.getenv", _store(parsed.asked)}
        case _:
            return False
    return known and plain(key) == name


_IN_PYTHON = fix(stored)


def kept_outside(asked: Asked) -> Mended | Unmended:
    """Mend Python files; how others read the store is not known here."""
    if not asked.path.endswith((".py", ".pyi")):
        return Unmended("how this kind of file reads the secret store is not known")
    return _IN_PYTHON(asked)


FIXES = {"secret-store": kept_outside}
