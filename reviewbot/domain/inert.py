r"""Markdown that does nothing: the one place where untrusted text becomes part of it.

No renderer may find a link, an image, HTML, a mention, a reference, a closing keyword or a
quick action in what comes out. Forges look for references in the *rendered* text, so escaping
an `@` does not help; text inside code is what they leave alone. So:

- a word of prose stays plain only if it is made of letters and harmless punctuation; every
  other word becomes a code span, whose fence is longer than any run of backticks in it;
- code stands in a fenced block with line numbers in front, so no line of it begins with
  anything of its own; a fence is longer than any run of backticks in it;
- `body` checks the finished document as a whole, whoever put it together; what is posted to a
  forge is checked line by line with the same `problem`, in `publish.inert`.

Facts: threats E1 to E5 (GitLab executes a line that begins with `/` after `\r` is deleted).
Give these functions text that is masked and visible already.
"""

import itertools
import re
from collections.abc import Sequence
from typing import NewType

from reviewbot.domain.visible import is_visible
from reviewbot.errors import ReviewbotError

# Letters and digits (and whatever is not ASCII), joined by single hyphens or apostrophes; `e.g.`; a number.
_LETTER = r"[A-Za-z0-9\u0080-\U0010ffff]"
_CORE = rf"(?:{_LETTER}+(?:['-]{_LETTER}+)*|[A-Za-z](?:\.[A-Za-z])+|[0-9]{{1,6}}[.,][0-9]{{1,6}})"
_CLOSING = r"[)\"']*(?:[.,;:]|\.\.\.|[?!]{1,3})?[)\"']*"
_PLAIN = re.compile(rf"(?:[(\"']*{_CORE})?{_CLOSING}")
# What forges turn into links by themselves: commit ids, GH-12, SEC-1182.
_REFERENCE = re.compile(r"(?:(?<![a-z0-9])[0-9a-f]{7,64}|-[0-9]+)(?![a-z0-9])", re.IGNORECASE | re.ASCII)
# `SHA-256:`, whose colon is the sentence's.
_NAMED = re.compile(rf"{_LETTER}+(?:-{_LETTER}+)*:")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_OWN_TAGS = re.compile(r"</?(?:details|summary|sub)>|<br>")
_ADDRESS = r"https?://[A-Za-z0-9][A-Za-z0-9.:/_~%#?=+-]*"
_OWN_LINK = re.compile(rf"(?<!!)\[\]\({_ADDRESS}\)")
_LOUD = re.compile(r"[<@&`\\]|\]\(|!\[|\]\[|\]:|://|\bwww\.", re.IGNORECASE)


def prose(text: str) -> str:
    """Give one paragraph of prose, on one line, whatever white space it had."""
    text = " ".join(text.split())
    out = ""
    at = 0
    # What stands between single backticks already is a name or code: keep it together.
    for match in re.finditer(r"(?<!`)`([^`]+)`(?!`)", text):
        out = _joined(_joined(out, _words(text[at : match.start()])), code(match.group(1)))
        at = match.end()
    return _joined(out, _words(text[at:]))


def _joined(left: str, right: str) -> str:
    # Two code spans side by side would be one.
    return f"{left} {right}" if left.endswith("`") and right.startswith("`") else left + right


def _words(text: str) -> str:
    groups = itertools.groupby(text.split(" "), key=_plain)
    # Neighbouring words that cannot stay plain share a span.
    return " ".join(" ".join(words) if plain else _span(" ".join(words)) for plain, words in groups)


def _span(text: str) -> str:
    """Give a span for words of prose; a sentence's own punctuation stays behind it."""
    word = text.rstrip(".,")
    word = word[:-1] if _NAMED.fullmatch(word) else word
    return code(word) + text[len(word) :] if word else code(text)


def _plain(word: str) -> bool:
    return bool(_PLAIN.fullmatch(word)) and not _REFERENCE.search(word)


def code(text: str) -> str:
    """Give a code span. Line ends become spaces: a span is one line."""
    text = text.replace("\n", " ") or " "
    fence = "`" * (longest_run(text) + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def link(span: str, address: str) -> str:
    """Link a code span to an address of the operator's; one that is not plainly an address gives no link."""
    return f"[{span}]({address})" if re.fullmatch(_ADDRESS, address) else span


def cell(text: str) -> str:
    """Fit rendered text into a table: some renderers end a cell at a pipe even when it is escaped."""
    return text.replace("|", "¦")


def code_block(lines: Sequence[str], first: int) -> str:
    """Give a fenced block of lines, numbered from `first`."""
    width = len(str(first + len(lines)))
    fence = "`" * max(3, max((longest_run(line) for line in lines), default=0) + 1)
    rows = [f"{number:>{width}} | {line}".rstrip() for number, line in enumerate(lines, first)]
    return "\n".join([fence, *rows, fence])


def longest_run(text: str) -> int:
    """Length of the longest run of backticks in a text."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


Document = NewType("Document", str)
"""Markdown that `body` has looked at. Only `body` makes one, so mypy sees a writer that skips it."""


def body(text: str) -> Document:
    """Give back a whole document after looking at it once more.

    Raises `ReviewbotError` if anything in it could act: that is a bug, and refusing is the
    only safe answer.
    """
    for number, line in enumerate(_outside_fences(text), 1):
        found = problem(line)
        if found:
            raise ReviewbotError(
                f"the Markdown was not written: line {number} would hold {found}",
                hint="report this as a bug of reviewbot",
            )
    return Document(text)


def _outside_fences(text: str) -> list[str]:
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        opened = re.fullmatch(r"(`{3,})[a-z]*", line)
        if fence:
            lines.append(line if bare_problem(line) else "")
            fence = "" if line == fence else fence
        elif opened:
            fence = opened.group(1)
            lines.append("")
        else:
            lines.append(line)
    return lines


def problem(line: str) -> str:
    """Say what in a line outside of code blocks could act; nothing if nothing could."""
    bare = bare_problem(line)
    if bare:
        return bare
    if line.lstrip(" \t>").startswith("~~~"):
        return "a fence of tildes"
    loud = _LOUD.search(_OWN_LINK.sub("", _OWN_TAGS.sub("", uncoded(line))))
    return f"{loud.group()!r} outside of code" if loud else ""


def uncoded(line: str) -> str:
    """Take the code spans out of a line."""
    return _CODE.sub("", line)


def bare_problem(line: str) -> str:
    """Say what in a line could act even inside of code blocks; nothing if nothing could."""
    if line.lstrip(" \t>").startswith("/"):
        return "a slash at its beginning"
    return "" if all(is_visible(char) for char in line) else "a hidden character"
