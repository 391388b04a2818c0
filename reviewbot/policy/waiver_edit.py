"""Writing into a waiver file that people keep by hand: what is there stays as it is, byte for byte.

In: the text, and what is to be added. Out: the new text, read again to be sure that it says what was
meant and nothing else. Where a file is written in a way that cannot be added to, it is refused.
"""

import re
from collections.abc import Iterator, Mapping

from reviewbot.domain.paths import quoted
from reviewbot.errors import PolicyError, UsageError
from reviewbot.policy import yaml_source
from reviewbot.policy.scalars import resolved
from reviewbot.policy.yaml_source import YamlSource

_HEAD = b"version: 1\nwaivers:\n"
_PLAIN = re.compile(r"[A-Za-z0-9](?:(?:[A-Za-z0-9 _.,/@()+=-]|:(?=[^ ]))*[A-Za-z0-9_./@()+=-])?")
_EMPTY = re.compile(r"^(waivers:)[ \t]*\[[ \t]*\]", re.MULTILINE)
_DASH = re.compile(r"([ ]*)-([ ]+)")


def entry_text(entry: Mapping[str, str], *, indent: str = "  ", gap: str = " ") -> str:
    """Write one entry of the list, a line a key."""
    first, later = f"{indent}-{gap}", " " * (len(indent) + 1 + len(gap))
    lines = (f"{name}: {_scalar(name, value)}\n" for name, value in entry.items())
    return "".join((later if at else first) + line for at, line in enumerate(lines))


def added(name: str, text: bytes | None, entry: Mapping[str, str]) -> bytes:
    """Give the file with one more entry at its end. Raises `PolicyError` for a file that does not load."""
    text = _HEAD if text is None else text
    source = yaml_source.load(name, text)
    old = text.decode("utf-8")
    return _checked(source, "add a waiver to", _added(source, old, entry), _with_entry(source, entry), entry)


def _with_entry(source: YamlSource, entry: Mapping[str, str]) -> dict[str, object]:
    listed = source.data.get("waivers")
    return source.data | {"waivers": (*(listed if isinstance(listed, tuple) else ()), dict(entry))}


def _added(source: YamlSource, old: str, entry: Mapping[str, str]) -> Iterator[str]:
    ends = _line_end(old)
    whole = old if old.endswith("\n") or not old else old + ends
    indent, gap = _layout(source, old)
    written = entry_text(entry, indent=indent, gap=gap).replace("\n", ends)
    yield whole + written
    yield _EMPTY.sub(r"\1", whole) + written


def _layout(source: YamlSource, old: str) -> tuple[str, str]:
    """Say how the list's entries are indented, so that a new one is as well."""
    place = source.places.get(("waivers", 0))
    found = _DASH.match(old.split("\n")[place.line - 1]) if place else None
    return (found[1], found[2]) if found else ("  ", " ")


def changed(name: str, text: bytes, at: int, values: Mapping[str, str]) -> bytes:
    """Give the file with these values in entry `at`, counted from 0, each on a line of its own."""
    for key, value in values.items():
        source = yaml_source.load(name, text)
        entry = source.data["waivers"][at]
        wanted = _replaced(source, at, entry | {key: value})
        text = _checked(
            source, f"write {key} into", _set(source, text.decode("utf-8"), at, key, value), wanted, values
        )
    return text


def _replaced(source: YamlSource, at: int, entry: dict[str, object]) -> dict[str, object]:
    listed = source.data["waivers"]
    return source.data | {"waivers": (*listed[:at], entry, *listed[at + 1 :])}


def _set(source: YamlSource, old: str, at: int, key: str, value: str) -> Iterator[str]:
    lines = old.split("\n")
    ends = "\r" if _line_end(old) == "\r\n" else ""
    said = f"{key}: {_scalar(key, value)}"
    known = {
        path[2]: place
        for path, place in source.places.items()
        if path[:2] == ("waivers", at) and len(path) == 3
    }
    if key in known:
        place = known[key]
        line = lines[place.line - 1]
        comment = re.search(r"[ \t]#.*$", line.removesuffix("\r"))
        kept = comment.group() if comment else ""
        yield "\n".join(
            [*lines[: place.line - 1], line[: place.column - 1] + said + kept + ends, *lines[place.line :]]
        )
        return
    # Behind the key that it follows, or else before any key but the first, which has the dash.
    after = known.get("approved_by" if key == "signature" else "requested_by")
    spots = [after.line] if after else []
    spots += sorted(place.line - 1 for place in known.values())[1:]
    for spot in spots:
        margin = " " * (min(place.column for place in known.values()) - 1)
        yield "\n".join([*lines[:spot], margin + said + ends, *lines[spot:]])


def _checked(
    source: YamlSource, what: str, tries: Iterator[str], wanted: dict[str, object], values: Mapping[str, str]
) -> bytes:
    """Give the first of the texts that reads as it should."""
    for text in tries:
        try:
            found = yaml_source.load(source.name, text.encode())
        except PolicyError:
            continue
        if found.data == wanted:
            return text.encode()
    raise UsageError(
        f"cannot {what} {quoted(source.name)} without writing it anew; do it by hand:\n{entry_text(values)}"
    )


def _scalar(name: str, value: str) -> str:
    if name != "fingerprint" and _PLAIN.fullmatch(value):
        try:
            if resolved(value) == value:
                return value
        except ValueError:
            pass  # a word that YAML readers disagree on: in quotes it is text
    return f'"{"".join(_escaped(char) for char in value)}"'


def _escaped(char: str) -> str:
    if char in {'"', "\\"}:
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08X}"


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
