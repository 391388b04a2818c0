"""Nothing in a change switches a scanner off: the finding is reported, or the file is listed as failed.

Real commits, the real diff, the real sandbox, the real tools.
"""

import os
import subprocess

import pytest

from reviewbot.change.git import GitRepository
from reviewbot.change.select import Selection, collect
from reviewbot.domain.coverage import Read
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.policy import Limits, Policy, SandboxPolicy
from reviewbot.domain.rule import Rule, RuleSet, SemgrepDetector, ToolDetector
from reviewbot.sandbox import ladder
from reviewbot.scanners import registry
from reviewbot.scanners.locate import locate
from reviewbot.scanners.run import scan_change

FLAW = b"import subprocess\nsubprocess.call(input(), shell=True)\n"
LINE = b"subprocess.call(input(), shell=True)"
RULES = {"semgrep": "shell-true", "bandit": "bandit-shell"}


def _rule(name, detector):
    return Rule(
        id=name, pack="test", title=name, why=name, severity=Severity.ERROR, confidence=Confidence.HIGH,
        cwe=(78,), owasp=(), languages=("python",), owner="", since="1", references=(), applies_to=(),
        detector=detector, bad="", good="",
    )  # fmt: skip


RULE_SET = RuleSet(
    (),
    (
        _rule("shell-true", SemgrepDetector({"pattern": "subprocess.call(..., shell=True)"})),
        _rule("bandit-shell", ToolDetector("bandit", ("B602",))),
    ),
)


class NoCache:
    """Remembers nothing."""

    def get(self, _key):
        return None

    def put(self, _key, _value):
        pass


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    return ladder.choose(SandboxPolicy(), cache_dir=tmp_path_factory.mktemp("rung"))


@pytest.fixture(scope="module")
def scan(tmp_path_factory, sandbox):
    """Commit files over an empty base and scan what changed."""

    def run(files, links=()):
        folder = tmp_path_factory.mktemp("repository")

        def git(*arguments):
            named = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false")
            subprocess.run(
                ["git", *named, *arguments], cwd=folder, check=True, capture_output=True,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
            )  # fmt: skip

        git("init", "-q", "-b", "main", ".")
        git("commit", "-q", "--allow-empty", "-m", "base")
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        for path in links:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to(folder / "src/all.txt")
        git("add", "-A", "-f", ".")
        git("commit", "-q", "-m", "head")
        policy = Policy(scanners=("semgrep", "bandit"))
        with GitRepository.open(folder) as repository:
            change = collect(repository, Selection(base="HEAD~1"), target_branch=None, limits=Limits())
            return scan_change(
                change, repository.read, rules=RULE_SET, policy=policy,
                scanners=registry.build(policy, RULE_SET, tools=locate(os.environ)),
                sandbox=sandbox, cache=NoCache(), progress=lambda _: None,
            )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def report(scan):
    """One change with every name, every marker and every trick, each in a file of its own."""
    code = b"#!/usr/bin/env python3\n" + FLAW
    files = dict.fromkeys(NAMES, code)
    files |= {f"marker/{number}.py": marked(marker) for number, marker in enumerate(MARKERS)}
    files |= {f"trick/{name}.py": content for name, content in TRICKS.items()}
    return scan(files | {"app.py": FLAW})


def marked(marker):
    return b"import subprocess\n" + marker + b"\n" + LINE + b"  " + marker + b"\n"


def found(report, path):
    """Name the scanners that report the flaw in a file."""
    return {
        scanner
        for scanner, rule in RULES.items()
        for finding in report.new
        if finding.rule == rule and finding.span.path == path
    }


def failed(report, path):
    return {
        name for name, at, word in report.coverage if at == path and word.state is Read.FAILED and word.reason
    }


CONTROLS = {
    "nothing": {},
    "semgrepignore": {".semgrepignore": b"*\n*.py\n"},
    "semgrepignore-below": {"src/.semgrepignore": b"*\n"},
    "semgrep-folder": {".semgrep/rules.yml": b"rules: []\n", ".semgrep/settings.yml": b"x: y\n"},
    "bandit": {
        ".bandit": b"[bandit]\nskips = B602\nexclude = /src\n",
        "src/.bandit": b"[bandit]\nskips: B602\n",
    },
    "bandit-yaml": {"bandit.yaml": b"skips: [B602]\n", "bandit.yml": b"exclude_dirs: [src]\n"},
    "pyproject": {"pyproject.toml": b'[tool.bandit]\nskips = ["B602"]\nexclude_dirs = ["src"]\n'},
    "setup-cfg": {"setup.cfg": b"[bandit]\nskips = B602\n", "tox.ini": b"[bandit]\nskips = B602\n"},
    "gitattributes": {
        ".gitattributes": b"*.py -diff binary linguist-generated=true linguist-vendored export-ignore -text\n",
        "src/.gitattributes": b"* -diff filter=lfs diff=lfs merge=lfs\n",
    },
    "gitignore": {".gitignore": b"*\n", ".git-blame-ignore-revs": b"*\n", ".ignore": b"*\n"},
    "editor-and-others": {".pre-commit-config.yaml": b"exclude: .*\n", "ruff.toml": b"exclude = ['*']\n"},
    "upper-case": {".SEMGREPIGNORE": b"*\n", ".Bandit": b"[bandit]\nskips = B602\n"},
    "modules-beside": {
        "bandit.py": b"raise SystemExit(0)\n",
        "subprocess.py": b"raise SystemExit(0)\n",
        "sitecustomize.py": b"import os\nos._exit(0)\n",
        "bandit/__init__.py": b"raise SystemExit(0)\n",
    },
}


@pytest.mark.parametrize("control", CONTROLS)
def test_settings_in_the_change_have_no_effect(scan, control):
    """Ignore files, tool settings and attributes, at the top and below, change no finding."""
    report = scan({"src/app.py": FLAW} | CONTROLS[control])

    assert found(report, "src/app.py") == {"semgrep", "bandit"}
    assert failed(report, "src/app.py") == set()


def test_linked_settings_have_no_effect(scan):
    """Ignore files that are symbolic links are not followed, and take no effect."""
    everything = b"*\n[bandit]\nskips = B602\n[tool.bandit]\nskips = ['B602']\n"
    names = [
        ".semgrepignore",
        ".bandit",
        "pyproject.toml",
        ".gitattributes",
        "src/.bandit",
        "src/.semgrepignore",
    ]

    report = scan({"src/app.py": FLAW, "src/all.txt": everything}, names)

    assert found(report, "src/app.py") == {"semgrep", "bandit"}


MARKERS = (
    b"# nosemgrep", b"# nosem", b"# nosemgrep: shell-true", b"# nosec", b"# nosec B602", b"# noqa", b"# noqa: S602",
    b"# type: ignore  # pylint: disable=all  # nosec nosemgrep noqa",
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(MARKERS)), ids=lambda number: MARKERS[number].decode())
def test_markers_in_the_code_have_no_effect(report, number):
    """A comment that tells a scanner to look away does not, on the line or the one before."""
    path = f"marker/{number}.py"

    assert found(report, path) == {"semgrep", "bandit"}
    lines = {one.span.first for one in report.new if one.span.path == path and one.rule in RULES.values()}
    assert lines == {3}


NAMES = (
    "tests/test_a.py", "vendor/a.py", "node_modules/x/a.py", "dist/a.min.py", ".tox/a.py", "x.egg/a.py", ".venv/a.py",
    "build/a.py", ".hidden/.a.py", "third_party/a.py", "--help.py", "-", "a b/\n.py", "caf\udce9.py", ".semgrepignore/a.py",
    ".bandit/a.py", "[a].py", "a,b.py", "*.py", "APP.PY", "_rb/0001.py",
)  # fmt: skip


@pytest.mark.parametrize("path", NAMES)
def test_no_folder_or_name_is_left_out(report, path):
    """Where a file stands, and what it is called, takes it out of no scan."""
    assert found(report, path) == {"semgrep", "bandit"}
    assert failed(report, path) == set()


TRICKS = {
    "syntax-error-in-front": b"def (:\n" + FLAW,
    "syntax-error-behind": FLAW + b"def (:\n",
    "newer-syntax": b"x = lambda: (yield from)\n" + FLAW,
    "deep-nesting": b"x = " + b"(" * 900 + b")" * 900 + b"\n" + FLAW,
    "padding": b"# padding\n" * 120_000 + FLAW,
    "padding-behind": FLAW + b"# padding\n" * 120_000,
    "one-long-line": b"x = '" + b"a" * 1_200_000 + b"'\n" + FLAW,
    "byte-order-mark": b"\xef\xbb\xbf" + FLAW,
    "byte-order-mark-on-the-flaw": b"\xef\xbb\xbf__import__('os'); import subprocess; " + LINE + b"\n",
    "nul": b"\0\n" + FLAW,
    "lone-carriage-returns": b"x = 1\ry = 2\r" + FLAW,
    "form-feed": b"\x0c" + FLAW.replace(b"\n", b"\n\x0c"),
    "latin-1": b"# -*- coding: latin-1 -*-\n# \xe9\n" + FLAW,
    "utf-7": b"# -*- coding: utf-7 -*-\n" + FLAW,
    "utf-7-encoded": b"# -*- coding: utf-7 -*-\n" + FLAW.replace(b"s", b"+AHM-").replace(b"=", b"+AD0-"),
    "utf-7-encoded-second-line": b"#\r# vim: set fileencoding=utf_7 :\n" + FLAW.replace(b"s", b"+AHM-"),
    "escapes": b"# coding: raw_unicode_escape\n" + FLAW.replace(b"s", b"\\u0073"),
    "utf-16-big": b"\xfe\xff" + FLAW.decode().encode("utf-16-be"),
    "utf-16-bare": FLAW.decode().encode("utf-16-le"),
    "utf-16": b"\xff\xfe" + FLAW.decode().encode("utf-16-le"),
    "no-newline": FLAW.rstrip(b"\n"),
    "crlf": FLAW.replace(b"\n", b"\r\n"),
    "continuation": FLAW.replace(b"call(", b"call(\\\n"),
    "generated": b"# @generated by protoc. DO NOT EDIT.\n" + FLAW,
}


@pytest.mark.parametrize("trick", TRICKS)
def test_no_content_hides_a_flaw_in_silence(report, trick):
    """For each scanner: it reports the flaw, or the file is listed as failed with a reason."""
    path = f"trick/{trick}.py"

    assert found(report, path) | failed(report, path) == {"semgrep", "bandit"}


def test_hostile_files_do_not_hide_their_neighbours(report):
    """Beside all of them, an ordinary file is scanned as if it were alone."""
    assert found(report, "app.py") == {"semgrep", "bandit"}
    assert failed(report, "app.py") == set()
