"""Old findings and new ones."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st
from scanning import hunks, rule, rule_set

from reviewbot.domain.change import FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.scanners import baseline, catalogue
from reviewbot.scanners.base import ToolResult

RULES = rule_set(rule("r"), rule("s"))


def flaws(content, path="a.py"):
    """Take every line with `bad` as a flaw under r, with `two` as one under s over two lines."""
    lines = content.split(b"\n")
    results = [ToolResult("semgrep", "r", path, n, n) for n, line in enumerate(lines, 1) if b"bad" in line]
    results += [
        ToolResult("semgrep", "s", path, n, n + 1) for n, line in enumerate(lines[:-1], 1) if b"two" in line
    ]
    return catalogue.findings(results, content, RULES)


def compared(old, new, *, old_path="a.py"):
    sides = (FileVersion(old_path, "100644", "1"), FileVersion("a.py", "100644", "2"))
    return FileDiff(Status.MODIFIED, *sides, hunks(old, new), FileClass.CODE)


def split(old, new, *, old_path="a.py"):
    file = compared(old, new, old_path=old_path)
    found, existing = baseline.split(flaws(new), flaws(old, old_path), file)
    assert len(found) + len(existing) == len(flaws(new))
    return [finding.span.first for finding in found], [finding.span.first for finding in existing]


def test_an_added_flaw_is_new():
    """A flaw on an added line, and all flaws of an added file, are new."""
    assert split(b"a\nb\n", b"a\nbad\nb\n") == ([2], [])
    assert split(b"", b"bad\nbad\n") == ([1, 2], [])


def test_a_copied_flaw_blames_the_copy():
    """One in the base, two in the head: one is new, and it is the added line, above or below."""
    assert split(b"bad\nx\ny\n", b"bad\nx\ny\nbad\n") == ([4], [1])
    assert split(b"x\ny\nbad\n", b"bad\nx\ny\nbad\n") == ([1], [4])


def test_a_moved_flaw_is_old():
    """Moving a line, or indenting it, makes nothing new."""
    assert split(b"bad\nx\ny\nz\n", b"x\ny\nz\nbad\n") == ([], [4])
    assert split(b"bad\nx\n", b"if x:\n    bad\nx\n") == ([], [2])


def test_moved_and_copied_at_once():
    """A flaw taken out once and put in twice is one old and one new."""
    assert split(b"bad\nx\ny\nz\n", b"x\ny\nbad\nz\nbad\n") == ([5], [3])


def test_a_changed_flaw_is_new():
    """Another text on the line is another flaw, also where only a line of it changed."""
    assert split(b"bad(1)\n", b"bad(2)\n") == ([1], [])
    assert split(b"two(\n1)\n", b"two(\n2)\n") == ([1], [])
    assert split(b"two(\n x,\n1)\n", b"two(\n1)\n") == ([1], [])


def test_another_rule_on_the_same_line_is_new():
    """A base finding excuses its own rule only."""
    assert split(b"bad\nx\n", b"bad two\nx\n") == ([1, 1], [])


def test_a_flaw_that_a_distant_change_uncovered_is_new():
    """An unchanged line that the base's scan passed is new, and not excused by an equal flaw elsewhere."""
    old, new = b"bad\nx\nbad\n", b"bad\ny\nbad\n"
    first, last = flaws(old)

    found, existing = baseline.split([last], [first], compared(old, new))

    assert ([finding.span.first for finding in found], existing) == ([3], ())


def test_a_flaw_that_stayed_excuses_no_other():
    """An equal text is added while the old flaw's line stands, mended from afar: the added one is new."""
    old, new = b"x\nbad\n", b"y\nbad\nbad\n"
    file = compared(old, new)
    added = [
        placed for placed in flaws(new) if file.touches(placed.finding.span.first, placed.finding.span.last)
    ]

    found, existing = baseline.split(added, flaws(old), file)

    assert (len(found), existing) == (1, ())


def test_a_flaw_on_each_line_takes_no_square_of_time():
    """Tens of thousands of flaws and hunks are paired in a moment, whoever made them so."""
    count = 30_000
    old = b"".join(b"bad(%d)\n" % number for number in range(count))
    new = b"".join(
        b"bad(%d)%s\n" % (number, b" " * (number % 2) + b"x" * (number % 2)) for number in range(count)
    )
    changed = tuple(
        Hunk(number, number, (b"bad(%d)" % (number - 1),), (b"bad(%d) x" % (number - 1),))
        for number in range(2, count + 1, 2)
    )
    sides = (FileVersion("a.py", "100644", "1"), FileVersion("a.py", "100644", "2"))
    file = FileDiff(Status.MODIFIED, *sides, changed, FileClass.CODE)
    before, after = flaws(old), flaws(new)

    started = time.process_time()
    found, existing = baseline.split(after, before, file)

    assert time.process_time() - started < 2
    assert (len(found), len(existing)) == (count // 2, count // 2)


_LINES = st.lists(st.sampled_from([b"a", b"b", b"bad", b"bad(1)", b" bad", b"two"]), max_size=12)


def _text(lines):
    return b"".join(line + b"\n" for line in lines)


@settings(max_examples=100, deadline=None)
@given(_LINES)
def test_nothing_changed_nothing_new(lines):
    """The same text has no new finding, under its own name or after a renaming."""
    assert split(_text(lines), _text(lines))[0] == []
    assert split(_text(lines), _text(lines), old_path="old/name.py")[0] == []


@settings(max_examples=100, deadline=None)
@given(_LINES, st.integers(1, 5))
def test_lines_above_make_nothing_new(lines, count):
    """Harmless lines on top move every flaw, and make none new."""
    assert split(_text(lines), b"import x\n" * count + _text(lines))[0] == []


@settings(max_examples=150, deadline=None)
@given(_LINES, st.data())
def test_a_duplicated_flaw_is_one_new_finding_on_an_added_line(lines, data):
    """Copying a flawed line anywhere gives exactly one new finding, and the diff calls its line added."""
    old_lines = [line for line in lines if b"two" not in line] + [b"bad"]
    flawed = data.draw(st.sampled_from([line for line in old_lines if b"bad" in line]))
    at = data.draw(st.integers(0, len(old_lines)))
    old, new = _text(old_lines), _text([*old_lines[:at], flawed, *old_lines[at:]])

    found, _ = split(old, new)

    assert len(found) == 1
    assert found[0] in [number for hunk in hunks(old, new) for number in hunk.new_lines]


@settings(max_examples=150, deadline=None)
@given(_LINES, _LINES)
def test_never_fewer_new_than_the_growth(old_lines, new_lines):
    """Whatever the change: at least as many findings are new as the head has more of an equal text."""
    old, new = _text(old_lines), _text(new_lines)
    before = [(placed.finding.rule, placed.text) for placed in flaws(old)]
    after = [(placed.finding.rule, placed.text) for placed in flaws(new)]
    growth = sum(max(0, after.count(key) - before.count(key)) for key in set(after))

    assert len(split(old, new)[0]) >= growth
