"""Markers and files that tell scanners to look away."""

import pytest

from reviewbot.domain.change import SUBMODULE, SYMLINK, FileClass
from reviewbot.domain.coverage import DONE
from reviewbot.sandbox.bubblewrap import Bubblewrap
from reviewbot.scanners.base import Source
from reviewbot.scanners.suppressions import RULES, SuppressionScanner


def source(path, text, *, mode="100644", file_class=FileClass.CODE):
    return Source(path, "oid", mode, text.encode(), file_class)


def found(path, text, **more):
    scan = SuppressionScanner().scan([source(path, text, **more)], Bubblewrap())
    assert scan.coverage == ((path, DONE),)
    return [(result.tool_rule, result.first) for result in scan.results]


@pytest.mark.parametrize(
    ("path", "line", "rule"),
    [
        ("a.py", "eval(x)  # nosemgrep", "nosemgrep"),
        ("a.py", "eval(x)  # nosem", "nosemgrep"),
        ("a.py", "eval(x)  # NOSEMGREP: some-rule", "nosemgrep"),
        ("a.js", "eval(x); // nosemgrep: a, b", "nosemgrep"),
        ("a.js", "eval(x); /* nosem */", "nosemgrep"),
        ("a.html", "<b> <!-- nosemgrep -->", "nosemgrep"),
        ("a.py", "# why not  nosemgrep", "nosemgrep"),
        ("a.py", "eval(x)  # nosec", "nosec"),
        ("a.py", "eval(x)  #nosec B307", "nosec"),
        ("a.py", "eval('it')  # nosec: B307", "nosec"),
        ("a.py", "assert x  # noqa: S101", "noqa"),
        ("a.py", "assert x  # noqa: E501, S101", "noqa"),
        ("a.go", 'key := "x" // gitleaks:allow', "gitleaks-allow"),
        ("a.py", "key = 'x'  # pragma: allowlist secret", "allowlist-secret"),
        ("a.js", "// eslint-disable-next-line security/detect-eval-with-expression", "eslint-disable"),
    ],
)
def test_markers(path, line, rule):
    """Each tool's marker in a comment is reported on its line."""
    assert found(path, f"first\n{line}\n") == [(rule, 2)]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "MARKER = '# nosec'"),
        ("a.py", 'MARKER = "a \\" # nosemgrep"'),
        ("a.py", "nosemgrep = 3"),
        ("a.py", "x = 1  # nosecrets here"),
        ("a.py", "x = 1  # noqa: E501"),
        ("a.py", "x = 1  # noqa"),
        ("a.js", "// eslint-disable-next-line no-console"),
        ("a.md", "Write `# nosec` behind the line."),
        ("a.py", "a = 1\r"),
    ],
)
def test_what_is_not_a_marker(path, line):
    """Names, literals, prose and markers of checks that are not about security stay silent."""
    scanner = SuppressionScanner()

    assert not scanner.wants(source(path, line)) or found(path, line) == []


def test_a_marker_behind_a_very_long_line_is_found():
    """Padding does not hide a marker."""
    assert found("a.py", "x = '" + "a" * 50_000 + "' # nosec") == [("nosec", 1)]


def test_ignore_files():
    """Each effective line of an ignore file is a suppression; comments and blanks are not."""
    assert found("sub/.semgrepignore", "# note\n\nsrc/\n*.py\n") == [("ignore-file", 3), ("ignore-file", 4)]
    assert found(".bandit", "[bandit]\nskips = B602\n") == [("ignore-file", 1), ("ignore-file", 2)]
    assert found(".gitleaksignore", "abc:a.py:rule:1\n") == [("ignore-file", 1)]


def test_a_linked_ignore_file():
    """A symbolic link in an ignore file's place counts, whatever it points to."""
    assert found(".semgrepignore", "#x", mode=SYMLINK) == [("ignore-file", 1)]


def test_sections_of_shared_files():
    """Only the tool's own section of a shared file is a suppression."""
    text = "[project]\nname = 'x'\n[tool.bandit]\n# why\nskips = ['B602']\n\n[tool.ruff]\nline-length = 100\n"

    assert found("pyproject.toml", text) == [("ignore-file", 3), ("ignore-file", 5)]
    assert found("setup.cfg", "[metadata]\nname=x\n[bandit]\nexclude=src\n") == [
        ("ignore-file", 3),
        ("ignore-file", 4),
    ]


def test_which_files_it_wants():
    """Texts that are not prose, and ignore files of any class."""
    scanner = SuppressionScanner()

    assert scanner.wants(source("a.py", ""))
    assert scanner.wants(source(".semgrepignore", "", file_class=FileClass.BINARY))
    assert not scanner.wants(source("a.png", "", file_class=FileClass.BINARY))
    assert not scanner.wants(source("a.md", ""))
    assert not scanner.wants(source("a", "", mode=SUBMODULE))


def test_names_are_what_rules_refer_to():
    """The published rule names are those of the markers and the ignore files, each once."""
    assert set(RULES) == {
        "nosemgrep",
        "nosec",
        "noqa",
        "gitleaks-allow",
        "allowlist-secret",
        "eslint-disable",
        "ignore-file",
    }
    assert SuppressionScanner().cache_key() == SuppressionScanner().cache_key()
