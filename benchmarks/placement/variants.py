r"""Variants of real commits, for what is rare: CRLF, a last line without end, renames of all kinds, wide characters.

Both versions of each changed text file are altered alike, so that the diff stays the commit's own.
"""

import random
from collections.abc import Callable

from fakes.repo import FileChange, Repo, split

from placement.corpus import Request, Unfit, check, moved_on

_REGULAR = frozenset({"100644", "100755", "000000"})
_MOST = 30  # files of a variant
MOVED = frozenset({"renamed", "moved twice", "rewritten"})
_WIDE = ("\U0001f600", "\U00020bb7", "e\u0301", "\u00fc", "\u4f60\u597d", "\U0001f469\u200d\U0001f4bb")


def variant(repo: Repo, made: Request, kind: str) -> Request:
    """The same commit with its files altered; raises `Unfit` where there is nothing to alter."""
    files = [each for each in repo.diff(made.base, made.head) if _is_text(repo, made, each)][:_MOST]
    if not files:
        raise Unfit("no text to alter")
    before, after = {}, {}
    for each in files:
        old, new = repo.blob(made.base, each.old_path), repo.blob(made.head, each.new_path)
        _put(before, each.old_path, each.old_mode, old and ALTERED[kind](old))
        after |= _head(each, new and ALTERED[kind](new), kind)
    branch = f"variant-{made.head[:12]}"
    base = repo.commit(f"{branch}-base", before, parents=(made.base,))
    head = repo.commit(f"{branch}-head", after, parents=(base,))
    check(repo, base, head)
    return moved_on(repo, Request(made.name, kind, base, head, base))


def _put(into: dict, path: str, mode: str, content: bytes | None) -> None:
    if content is not None:
        into[path] = (mode, content)


def _head(file: FileChange, new: bytes | None, kind: str) -> dict:
    """What becomes of a file in the head: it may be moved, to two places, or mostly rewritten on the way."""
    found: dict = {}
    name = _renamed(file) if kind in MOVED else file.new_path
    if name != file.old_path or new is None:
        found[file.old_path] = None
    if new is not None and kind == "rewritten" and name != file.new_path:
        new = _shaken(new, 0.5)
    _put(found, name, file.new_mode, new)
    if new is not None and kind == "moved twice" and name != file.new_path:
        _put(found, f"{name}.second", file.new_mode, _shaken(new, 0.1))
    return found


def _is_text(repo: Repo, made: Request, file: FileChange) -> bool:
    if file.binary or not {file.old_mode, file.new_mode} <= _REGULAR or not file.hunks:
        return False
    sides = ((made.base, file.old_path, file.old_mode), (made.head, file.new_path, file.new_mode))
    contents = [repo.blob(commit, path) for commit, path, mode in sides if mode != "000000"]
    return all(content is not None and len(content) < 1_000_000 for content in contents)


def _renamed(file: FileChange) -> str:
    folder, _, name = file.new_path.rpartition("/")
    if file.status in {"added", "deleted", "renamed"}:
        return file.new_path
    return f"{folder}/moved/{name}" if folder else f"moved-{name}"


def _shaken(content: bytes, share: float) -> bytes:
    """Write a share of the lines anew."""
    out = []
    for number, line in enumerate(split(content)):
        text = line.rstrip(b"\r\n")
        new = b"%d " % number + bytes(reversed(text)) if text.isascii() else text
        out.append(new + line[len(text) :] if random.Random(line).random() < share else line)
    return b"".join(out)


def _with_crlf(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _without_end(content: bytes) -> bytes:
    return content.rstrip(b"\r\n")


def _crlf_without_end(content: bytes) -> bytes:
    return _without_end(_with_crlf(content))


def _wide(content: bytes) -> bytes:
    """Put wide characters into every third line, the same ones into the same line."""
    out = []
    for line in split(content):
        rng = random.Random(line)
        text = line.rstrip(b"\r\n")
        more = rng.choice(_WIDE).encode()
        spot = rng.choice((0, len(text)))
        out.append(line[:spot] + more + line[spot:] if rng.random() < 0.4 else line)
    return b"".join(out)


ALTERED: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": _with_crlf,
    "no line end": _without_end,
    "CRLF, no line end": _crlf_without_end,
    "renamed": lambda content: content,
    "moved twice": lambda content: content,
    "rewritten": lambda content: content,
    "wide": _wide,
}
