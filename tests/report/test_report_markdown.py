"""The Markdown form of a review, judged by a Markdown renderer."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from report_reviews import ALL, NASTY, SQL, clean, full, incomplete, read
from report_strategies import reviews, texts

from reviewbot.domain import inert
from reviewbot.domain.secret import Mask
from reviewbot.errors import ReviewbotError
from reviewbot.report import markdown
from reviewbot.report.text import Shown

# As forges do: tables, bare addresses become links, HTML passes.
RENDERER = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
OURS = {
    "p",
    "strong",
    "em",
    "code",
    'codeclass="language-diff"',
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "h3",
    "ul",
    "li",
    "details",
    "summary",
    "sub",
    "br",
}
OPENING = re.compile(r"<([A-Za-z][A-Za-z0-9]*)([^<>]*)>")


def tags(text: str) -> set[str]:
    """Names of all tags in the rendered document, with their attributes if they have any."""
    return {name + bare.strip() for name, bare in OPENING.findall(RENDERER.render(text))}


def outside_code(text: str) -> str:
    """What a forge's filters for mentions, references and addresses get to see."""
    html = RENDERER.render(text)
    return re.sub(r"<(code|pre)>.*?</\1>", "", html, flags=re.DOTALL)


# What forges turn into links or acts: addresses, mentions, references, commit ids, tracker keys.
ACTIVE = re.compile(
    r"@|://|\bwww\.|mailto:[^\s<]|(?<!&)#\w|![0-9]|\$[0-9]|%[\w\"]|~[\w\"]|\b[0-9a-f]{7,64}\b|\b[A-Za-z]+-[0-9]+\b|<!--|::",
    re.IGNORECASE,
)


def quick_actions(text: str) -> list[str]:
    """Lines that GitLab would run: it deletes carriage returns, then looks for a slash at the beginning."""
    return [line for line in text.replace("\r", "").split("\n") if re.match(r"[\s>]*/", line)]


def assert_inert(text: str) -> None:
    """Nothing in a document can act."""
    assert tags(text) <= OURS, tags(text) - OURS
    assert quick_actions(text) == []
    seen = (
        outside_code(text).replace("&quot;", '"').replace("&lt;", "").replace("&gt;", "").replace("&amp;", "")
    )
    assert not ACTIVE.search(seen), ACTIVE.search(seen)


@pytest.mark.parametrize("name", ALL)
def test_markdown_is_as_before(name, golden):
    """The Markdown of each review is its golden file."""
    golden(f"report/{name}.md", markdown.render(ALL[name](), read))


@pytest.mark.parametrize("name", ALL)
def test_hand_built_reviews_are_inert(name):
    """No tag but ours, no mention, link or command in any hand-built review."""
    assert_inert(markdown.render(ALL[name](), read))


@settings(max_examples=30, deadline=None)
@given(reviews())
def test_any_review_is_inert(review):
    """Whatever text stands in a review, its Markdown can do nothing."""
    assert_inert(markdown.render(review, read))


@settings(max_examples=200, deadline=None)
@given(texts)
def test_any_prose_is_inert(text):
    """Whatever a remark says, as prose it can do nothing, and no character of it is lost."""
    shown = Shown(Mask()).prose(text)
    assert_inert("Here: " + inert.prose(shown) + " _(model)_\n")
    rendered = re.sub(r"<[^<>]*>", "", RENDERER.render("Here: " + inert.prose(shown)))
    plain = rendered.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert "".join(plain.split()) == "".join(f"Here: {shown}".replace("`", "").split()) or "`" in shown


@settings(max_examples=200, deadline=None)
@given(texts)
def test_any_code_comes_back(text):
    """Whatever a code span or block holds, the renderer gives exactly that back."""
    line = Shown(Mask()).line(text)
    (span,) = RENDERER.parseInline(inert.code(line))
    code = [child.content for child in span.children or [] if child.type == "code_inline"]
    assert len(code) == 1
    assert code[0].strip() == line.strip()
    lines = Shown(Mask()).block(text).split("\n")
    (block,) = RENDERER.parse(inert.code_block(lines, 7))
    assert block.type == "fence"
    assert [row.partition(" |")[2].removeprefix(" ") for row in block.content.split("\n")[:-1]] == [
        one.rstrip() for one in lines
    ]


@pytest.mark.parametrize(
    "word",
    [
        "name",
        "(line",
        "31).",
        "don't",
        "re-read",
        "e.g.",
        "3.1",
        '"so"',
        "well,",
        "Übung",
        "漢字。",
        "now!",
        "why?",
    ],
)
def test_ordinary_words_stay_plain(word):
    """Prose is not turned into code where nothing asks for it."""
    assert inert.prose(f"a {word} b") == f"a {word} b"


@pytest.mark.parametrize(
    "word",
    [
        "@root",
        "#1",
        "!2",
        "x@y.z",
        "www.a",
        "http://a",
        "SEC-1182",
        "GH-12",
        "deadbee",
        "a_b",
        "*b*",
        "<b>",
        "[x](y)",
        "/approve",
        ":x:",
        "a|b",
        "&lt;",
        "~~x~~",
        "-",
        "+",
        "1:2",
    ],
)
def test_other_words_become_code(word):
    """A word that a forge could act on stands in a code span."""
    assert inert.prose(f"a {word} b") == f"a `{word}` b"


@pytest.mark.parametrize("word", ["SHA-256", "SEC-1182", "deadbee"])
def test_the_colon_behind_a_name_is_the_sentences(word):
    """It stays outside of the span; between signs that mean something together it does not."""
    assert inert.prose(f"a {word}: b") == f"a `{word}`: b"
    assert inert.prose(f"a :{word}: b") == f"a `:{word}:` b"


def test_names_in_backticks_stay_names():
    """What the model put between backticks is a code span again, spaces and all."""
    assert inert.prose("see `SELECT 1` and `x`.") == "see `SELECT 1` and `x`."


def test_neighbouring_spans_do_not_run_together():
    """Two code spans side by side stay two."""
    assert inert.prose("@a`b c`@d") == "`@a` `b c` `@d`"
    assert tags("x " + inert.prose("a`b``c`d @e`f`")) <= {"p", "code"}
    assert_inert("x " + inert.prose("@a`@b` `c`@d"))


@pytest.mark.parametrize(
    "text",
    [
        "fine\n/approve",
        "fine\n  /merge",
        "> /close",
        "a\rb",
        "hi @root",
        "a <b>x</b>",
        "![x](https://evil.example)",
        "[x](https://evil.example)",
        "[x][y]",
        "see https://evil.example",
        "www.evil.example",
        "a \u202e b",
        "a &lt; b",
        "lone ` tick @x",
        "```\n/approve\n```",
        "```\n\u200b\n```",
        "[x]: y",
    ],
)
def test_whole_document_is_looked_at(text):
    """A document that could act is refused, whoever put it together."""
    with pytest.raises(ReviewbotError):
        inert.body(text)


def test_whole_document_may_hold_code_and_our_own_tags():
    """Code and the few tags of ours pass the last look."""
    text = "<details>\n<summary>a</summary>\n\n`@x <b>` and ``` `y` ```\n\n```\n1 | <b> @x\n```\n\n</details> <sub>z</sub>\n"
    assert inert.body(text) == text


def test_rule_links_only_from_the_operator():
    """The rule id is a link where the policy gives an address, and only for our rules."""
    review = replace(full(), policy=replace(full().policy, rule_links="https://wiki.corp.example/rules/"))
    text = markdown.render(review, read)
    links = set(re.findall(r"\]\(([^)]*)\)", text))
    assert links == {f"https://wiki.corp.example/rules/{rule.id}" for rule in full().rules.rules}
    assert "](" not in markdown.render(full(), read)


def test_address_that_is_none_gives_no_link():
    """An address of the policy that could break out of a link is not used."""
    review = replace(
        full(), policy=replace(full().policy, rule_links="https://a.example/) ![x](https://evil.example/")
    )
    assert "](" not in markdown.render(review, read)


def test_summary_says_what_was_not_reviewed():
    """Files that were not read are named with the reason, and the status is said to stay red."""
    text = markdown.render(incomplete(), read)
    assert "**Not reviewed: 2 files.** The status stays red until they are reviewed" in text
    assert (
        "`data/big.min.js`, not read by semgrep: over the size limit (`3.1` MB)".replace("`3.1`", "3.1")
        in text
    )
    assert "Not reviewed" not in markdown.render(clean(), read)


def test_model_only_finding_is_labelled():
    """A finding that only the model reports says so in its last line, and its prose is labelled."""
    text = markdown.render(full(), read)
    assert "model, evidence checked</sub>" in text
    assert "A worker waits here for ever. _(model)_" in text


def test_hostile_title_stays_in_its_cell():
    """A title full of pipes adds no column to the table."""
    text = markdown.render(ALL["hostile"](), read)
    row = next(line for line in text.split("\n") if line.startswith("| error |"))
    assert row.count("|") == 4
    assert "|" in NASTY


def test_patch_says_what_was_proven_and_what_applies_it():
    """A diff, the proof, the care it takes, and the two ways to apply it; several hunks have their heads."""
    text = markdown.render(full(), read)
    name = SQL.fingerprint[:6]
    assert "Fix, by the rule; look before applying: Passes the values as parameters of the statement." in text
    assert "Proven: applies · parses · finding gone · no new findings · 14 tests pass" in text
    assert f"`git apply` with `patches/{name}-python-sql-built-from-input.patch`" in text
    assert "It needs `tenacity` among the dependencies." in text
    assert "```diff\n@@ -1,0 +2,1 @@\n+import tenacity\n@@ -4,1 +5,2 @@\n-requests.get(URL)\n" in text
    assert "2 of 5 findings have a proven patch." in text
    assert "```diff\n-    cur.execute(" in text


def test_failing_tests_are_listed():
    """Their names as code, their first lines in a block."""
    text = markdown.render(full(), read)
    assert "**Tests:** 2 failed · 14 passed · they do not count against the result" in text
    assert "- `tests/test_sync.py::test_waits`\n\n```\n1 |     def test_waits():\n" in text
    assert "could not be run" in markdown.render(incomplete(), read)
    assert "Tests" not in markdown.render(clean(), read)
