"""The last look at what is posted: what it lets through and what it refuses."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import (
    ACTIVE,
    assert_harmless,
    newer_quick_actions,
    older_quick_actions,
    page,
    quick_actions,
    runner_commands,
)
from publish_remarks import MARKER, PIECES, hostile

from reviewbot.domain.visible import visible
from reviewbot.errors import ReviewbotError
from reviewbot.publish.inert import broken, code, commands, posted, prose


@pytest.mark.parametrize(
    "text",
    [
        "fine\n/approve",
        "fine\n  /merge",
        "> /close",
        "a\r/close",
        "a\rb",
        "hi @root",
        "a <b>x</b>",
        "![x](https://evil.example)",
        "[x](https://evil.example)",
        "[x][y]",
        "[x]: y",
        "see https://evil.example",
        "www.evil.example",
        "a \u202e b",
        "a &lt; b",
        "lone ` tick",
        "a \\`@root`",
        "```\n/approve\n```",
        "```\n\u200b\n```",
        "```\nopen",
        "```\nx\n````\n@root\n```",
        "```\nx\n  ```\n@root\n```",
        "```\nx\n``` \n@root\n```",
        "```\nx\n````\nfine",
        "~~~\nx\n~~~",
        "> ~~~\nx",
        "```html\nx\n```",
        "```suggestion:-0+1\nx\n```",
        "```suggestion:-1000+0\nx\n```",
        "``` suggestion\nx\n```",
        "```diff\nx\n```",
        "```diff\n-x\n y\n```",
        "```suggestion\n/close\n```",
        "```suggestion:-0+0\n// x\n```",
        "```suggestion:-0+0\n>>>\n```",
        "```suggestion\n@dependabot merge\n```",
        "```suggestion\n\u200b\n```",
        "```suggestion\n##[group]\n```",
        "```suggestion\n<!-- reviewbot/1 x -->\n```",
        "```\n<!-- reviewbot/1 x -->\n```",
        "```diff\n+<!-- Reviewbot/1 x -->\n```",
        "```diff\n+##vso[x]\n```",
        "<!-- reviewbot/1 x -->",
        "`<!-- reviewbot/1 x -->`",
        "<!-- x -->",
        "a <!-- x",
        "::warning::x",
        "`##vso[task.complete]`",
        "<details>\n`<img>`\n</details>",
        "<details>\n<summary>`x`</summary>\n\ny\n\n</details>",
        "<details>\n<summary>x</summary>\n`<img>`\n\n</details>",
        "x\n\n</details>\n`<img>`",
        "> <details>\n`<img>`",
        "<sub>\n`<img>`",
        "<br>\n`<img>`",
    ],
)
def test_what_could_act_is_not_posted(text):
    """Each body that could act somewhere is refused as a whole."""
    with pytest.raises(ReviewbotError, match="was not posted: it would hold"):
        posted(text, MARKER)


@pytest.mark.parametrize(
    "text",
    [
        "**a** · error · `CWE-89`",
        "`@root` and `<img>` and `` ` `` and `https://evil.example`",
        "<details>\n<summary>about this review</summary>\n\n- `@x`\n\n</details>",
        "<details>\n<summary>about this review</summary>\n\n- `<details>`\n\n</details>\n\nmore",
        "<sub>[`rule`](https://wiki.corp.example/rule) · semgrep</sub>",
        "```suggestion\n@x\n// a\n<b>\n[x](y)\n<!-- of the page -->\n```",
        "```suggestion:-12+0\n@x\n  // a\n`` `\n```\nProven: x",
        "````suggestion\n```\n````",
        "````suggestion\n~~~\n```` ``\n````",
        "```diff\n-/close\n+::x\n```",
        "```\n7 | /close\n```",
        "```suggestion\n```",
    ],
)
def test_what_stands_still_is_posted_under_its_marker(text):
    """Harmless bodies pass unaltered; the marker is the last line."""
    body = posted(text + "\n", MARKER)
    assert body == f"{text}\n\n{MARKER}"


@pytest.mark.parametrize(
    "marker",
    [
        "",
        "<!-- reviewbot/1 -->",
        "<!-- reviewbot/2 x -->",
        "<!-- reviewbot/1 x -->\n",
        "<!-- reviewbot/1 x\n-->",
        "<!-- reviewbot/1 X -->",
        "<!-- reviewbot/1 x --> -->",
        "<!-- reviewbot/1 <b> -->",
    ],
)
def test_marker_of_another_form_is_refused(marker):
    """Nothing but our own line goes under a body."""
    with pytest.raises(ReviewbotError, match="a marker that is not one"):
        posted("fine", marker)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.just("\n"), st.just("`")), max_size=14).map("".join))
def test_whatever_is_posted_is_harmless(text):
    """Whoever put a body together, of whatever: it is refused, or nothing in it can act."""
    try:
        body = posted(text, MARKER)
    except ReviewbotError:
        return
    assert quick_actions(body) == []
    assert runner_commands(body) == []
    assert len(re.findall(r"<!--\s*reviewbot", body, re.IGNORECASE)) == 1


@settings(max_examples=250, deadline=None)
@given(hostile)
def test_any_words_are_harmless(text):
    """As prose, first or later in a line, and as code, whatever is said can do nothing."""
    for said in (prose(text), f"Here: {prose(text)} _(model)_", f"**x{code(text)}**"):
        assert_harmless(posted(said, MARKER), MARKER)


@settings(max_examples=200, deadline=None)
@given(hostile)
def test_lines_that_pass_cannot_act_without_their_fence(text):
    """A line that may stand in a suggestion is no command, should nobody see the fence."""
    line = visible(text)
    if not commands(line, gitlab=True):
        assert quick_actions(line) == []
        assert runner_commands(line) == []
        assert "<!-- reviewbot" not in line


@pytest.mark.parametrize(
    "word", ["deadbeefe\u0301", "\u212adeadbeef", "x-deadbee1", "SHA-256-based", "GH-12漢字"]
)
def test_references_within_words_become_code(word):
    """A commit id or tracker key is one too with letters around it that its reader takes for none."""
    assert prose(f"a {word} b") == f"a `{word}` b"


def test_words_stay_readable():
    """What acts in code too is broken visibly, a number opens no list, white space folds in prose alone."""
    assert prose("1. do   this") == "`1.` do this"
    assert prose("12) do") == "`12)` do"
    assert prose("in 1.") == "in 1."
    assert code("a  b") == "`a  b`"
    assert code("x ##vso[y] ##[z]") == "`x ## vso[y] ## [z]`"
    assert prose("a <!-- b") == "a `< !--` b"
    assert broken("<!-- of the page --> <!-- reviewbot/1") == "<!-- of the page --> < !-- reviewbot/1"


def test_oracles_see_what_they_should():
    """The ports run what GitLab runs, and the renderers show what acts."""
    for text in ("/close", "x\n/close", "x\n\r/Close", "/label ~x\n", "a\n\n/assign me"):
        assert older_quick_actions(text)
        assert newer_quick_actions(text)
    assert older_quick_actions("```\n/close\n```") == []
    assert older_quick_actions("```suggestion\n/close") == ["close"]
    assert newer_quick_actions("```suggestion\n/close") == []
    assert newer_quick_actions("`\n/close\n`") == []
    assert newer_quick_actions("> x\n/close") == ["close"]
    assert [bool(ACTIVE.search(text)) for text in ("@a", "see #1", "deadbeef", "SEC-12", "plain words.")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    read = page('<p>a <a href="x">b</a><!-- c --><code>@d</code></p>')
    assert (read.tags, read.links, read.comments) == (["p", "a", "code"], ["x"], [" c "])
    assert "".join(read.words) == "a b"
