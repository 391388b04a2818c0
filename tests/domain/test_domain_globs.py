"""Path patterns, against a plain reference and against git."""

import subprocess
import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.globs import first_match, matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("**/*.py", "a.py", True),
        ("**/*.py", "x/y/a.py", True),
        ("*.py", "x/y/a.py", True),
        ("*.py", "a.pyc", False),
        ("/*.py", "a.py", True),
        ("/*.py", "x/a.py", False),
        ("src/*.py", "src/x/a.py", False),
        ("src/**", "src/x/a.py", True),
        ("src/**", "src", False),
        ("src/**", "other/src/a", False),
        ("src/", "src/x/a.py", True),
        ("src/", "src", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/xb", False),
        ("a**b", "axxb", True),
        ("x/a**b", "x/a/b", False),
        ("**", "x/y", True),
        ("?.c", "ab.c", False),
        ("?.c", "é.c", True),
        ("[a-c].c", "b.c", True),
        ("[!a-c].c", "b.c", False),
        ("[^a-c].c", "d.c", True),
        ("x[+-9]y", "x/y", False),
        ("[]a]", "]", True),
        ("[a", "[a", True),
        ("[b-a]", "a", False),
        ("\\*.c", "*.c", True),
        ("\\*.c", "a.c", False),
        ("a.c", "abc", False),
        ("*", ".hidden", True),
        ("README", "docs/README", True),
        ("readme", "README", False),
        ("*", "a\nb", True),
        ("a\nb", "a\nb", True),
        ("a", "a\n", False),
        ("", "a", False),
        ("caf?", "caf\udce9", True),
    ],
)
def test_cases(pattern, path, expected):
    """Each feature of the pattern language does what its sentence says."""
    assert matches(pattern, path) is expected


def test_first_match_in_order():
    """The first pattern that matches is named."""
    assert first_match(("*.c", "*.py", "**"), "x/a.py") == "*.py"
    assert first_match(("*.c",), "x/a.py") is None


@cache
def part_matches(pattern, name):
    """Reference for one name: textbook recursion."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(part_matches(pattern[1:], name[at:]) for at in range(len(name) + 1))
    return bool(name) and pattern[0] in {"?", name[0]} and part_matches(pattern[1:], name[1:])


@cache
def parts_match(patterns, names):
    """Reference for whole paths."""
    if not patterns:
        return not names
    if patterns[0] == "**":
        if len(patterns) == 1:
            return bool(names)
        return any(parts_match(patterns[1:], names[at:]) for at in range(len(names) + 1))
    return bool(names) and part_matches(patterns[0], names[0]) and parts_match(patterns[1:], names[1:])


NAMES = st.lists(st.text("ab.", min_size=1, max_size=4), min_size=1, max_size=5)
PATTERNS = st.lists(
    st.one_of(st.just("**"), st.text("ab.*?", min_size=1, max_size=4)), min_size=1, max_size=5
)


@settings(max_examples=600, deadline=None)
@given(PATTERNS, NAMES)
def test_like_the_reference(pattern, names):
    """Patterns with a slash match exactly what plain recursion matches."""
    assert matches("/" + "/".join(pattern), "/".join(names)) == parts_match(tuple(pattern), tuple(names))


@settings(max_examples=300, deadline=None)
@given(st.text("ab*?[]!-\\/^", max_size=12), st.text("ab[]!-\\/^\n", max_size=8))
def test_any_pattern_is_a_pattern(pattern, path):
    """No pattern is an error, and whatever it matches, a star never crosses a slash."""
    if matches(pattern, path) and "**" not in pattern and not pattern.endswith("/"):
        assert "/" not in pattern.strip("/") or pattern.removeprefix("/").count("/") == path.count("/")


def test_like_git(tmp_path):
    """Anchored patterns match what git's own `:(glob)` matches."""
    names = ["a.py", "b/a.py", "b/c/a.py", "b/c/d/e.py", "b/[x].c", "b/x.c", ".h/a.py", "b/a.pyc", "b/c/z"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    patterns = [
        "**/*.py",
        "b/*",
        "b/**",
        "b/**/a.py",
        "**/c/**",
        "b/?.c",
        "b/[[]x].c",
        "b/[!x]*",
        "*/a.py",
        "b/c*/**/*.py",
    ]
    for pattern in patterns:
        listed = subprocess.run(
            [*git, "ls-files", "-z", "--", f":(glob){pattern}"], check=True, capture_output=True, text=True
        ).stdout
        assert {name for name in names if matches(pattern, name)} == set(filter(None, listed.split("\0"))), (
            pattern
        )


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "b", "a" * 20_000),
        ("**/a/" * 20 + "b", "a/" * 10_000 + "a"),
        ("**/*a*a*a*b", "a" * 20_000),
        ("**/" * 30 + "b", "a/" * 10_000 + "a"),
    ],
)
def test_no_pattern_blows_up(pattern, path):
    """Patterns made to backtrack take a moment."""
    before = time.process_time()
    assert not matches(pattern, path)
    assert time.process_time() - before < 2
