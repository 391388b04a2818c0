"""Places, fixtures, regular expressions: what is decided without running anything."""

import pytest
from rule_texts import TAINT, rule

from reviewbot.domain.globs import first_match, matches
from reviewbot.workbench import regexes
from reviewbot.workbench.fixtures import Mark, fixtures, marks
from reviewbot.workbench.places import candidates, filled
from reviewbot.workbench.samples import line_in_file, samples

PATTERNS = (
    "**/*.py", "*.py", "src/**/*.py", "**", "src/", ".github/workflows/*.yml", "**/Dockerfile", "Dockerfile*", "**/Dockerfile.*",
    "a/**/b/*.[jt]s", "[!x]*.py", "docs/CODEOWNERS", "**/azure-pipelines*.yml", "?.py", "**/x/**",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_made_paths_match_the_pattern_they_were_made_from(pattern):
    """Examples are put only where the rule would look at them."""
    made = list(filled(pattern, "rule/bad", ".py"))

    assert made
    assert all(matches(pattern, path) for path in made)


def test_two_examples_of_a_rule_lie_apart(shelf_of):
    """Where the patterns leave room, the paths of different examples differ."""
    shelf = shelf_of({"one": rule("one", applies=".github/workflows/*.py")})
    bad, good, clean = samples(shelf, shelf.rules.find("one"))

    assert len({bad.paths[0], good.paths[0], clean.paths[0]}) == 3
    assert all(first_match((".github/workflows/*.py",), path) for path in (*bad.paths, *good.paths))


def test_a_file_of_another_kind_comes_last(shelf_of):
    """A fixture in TypeScript goes where TypeScript is looked at."""
    text = rule("one", languages="javascript", applies="**/*.js").replace(
        '["**/*.js"]', '["**/*.js", "**/*.ts"]'
    )
    only = shelf_of({"one": text}).rules.find("one")

    assert candidates(only, "a")[0].endswith(".js")
    assert candidates(only, "a", ".ts")[0].endswith(".ts")


def test_nothing_can_lie_where_no_file_is_of_the_language(shelf_of):
    """A Python rule for JavaScript files has no place for its examples."""
    assert candidates(shelf_of({"one": rule("one", applies="**/*.js")}).rules.find("one"), "a") == ()


def test_lines_of_examples_are_found_in_the_file(shelf_of):
    """The second line of a block text is two lines below its key."""
    shelf = shelf_of({"one": rule("one", bad="import a\ndangerous(a)")})
    bad = samples(shelf, shelf.rules.find("one"))[0]
    line = line_in_file(shelf, bad, 2)

    assert shelf.file(bad.rule).lines[line - 1].strip() == "dangerous(a)"
    assert bad.line == line - 2


def test_marks_are_about_the_next_line_that_is_none():
    """Marks stand above their line, may be stacked, and may name several rules; every comment form counts."""
    text = (
        "# ruleid: a, b\n// ok: c\nx\n<!-- todoruleid: d -->\n/* todook: e */\n  y\n# ruleid: f is prose\nz"
    )

    assert marks(text) == (
        Mark("ruleid", "a", 3, 1), Mark("ruleid", "b", 3, 1), Mark("ok", "c", 3, 2),
        Mark("todoruleid", "d", 6, 4), Mark("todook", "e", 6, 5),
    )  # fmt: skip


def test_fixtures_belong_to_the_rule_that_their_name_begins_with(shelf_of):
    """`<id>.test.<ext>`, directly in the pack."""
    shelf = shelf_of(
        {
            "flow": rule("flow", TAINT, bad="run_statement(read_input())"),
            "flow.test.py": "# ruleid: flow\nx\n",
            "more/flow.test.py": "x = 1\n",
        }
    )

    (only,) = fixtures(shelf)
    assert (only.rule, only.extension, len(only.marks)) == ("flow", ".py", 1)


@pytest.mark.parametrize("regex", [r"(a+)+b", r"(?i)(x*)*", r"(?s)^(a|b+)*$", r"([0-9]{1,3})+"])
def test_a_repeat_in_a_repeat_is_seen(regex):
    """The forms that take exponential time, flags and what matches the empty text included."""
    assert regexes.explodes(regex)


@pytest.mark.parametrize("regex", [r"a+b", r"(a{1,20}-)+", r"(?>a+)+b", r"(unclosed", r"(?i)^verify$"])
def test_bounded_repeats_are_not(regex):
    """What is bounded, atomic, plain or unreadable is left alone."""
    assert not regexes.explodes(regex)


def test_regular_expressions_are_found_with_their_place():
    """Those of patterns and of metavariables, however deep."""
    body = {
        "patterns": ({"pattern": "f($X)"}, {"metavariable-regex": {"metavariable": "$X", "regex": "a"}}),
        "pattern-regex": "b",
    }

    assert dict(regexes.regexes(body)) == {
        ("patterns", 1, "metavariable-regex", "regex"): "a",
        ("pattern-regex",): "b",
    }
