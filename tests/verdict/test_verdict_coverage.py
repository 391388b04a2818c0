"""Who has read what: silence and failure are gaps."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_cases import change, file_diff

from reviewbot.domain.change import FileClass, FileVersion, Status
from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.policy import DEFAULT_REQUIRED, Policy
from reviewbot.verdict.coverage import DISGUISED, assemble

NOT_MINE = Coverage(Read.NOT_APPLICABLE, "not Python")
BROKEN = Coverage(Read.FAILED, "crashed")
CODE = dict(DEFAULT_REQUIRED)[FileClass.CODE]


def one(path="a.py", file_class=FileClass.CODE, **changes):
    return replace(file_diff(path), file_class=file_class, **changes)


def entry(file, *said, policy=Policy(), model=False):  # noqa: B008 - a frozen value
    (found,) = assemble(change(file), said, policy, model_configured=model)
    return found


def words(path, reviewers, word=DONE):
    return [(reviewer, path, word) for reviewer in reviewers]


def test_all_read():
    """Done and not applicable are both fine."""
    found = entry(one("a.js"), *words("a.js", ["semgrep", "secrets"]), ("bandit", "a.js", NOT_MINE))
    assert found.gaps == ()
    assert found.required == ("semgrep", "bandit", "secrets")


def test_silence_is_a_gap():
    """A required reviewer that said nothing did not run."""
    found = entry(one(), *words("a.py", ["semgrep", "secrets"]))
    assert found.gaps == (("bandit", Coverage(Read.FAILED, "this reviewer did not run")),)


def test_failure_is_a_gap_with_its_reason():
    """A required reviewer's failure stands with its words."""
    found = entry(one(), *words("a.py", ["semgrep", "secrets"]), ("bandit", "a.py", BROKEN))
    assert found.gaps == (("bandit", BROKEN),)


def test_failure_of_one_who_is_not_required():
    """Another tool's failure is shown, and is no gap."""
    found = entry(one(), *words("a.py", CODE), ("checkov", "a.py", BROKEN))
    assert dict(found.by)["checkov"] == BROKEN
    assert found.gaps == ()


def test_model_is_required_only_if_configured():
    """An unconfigured model is not required; a configured one is."""
    said = words("a.py", ["semgrep", "bandit", "secrets"])
    assert entry(one(), *said).gaps == ()
    assert [name for name, _ in entry(one(), *said, model=True).gaps] == ["model"]


def test_order_of_reviewers_is_fixed():
    """Scanners first, then other tools by name, the model last."""
    said = words("a.py", ["model", "zap", "suppressions", "checkov", "secrets", "bandit", "semgrep"])
    assert [name for name, _ in entry(one(), *said).by] == [
        *("semgrep", "bandit", "secrets", "suppressions", "checkov", "zap", "model")
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_worse_of_two_words_counts(order):
    """A reviewer that read the head and failed on the base failed, whichever it says first."""
    said = [("bandit", "a.py", DONE), ("bandit", "a.py", BROKEN), ("bandit", "a.py", NOT_MINE)][::order]
    assert dict(entry(one(), *said).by)["bandit"] == BROKEN


def test_two_failures_keep_both_reasons():
    """Two failures of one reviewer keep their reasons and ranges."""
    early = Coverage(Read.FAILED, "too long", ((1, 3),))
    late = Coverage(Read.FAILED, "cut off", ((9, 12),))
    found = dict(entry(one(), ("model", "a.py", late), ("model", "a.py", early)).by)["model"]
    assert found == Coverage(Read.FAILED, "cut off; too long", ((1, 3), (9, 12)))
    whole = dict(entry(one(), ("model", "a.py", late), ("model", "a.py", BROKEN)).by)["model"]
    assert whole.lines == ()


def test_excluded_by_the_operator():
    """An excluded file keeps its words and the pattern, and has no gap."""
    found = entry(one("third_party/x/a.py"), policy=Policy(exclude=("docs/**", "third_party/**")))
    assert found.excluded == "third_party/**"
    assert found.gaps == ()


def test_pattern_that_does_not_match_excludes_nothing():
    """A pattern counts from the top of the repository."""
    assert entry(one("src/third_party/a.py"), policy=Policy(exclude=("third_party/**",))).excluded == ""


@pytest.mark.parametrize("path", ["a.py", "src/B.JS", "Dockerfile", "ci/x.yml"])
def test_binary_under_a_source_name(path):
    """Code hidden from the scanners by its encoding is not silently fine."""
    said = words(path, ["semgrep", "bandit"], Coverage(Read.NOT_APPLICABLE, "binary"))
    found = entry(one(path, FileClass.BINARY), *said)
    assert ("semgrep", Coverage(Read.FAILED, DISGUISED)) in found.gaps
    assert ("secrets", Coverage(Read.FAILED, DISGUISED)) in found.gaps


def test_binary_source_that_was_read_anyway():
    """A reviewer that read it read it, and bandit need not read JavaScript."""
    said = [*words("a.js", ["semgrep", "secrets"]), ("bandit", "a.js", NOT_MINE)]
    assert entry(one("a.js", FileClass.BINARY), *said).gaps == ()
    python = [*words("a.py", ["semgrep", "secrets"]), ("bandit", "a.py", NOT_MINE)]
    assert [name for name, _ in entry(one("a.py", FileClass.BINARY), *python).gaps] == ["bandit"]


def test_binary_source_may_be_excluded():
    """The operator's word settles it."""
    found = entry(one("a.ts", FileClass.BINARY), policy=Policy(exclude=("*.ts",)))
    assert found.gaps == ()


@pytest.mark.parametrize("path", ["logo.png", "a.tar.gz", "data", "py/data", ".py/data"])
def test_plain_binary_needs_nobody(path):
    """A picture is nobody's by default."""
    found = entry(one(path, FileClass.BINARY))
    assert (found.required, found.gaps) == ((), ())


def test_deleted_file_needs_nobody():
    """There is nothing left to read; a failure about it is still one."""
    gone = one(status=Status.DELETED, new=None)
    assert entry(gone).gaps == ()
    assert [name for name, _ in entry(gone, ("secrets", "a.py", BROKEN)).gaps] == ["secrets"]


def test_word_on_the_old_name():
    """A failure on the old name of a renamed file is the new one's."""
    renamed = one("new.py", status=Status.RENAMED, old=FileVersion("old.py", "100644", "base"))
    found = entry(renamed, *words("new.py", CODE), ("bandit", "old.py", BROKEN))
    assert found.gaps == (("bandit", BROKEN),)


def test_failure_in_the_history_is_not_lost():
    """A version of the range that could not be read makes the review incomplete."""
    said = [*words("a.py", CODE), ("secrets", "gone.env", BROKEN), ("semgrep", "other.py", DONE)]
    first, second = assemble(change(one()), said, Policy(), model_configured=False)
    assert first.gaps == ()
    assert (second.path, second.gaps) == ("gone.env", (("secrets", BROKEN),))


def test_stray_failure_of_nobody_required_is_no_gap():
    """A failure outside the change counts only for a required reviewer."""
    said = [("checkov", "gone.tf", BROKEN), ("model", "gone.py", BROKEN)]
    entries = assemble(change(), said, Policy(), model_configured=False)
    assert {found.path: found.gaps for found in entries if found.path.startswith("gone")} == {
        "gone.tf": (),
        "gone.py": (),
    }


PATHS = ["a.py", "b.js", "c.md", "d.bin", "e.py"]
STATES = st.sampled_from([DONE, NOT_MINE, BROKEN])
SAID = st.lists(
    st.tuples(st.sampled_from([*CODE, "checkov"]), st.sampled_from([*PATHS, "gone"]), STATES), max_size=30
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(list(FileClass))), unique_by=lambda t: t[0]),
    SAID,
    st.booleans(),
)
def test_every_file_once_and_no_failure_passes(files, said, model):
    """Each changed file has one entry, and a required reviewer that failed or kept silent is a gap."""
    policy = Policy()
    changed = replace(change(), files=tuple(one(path, kind) for path, kind in files))
    entries = assemble(changed, said, policy, model_configured=model)
    paths = [found.path for found in entries]
    assert paths == sorted(set(paths))
    assert {path for path, _ in files} <= set(paths)
    assert set(paths) - {path for path, _ in files} <= {path for _, path, word in said if word is BROKEN}
    for found in entries:
        heard = {(name, word.state) for name, path, word in said if path == found.path}
        gaps = {name for name, _ in found.gaps}
        failed = {name for name, state in heard if state is Read.FAILED}
        silent = set(found.required) - {name for name, _ in heard}
        assert gaps >= (failed | silent) & set(found.required)
        assert ("model" in found.required) <= model
    assert entries == assemble(changed, sorted(said, key=repr), policy, model_configured=model)
