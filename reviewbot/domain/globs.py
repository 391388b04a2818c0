r"""Path patterns, as git writes them: `src/**/*.py`.

`*` and `?` stay inside one folder's name, `**` as a whole part stands for any number of
folders, `[a-z]` and `[!a-z]` for one character, and `\` takes the next character literally.
A pattern with a slash counts from the top of the repository; one without matches the file's
name in any folder, as in `.gitignore`; a slash at the end means everything below that folder.
Upper and lower case differ, and names that begin with a dot are nothing special.

Source: gitignore(5), "PATTERN FORMAT"; gitglossary(7), "pathspec", magic word "glob". Unlike
`.gitignore`, a pattern matches files only (`docs` does not mean `docs/**`), and there is no `!`.
"""

import re
from functools import lru_cache

_PART = "[^/]++/"  # possessive, so that a failed match never tries the same name twice


def matches(pattern: str, path: str) -> bool:
    """Say whether a whole path matches; the time is linear in the path for a given pattern."""
    return _compiled(pattern).fullmatch(path) is not None


def first_match(patterns: tuple[str, ...], path: str) -> str | None:
    """Give the first of the patterns that the path matches, or None."""
    return next((pattern for pattern in patterns if matches(pattern, path)), None)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_expression(_parts(pattern)), re.DOTALL)


def _parts(pattern: str) -> list[str]:
    """Split at slashes; a run of `**` becomes one, and the shorthands are written out."""
    if pattern.endswith("/"):
        pattern += "**"
    anchored = "/" in pattern
    parts = pattern.removeprefix("/").split("/")
    if not anchored:
        parts.insert(0, "**")
    return [part for at, part in enumerate(parts) if part != "**" or parts[at - 1 : at] != ["**"]]


def _expression(parts: list[str]) -> str:
    """Write the pattern as a regular expression without nested backtracking.

    Between two `**` the earliest place is as good as any later one, because what stands there
    takes a fixed number of folders: an atomic group may keep it.
    """
    blocks: list[list[str]] = [[]]
    for part in parts:
        if part == "**":
            blocks.append([])
        else:
            blocks[-1].append(_part_expression(part))
    if len(blocks) == 1:
        return "/".join(blocks[0])
    first, *middle, last = blocks
    written = "".join(part + "/" for part in first)
    for block in middle:
        written += f"(?>(?:{_PART})*?{''.join(part + '/' for part in block)})"
    return written + (f"(?:{_PART})*{'/'.join(last)}" if last else ".+")


def _part_expression(part: str) -> str:
    """Write one name's pattern; only the last star may give back what it took."""
    pieces = [""]
    at = 0
    while at < len(part):
        if part[at] == "*":
            pieces.append("")
            at += 1
            continue
        piece, at = _single(part, at)
        pieces[-1] += piece
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + "[^/]*" + last


def _single(part: str, at: int) -> tuple[str, int]:
    """Write what stands for exactly one character, and say where the next begins."""
    char = part[at]
    if char == "?":
        return "[^/]", at + 1
    if char == "\\" and at + 1 < len(part):
        return re.escape(part[at + 1]), at + 2
    if char == "[":
        return _one_of(part, at)
    return re.escape(char), at + 1


def _one_of(part: str, at: int) -> tuple[str, int]:
    """Write a `[…]`; one that is never closed is an ordinary bracket."""
    start = at + 1
    negated = part[start : start + 1] in {"!", "^"}
    start += negated
    end = part.find("]", start + 1)
    if end < 0:
        return "\\[", at + 1
    ranges: list[str] = []
    while start < end:
        first = part[start]
        last = first
        if part[start + 1 : start + 2] == "-" and start + 2 < end:
            last = part[start + 2]
            start += 2
        start += 1
        if first <= last:
            ranges.append(f"{re.escape(first)}-{re.escape(last)}")
    inside = "".join(ranges)
    if negated:
        return f"[^/{inside}]", end + 1
    # A range from `+` to `9` would hold the slash; a name never does.
    return (f"(?!/)[{inside}]" if inside else "(?!)"), end + 1
