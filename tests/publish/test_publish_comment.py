"""The comment on a line: what it says, what it looks like, and that nothing in it can act."""

import re
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import assert_harmless, fences
from publish_remarks import CAPS, KEY, MARKER, PATCH, PIECES, REMARK, TIMEOUT, WIDE, lines, remarks

from reviewbot.domain.anchor import Place, Side
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.domain.wanted import Suggestion
from reviewbot.publish import comment
from reviewbot.publish.inert import posted

LINKS = "https://wiki.corp.example/rules/"
SPREAD = replace(TIMEOUT, suggestion=WIDE)
SHOWN = [
    *((REMARK, "sql", style) for style in SuggestionStyle),
    (TIMEOUT, "timeout", SuggestionStyle.LINES),
    (SPREAD, "spread", SuggestionStyle.LINES),
]


@pytest.mark.parametrize(("remark", "name", "style"), SHOWN)
def test_comment_is_as_before(remark, name, style, golden):
    """A comment of each style is its golden file."""
    body = posted(comment.inline(remark, CAPS[style], links=None), MARKER)
    golden(f"publish/{name}-{style}.md", body + "\n")


@settings(max_examples=80, deadline=None)
@given(remarks(), st.sampled_from(SuggestionStyle), st.sampled_from([None, LINKS]))
def test_no_word_of_a_comment_can_act(remark, style, links):
    """Whatever stands in a remark, its comment passes the door and can do nothing."""
    body = posted(comment.inline(remark, CAPS[style], links=links), MARKER)
    assert_harmless(body, MARKER, links)


@pytest.mark.parametrize("piece", PIECES)
def test_no_piece_at_the_beginning_of_anything_can_act(piece):
    """Each hostile piece, first in every field and on a line of its own in code."""
    patch = Suggestion(("x",), (piece, "y"), True, piece)
    said = dict.fromkeys(("title", "reason", "explanation", "rule", "why"), piece)
    for style in SuggestionStyle:
        remark = replace(REMARK, **said, by=(piece, "model"), suggestion=patch)
        assert_harmless(posted(comment.inline(remark, CAPS[style], links=None), MARKER), MARKER)


def test_catalogue_words_stand_before_the_models():
    """Title, reason, the model's labelled paragraph, patch, proof, sources: in this order."""
    text = comment.inline(REMARK, CAPS[SuggestionStyle.LINES], links=None)
    parts = [REMARK.title, REMARK.reason, "Here: ", "_(model)_", "```suggestion", "Proven: applies", "<sub>"]
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    assert text.endswith("<sub>`python-sql-built-from-input` · semgrep, model · `reviewbot fix 3f9a0c`</sub>")


def test_model_alone_is_said():
    """Where only the model says so, the last line says what was checked."""
    assert comment.inline(TIMEOUT, CAPS[SuggestionStyle.LINES], links=None).endswith(
        "· model, evidence checked</sub>"
    )


def test_lines_that_the_diff_does_not_show_are_named():
    """A comment that stands on part of the lines names all of them; one that stands on all does not."""
    assert " · lines 80 to 92\n" in comment.inline(TIMEOUT, CAPS[SuggestionStyle.LINES], links=None)
    assert "line 33" not in comment.inline(REMARK, CAPS[SuggestionStyle.LINES], links=None)
    old = replace(
        TIMEOUT, place=Place("a", Side.OLD, 5, 9), anchor=lines(5, 6, "a", Side.OLD), suggestion=None
    )
    assert " · lines 5 to 9 of the old file\n" in comment.inline(old, CAPS[SuggestionStyle.LINES], links=None)


def test_rule_is_linked_only_for_the_operator():
    """The rule id is a link where the operator gives an address, and only for our own rules."""
    style = CAPS[SuggestionStyle.LINES]
    assert f"]({LINKS}{REMARK.rule})" in comment.inline(REMARK, style, links=LINKS)
    assert "](" not in comment.inline(REMARK, style, links=None)
    assert "](" not in comment.inline(replace(REMARK, catalogued=False), style, links=LINKS)
    assert "](" not in comment.inline(REMARK, style, links="https://a.example/) ![x](https://evil.example/")


def test_remark_without_anchor_has_no_comment():
    """What can only be listed is refused here."""
    with pytest.raises(ValueError, match="without an anchor"):
        comment.inline(KEY, CAPS[SuggestionStyle.LINES], links=None)


@pytest.mark.parametrize("style", SuggestionStyle)
def test_patch_of_several_places_is_one_diff(style):
    """Each place has its line numbers, on every forge; nothing is there to click."""
    text = comment.inline(SPREAD, CAPS[style], links=None)
    (block,) = fences(text)
    assert block == (
        "diff",
        [
            "@@ -2,0 +3,1 @@",
            "+import tenacity",
            "@@ -80,1 +81,2 @@",
            "-requests.get(URL)",
            "+again = tenacity.retry(requests.get)",
            "+again(URL, timeout=10)",
        ],
    )


def test_what_somebody_should_know_before_applying_is_said():
    """Who proposed it, what was proven, its care, and what it needs; the command stands in the last line."""
    text = comment.inline(SPREAD, CAPS[SuggestionStyle.LINES], links=None)
    assert (
        "Proposed by the model. Proven: applies · parses · finding gone · no new findings. "
        "Look before applying. It needs `tenacity` among the dependencies."
    ) in text
    assert text.endswith("· model, evidence checked · `reviewbot fix 5f0000`</sub>")
    plain = comment.inline(REMARK, CAPS[SuggestionStyle.LINES], links=None)
    assert "Proven: applies · parses · finding gone · no new findings · 14 tests pass\n" in plain
    assert "Look before" not in plain


def test_patch_that_masking_altered_is_named_and_not_shown():
    """That there is one is said, with what applies it."""
    hidden = replace(REMARK, suggestion=replace(PATCH, before=(), lines=(), appliable=False))
    text = comment.inline(hidden, CAPS[SuggestionStyle.LINES], links=None)
    assert fences(text) == []
    assert "it is not shown here, because a secret or a hidden character is in it.\nProven: applies" in text
    assert "`reviewbot fix 3f9a0c`" in text


def test_suggestion_that_changes_nothing_is_not_shown():
    """A replacement equal to what stands there is no suggestion."""
    same = replace(REMARK, suggestion=replace(PATCH, lines=PATCH.before))
    text = comment.inline(same, CAPS[SuggestionStyle.LINES], links=None)
    assert fences(text) == []
    assert "Proven" not in text


LONG = "every word of it " * 20_000


@pytest.mark.parametrize("style", [SuggestionStyle.LINES, SuggestionStyle.RANGE])
@pytest.mark.parametrize(
    "changes",
    [
        {"explanation": LONG},
        {"explanation": "`@x` " * 30_000, "reason": "@x " * 30_000},
        {"reason": LONG, "title": LONG, "rule": LONG, "by": ("semgrep", LONG)},
        {"suggestion": replace(PATCH, lines=(LONG * 4,))},
        {"suggestion": replace(PATCH, lines=("`" * 600_000,))},
        {"suggestion": replace(PATCH, proof=LONG * 4)},
        {"suggestion": replace(PATCH, name=LONG, needs=(LONG,))},
        {"suggestion": replace(WIDE, pieces=WIDE.pieces * 9_000)},
    ],
)
def test_comment_is_never_over_the_limit(style, changes):
    """However much is to be said, the body with its marker fits, and what is left can do nothing."""
    body = posted(comment.inline(replace(REMARK, **changes), CAPS[style], links=None), MARKER)
    assert len(body) <= CAPS[style].body_limit
    assert_harmless(body, MARKER)


def test_explanation_goes_before_the_patch():
    """The model's words are cut first; the suggestion stays whole."""
    caps = replace(CAPS[SuggestionStyle.LINES], body_limit=2_000)
    text = comment.inline(replace(REMARK, explanation=LONG), caps, links=None)
    assert "Here: " not in text
    assert fences(text) == [("suggestion", list(PATCH.lines))]
    shorter = comment.inline(replace(REMARK, explanation=LONG), CAPS[SuggestionStyle.LINES], links=None)
    assert "… _(model)_" in shorter
    assert fences(shorter) == [("suggestion", list(PATCH.lines))]


def test_patch_is_whole_or_not_there():
    """A patch that is too long is left out with a sentence, never cut."""
    caps = replace(CAPS[SuggestionStyle.LINES], body_limit=2_000)
    patch = replace(PATCH, lines=tuple(f"line {number}" for number in range(200)))
    text = comment.inline(replace(REMARK, suggestion=patch), caps, links=None)
    assert fences(text) == []
    assert "too long to be shown here" in text
    assert len(text) < 2_000


OTHER = {
    "rule": "other",
    "catalogued": False,
    "by": ("bandit",),
    "severity": Severity.NOTE,
    "cwe": (78,),
    "title": "other",
    "reason": "other",
    "commit": "c" * 40,
    "anchor": lines(33, 34),
    "suggestion": replace(PATCH, proof="other"),
}
NOT_SAID = {
    "explanation": "other",
    "confidence": Confidence.LOW,
    "fingerprint": "0" * 16,
    "moved": "0" * 16,
    "quote": "1" * 16,
    "quote_lines": 2,
    "why": "other",
}


def test_words_are_all_but_the_models():
    """Every field that the comment shows counts, the model's explanation does not; no field is forgotten."""
    words = comment.words(REMARK)
    assert re.fullmatch(r"[0-9a-f]{16}", words)
    assert all(comment.words(replace(REMARK, **{name: value})) != words for name, value in OTHER.items())
    assert all(comment.words(replace(REMARK, **{name: value})) == words for name, value in NOT_SAID.items())
    assert {field.name for field in fields(REMARK)} == {*OTHER, *NOT_SAID, "place"}


@pytest.mark.parametrize("name", [field.name for field in fields(WIDE)])
def test_words_count_every_part_of_a_patch(name):
    """Whatever changes of a patch, the comment is written anew."""
    other = {
        "before": ("x",),
        "lines": ("x",),
        "pieces": WIDE.pieces[:1],
        "proof": "x",
        "name": "x",
        "needs": (),
    }
    value = other.get(name, not getattr(WIDE, name))
    assert comment.words(replace(SPREAD, suggestion=replace(WIDE, **{name: value}))) != comment.words(SPREAD)


def test_words_do_not_count_lines_that_moved():
    """A push that moves the lines alone is no reason to edit a comment."""
    moved = replace(REMARK, place=Place("src/users.py", Side.NEW, 40, 40), anchor=lines(40, 40))
    assert comment.words(moved) == comment.words(REMARK)
