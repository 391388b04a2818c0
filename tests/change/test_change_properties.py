"""Our diff against git's own numbers, against unidiff, and against the blobs, on files made to confuse."""

import tempfile
from pathlib import Path

import unidiff
from change_workshop import Workshop, by_path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.domain.change import FileClass

NASTY = st.text(alphabet="-+@ \\ab/\r\f\n\u2028", max_size=40).map(str.encode)
DESYNC = st.lists(
    st.sampled_from(
        [
            b"-- a/safe.py", b"++ b/evil.py", b"@@ -1,9 +1,9 @@", b"diff --git a/x b/x", b"\\ No newline at end of file",
            b"index 000..111 100644", b"a", b"", b"\r", b"b\r",
        ]
    ),
    max_size=12,
).flatmap(lambda lines: st.sampled_from([b"\n".join(lines), b"".join(line + b"\n" for line in lines)]))  # fmt: skip
CONTENT = st.one_of(NASTY, DESYNC)
PAIRS = st.lists(st.tuples(CONTENT, CONTENT), min_size=60, max_size=120)
MODEST = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.data_too_large])


def lines_of(content):
    return content.removesuffix(b"\n").split(b"\n") if content else []


def applied(content, hunks):
    """Apply hunks to the lines of a file, checking what they remove."""
    old, new, at = lines_of(content), [], 0
    for hunk in hunks:
        before = hunk.old_start - 1 if hunk.removed else hunk.old_start
        new += old[at:before]
        assert len(new) == (hunk.new_start - 1 if hunk.added else hunk.new_start)
        assert tuple(old[before : before + len(hunk.removed)]) == hunk.removed
        new += hunk.added
        at = before + len(hunk.removed)
    return new + old[at:]


@MODEST
@given(PAIRS)
def test_hunks_agree_with_numstat_and_rebuild_the_new_file(pairs):
    """Counts equal `git diff --numstat`; hunks applied to the old lines give the new ones."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder, "bare.git"), bare=True)
        change = workshop.compare(
            {f"{number}.txt": old for number, (old, _) in enumerate(pairs)},
            {f"{number}.txt": new for number, (_, new) in enumerate(pairs)},
        )
        numstat = workshop.git("diff-tree", "-r", "--numstat", "--no-renames", "main", "feature").decode()

    theirs = {}
    for row in numstat.split("\n")[:-1]:
        added, removed, path = row.split("\t")
        theirs[path] = (int(added), int(removed))
    assert theirs == {file.path: (file.added_count, file.removed_count) for file in change.files}
    for file in change.files:
        old, new = pairs[int(file.path.removesuffix(".txt"))]
        assert applied(old, file.hunks) == lines_of(new)
        assert all(lines_of(new)[number - 1] == text for number, text in file.added_lines())


@MODEST
@given(PAIRS)
def test_hunks_agree_with_unidiff(pairs):
    """The lines that unidiff finds added, where it can read the patch, are the ones we find."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder, "bare.git"), bare=True)
        change = workshop.compare(
            {f"{number}.txt": old for number, (old, _) in enumerate(pairs)},
            {f"{number}.txt": new for number, (_, new) in enumerate(pairs)},
        )
        patch = workshop.git("diff-tree", "-r", "-p", "--text", "--no-renames", "main", "feature")

    # Its input is text cut at newlines only, as from a file opened with newline="\n".
    theirs = unidiff.PatchSet(line + "\n" for line in patch.decode().split("\n")[:-1])
    ours = {file.path: [number for number, _ in file.added_lines()] for file in change.files if file.hunks}
    assert {
        file.path: [line.target_line_no for hunk in file for line in hunk if line.is_added]
        for file in theirs
        if len(file)
    } == ours


def test_lines_count_as_in_the_diff_that_people_see(bare):
    """Without context git cuts off common ends first, and another set of lines counts as changed."""

    def version(word):
        head = [b"%s %d\n" % (word, number) for number in range(12)]
        tail = b"".join(b"common\nline %d of both %s\n" % (number, b"x" * 700) for number in range(60))
        return b"".join([*head[:6], b"common\n", *head[6:]]) + tail

    (file,) = bare.compare({"a.txt": version(b"old")}, {"a.txt": version(b"new")}).files

    assert bare.git("diff-tree", "-U0", "--numstat", "main", "feature").startswith(b"12\t12\t")
    assert bare.git("diff", "--numstat", "main", "feature").startswith(b"13\t13\t")
    assert (file.added_count, file.removed_count) == (13, 13)


@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["*", "*.py", "app.py", "lib/**"]),
            st.sampled_from(
                ["-diff", "binary", "diff=evil", "-text", "eol=crlf", "working-tree-encoding=UTF-16", "export-ignore", "linguist-generated", "ident", "filter=evil", "-merge"]
            ),
        ),
        min_size=1,
        max_size=4,
    )
)  # fmt: skip
def test_attributes_change_nothing(attributes):
    """Whatever `.gitattributes` says, the other files' lines and classes are the same."""
    text = "".join(f"{pattern} {attribute}\n" for pattern, attribute in attributes).encode()
    old = {"app.py": b"a = 1\nb = 2\n", "lib/x.js": b"let a\n", "data": b"one\n"}
    new = {"app.py": b"a = 1\nb = 3\n$Id$\n", "lib/x.js": b"let b\r\n", "data": b"one\ntwo\n"}
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder, "repo"))
        plain = by_path(workshop.compare(old, new))
        workshop.git("config", "diff.evil.binary", "true")
        workshop.git("config", "diff.evil.xfuncname", "(")
        marked = by_path(workshop.compare({**old, ".gitattributes": b""}, {**new, ".gitattributes": text}))
        workshop.git("checkout", "-q", "feature")
        with workshop.open() as repository:
            found = repository.grep("feature", ("b",), 10)

    assert marked.pop(".gitattributes").file_class is FileClass.TEXT
    assert marked == plain
    assert {occurrence.path for occurrence in found} == {"app.py", "lib/x.js"}
