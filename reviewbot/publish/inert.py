r"""The one door to a forge: the last look at the very characters that are posted.

`domain.inert` makes words harmless one by one; here the whole body is read line by line as GitLab,
GitHub and Azure DevOps would read it, and refused if anything in it could act: a line that begins
with a slash once carriage returns are gone, markup outside of code that is not ours, a fence that
ends where we do not end it, a marker that is not ours, a runner's command should a log show it.
Refusing is safe: what was to be said stands in the review.

Code in a suggestion has to stand there as it is. `commands` says which lines are never put there:
both known generations of GitLab's quick-action extractor (lib/gitlab/quick_actions/extractor.rb), and
the bots that read comments by line, ignore fences in some cases.

Facts: threats E1 to E5; forges 2.4.
"""

import re
from collections.abc import Iterator
from typing import NewType

from reviewbot.domain import inert
from reviewbot.domain.visible import visible
from reviewbot.errors import ReviewbotError

Posted = NewType("Posted", str)
"""A body that `posted` has looked at. Only `posted` makes one, so mypy sees a writer that skips it."""

_MARKER = re.compile(r"<!-- reviewbot/1 [a-z0-9=,./: _-]+ -->")
_OPENING = re.compile(r"(`{3,})(|diff|suggestion|suggestion:-[0-9]{1,3}\+0)")
_CLOSING = re.compile(r" {0,3}(`{3,})[ \t]*")
# A slash command; a call by name with a word behind it; what bors listens to.
_COMMAND = re.compile(r"[ \t>]*(?:/(?![/*>])|@[a-z][a-z0-9-]*[ \t]+[a-z]|bors\b|::)", re.IGNORECASE)
_PLACE = re.compile(r"@@ -[0-9]+,[0-9]+ \+[0-9]+,[0-9]+ @@")
_RUNNER = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)
_LOG_LINE = re.compile(r"\s*::")
_BLOCK_TAG = re.compile(r"</?(?:details|summary)>")
_BLOCK_TAGS = re.compile(r"</?details>|<summary>[A-Za-z ,]+</summary>")
_LONE_TAG = re.compile(r"\s*(?:</?sub>|<br>)\s*")
_COMMENT = re.compile(r"<(?=!--)")
_FORGED = re.compile(r"<(?=!--\s*reviewbot)", re.IGNORECASE)


def commands(line: str, *, gitlab: bool) -> bool:
    """Say whether a line of code could be taken for a command where a fence is not seen.

    `//` and `/*` begin no command anywhere; on GitLab no line of ours begins with a slash all the same,
    nor with the `>>>` of its block quotes.
    """
    found = _COMMAND.match(line) or _RUNNER.search(line) or _FORGED.search(line)
    return bool(found) or (gitlab and line.startswith(("/", ">>>")))


def broken(line: str) -> str:
    """Break, for the eye, what acts in code too: `##vso[` becomes `## vso[`, our marker loses its beginning."""
    return _FORGED.sub("< ", _RUNNER.sub("## ", visible(line)))


def prose(text: str) -> str:
    """Give words as one inert paragraph, so that it opens no list."""
    said = inert.prose(_COMMENT.sub("< ", broken(" ".join(text.split()))))
    first, space, rest = said.partition(" ")
    return f"{inert.code(first)}{space}{rest}" if re.fullmatch(r"[0-9]{1,9}[.)]", first) else said


def code(text: str) -> str:
    """Give a name or path as an inert code span."""
    return inert.code(_COMMENT.sub("< ", broken(text)))


def longest_fence(line: str) -> int:
    """Length of the longest run of backticks or tildes in a line."""
    return max((len(run) for run in re.findall("`+|~+", line)), default=0)


def posted(text: str, marker: str) -> Posted:
    """Put our marker under a body and give it back after the last look.

    Raises `ReviewbotError` if anything in it could act: that is a bug, and refusing is the only safe answer.
    """
    if not _MARKER.fullmatch(marker):
        raise _refusal("a marker that is not one")
    lines = text.rstrip("\n").split("\n")
    for number, found in enumerate(_problems(lines), 1):
        if found:
            raise _refusal(f"{found} in line {number}")
    return Posted("\n".join([*lines, "", marker]))


def _refusal(what: str) -> ReviewbotError:
    return ReviewbotError(
        f"a comment was not posted: it would hold {what}", hint="report this as a bug of reviewbot"
    )


def _problems(lines: list[str]) -> Iterator[str]:
    fence = info = ""
    for number, line in enumerate(lines):
        opening = None if fence else _OPENING.fullmatch(line)
        if fence and _ends(line, fence):
            yield "" if line == fence else "an end of a fence that is not ours"
            fence = ""
        elif fence:
            yield _inside(line, info)
        elif opening:
            fence, info = opening.groups()
            yield ""
        else:
            yield _outside(line, lines[number + 1 : number + 2])
    if fence:
        yield "a fence without an end"


def _ends(line: str, fence: str) -> bool:
    found = _CLOSING.fullmatch(line)
    return found is not None and len(found[1]) >= len(fence)


def _inside(line: str, info: str) -> str:
    if info.startswith("suggestion"):
        if commands(line, gitlab=info != "suggestion"):
            return "a line that could be a command"
        return "" if visible(line) == line else "a hidden character"
    if info == "diff" and not (line.startswith(("-", "+")) or _PLACE.fullmatch(line)):
        return "a line of a diff without its sign"
    if _FORGED.search(line):
        return "a marker"
    return inert.bare_problem(line) or _in_log(line)


def _outside(line: str, following: list[str]) -> str:
    if _COMMENT.search(line):
        return "a marker"
    if _LONE_TAG.fullmatch(line) or (
        _BLOCK_TAG.search(inert.uncoded(line)) and not _is_block(line, following)
    ):
        return "a block of HTML"
    return inert.problem(line) or _in_log(line)


def _is_block(line: str, following: list[str]) -> bool:
    # Up to the next empty line nothing is read as Markdown: code spans would be raw HTML there.
    if line == "<details>":
        return following != [] and following[0].startswith("<summary>")
    return bool(_BLOCK_TAGS.fullmatch(line)) and following in ([], [""])


def _in_log(line: str) -> str:
    return "a runner's command" if _RUNNER.search(line) or _LOG_LINE.match(line) else ""
