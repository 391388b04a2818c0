"""Where a comment can stand, judged by git's own diff, read here as GitLab's parser reads it."""

import os
import re
import subprocess
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.anchor import Anchor, Line, Place, Side
from reviewbot.domain.change import FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.edits import lines_of
from reviewbot.publish.anchors import OUTSIDE, anchor

ENVIRONMENT = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
HEADER = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def git_diff(folder, old, new, context):
    """What git prints of two contents, from the first hunk on."""
    for name, content in (("old", old), ("new", new)):
        (folder / name).write_bytes(content or b"")
    names = ["old" if old is not None else "/dev/null", "new" if new is not None else "/dev/null"]
    command = ["git", "diff", "--no-index", "--text", "--no-color", f"-U{context}", "--", *names]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    printed = done.stdout.split(b"\n")
    start = next((at for at, line in enumerate(printed) if line.startswith(b"@@ ")), len(printed))
    return printed[start:-1]


@dataclass
class Shown:
    """A line of the diff: its sign, the parser's two counters, and the number of its hunk."""

    sign: str
    old_pos: int
    new_pos: int
    hunk: int
    text: bytes

    @property
    def line(self):
        return Line(
            self.old_pos if self.sign != "+" else None,
            self.new_pos if self.sign != "-" else None,
            self.old_pos,
            self.new_pos,
        )


def gitlab_parser(printed):
    """Read a diff as lib/gitlab/diff/parser.rb does: two counters, set at each `@@`."""
    shown, old_pos, new_pos, hunk = [], 1, 1, 0
    for line in printed:
        header = HEADER.match(line)
        if header:
            old_pos, new_pos, hunk = int(header[1]), int(header[2]), hunk + 1
        elif not line.startswith(b"\\"):
            sign = line[:1].decode()
            shown.append(Shown(sign, old_pos, new_pos, hunk, line[1:]))
            old_pos += sign in "- "
            new_pos += sign in "+ "
    return shown


def hunks_of(folder, old, new):
    """Hunks without context, from git itself."""
    hunks = []
    for line in git_diff(folder, old, new, 0):
        header = HEADER.match(line)
        if header:
            hunks.append((int(header[1]), int(header[2]), [], []))
        elif not line.startswith(b"\\"):
            hunks[-1][2 if line.startswith(b"-") else 3].append(line[1:])
    return tuple(Hunk(a, b, tuple(removed), tuple(added)) for a, b, removed, added in hunks)


def changed(hunks, old=b"", new=b"", *, path="a.py", old_path="a.py", status=None):
    """A changed file; a side that is None is missing."""
    said = Status.ADDED if old is None else Status.DELETED if new is None else Status.MODIFIED
    versions = [
        None if content is None else FileVersion(name, "100644", "0" * 40)
        for name, content in ((old_path, old), (path, new))
    ]
    return FileDiff(status or said, *versions, hunks, FileClass.CODE)


SAME = [b"a", b"b", b"", b"\ttab", b"x\r", b"-- a/x", b"++ b/x", b"\xe4\xf6"]
texts = st.lists(st.sampled_from(SAME), max_size=40)


@st.composite
def edits(draw):
    """An old and a new content, often with much in common; each may be missing, and lack its last newline."""
    old = draw(texts)
    new = list(old)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(new)))
        new[at : at + draw(st.integers(0, 4))] = draw(st.lists(st.sampled_from(SAME), max_size=3))
    contents = [
        b"\n".join(lines) + draw(st.sampled_from([b"\n", b""])) if lines else b"" for lines in (old, new)
    ]
    missing = draw(st.sampled_from([None, None, None, 0, 1]))
    return tuple(None if at == missing else content for at, content in enumerate(contents))


@settings(max_examples=120, deadline=None)
@given(edits())
def test_every_line_is_numbered_as_git_and_gitlab_number_it(tmp_path_factory, contents):
    """Each single line of `git diff -U3` has an anchor with its numbers, and no other line has one."""
    old, new = contents
    folder = tmp_path_factory.getbasetemp()
    shown = gitlab_parser(git_diff(folder, old, new, 3))
    file = changed(hunks_of(folder, old, new), old, new)
    for side, content, own, numbers in (
        (Side.NEW, new, "+ ", {one.new_pos: one for one in shown if one.sign in "+ "}),
        (Side.OLD, old, "-", {one.old_pos: one for one in shown if one.sign == "-"}),
    ):
        for number in range(1, len(lines_of(content or b"")) + 2):
            found = anchor(file, Place("a.py", side, number, number), old=old, new=new, context=3)
            one = numbers.get(number)
            assert isinstance(found, str) == (one is None), (number, found)
            if one:
                assert one.sign in own
                assert (found.first, found.last) == (one.line, one.line)
                text = one.text.removesuffix(b"\r") if _ended(content, number) else one.text
                assert found.width == len(text.decode("utf-8", "replace"))


def _ended(content, number):
    return number <= content.count(b"\n")


@settings(max_examples=150, deadline=None)
@given(edits(), st.data())
def test_every_span_stands_within_one_hunk(tmp_path_factory, contents, data):
    """A span's anchor lies in the span and in one hunk of git's; it is the whole span if that hunk has it."""
    old, new = contents
    folder = tmp_path_factory.getbasetemp()
    shown = gitlab_parser(git_diff(folder, old, new, 3))
    file = changed(hunks_of(folder, old, new), old, new)
    side = data.draw(st.sampled_from(Side))
    count = len(lines_of((new if side is Side.NEW else old) or b""))
    first = data.draw(st.integers(1, max(1, count)))
    last = data.draw(st.integers(first, max(first, count)))
    found = anchor(file, Place("a.py", side, first, last), old=old, new=new, context=3)
    on_side = [one for one in shown if one.sign in ("+ " if side is Side.NEW else "-")]
    number = (lambda one: one.new_pos) if side is Side.NEW else (lambda one: one.old_pos)
    inside = [one for one in on_side if first <= number(one) <= last]
    acts = [one for one in inside if one.sign != " "]
    whole = len({one.hunk for one in inside}) == 1 and len(inside) == last - first + 1
    if whole and side is Side.NEW:
        assert (found.first.new, found.last.new) == (first, last)
    elif not acts:
        assert isinstance(found, str)
    else:
        stretch = _stretch(on_side, acts[0], number, side)
        assert isinstance(found, Anchor)
        ends = (found.first.new, found.last.new) if side is Side.NEW else (found.first.old, found.last.old)
        assert ends == (max(first, stretch[0]), min(last, stretch[-1]))


def _stretch(on_side, one, number, side):
    """Lines of the hunk around one line; on the old side, removed lines that follow each other."""
    numbers = [number(other) for other in on_side if other.hunk == one.hunk]
    if side is Side.NEW:
        return numbers
    low = high = one.old_pos
    while low - 1 in numbers:
        low -= 1
    while high + 1 in numbers:
        high += 1
    return [low, high]


OLD = b"".join(b"line %d\n" % number for number in range(1, 41))
NEW = OLD.replace(b"line 10\n", b"ten\nand more\n").replace(b"line 30\n", b"")
FILE = changed(
    (Hunk(10, 10, (b"line 10",), (b"ten", b"and more")), Hunk(30, 30, (b"line 30",), ())), OLD, NEW
)


def stand(first, last, side=Side.NEW, *, file=FILE, old=OLD, new=NEW, context=3):
    return anchor(file, Place(file.path, side, first, last), old=old, new=new, context=context)


def test_context_line_has_both_numbers():
    """An unchanged line is numbered by both sides, with the running offset."""
    assert stand(9, 9).first == Line(9, 9, 9, 9)
    assert stand(12, 12).first == Line(11, 12, 11, 12)
    assert stand(33, 33).first == Line(33, 33, 33, 33)


def test_added_and_removed_lines_have_the_next_number_of_the_other_side():
    """GitLab's line codes: `_11_10` for the added line, `_10_10` for the removed one."""
    assert stand(10, 11).first == Line(None, 10, 11, 10)
    assert stand(10, 11).last == Line(None, 11, 11, 11)
    assert stand(10, 10, Side.OLD).first == Line(10, None, 10, 10)
    assert stand(30, 30, Side.OLD).first == Line(30, None, 30, 31)


def test_span_over_the_edge_is_cut_to_the_hunk():
    """A span with an added line in it stands where the diff shows it, one without does not."""
    cut = stand(2, 20)
    assert (cut.first.new, cut.last.new) == (7, 14)
    assert stand(13, 20) == OUTSIDE
    assert stand(20, 21) == OUTSIDE
    removed = stand(5, 30, Side.OLD)
    assert (removed.first.old, removed.last.old) == (10, 10)
    assert stand(9, 9, Side.OLD) == OUTSIDE


def test_hunks_that_touch_are_one():
    """Twice the context between two changes is shown through, one line more is not."""
    lines = [b"%d\n" % number for number in range(1, 31)]
    for between, joined in ((6, True), (7, False)):
        second = 10 + 1 + between
        new = list(lines)
        new[9], new[second - 1] = b"x\n", b"y\n"
        hunks = tuple(Hunk(at, at, (b"%d" % at,), (text,)) for at, text in ((10, b"x"), (second, b"y")))
        old_content, new_content = b"".join(lines), b"".join(new)
        file = changed(hunks, old_content, new_content)
        found = stand(10, second, file=file, old=old_content, new=new_content)
        assert (found.last.new == second) is joined


def test_azure_takes_any_line_of_a_changed_file():
    """Without hunks to keep to, each line of either side stands, and none beyond the end."""
    assert stand(20, 22, context=None).first == Line(19, 20, 19, 20)
    assert stand(1, 40, context=None).last == Line(40, 40, 40, 40)
    assert stand(20, 20, Side.OLD, context=None).first == Line(20, 21, 20, 21)
    assert stand(40, 41, context=None) == "line 41 is not in the file"
    assert stand(38, 41) == "line 41 is not in the file"


def test_new_and_deleted_files_have_no_other_side():
    """The position on a side without lines is 0."""
    new = changed((Hunk(0, 1, (), (b"a", b"b")),), None, b"a\nb\n")
    assert stand(1, 2, file=new, old=None, new=b"a\nb\n").last == Line(None, 2, 0, 2)
    assert stand(1, 1, Side.OLD, file=new, old=None, new=b"a\nb\n") == "the file is new"
    gone = changed((Hunk(1, 0, (b"a", b"b"), ()),), b"a\nb\n", None)
    assert stand(1, 2, Side.OLD, file=gone, old=b"a\nb\n", new=None).last == Line(2, None, 2, 0)
    assert stand(1, 1, file=gone, old=b"a\n", new=None) == "the file is deleted"


def test_renamed_file_has_both_names():
    """The anchor names the old path too; the lines are numbered as in any other file."""
    file = changed(FILE.hunks, OLD, NEW, path="b.py", old_path="a.py", status=Status.RENAMED)
    found = stand(10, 11, file=file)
    assert (found.path, found.old_path) == ("b.py", "a.py")
    assert found.last == Line(None, 11, 11, 11)


def test_copied_file_is_a_new_one():
    """Forges look for no copies: every line is an added one, and there is no old side."""
    file = changed((), OLD, OLD, path="b.py", old_path="a.py", status=Status.COPIED)
    found = stand(20, 22, file=file, new=OLD)
    assert (found.old_path, found.first) == ("b.py", Line(None, 20, 0, 20))
    assert stand(1, 1, Side.OLD, file=file, new=OLD) == "the file is new"


def test_what_no_forge_can_be_told_has_no_anchor():
    """A file of another type, a name that is not UTF-8, content that was not read: a reason, no anchor."""
    retyped = changed((), OLD, NEW, status=Status.RETYPED)
    assert stand(1, 1, file=retyped, context=None) == "the file became one of another type"
    odd = changed(FILE.hunks, OLD, NEW, path="\udce9.py")
    assert stand(10, 10, file=odd) == "the file's name is not UTF-8, which no forge can be told"
    assert stand(10, 10, file=changed(FILE.hunks, OLD, NEW, old_path="\udce9.py")) == stand(10, 10, file=odd)
    assert stand(10, 10, new=None) == "the file's content was not read"


def test_place_in_another_file_is_a_bug():
    """A place and a file that do not belong together are refused loudly."""
    with pytest.raises(ValueError, match=r"is not in 'a\.py'"):
        anchor(FILE, Place("b.py", Side.NEW, 1, 1), old=OLD, new=NEW, context=3)


@pytest.mark.parametrize(
    ("line", "width"),
    [(b"abc\n", 3), (b"abc\r\n", 3), (b"abc\r", 4), (b"\n", 0), ("𝒳é\n".encode(), 3), (b"\xff\n", 1)],
)
def test_width_is_in_utf16_units_without_the_line_end(line, width):
    """Azure DevOps counts columns in UTF-16; CR counts only where it ends no line."""
    file = changed((Hunk(0, 1, (), (line.removesuffix(b"\n"),)),), None, line)
    assert stand(1, 1, file=file, old=None, new=line).width == width
