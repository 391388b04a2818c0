"""TOML and INI, read in linear time: the standard library's parsers have quadratic corners, and a change's author picks them."""

import re
import tomllib
from collections.abc import Mapping

from reviewbot.scanners.manifests import UnreadableError

_MOST_STEPS = 20_000_000
# As `str` ends lines in Python; everywhere else in this program only a line feed does.
_ENDS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_HEADER = re.compile(r"\[(?P<name>.+)\]")


def parsed_toml(text: str) -> dict[str, object]:
    """Parse TOML. Raises `UnreadableError`, for keys of absurd depth too."""
    text = text.replace("\r\n", "\n")
    if _steps(text) > _MOST_STEPS:
        raise UnreadableError("keys too deep")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise UnreadableError("not TOML") from error


def _steps(text: str) -> int:
    """Bound the parser's work on dotted keys: it walks each prefix of a key, below each part of its table's name.

    Dots in values count as well; a lock file of two megabytes stays far below the bound.
    """
    deepest = total = 0
    for line in text.split("\n"):
        parts = line.count(".") + 1
        if line.lstrip(" \t").startswith("["):
            deepest = max(deepest, parts)
        total += parts * (parts + deepest)
    return total


def tool_lines(text: str) -> list[str]:
    """Split a text where pip and configparser do: they take all that Unicode calls a line's end."""
    return _ENDS.split(text)


def parsed_ini(text: str) -> Mapping[str, Mapping[str, str]]:
    """Read an INI file as `configparser` does: sections of keys, later lines of a value indented below its key.

    Raises `UnreadableError`.
    """
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] | None = None
    value: list[str] | None = None
    margin = 0
    for line in tool_lines(text):
        plain = line.strip()
        if not plain or plain.startswith(("#", ";")):
            continue
        indent = len(line) - len(line.lstrip())
        if value is not None and indent > margin:
            value.append(plain)
            continue
        margin = indent
        if header := _HEADER.match(plain):
            section, value = found.setdefault(header["name"], {}), None
            continue
        ends = [at for at in (plain.find("="), plain.find(":")) if at >= 0]
        if section is None or not ends or min(ends) == 0:
            raise UnreadableError("not an INI file")
        value = section[plain[: min(ends)].strip().lower()] = [plain[min(ends) + 1 :].strip()]
    return {name: {key: "\n".join(lines) for key, lines in keys.items()} for name, keys in found.items()}
