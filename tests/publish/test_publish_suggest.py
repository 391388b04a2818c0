"""Suggestions, judged by what each forge would make of the file on a click."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import assert_harmless, fences
from publish_remarks import MARKER, PATCH, PIECES, code_lines, lines

from reviewbot.domain.anchor import Anchor, Line, Side
from reviewbot.domain.edits import lines_of, without_end
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.domain.visible import visible
from reviewbot.domain.wanted import Suggestion
from reviewbot.publish.inert import posted
from reviewbot.publish.suggest import Edit, joined, obstacle, render, suggestion, widen

CLICKABLE = [SuggestionStyle.LINES, SuggestionStyle.OFFSETS, SuggestionStyle.RANGE]


def click(style, content, anchor, block):
    """The file after a click, as that forge makes it."""
    info, new = block
    whole = lines_of(content)
    first, last = anchor.first.new, anchor.last.new
    text = "\n".join(new).encode()
    if style is SuggestionStyle.OFFSETS:
        above, below = re.fullmatch(r"suggestion:-(\d+)\+(\d+)", info).groups()
        first, last = last - int(above), last + int(below)
    replaced = whole[first - 1 : last]
    if style is SuggestionStyle.RANGE:
        end = replaced[-1][len(without_end(replaced[-1])) :]
        return b"".join([*whole[: first - 1], text + end, *whole[last:]])
    # GitLab: suggestion.rb; GitHub alike as far as is known.
    end = re.search(rb"\r\n|\r|\n|$", replaced[-1])[0]
    into = text + end if text.strip() else b""
    return b"".join([*whole[: first - 1], into, *whole[last:]])


def edited(content, edit):
    """The file with the edit, each new line ended as the lines that it replaces are."""
    whole = lines_of(content)
    replaced = whole[edit.first - 1 : edit.last]
    end = b"\r\n" if any(line.endswith(b"\r\n") for line in replaced) else b"\n"
    new = [line.encode() + end for line in edit.lines]
    if new and not replaced[-1].endswith(b"\n"):
        new[-1] = new[-1].removesuffix(end)
    return b"".join([*whole[: edit.first - 1], *new, *whole[edit.last :]])


words = st.one_of(
    st.sampled_from(["a", "  b", "", " ", "// c", "x  ", "\t", "```", "~~~~", "ü𝒳"]), st.sampled_from(PIECES)
)


@st.composite
def cases(draw):
    """A file, an edit of it, and the style of a forge."""
    ends = draw(st.sampled_from([[b"\n"], [b"\r\n"], [b"\n", b"\r\n"]]))
    count = draw(st.integers(1, 6))
    texts = draw(st.lists(words, min_size=count, max_size=count))
    body = b"".join(
        text.replace("\n", "").encode("utf-8", "surrogatepass") + draw(st.sampled_from(ends))
        for text in texts
    )
    content = body if draw(st.booleans()) else without_end(body)
    total = len(lines_of(content))
    first = draw(st.integers(1, max(1, total)))
    last = draw(st.integers(first, max(first, total)))
    return (
        content,
        Edit(first, last, tuple(draw(st.lists(words, max_size=4)))),
        draw(st.sampled_from(CLICKABLE)),
    )


@settings(max_examples=400, deadline=None)
@given(cases())
def test_click_gives_exactly_the_edit(case):
    """Whatever is offered to click gives, by the forge's own rules, the bytes that were proven."""
    content, edit, style = case
    offered = suggestion(content, edit, style=style, proof="", show=visible)
    if offered is None:
        return
    anchor = lines(edit.first, edit.last)
    body = posted(render(offered, style, anchor), MARKER)
    assert_harmless(body, MARKER)
    (block,) = fences(body)
    if block[0] == "diff":
        assert block[1] == [] or {line[0] for line in block[1]} <= {"-", "+"}
    else:
        assert offered.appliable
        assert click(style, content, anchor, block) == edited(content, edit)


@settings(max_examples=100, deadline=None)
@given(
    code_lines.filter(bool), code_lines, st.sampled_from(SuggestionStyle), st.booleans(), st.integers(0, 120)
)
def test_any_patch_is_harmless(before, after, style, appliable, above):
    """Whatever lines a patch holds, and however it claims to be appliable, nothing in it can act."""
    offered = Suggestion(before, after, appliable, "")
    assert_harmless(posted(render(offered, style, lines(1, 1 + above)), MARKER), MARKER)


def offer(content, edit, style=SuggestionStyle.LINES, show=visible):
    return suggestion(content, edit, style=style, proof="p", show=show)


def info(content, edit, style, anchor=None):
    anchor = anchor or lines(edit.first, edit.last)
    return fences(render(offer(content, edit, style), style, anchor))[0][0]


FILE = b"a\nb\nc\n"


def test_each_forge_has_its_own_fence():
    """GitLab counts lines above the anchor's last one; without a button it is a diff."""
    edit = Edit(1, 3, ("x", "y"))
    infos = [info(FILE, edit, style) for style in SuggestionStyle]
    assert infos == ["suggestion", "suggestion:-2+0", "suggestion", "diff"]
    long = b"a\n" * 101
    assert info(long, Edit(1, 101, ("x",)), SuggestionStyle.OFFSETS) == "suggestion:-100+0"
    assert info(long + b"a\n", Edit(1, 102, ("x",)), SuggestionStyle.OFFSETS) == "diff"


def test_suggestion_only_on_the_lines_it_replaces():
    """An anchor of other lines, or of removed ones, gets a diff."""
    edit = Edit(1, 2, ("x",))
    assert info(FILE, edit, SuggestionStyle.LINES, lines(1, 2)) == "suggestion"
    assert info(FILE, edit, SuggestionStyle.LINES, lines(1, 3)) == "diff"
    assert info(FILE, edit, SuggestionStyle.LINES, lines(1, 2, side=Side.OLD)) == "diff"
    unchanged = Anchor("a", "a", Side.OLD, Line(1, 1, 1, 1), Line(2, 2, 2, 2), 1)
    assert info(FILE, edit, SuggestionStyle.RANGE, unchanged) == "diff"


@pytest.mark.parametrize("run", ["```", "`" * 9, "~~~~~", "a ```` b"])
def test_fence_is_longer_than_any_run(run):
    """Lines full of backticks or tildes come back as they are."""
    text = render(offer(FILE, Edit(1, 1, (run, "end"))), SuggestionStyle.LINES, lines(1, 1))
    assert fences(text) == [("suggestion", [run, "end"])]
    assert len(text.split("\n")[-1]) > max(len(one) for one in re.findall("`+|~+", run))


@pytest.mark.parametrize(
    ("content", "edit", "styles"),
    [
        (b"a\r\nb\r\n", Edit(1, 2, ("x", "y")), ()),  # inner lines would end with LF alone
        (b"a\r\nb\r\n", Edit(1, 2, ("x",)), CLICKABLE),
        (b"a\r\nb\r\n", Edit(1, 2, ()), CLICKABLE[:2]),
        (b"a\r\nb\n", Edit(1, 2, ("x",)), ()),  # which end would it be
        (b"a\r\nb\n", Edit(1, 2, ()), CLICKABLE[:2]),
        (b"a\nb", Edit(2, 2, ()), ()),  # the line above would keep or lose its end
        (b"a\nb", Edit(2, 2, ("x", "y")), CLICKABLE),
        (b"a\nb\n", Edit(2, 2, ()), CLICKABLE[:2]),  # Azure DevOps leaves an empty line
        (b"a\nb\n", Edit(1, 1, ("",)), ()),  # GitLab takes the line out
        (b"a\nb\n", Edit(1, 1, ("x", " ")), ()),
        (b"a\rb\n", Edit(1, 1, ("x",)), ()),  # GitLab ends the text with the CR
        (b"\xe9\nb\n", Edit(2, 2, ("x",)), ()),  # an editor would write the file anew as UTF-8
        (b"a\nb\n", Edit(1, 1, ("x\u200b",)), ()),
        (b"a\nb\n", Edit(1, 1, ("/close",)), ()),
        (b"a\nb\n", Edit(1, 1, ("  /ok-to-test",)), ()),
        (b"a\nb\n", Edit(1, 1, ("// c",)), [SuggestionStyle.LINES, SuggestionStyle.RANGE]),
        (b"a\nb\n", Edit(1, 1, (">>>",)), [SuggestionStyle.LINES, SuggestionStyle.RANGE]),
        (b"a\nb\n", Edit(1, 1, ("  // c", "  /* d */", "<br/>", "  />")), CLICKABLE),
        (b"a\nb\n", Edit(1, 1, ("@dependabot merge",)), ()),
        (b"a\nb\n", Edit(1, 1, ("@property", "  @Input() x")), CLICKABLE),
        (b"a\nb\n", Edit(1, 1, ("bors r+",)), ()),
        (b"a\nb\n", Edit(1, 1, ("  ::std::swap(a, b);",)), ()),
        (b"a\nb\n", Edit(1, 1, ("echo '##vso[x]'",)), ()),
        (b"a\nb\n", Edit(1, 1, ("<!-- reviewbot/1 x -->",)), ()),
        (b"a\nb\n", Edit(1, 1, ("<!-- a comment of the page -->",)), CLICKABLE),
        (b"a\nb\n", Edit(2, 1, ("x",)), ()),  # an insertion that was not widened replaces nothing
    ],
)
def test_what_cannot_be_clicked_is_a_diff(content, edit, styles):
    """Each case where a click would give other bytes, or a line would be taken for a command."""
    found = [style for style in CLICKABLE if offer(content, edit, style).appliable]
    assert found == list(styles)
    assert found == [style for style in CLICKABLE if not obstacle(content, edit, style)]
    if edit.last >= edit.first:
        infos = [style for style in CLICKABLE if info(content, edit, style) != "diff"]
        assert infos == list(styles)


def test_masked_line_is_not_offered():
    """Where masking alters a new line, there is nothing to click; in a line that goes, it does not matter."""
    hide = lambda line: line.replace("hunter2", "<password>")  # noqa: E731 (as short as can be)
    shown = offer(b"p = 'hunter2'\n", Edit(1, 1, ("p = env('P')",)), show=hide)
    assert (shown.before, shown.appliable) == (("p = '<password>'",), True)
    assert not offer(b"x\n", Edit(1, 1, ("p = 'hunter2'",)), show=hide).appliable


def test_equal_replacement_is_no_suggestion():
    """What changes nothing is not offered."""
    assert offer(FILE, Edit(1, 2, ("a", "b"))) is None
    assert offer(b"a\r\nb\r\n", Edit(1, 1, ("a",))) is None


def test_diff_shows_only_what_changes():
    """Lines that stay at the top and bottom are left out, the commands of runners are broken."""
    patch = replace(PATCH, before=("a", "b", "c", "z"), lines=("a", "##vso[x]", "n", "z"))
    text = render(patch, SuggestionStyle.DIFF, lines(1, 4))
    assert fences(text) == [("diff", ["-b", "-c", "+## vso[x]", "+n"])]
    more = replace(PATCH, before=("a", "b"), lines=("a", "b", "b"))
    assert fences(render(more, SuggestionStyle.DIFF, lines(1, 2))) == [("diff", ["+b"])]


@pytest.mark.parametrize(
    ("span", "edit", "wide"),
    [
        ((2, 4), Edit(3, 3, ("x",)), Edit(2, 4, ("b", "x", "d"))),
        ((3, 3), Edit(2, 4, ("x",)), Edit(2, 4, ("x",))),
        ((1, 2), Edit(4, 5, ("x",)), Edit(1, 5, ("a", "b", "c", "x"))),
        ((4, 5), Edit(1, 1, ()), Edit(1, 5, ("b", "c", "d", "e"))),
        ((2, 2), Edit(2, 1, ("x",)), Edit(2, 2, ("x", "b"))),
        ((2, 2), Edit(3, 2, ("x",)), Edit(2, 2, ("b", "x"))),
        ((5, 5), Edit(6, 5, ("x",)), Edit(5, 5, ("e", "x"))),
    ],
)
def test_edit_is_widened_to_the_anchor(span, edit, wide):
    """The union of both; what the edit does not touch stays."""
    assert widen("abcde", *span, edit) == wide


@given(st.integers(1, 9), st.integers(0, 4), st.integers(1, 9), st.integers(0, 4), st.lists(st.just("x")))
def test_widened_edit_gives_the_same_file(first, more, start, size, new):
    """Applying the widened edit is applying the edit."""
    whole = [str(number) for number in range(1, 21)]
    edit = Edit(start, start + size - 1, tuple(new))
    wide = widen(whole, first, first + more, edit)
    assert wide.first <= min(first, start)
    assert wide.last >= first + more
    apply = lambda one: [*whole[: one.first - 1], *one.lines, *whole[one.last :]]  # noqa: E731 (as short as can be)
    assert apply(wide) == apply(edit)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.lists(st.just("x"), max_size=2)),
        min_size=1,
        max_size=4,
    )
)
def test_joined_edits_give_the_same_file(parts):
    """Applying several edits as one is applying each."""
    whole = [str(number) for number in range(1, 31)]
    edits, at = [], 1
    for gap, size, new in parts:
        edits.append(Edit(at + gap, at + gap + size - 1, tuple(new)))
        at += gap + size + 1
    one = joined(whole, edits)
    apply = lambda lines, edit: [*lines[: edit.first - 1], *edit.lines, *lines[edit.last :]]  # noqa: E731 (as short as can be)
    expected = whole
    for edit in reversed(edits):
        expected = apply(expected, edit)
    assert apply(whole, one) == expected


def test_edits_that_overlap_are_not_joined():
    """They are a bug, or a forgery that somebody let through."""
    for edits in ([Edit(1, 2, ()), Edit(2, 3, ())], [Edit(1, 1, ()), Edit(5, 6, ())]):
        with pytest.raises(ValueError, match="overlap others"):
            joined("abcde", edits)


def test_byte_order_mark_is_not_clicked_away():
    """A click on the first line would lose the mark; a diff does not show it, and other lines can be clicked."""
    first = offer(b"\xef\xbb\xbfa\nb\n", Edit(1, 1, ("x",)))
    assert (first.before, first.appliable) == (("a",), False)
    assert offer(b"\xef\xbb\xbfa\nb\n", Edit(2, 2, ("x",))).appliable


def test_what_is_outside_of_the_file_is_refused():
    """Spans and edits that cannot be are bugs."""
    for arguments in ((1, 6, Edit(1, 1, ())), (1, 1, Edit(5, 6, ())), (3, 2, Edit(1, 1, ()))):
        with pytest.raises(ValueError, match="not all in the file"):
            widen("abcde", *arguments)
    with pytest.raises(ValueError, match="not an edit"):
        Edit(3, 1, ())
