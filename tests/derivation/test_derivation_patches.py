"""A patch of a review is held to the objects, and becomes something to click, a diff, or a refusal."""

import copy
import json
import subprocess
from dataclasses import replace

import pytest
from derivation_change import unpatched

from reviewbot.derivation.derive import derive
from reviewbot.derivation.patches import check_lines
from reviewbot.domain.change import FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.finding import Confidence, Finding, Severity, Span
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.domain.mending import Flaw, HeadFile
from reviewbot.domain.patch import Edit, Origin, Proposal, Step
from reviewbot.domain.suite import SuitePolicy
from reviewbot.domain.wanted import Piece
from reviewbot.errors import UsageError
from reviewbot.patches.steps.subject import opened
from reviewbot.publish.document import read

SHELL = "python-shell-with-variable"
LISTED = "    return subprocess.run(['ls', name], check=False)"
ALONE = {"first": 8, "last": 8, "lines": [LISTED]}
IMPORT = {"first": 6, "last": 5, "lines": ["import shlex"]}
QUOTED = {
    "first": 8,
    "last": 8,
    "lines": ["    return subprocess.run(['ls', shlex.quote(name)], check=False)"],
}


@pytest.fixture(scope="session")
def oid(reviewed_once):
    done = subprocess.run(
        ["git", "rev-parse", f"{reviewed_once.head}:app/flaws.py"],
        cwd=reviewed_once.snapshot / "objects.git", capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode().strip()


def steps(**other):
    return [
        {
            "step": str(step),
            "state": other.get(str(step), "not_run" if step is Step.TESTS_PASS else "passed"),
            "said": "",
        }
        for step in Step
    ]


def patched(document, oid, *edits, **other):
    """The review with one proven patch of the shell flaw."""
    copied = unpatched(document)
    finding = next(one for one in copied["findings"] if one["rule"] == SHELL)
    finding["patch"] = "p1"
    base = {"path": "app/flaws.py", "oid": oid, "exact": True}
    patch = {
        "id": "p1", "finding": finding["fingerprint"], "origin": "rule", "safe": False, "sentence": "Starts no shell.",
        "needs": [], "edits": [base | edit for edit in edits or (ALONE,)], "proof": {"steps": steps(), "tests": None},
    }  # fmt: skip
    copied["patches"] = [patch | other]
    return copied


def derived(ground, document, **terms):
    wanted = derive(read(json.dumps(document).encode()), replace(ground, **terms))
    return next(remark for remark in wanted.remarks if remark.rule == SHELL)


def test_a_proven_patch_becomes_a_suggestion(reviewed, ground, oid):
    """Exactly the lines of the patch, for exactly the anchored lines; with its care, origin and name."""
    remark = derived(ground, patched(reviewed.document, oid, needs=["shlex2"]))
    offered = remark.suggestion
    assert (offered.lines, offered.appliable, offered.pieces) == ((LISTED,), True, ())
    assert offered.proof == "applies · parses · finding gone · no new findings"
    assert (offered.safe, offered.by_model, offered.needs) == (False, False, ("shlex2",))
    assert remark.fingerprint.startswith(offered.name)
    assert len(offered.name) == 6
    assert derived(ground, patched(reviewed.document, oid, origin="model")).suggestion.by_model


def test_a_wider_patch_widens_the_anchor(reviewed, ground, oid):
    """The comment is attached to all lines that applying it replaces."""
    wide = {"first": 7, "last": 8, "lines": ["def run(name: str):", LISTED]}
    remark = derived(ground, patched(reviewed.document, oid, wide))
    assert (remark.anchor.first.new, remark.anchor.last.new) == (7, 8)
    assert remark.suggestion.before[0] == "def run(name):"


@pytest.mark.parametrize("style", [SuggestionStyle.LINES, SuggestionStyle.OFFSETS, SuggestionStyle.RANGE])
def test_near_edits_are_joined_into_one(reviewed, ground, oid, style):
    """An import a few lines above becomes part of one suggestion, with the lines between as they are."""
    remark = derived(ground, patched(reviewed.document, oid, IMPORT, QUOTED), style=style)
    offered = remark.suggestion
    assert (remark.anchor.first.new, remark.anchor.last.new) == (6, 8)
    assert (offered.appliable, offered.pieces) == (True, ())
    assert (offered.lines[0], offered.lines[-1]) == ("import shlex", *QUOTED["lines"])
    assert offered.lines[1:-1] == offered.before[:-1]


def test_far_edits_are_a_diff(reviewed, ground, oid):
    """Edits that one suggestion cannot hold are shown each at its place."""
    crowd = {"first": 2, "last": 1, "lines": [f"import shlex as shlex{n}" for n in range(8)]}
    remark = derived(ground, patched(reviewed.document, oid, crowd, QUOTED))
    assert (remark.anchor.first.new, remark.anchor.last.new) == (8, 8)
    first, second = remark.suggestion.pieces
    assert first == Piece(2, (), tuple(crowd["lines"]))
    assert (second.first, second.lines) == (8, tuple(QUOTED["lines"]))
    assert second.before == ("    return subprocess.run('ls ' + name, shell=True)",)
    assert not remark.suggestion.appliable


def test_no_secret_comes_between_joined_edits(reviewed, ground, oid):
    """Where a line between holds a secret, the places are shown apart, and the line is in neither."""
    top = {"first": 2, "last": 1, "lines": ["import shlex"]}
    offered = derived(ground, patched(reviewed.document, oid, top, QUOTED)).suggestion
    assert [piece.first for piece in offered.pieces] == [2, 8]
    assert "secret" not in repr(offered)


def test_what_a_review_proposes_itself_is_derived(reviewed):
    """The patches of the real run of this folder pass, and are offered."""
    wanted = reviewed.derived()
    patches = {one["finding"] for one in reviewed.document["patches"]}
    assert {one.fingerprint for one in wanted.remarks if one.suggestion is not None} == patches
    assert patches


def test_where_the_forge_shows_less_it_is_a_diff(reviewed, ground, oid):
    """A forge without suggestions gets the two places, not one block with all between them."""
    remark = derived(ground, patched(reviewed.document, oid, IMPORT, QUOTED), style=SuggestionStyle.DIFF)
    assert len(remark.suggestion.pieces) == 2


def test_what_masking_altered_is_not_shown(reviewed, ground, oid):
    """The patch is named, and none of its lines are."""
    edit = {**ALONE, "lines": ["    return run('[secret:x:1]')"], "exact": False}
    offered = derived(ground, patched(reviewed.document, oid, edit)).suggestion
    assert not offered.is_shown
    assert offered.name


CONTRADICTIONS = {
    "other blob": ([{**ALONE, "oid": "b" * 40}], {}),
    "other file": ([{**ALONE, "path": "app/a.py"}], {}),
    "two files": ([ALONE, {**ALONE, "path": "app/a.py"}], {}),
    "not in the file": ([{**ALONE, "first": 900, "last": 900}], {}),
    "no range": ([{**ALONE, "first": 9, "last": 7}], {}),
    "overlap": ([ALONE, {**ALONE, "first": 7}], {}),
    "nothing": ([{**ALONE, "lines": ["    return subprocess.run('ls ' + name, shell=True)"]}], {}),
    "line end": ([{**ALONE, "lines": ["a\nb"]}], {}),
    "carriage return": ([{**ALONE, "lines": ["a\r"]}], {}),
    "hidden character": ([{**ALONE, "lines": ["    x = '\u200b'"]}], {}),
    "other alphabet": ([{**ALONE, "lines": ["    p\u0430th = name"]}], {}),
    "placeholder": ([{**ALONE, "lines": ["    x = '[secret:x:1]'"]}], {}),
    "too large": ([{**ALONE, "lines": [f"    a{n} = 1" for n in range(99)]}], {}),
    "white space left": ([{**ALONE, "lines": [LISTED + "  "]}], {}),
    "safe though the model's": ([ALONE], {"origin": "model", "safe": True}),
    "unknown finding": ([ALONE], {"finding": "0" * 16}),
    "another id": ([ALONE], {"id": "p2"}),
    "passed tests that were not run": ([ALONE], {"proof": {"steps": steps(tests_pass="passed"), "tests": 3}}),
    "counts tests that were not run": ([ALONE], {"proof": {"steps": steps(), "tests": 3}}),
    "odd package": ([ALONE], {"needs": ["x y"]}),
    "no edits": ([], {"edits": []}),
    **{
        f"{step} failed": ([ALONE], {"proof": {"steps": steps(**{str(step): "failed"}), "tests": None}})
        for step in Step
    },
    **{
        f"{step} not run": ([ALONE], {"proof": {"steps": steps(**{str(step): "not_run"}), "tests": None}})
        for step in Step
        if step is not Step.TESTS_PASS
    },
    "a step twice": ([ALONE], {"proof": {"steps": [*steps()[:-1], steps()[0]], "tests": None}}),
    "a step less": ([ALONE], {"proof": {"steps": steps()[:-1], "tests": None}}),
    "two steps the other way round": (
        [ALONE],
        {"proof": {"steps": [steps()[1], steps()[0], *steps()[2:]], "tests": None}},
    ),
    "other order": ([ALONE], {"proof": {"steps": steps()[::-1], "tests": None}}),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_patch_that_cannot_be_refuses_the_review(reviewed, ground, oid, name):
    """Whatever of a patch can be looked up must be so."""
    edits, other = CONTRADICTIONS[name]
    with pytest.raises(UsageError, match="the review"):
        derived(ground, patched(reviewed.document, oid, *edits, **other))


def test_a_patch_for_two_findings_or_none_refuses_the_review(reviewed, ground, oid):
    """Findings and patches name each other, one to one, and only findings that are shown have any."""
    document = patched(reviewed.document, oid)
    other = next(one for one in document["findings"] if one["rule"] != SHELL)
    for where, value in (((other, "patch"), "p1"), ((document, "patches"), document["patches"] * 2)):
        wrong = copy.deepcopy(document)
        inner = wrong if where[0] is document else wrong["findings"][document["findings"].index(other)]
        inner[where[1]] = value
        with pytest.raises(UsageError, match="patch"):
            derived(ground, wrong)
    hidden = patched(reviewed.document, oid)
    shell = next(one for one in hidden["findings"] if one["rule"] == SHELL)
    shell["outcome"] = "duplicate"
    with pytest.raises(UsageError, match="none of the head's, or not shown"):
        derived(ground, hidden)


def subject(path, *edits, origin=Origin.RULE):
    """A patch of a file of which the change has brought the lines 5 to 8."""
    content = b"".join(b"line%d\n" % n for n in range(1, 11))
    diff = FileDiff(
        Status.MODIFIED, FileVersion(path, "100644", "a" * 40), FileVersion(path, "100644", "b" * 40),
        (Hunk(4, 5, (), tuple(b"line%d" % n for n in range(5, 9))),), FileClass.CODE,
    )  # fmt: skip
    found = Finding("r", ("semgrep",), Severity.ERROR, Confidence.HIGH, (), Span(path, 6, 6), "", "", "")
    made = tuple(Edit(path, "b" * 40, first, last, lines) for first, last, lines in edits)
    return opened(Flaw(found, None, HeadFile(diff, content)), Proposal("f", "r", origin, False, "", made))


@pytest.mark.parametrize(
    ("lines", "allowed"),
    [
        (("import shlex",), True),
        (("from shlex import (", "    quote,", ")"), True),
        (("import shlex  # to quote",), True),
        (("const x = require('x');",), True),
        (("import shlex; shlex.quote(1)",), False),
        (("print(1)",), False),
        (("return",), False),
        (("    return",), False),
        (("exit",), False),
        (("x = 1",), False),
    ],
)
def test_beside_the_change_only_imports_come(lines, allowed):
    """Among the change's own lines a patch may do what it proves, beside them it may import and do nothing else."""
    check_lines(subject("app/a.py", (6, 6, ("mended",))), exact=True)
    above = subject("app/a.py", (1, 0, lines), (6, 6, ("mended",)))
    if allowed:
        check_lines(above, exact=True)
    else:
        for exact in (True, False):
            with pytest.raises(UsageError, match="not only imports"):
                check_lines(above, exact=exact)
    with pytest.raises(UsageError, match="not only imports"):
        check_lines(subject("app/a.py", (9, 9, lines)), exact=True)


@pytest.mark.parametrize(
    ("path", "origin"), [("pyproject.toml", Origin.RULE), (".github/workflows/ci.yml", Origin.MODEL)]
)
def test_files_that_decide_are_not_touched(path, origin):
    """What builds or reviews is no patch's business, though a review says that it was proven."""
    with pytest.raises(UsageError, match="may"):
        check_lines(subject(path, (6, 6, ("mended",)), origin=origin), exact=True)


TESTS = {
    "command": ["python", "-m", "pytest"], "passed": 3, "named": True, "exit_code": 1, "broken": "", "gate": True,
    "failed": [{"name": "tests/test_a.py::test_x", "lines": ["E  assert 1 == \u202e2", "::error::x"]}],
}  # fmt: skip
SUITE = SuitePolicy(allow=True, command=("python", "-m", "pytest"), gate=True)


def test_failing_tests_are_told_and_gate(reviewed, ground):
    """What the review says of tests is shown visibly, and the verdict is decided by it anew."""
    document = copy.deepcopy(reviewed.document) | {"tests": TESTS}
    document["verdict"] |= {"exit_code": 10}
    gated = replace(ground, policy=replace(ground.policy, suite=SUITE))
    wanted = derive(read(json.dumps(document).encode()), gated)
    assert (wanted.failing_tests, wanted.tests.failed_count, wanted.tests.passed) == (1, 1, 3)
    assert wanted.tests.failed[0].lines[0] == "E  assert 1 == <U+202E>2"
    assert derive(read(json.dumps(reviewed.document).encode()), ground).tests is None


@pytest.mark.parametrize(
    "said",
    [
        {"gate": False},
        {"command": ["true"]},
        {"command": []},
        {"failed": [], "exit_code": 0, "broken": "no room"},
    ],
)
def test_tests_that_the_policy_does_not_know_refuse_the_review(reviewed, ground, said):
    """Another command, another gate, or a verdict that does not follow."""
    document = copy.deepcopy(reviewed.document) | {"tests": TESTS | said}
    document["verdict"] |= {"exit_code": 10}
    gated = replace(ground, policy=replace(ground.policy, suite=SUITE))
    with pytest.raises(UsageError, match="the review"):
        derive(read(json.dumps(document).encode()), gated)


def test_tests_without_leave_refuse_the_review(reviewed, ground):
    """Where the policy lets no tests run, none were."""
    document = copy.deepcopy(reviewed.document) | {"tests": TESTS}
    with pytest.raises(UsageError, match="does not let run"):
        derive(read(json.dumps(document).encode()), ground)
