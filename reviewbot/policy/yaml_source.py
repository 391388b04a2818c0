"""Our own YAML, read with care: policy, rules and packs come through here and nowhere else.

Input: the bytes of a file that the operator or the target branch holds. Output: plain data
(`dict`, `tuple`, `str`, `int`, `float`, `bool`, None) and the line of every key. The parser's
events are taken one by one, so nothing is built that was not counted first: size, depth and
number of values are capped, and anchors, aliases, tags, directives, further documents,
duplicate keys and words that two YAML readers read differently are refused.

Scalars follow the JSON part of YAML 1.2's core schema (YAML 1.2.2, section 10.3), not YAML 1.1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reviewbot.domain.paths import quoted
from reviewbot.domain.visible import visible
from reviewbot.errors import PolicyError
from reviewbot.policy.scalars import UNPRINTABLE, clean, resolved, short

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_VALUES = 50_000

Key = tuple[str | int, ...]
"""Where a value stands: the keys and list positions (from 0) that lead to it."""

# Line ends for YAML 1.1 that no editor shows as such: a setting could hide behind one.
_HIDDEN_BREAK = re.compile("[\x85\u2028\u2029]|\r(?!\n)")


class Place(NamedTuple):
    """A spot in a file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A file as data, and where each of its keys and list items stands."""

    name: str
    data: dict[str, Any]
    places: dict[Key, Place]

    def line(self, key: Key) -> int:
        """Give the line of a key, or of the nearest key around it that is written."""
        for length in range(len(key), 0, -1):
            place = self.places.get(key[:length])
            if place is not None:
                return place.line
        return 1


def shown_key(key: Key) -> str:
    """Write a key as people do: `gate.fail_on`, `redact[0].name`, list positions from 0."""
    return "".join(
        f"[{part}]" if isinstance(part, int) else f".{_shown_part(part)}" for part in key
    ).removeprefix(".")


def _shown_part(part: str) -> str:
    text = visible(part[:60])
    return text if re.fullmatch(r"\S+", text) else f'"{text}"'


def load(name: str, text: bytes) -> YamlSource:
    """Read one file; its top level is a mapping. Raises `PolicyError` naming file, line and key."""
    decoded = _decoded(name, text)
    builder = _Builder(name)
    try:
        for event in _events(decoded):
            builder.take(event)
    except _Broken as broken:
        raise PolicyError(f"{quoted(name)}:{broken.line}: {broken.sentence}") from None
    if not isinstance(builder.root, dict):
        raise PolicyError(f"{quoted(name)}:1: the file holds no `key: value` lines at its top level")
    return YamlSource(name, builder.root, builder.places)


class _Broken(Exception):  # noqa: N818 (it never leaves this module)
    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


def _decoded(name: str, text: bytes) -> str:
    if len(text) > MAX_BYTES:
        raise PolicyError(f"{quoted(name)}: {len(text):,} bytes are over the limit of {MAX_BYTES:,}")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{quoted(name)}:{line}: not UTF-8 text; save the file as UTF-8") from None
    hidden = _HIDDEN_BREAK.search(decoded) or UNPRINTABLE.search(decoded)
    if hidden:
        line = decoded.count("\n", 0, hidden.start()) + 1
        raise PolicyError(
            f"{quoted(name)}:{line}: the character U+{ord(hidden.group()):04X} is not allowed here; take it out"
        )
    return decoded


def _events(text: str) -> Iterator[Any]:
    import yaml  # noqa: PLC0415 (a run without own files needs none)

    # The C parser where there is one: the events are the same, at a tenth of the time.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = loader(text)
        while events.check_event():
            yield events.get_event()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        line = min(mark.line + 1, text.count("\n") + 1) if mark else 1
        raise _Broken(line, f"not valid YAML: {visible(what)}") from None
    except (yaml.YAMLError, ValueError):
        # Seen of the pure Python parser only: an escape such as "\U00110000" that is no character.
        raise _Broken(1, "not valid YAML: it holds a character that does not exist") from None


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read. `key` is a mapping's key that waits for its value."""

    path: Key
    value: dict[str, Any] | list[Any]
    key: str | None = None

    def next_path(self) -> Key:
        if isinstance(self.value, list):
            return (*self.path, len(self.value))
        return self.path if self.key is None else (*self.path, self.key)


@dataclass(slots=True)
class _Builder:
    """Turns events into data, one at a time."""

    name: str
    root: Any = None
    places: dict[Key, Place] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    values: int = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._counted(event)
            self._scalar(event)
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            self._counted(event)
            self._open(event, {} if kind == "MappingStartEvent" else [])
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            done = self.stack.pop()
            self._put(tuple(done.value) if isinstance(done.value, list) else done.value)
        elif kind == "DocumentStartEvent":
            self._document(event)
        elif kind == "AliasEvent":
            line = event.start_mark.line + 1
            raise _Broken(line, f"{self._where()}`*{visible(event.anchor)}`: {_NO_ALIAS}")

    def _document(self, event: Any) -> None:
        self.documents += 1
        line = event.start_mark.line + 1
        if self.documents > 1:
            raise _Broken(line, "a second document begins here; keep one document per file")
        if event.version or event.tags:
            raise _Broken(line, "`%` directives are not read; take them out")

    def _counted(self, event: Any) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            raise _Broken(event.start_mark.line + 1, f"over {MAX_VALUES:,} values in one file")
        if event.anchor is not None:
            line = event.start_mark.line + 1
            raise _Broken(line, f"{self._where()}`&{visible(event.anchor)}`: {_NO_ALIAS}")
        if event.tag is not None:
            line = event.start_mark.line + 1
            raise _Broken(line, f"{self._where()}the tag {visible(event.tag[:60])} is not read; take it out")

    def _open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        line = event.start_mark.line + 1
        if len(self.stack) >= MAX_DEPTH:
            raise _Broken(line, f"nested deeper than {MAX_DEPTH} levels")
        if self.stack:
            self._refuse_as_key(line)
            self._mark_item(event)
        self.stack.append(_Open(self.stack[-1].next_path() if self.stack else (), value))

    def _refuse_as_key(self, line: int) -> None:
        top = self.stack[-1]
        if isinstance(top.value, dict) and top.key is None:
            raise _Broken(line, f"{self._where()}a key must be text, not a list or a mapping")

    def _scalar(self, event: Any) -> None:
        if not self.stack:
            self.root = event.value
            return
        top = self.stack[-1]
        if isinstance(top.value, dict) and top.key is None:
            self._key(event, top)
            return
        self._mark_item(event)
        plain = event.implicit[0]
        try:
            self._put(resolved(event.value) if plain else clean(event.value))
        except ValueError as error:
            raise _Broken(event.start_mark.line + 1, f"{self._where()}{error}") from None

    def _key(self, event: Any, top: _Open) -> None:
        mark = event.start_mark
        line = mark.line + 1
        try:
            key = resolved(event.value) if event.implicit[0] else clean(event.value)
        except ValueError as error:
            raise _Broken(line, f"{self._where()}as a key, {error}") from None
        if not isinstance(key, str):
            raise _Broken(line, f"{self._where()}the key {short(event.value)} is not text; put it in quotes")
        path = (*top.path, key)
        if path in self.places:
            raise _Broken(line, f"{shown_key(path)}: written twice, first on line {self.places[path].line}")
        self.places[path] = Place(line, mark.column + 1)
        top.key = key

    def _mark_item(self, event: Any) -> None:
        top = self.stack[-1]
        if isinstance(top.value, list):
            mark = event.start_mark
            self.places[top.next_path()] = Place(mark.line + 1, mark.column + 1)

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
            return
        assert top.key is not None
        top.value[top.key] = value
        top.key = None

    def _where(self) -> str:
        path = self.stack[-1].next_path() if self.stack else ()
        return f"{shown_key(path)}: " if path else ""


_NO_ALIAS = "anchors and aliases are not read; write the value out"
