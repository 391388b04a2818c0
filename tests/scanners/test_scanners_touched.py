"""Files that may not change unnoticed: any change of them is a finding, whatever was changed."""

from reviewbot.domain.change import Change, FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.rule import Rule, RuleSet, TouchDetector
from reviewbot.errors import UsageError
from reviewbot.scanners import touched

RULE = Rule(
    "change-to-ci", "core", "CI is changed", "Read it.", Severity.WARNING, Confidence.HIGH, (829,), (), (), "appsec",
    "0.1.0", (), (".github/workflows/**",), TouchDetector(), "", "",
)  # fmt: skip
BLOB = b"on: push\njobs: {}\n"


def version(path, mode="100644"):
    return FileVersion(path, mode, "a" * 40)


def file(status, old, new, *hunks):
    return FileDiff(status, old, new, hunks, FileClass.CODE)


def found(*files, read=lambda _: BLOB):
    change = Change("r", "b", "m", "h", "t", "t", "", files, (), ())
    return list(touched.findings(change, read, RuleSet((), (RULE,))))


CI = ".github/workflows/ci.yml"


def test_the_first_added_line_is_quoted():
    """A modified file is reported on the line that was added first."""
    (one,) = found(file(Status.MODIFIED, version(CI), version(CI), Hunk(1, 2, (), (b"jobs: {}",))))
    assert (one.span.first, one.quote, one.sources) == (2, "jobs: {}", ("touched",))


def test_deletion_mode_and_name_count_too():
    """A deleted file, one whose mode changed, one that came from or went to such a path, and a link."""
    kinds = (
        file(Status.DELETED, version(CI), None, Hunk(1, 0, (b"on: push",), ())),
        file(Status.MODIFIED, version(CI), version(CI, "100755")),
        file(Status.RENAMED, version(CI), version("old/ci.yml")),
        file(Status.ADDED, None, version(".github/workflows/link", "120000")),
    )
    for kind in kinds:
        (one,) = found(kind)
        assert (one.span.path, one.span.first) == (kind.path, 1)


def test_other_files_are_none_of_its_business():
    """A path outside of the rule's patterns is not reported."""
    assert found(file(Status.ADDED, None, version("docs/ci.yml"))) == []


def test_the_remark_stays_the_same_whatever_line_is_first():
    """Its fingerprint does not hang on the line, so a later push opens no second thread."""
    one = found(file(Status.MODIFIED, version(CI), version(CI), Hunk(1, 1, (), (b"on: push",))))
    other = found(file(Status.MODIFIED, version(CI), version(CI), Hunk(1, 2, (), (b"jobs: {}",))))
    assert one[0].fingerprint == other[0].fingerprint
    assert one[0].quote != other[0].quote


def test_a_file_too_large_to_read_is_reported_all_the_same():
    """What cannot be quoted is reported without a quote."""

    def refuse(_):
        raise UsageError("too large")

    (one,) = found(file(Status.ADDED, None, version(CI)), read=refuse)
    assert one.quote == ""
