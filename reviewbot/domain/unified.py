r"""Edits of one file as a unified diff that `git apply` takes, and as pieces that people read.

Pure: a path, the bytes before, the edits. Lines end at `\n` bytes, as everywhere here, and go into the diff
with all their bytes, carriage returns too. Source: the format that `git diff` writes and `git apply` reads
(git-diff documentation, "Generating patch text with -p").
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewbot.domain.edits import applied, lines_of
from reviewbot.domain.patch import Edit
from reviewbot.domain.paths import quoted, to_bytes

CONTEXT = 3
_NO_END = b"\\ No newline at end of file\n"
_SHA256_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a diff by its numbers, from 1: both for one that stays, the old for `-`, the new for `+`."""

    old: int | None
    new: int | None

    @property
    def sign(self) -> str:
        """`-`, `+`, or a space for a line that stays."""
        if self.new is None:
            return "-"
        return "+" if self.old is None else " "


@dataclass(frozen=True, slots=True)
class Piece:
    """One hunk: rows without a gap. `old` and `new` are where it begins; the line before where it has none there."""

    old: int
    new: int
    rows: tuple[Row, ...]

    @property
    def head(self) -> str:
        """`@@ -3,2 +3,4 @@`."""
        old = sum(row.old is not None for row in self.rows)
        new = sum(row.new is not None for row in self.rows)
        return f"@@ -{self.old},{old} +{self.new},{new} @@"


def pieces(before: bytes, edits: Sequence[Edit], context: int = CONTEXT) -> tuple[Piece, ...]:
    """Give the hunks of all edits of a file, each with as many lines around it as asked for.

    Raises `ValueError` for edits that cannot be applied to these bytes.
    """
    rows = list(_rows(before, edits))
    changed = [at for at, row in enumerate(rows) if row.sign != " "]
    found: list[Piece] = []
    opened = 0
    for at, place in enumerate(changed):
        following = changed[at + 1] if at + 1 < len(changed) else len(rows) + 2 * context + 1
        if following - place > 2 * context + 1:
            start, end = max(0, changed[opened] - context), min(len(rows), place + context + 1)
            found.append(_piece(rows, start, end))
            opened = at + 1
    return tuple(found)


def _rows(before: bytes, edits: Sequence[Edit]) -> Iterator[Row]:
    if any("\n" in line for edit in edits for line in edit.lines):
        raise ValueError("a line of an edit holds a line end")
    old, new = lines_of(before), lines_of(applied(before, edits))
    at = made = 0
    for edit in sorted(edits, key=lambda one: (one.first, one.last)):
        yield from _kept(old, new, at, made, edit.first - 1 - at)
        made += edit.first - 1 - at
        yield from (Row(number, None) for number in range(edit.first, edit.last + 1))
        # An empty line that ends the file without a line end is none.
        put_in = range(made + 1, min(made + len(edit.lines), len(new)) + 1)
        yield from (Row(None, number) for number in put_in)
        made, at = made + len(edit.lines), edit.last
    yield from _kept(old, new, at, made, len(old) - at)
    yield from (Row(None, number) for number in range(made + len(old) - at + 1, len(new) + 1))


def _kept(old: Sequence[bytes], new: Sequence[bytes], at: int, made: int, count: int) -> Iterator[Row]:
    """Give lines that stay. Where a file's end moves, its last line may gain or lose its line end, or be none."""
    for step in range(count):
        there = made + step < len(new)
        if there and old[at + step] == new[made + step]:
            yield Row(at + step + 1, made + step + 1)
            continue
        yield Row(at + step + 1, None)
        if there:
            yield Row(None, made + step + 1)


def _piece(rows: Sequence[Row], start: int, end: int) -> Piece:
    inside = tuple(rows[start:end])
    above = rows[:start]
    old = next((row.old for row in inside if row.old is not None), None)
    new = next((row.new for row in inside if row.new is not None), None)
    return Piece(
        old if old is not None else sum(row.old is not None for row in above),
        new if new is not None else sum(row.new is not None for row in above),
        inside,
    )


def unified(path: str, before: bytes, edits: Sequence[Edit]) -> bytes:
    """Give the diff of one file, which `git apply` turns into exactly `edits.applied`; empty if nothing changes.

    Raises `ValueError` for edits that cannot be applied to these bytes.
    """
    after = applied(before, edits)
    if after == before:
        return b""
    old, new = lines_of(before), lines_of(after)
    sizes = len(edits[0].oid)
    names = [quoted(f"{side}/{path}") for side in "ab"]
    # Other tools take the first word for the name unless a tab ends it; git writes one too.
    tab = "\t" if " " in path else ""
    head = (
        f"diff --git {names[0]} {names[1]}\nindex {_oid(before, sizes)}..{_oid(after, sizes)}\n"
        f"--- {names[0]}{tab}\n+++ {names[1]}{tab}\n"
    )
    body = b"".join(_written(piece, old, new) for piece in pieces(before, edits))
    return to_bytes(head) + body


def _written(piece: Piece, old: Sequence[bytes], new: Sequence[bytes]) -> bytes:
    written = piece.head.encode() + b"\n"
    for row in piece.rows:
        line = old[row.old - 1] if row.old is not None else new[(row.new or 1) - 1]
        written += row.sign.encode() + line + (b"" if line.endswith(b"\n") else b"\n" + _NO_END)
    return written


def _oid(content: bytes, digits: int) -> str:
    """Name a blob as git does; source: git-hash-object. Lets `git apply --3way` find what the diff is of."""
    make = hashlib.sha256 if digits == _SHA256_DIGITS else hashlib.sha1
    return make(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
