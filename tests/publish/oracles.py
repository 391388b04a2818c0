"""What the readers of a comment would do with it: ported from them, or the renderers themselves.

The quick-action extractors are re-expressed from GitLab's lib/gitlab/quick_actions/extractor.rb: the
older generation looks in the whole text (2024), the newer one in paragraphs that the renderer found
(QuickActionFilter); the port takes nested paragraphs too, which the filter does not.
"""

import re
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

COMMANDS = [
    "approve",
    "merge",
    "close",
    "reopen",
    "unlock",
    "lock",
    "label",
    "unlabel",
    "relabel",
    "assign",
    "unassign",
    "assign_reviewer",
    "target_branch",
    "ready",
    "draft",
    "rebase",
    "title",
    "tag",
    "done",
    "todo",
    "subscribe",
    "unsubscribe",
    "milestone",
    "due",
    "estimate",
    "spend",
    "confidential",
    "move",
    "duplicate",
    "award",
    "react",
    "copy_metadata",
    "request_review",
    "request_changes",
    "submit_review",
    "shrug",
    "tableflip",
    "cc",
    "quick",
]
_NAMES = "|".join(COMMANDS)
_COMMAND = rf"^/(?P<cmd>{_NAMES})(?:[ ](?P<arg>[^\n]*))?(?:\s*\n|$)"
_OLDER = re.compile(
    rf"(?P<code>^```.+?\n```$)|(?P<inline>^.*`\n*.+?\n*`$)|(?P<html>^<[^>]+?>\n.+?\n</[^>]+?>$)"
    rf"|(?P<quote>^>>>.+?\n>>>$)|(?:{_COMMAND})",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_NEWER = re.compile(
    rf"(?P<inline>`.+?`)|(?P<html>^<[^>]+?>\n.+?\n</[^>]+?>$)|(?:{_COMMAND})",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_PARAGRAPH = re.compile(r'<p data-sourcepos="(\d+):\d+-(\d+):\d+">')

OUR_TAGS = {
    *("p", "strong", "em", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"),
    *("details", "summary", "sub", "a"),
}
# What forges turn into links or acts outside of code: mentions, references, commit ids, tracker keys.
ACTIVE = re.compile(
    r"@|://|\bwww\.|mailto:\S|#\w|![0-9]|\$[0-9]|%[\w\"]|~[\w\"]|\b[0-9a-f]{7,64}\b|\b[A-Za-z]+-[0-9]+\b|<!--|::",
    re.IGNORECASE,
)
RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def quick_actions(text):
    """Commands that any generation of GitLab would run."""
    return older_quick_actions(text) + newer_quick_actions(text)


def older_quick_actions(text):
    """The generation that reads the whole text with one pattern."""
    return [found["cmd"] for found in _OLDER.finditer(text.replace("\r", "")) if found["cmd"]]


def newer_quick_actions(text):
    """The generation that reads paragraphs."""
    text = text.replace("\r", "")
    lines = [line + "\n" for line in text.split("\n")]
    found = []
    for first, last in _PARAGRAPH.findall(gitlab_html(text)):
        paragraph = "".join(lines[int(first) - 1 : int(last) + 1])
        found += [match["cmd"] for match in _NEWER.finditer(paragraph) if match["cmd"]]
    return found


def gitlab_html(text):
    """HTML with source positions, as the pipeline for quick actions has it."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_SOURCEPOS
    return cmarkgfm.github_flavored_markdown_to_html(text, options)


def slash_lines(text):
    """Lines that begin with a slash outside of suggestions, however they are indented or quoted."""
    suggested = {number for first, last in _suggestion_ranges(text) for number in range(first, last)}
    lines = enumerate(text.replace("\r", "").split("\n"))
    return [line for number, line in lines if number not in suggested and re.match(r"[\s>]*/", line)]


def _suggestion_ranges(text):
    for token in RENDERER.parse(text):
        if token.type == "fence" and token.info.startswith("suggestion"):
            yield token.map


def runner_commands(text):
    """Lines that a runner would act on, should a log show the text."""
    return [line for line in text.split("\n") if re.search(r"^\s*::|##\[|##vso\[", line, re.IGNORECASE)]


class _Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.comments, self.words, self.links = [], [], [], []
        self.depth = 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.depth += tag in {"code", "pre"}
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        odd = [name for name, _ in attrs if name not in {"href", "lang", "class"}]
        assert not odd, odd

    def handle_endtag(self, tag):
        self.depth -= tag in {"code", "pre"}

    def handle_data(self, data):
        if not self.depth:
            self.words.append(data)

    def handle_comment(self, data):
        self.comments.append(data)

    def handle_decl(self, decl):
        self.tags.append(f"!{decl}")

    def handle_pi(self, data):
        self.tags.append(f"?{data}")


def page(html):
    """Tags, comments, addresses, and the words outside of code."""
    read = _Page()
    read.feed(html)
    read.close()
    return read


def assert_harmless(body, marker, links=None):
    """Nothing in a posted body can act, on any forge, whoever wrote its words."""
    assert quick_actions(body) == []
    assert slash_lines(body) == []
    assert runner_commands(body) == []
    assert body.split("\n")[-1] == marker
    assert len(re.findall(r"<!--\s*reviewbot", body, re.IGNORECASE)) == 1
    for html in (
        cmarkgfm.github_flavored_markdown_to_html(body, Options.CMARK_OPT_UNSAFE),
        RENDERER.render(body),
    ):
        read = page(html)
        assert set(read.tags) <= OUR_TAGS, set(read.tags) - OUR_TAGS
        assert all(links and address.startswith(links) for address in read.links), read.links
        assert [f"<!--{comment}-->" for comment in read.comments] == [marker]
        words = "\0".join(read.words)
        assert not ACTIVE.search(words), ACTIVE.search(words)


def fences(body):
    """Each fenced block of a body: its info string and its lines."""
    blocks = [token for token in RENDERER.parse(body) if token.type == "fence"]
    return [
        (token.info, token.content.removesuffix("\n").split("\n") if token.content else [])
        for token in blocks
    ]
