r"""Where on a forge's diff a comment can stand.

In: a changed file, a place in it, and both contents. Out: lines checked against the diff, numbered
as both sides number them, or the reason why there are none. The forge's own hunks are rebuilt from
ours, which hold no context: each is widened by the unchanged lines that the forge shows around it,
and those that touch are one (git's xdiff joins them where at most twice the context lies between).

Facts: forges 1A.2 (a line code holds the positions of GitLab's parser, lib/gitlab/diff/parser.rb: at
an added line the next old number, at a removed line the next new one, 0 for a side without lines),
1B.2 (GitHub takes no line outside of a hunk), 1C.2 (Azure DevOps takes any, and does not check).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reviewbot.domain.anchor import Anchor, Line, Place, Side
from reviewbot.domain.change import FileDiff, Hunk, Status
from reviewbot.domain.edits import lines_of, without_end

OUTSIDE = "outside of the diff"
_Found = tuple[int, int] | str


def anchor(
    file: FileDiff, place: Place, *, old: bytes | None, new: bytes | None, context: int | None
) -> Anchor | str:
    """Give the lines of the forge's diff for a place, all of them or those that the diff has; or why none.

    `old` and `new` are the contents of the two sides, of which the place's own is needed. `context` is
    how many unchanged lines the forge shows around a change; None for a forge where a comment may stand
    on any line of a changed file. Raises `ValueError` for a place in another file.
    """
    if place.path != file.path:
        raise ValueError(f"a place in {place.path!r} is not in {file.path!r}")
    content = new if place.side is Side.NEW else old
    shown = _as_forges_see(file, new)
    reason = _unfit(shown, place, content)
    if reason or content is None:
        return reason
    lines = lines_of(content)
    if place.last > len(lines):
        return f"line {place.last} is not in the file"
    found = _find(shown, place, context)
    return found if isinstance(found, str) else _anchor(shown, place.side, found, lines)


def _as_forges_see(file: FileDiff, new: bytes | None) -> FileDiff:
    # Forges look for renames, not for copies: to them a copy is a new file.
    if file.status is not Status.COPIED:
        return file
    added = tuple(line.removesuffix(b"\n") for line in lines_of(new or b""))
    return replace(file, status=Status.ADDED, old=None, hunks=(Hunk(0, 1, (), added),) if added else ())


def _unfit(file: FileDiff, place: Place, content: bytes | None) -> str:
    if file.status is Status.RETYPED:
        return "the file became one of another type"
    if (file.new if place.side is Side.NEW else file.old) is None:
        return "the file is deleted" if place.side is Side.NEW else "the file is new"
    if content is None:
        return "the file's content was not read"
    if not all(_is_utf8(version.path) for version in (file.old, file.new) if version):
        return "the file's name is not UTF-8, which no forge can be told"
    return ""


def _is_utf8(path: str) -> bool:
    # Undecodable bytes are carried as lone surrogates (see `domain.paths`).
    return not any("\ud800" <= char <= "\udfff" for char in path)


def _find(file: FileDiff, place: Place, context: int | None) -> _Found:
    if context is None:
        return place.first, place.last
    if place.side is Side.NEW:
        changed = (number for number, _ in file.added_lines())
        return _within(_rendered(file.hunks, context), changed, place)
    removed = [(hunk.old_lines.start, hunk.old_lines.stop - 1) for hunk in file.hunks if hunk.removed]
    return _within(removed, (number for hunk in file.hunks for number in hunk.old_lines), place)


def _rendered(hunks: Sequence[Hunk], context: int) -> Iterator[tuple[int, int]]:
    """First and last line on the new side of each hunk that the forge shows, in order; the file may end before."""
    first, last = 0, -1
    for hunk in hunks:
        start = hunk.new_start if hunk.added else hunk.new_start + 1
        opens, closes = max(1, start - context), start + len(hunk.added) - 1 + context
        if first and opens > last + 1:
            yield first, last
            first = 0
        first, last = first or opens, closes
    if first:
        yield first, last


def _within(shown: Iterable[tuple[int, int]], changed: Iterable[int], place: Place) -> _Found:
    """Give the place if one hunk shows it whole; else its part in the hunk of its first changed line."""
    first_changed = next((number for number in changed if place.first <= number <= place.last), None)
    for first, last in shown:
        if first <= place.first and place.last <= last:
            return place.first, place.last
        if first_changed is not None and first <= first_changed <= last:
            return max(first, place.first), min(last, place.last)
    return OUTSIDE


def _anchor(file: FileDiff, side: Side, found: tuple[int, int], lines: Sequence[bytes]) -> Anchor:
    numbered = _new_line if side is Side.NEW else _old_line
    growth = file.added_count - file.removed_count
    # How many lines the other side has: its next number is 0 where it has none.
    other = len(lines) - growth if side is Side.NEW else len(lines) + growth
    path = file.path
    return Anchor(
        path=path,
        old_path=file.old.path if file.old else path,
        side=side,
        first=numbered(file, found[0], other),
        last=numbered(file, found[1], other),
        width=_width(without_end(lines[found[1] - 1])),
    )


def _width(line: bytes) -> int:
    return len(line.decode("utf-8", "replace").encode("utf-16-le")) // 2


def _new_line(file: FileDiff, number: int, old_count: int) -> Line:
    old = file.old_line(number)
    if old is not None:
        return Line(old, number, old, number)
    hunk = next(hunk for hunk in file.hunks if number in hunk.new_lines)
    after = hunk.old_lines.stop if hunk.removed else hunk.old_start + 1
    return Line(None, number, after if old_count else 0, number)


def _old_line(file: FileDiff, number: int, new_count: int) -> Line:
    hunk = next((hunk for hunk in file.hunks if number in hunk.old_lines), None)
    if hunk:
        before = hunk.new_start if hunk.added else hunk.new_start + 1
        return Line(number, None, number, before if new_count else 0)
    hunks = tuple(Hunk(one.new_start, one.old_start, one.added, one.removed) for one in file.hunks)
    new = replace(file, hunks=hunks).old_line(number)
    assert new is not None
    return Line(number, new, number, new)
