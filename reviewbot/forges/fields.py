"""Reading what a forge answered: each field's type is checked, and what is missing or odd is an error.

`what` names the thing that was asked for, with its article (`a merge request`). After a write pass
`write=True`: the answer is odd, but the thing was done.
"""

from collections.abc import Mapping
from typing import cast

from reviewbot.errors import ForgeError, UncertainWriteError


def odd(what: str, detail: str = "", *, write: bool = False) -> ForgeError:
    """Give the error for an answer that is not what was asked for."""
    kind = UncertainWriteError if write else ForgeError
    return kind(f"the forge answered with something that is not {what}" + (f" ({detail})" if detail else ""))


def record(value: object, what: str, *, write: bool = False) -> Mapping[str, object]:
    """Read an object."""
    if not isinstance(value, Mapping):
        raise odd(what, write=write)
    return cast("Mapping[str, object]", value)


def records(value: object, what: str, *, write: bool = False) -> list[Mapping[str, object]]:
    """Read a list of objects."""
    if not isinstance(value, list):
        raise odd(what, write=write)
    return [record(item, what, write=write) for item in value]


def text(source: Mapping[str, object], name: str, what: str, *, write: bool = False) -> str:
    """Read a field that must be text. Half characters (lone surrogates) become question marks."""
    value = source.get(name)
    if not isinstance(value, str):
        raise odd(what, f"its {name} is not text", write=write)
    return value.encode("utf-8", "replace").decode("utf-8") if not value.isascii() else value


def optional_text(source: Mapping[str, object], name: str, what: str, *, write: bool = False) -> str | None:
    """Read a field that may be absent or null, and is text else."""
    return None if source.get(name) is None else text(source, name, what, write=write)


def number(source: Mapping[str, object], name: str, what: str, *, write: bool = False) -> int:
    """Read a field that must be a whole number."""
    value = source.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise odd(what, f"its {name} is not a number", write=write)
    return value


def flag(source: Mapping[str, object], name: str, what: str, *, write: bool = False) -> bool:
    """Read a field that must be true or false."""
    value = source.get(name)
    if not isinstance(value, bool):
        raise odd(what, f"its {name} is neither true nor false", write=write)
    return value
