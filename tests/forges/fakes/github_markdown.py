"""What a comment does besides being read: mentions, references, images; and the suggestions in it.

GitHub renders the body, then looks at the text that is left outside of code and links [K: html-pipeline].
So an `@` written as `&#64;` or as `\\@` still mentions, and one in a code span does not.
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

MENTION = re.compile(r"(?<![\w/`.@])@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:/[\w.-]+)?")
TARGET = r"(?:[\w.-]+/[\w.-]+)?(?:#|\bGH-)\d+"
REFERENCE = re.compile(rf"(?<![\w&/#])(?:{TARGET})\b")
CLOSING = re.compile(
    rf"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?:{TARGET}\b|https?://\S+/issues/\d+)",
    re.IGNORECASE,
)
COMMIT = re.compile(r"(?<![\w/])[0-9a-f]{7,40}(?!\w)")
SLASH = re.compile(r"(?m)^[ \t]*/[a-z][\w-]*(?=\s|$)")
LINKED = re.compile(r"/(?:pull|issues|commit|discussions)/\w+")
BLOCKS = {
    "p",
    "br",
    "li",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "summary",
    "details",
    "tr",
}
CODE = {"code", "pre", "a", "tt", "script", "style"}


def rendered(body: str) -> str:
    return cmarkgfm.github_flavored_markdown_to_html(
        body, Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_GITHUB_PRE_LANG
    )


class _Text(HTMLParser):
    """Collects the text outside of code and links; a comment or tag ends a run of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[str] = []
        self.images: list[str] = []
        self.links: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img":
            self.images.append(given.get("src") or "")
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag in CODE:
            self._inside.append(tag)
        if tag in BLOCKS:
            self.runs.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.runs.append(data)


class _Suggestions(HTMLParser):
    """Collects the contents of fences whose language is `suggestion`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "pre" and dict(attrs).get("lang") == "suggestion":
            self.found.append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] += data


def effects(body: str, is_commit: Callable[[str], bool]) -> list[tuple[str, str]]:
    """What posting this does: (`mention`, `@name`), `closing`, `reference`, `commit`, `image`, `slash`.

    Closing keywords close issues from a description and a commit message only [D]; in a comment they
    still link, and are recorded as what they say.
    """
    reader = _Text()
    reader.feed(rendered(body))
    reader.close()
    found = [("image", source) for source in reader.images]
    found += [("reference", link) for link in reader.links if LINKED.search(link)]
    for run in reader.runs:
        found += [("mention", each[0]) for each in MENTION.finditer(run)]
        found += [("closing", each[0]) for each in CLOSING.finditer(run)]
        found += [("reference", each[0]) for each in REFERENCE.finditer(run)]
        found += [("commit", each[0]) for each in COMMIT.finditer(run) if is_commit(each[0])]
    return found + [("slash", each[0].strip()) for each in SLASH.finditer("".join(reader.runs))]


def suggestions(body: str) -> list[str]:
    """The contents of all suggestion fences, of any length, each with its last line break or empty."""
    reader = _Suggestions()
    reader.feed(rendered(body))
    reader.close()
    return reader.found


def applied(lines: tuple[bytes, ...], first: int, last: int, suggestion: str) -> tuple[bytes, ...]:
    r"""A file's lines with `first`..`last`, counted from 1, replaced by a suggestion's lines.

    The last line keeps the end of the last line that it replaces (so a file without one at its end stays
    so, and one line for one line keeps a `\r\n`). What ends the lines inside of a suggestion in a file
    with `\r\n` is not known [K]: the suggestion itself has `\n` only, and that is what is put here. An
    empty suggestion takes the lines out [K].
    """
    kept = lines[last - 1]
    tail = b"\r\n" if kept.endswith(b"\r\n") else b"\n" if kept.endswith(b"\n") else b""
    body = suggestion.encode("utf-8", "surrogateescape")
    new = () if not body else (body.removesuffix(b"\n") + tail,)
    return (*lines[: first - 1], *new, *lines[last:])
