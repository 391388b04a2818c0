"""Paths as git has them: bytes.

Inside the program a path is `str`, decoded from UTF-8 with `surrogateescape`, so that any
bytes survive. Wherever a path is shown or written it goes through `quoted`, the C-style
quoting of git's `core.quotePath`, except that printable non-ASCII text stays readable.
"""

from collections.abc import Iterator

from reviewbot.domain.visible import is_visible

_SHORT = {
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_LONG = {quoted[1]: raw for raw, quoted in _SHORT.items()}


def from_bytes(raw: bytes) -> str:
    """Decode a path of git's; `to_bytes` gives exactly these bytes back."""
    return raw.decode("utf-8", "surrogateescape")


def to_bytes(path: str) -> bytes:
    """Give a path the bytes that git knows it by."""
    return path.encode("utf-8", "surrogateescape")


def is_plain(path: str) -> bool:
    """Say whether the path can be shown as it is: no quote, backslash, control or invisible character."""
    return not any(char in _SHORT or not is_visible(char) for char in path)


def quoted(path: str) -> str:
    r"""Show a path: plain ones as they are, others C-quoted (`"a\nb"`, `"caf\351"`)."""
    if is_plain(path):
        return path
    return '"' + "".join(_quote(char) for char in path) + '"'


def _quote(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if is_visible(char):
        return char
    return "".join(f"\\{byte:03o}" for byte in to_bytes(char))


def unquoted(shown: str) -> str:
    """Turn what `quoted` gave back into the path. Raises `ValueError` for a broken quoting."""
    if not (len(shown) >= 2 and shown.startswith('"') and shown.endswith('"')):
        return shown
    raw = bytearray()
    rest = iter(shown[1:-1])
    for char in rest:
        raw += _unquote(rest) if char == "\\" else char.encode("utf-8", "surrogateescape")
    return from_bytes(bytes(raw))


def _unquote(rest: Iterator[str]) -> bytes:
    first = next(rest, "")
    if first in _LONG:
        return _LONG[first].encode()
    digits = first + "".join(next(rest, "") for _ in range(2))
    if len(digits) != 3 or any(digit not in "01234567" for digit in digits):
        raise ValueError(f"not a quoted path: \\{digits}")
    return bytes([int(digits, 8) & 0xFF])
