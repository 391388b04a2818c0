"""Which flaws the model is asked about."""

from dataclasses import replace

import pytest
from mend_world import SHELL, finding, flaw, with_finding

from reviewbot.domain.change import FileClass
from reviewbot.domain.finding import Confidence
from reviewbot.domain.policy import Limits, PatchPolicy, Policy
from reviewbot.domain.rule import OWN_TOOLS, ReviewDetector, ToolDetector, TouchDetector
from reviewbot.model.mend_choice import language_of, worth_asking

ANY = Policy()


def ruled(detector, **more):
    return flaw(rule=replace(SHELL, detector=detector), **more)


def test_a_scanners_finding_in_code_is_worth_it():
    """By semgrep, bandit or a declared tool."""
    assert worth_asking(flaw(), ANY)
    assert worth_asking(ruled(ToolDetector("bandit", ("B602",))), ANY)
    assert worth_asking(ruled(ToolDetector("gosec", ("G1",))), ANY)
    assert worth_asking(with_finding(flaw(), sources=("semgrep", "model"), confidence=Confidence.MEDIUM), ANY)


WORTHLESS = {
    "no rule": flaw(rule=None),
    "only the model says so": flaw(sources=("model",)),
    "a rule in prose": ruled(ReviewDetector("?", "!", (), ())),
    "a touched file": ruled(TouchDetector()),
    **{f"our own {tool}": ruled(ToolDetector(tool, ("x",))) for tool in OWN_TOOLS},
    **{f"{tool} says so too": flaw(sources=("semgrep", tool)) for tool in OWN_TOOLS},
    "a secret was merged into it": flaw(also=(finding(sources=("secrets",)),)),
    "a claim was merged into it": flaw(also=(finding(sources=("model",)),)),
    "not in the catalogue": flaw(catalogued=False),
    "hardly believed": flaw(confidence=Confidence.LOW),
    "in an earlier commit": flaw(commit="c" * 40),
    "on an old line": flaw(first=1),
    "text": flaw(diff={"file_class": FileClass.TEXT}),
    **{
        path: flaw(path=path)
        for path in (
            "Dockerfile", "setup.py", "lib/SETUP.PY", "build.rs", "package.json", "requirements.txt", "pyproject.toml",
            ".github/actions/a/index.js", ".gitlab/ci/build.sh", ".husky/check.sh", "ci.yml", "main.tf", "notes.md", "run",
            "ci/test.py", "tests/conftest.py",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", WORTHLESS)
def test_what_no_patch_could_be_proven_for_is_not_asked_about(kind):
    """Each of these would only cost tokens, or send what nobody wants patched."""
    assert not worth_asking(WORTHLESS[kind], ANY)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(patches=PatchPolicy(model=False)),
        Policy(exclude=("src/**",)),
        Policy(limits=Limits(file_bytes=20)),
    ],
)
def test_the_policy_decides(policy):
    """No patches of the model, a file that is not the model's to read, or too large a one."""
    assert not worth_asking(flaw(), policy)


def test_languages_go_by_the_files_name():
    """Upper case does not matter; what is no programming language has none."""
    named = {
        "a/b.PY": "python",
        "x.tsx": "typescript",
        "x.mjs": "javascript",
        "a.h": "c",
        "a.yml": None,
        "py": None,
    }
    assert {path: language_of(path) for path in named} == named
