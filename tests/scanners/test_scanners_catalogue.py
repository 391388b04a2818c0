"""From tools' results to findings in the catalogue's words."""

from scanning import rule, rule_set

from reviewbot.domain.finding import Confidence, Fix, Severity, Span
from reviewbot.scanners import catalogue
from reviewbot.scanners.base import ToolResult

CONTENT = b"one\ntwo\xff\r\nthree\n"


def found(*results, rules=(), content=CONTENT):
    return [placed.finding for placed in catalogue.findings(results, content, rule_set(*rules))]


def test_words_are_the_rules():
    """Severity, confidence, CWE, title and reason are the rule's, the quote the file's."""
    fix = Fix(2, 1, 2, 2, "x", safe=True)
    (finding,) = found(ToolResult("semgrep", "r", "a.py", 2, 3, fix, "c" * 40), rules=[rule("r")])

    assert (finding.rule, finding.sources) == ("r", ("semgrep",))
    assert (finding.title, finding.reason) == ("Title of r", "Reason of r")
    assert (finding.severity, finding.confidence, finding.cwe) == (Severity.ERROR, Confidence.HIGH, (95,))
    assert (finding.span, finding.quote) == (Span("a.py", 2, 3), "two\udcff\r\nthree")
    assert (finding.fix, finding.commit, finding.catalogued) == (fix, "c" * 40, True)


def test_a_tools_rule_becomes_ours():
    """A rule of the catalogue takes over a tool's own."""
    (finding,) = found(
        ToolResult("bandit", "B307", "a.py", 1, 1), rules=[rule("no-eval", tool=("bandit", "B307"))]
    )

    assert (finding.rule, finding.sources) == ("no-eval", ("bandit",))


def test_a_rule_nobody_catalogued_is_a_note():
    """What the catalogue does not know keeps the tool's name for it, in constant words."""
    (finding,) = found(ToolResult("bandit", "B999", "a.py", 1, 1), rules=[rule("r")])

    assert finding.rule == "bandit/B999"
    assert (finding.severity, finding.confidence, finding.catalogued) == (
        Severity.NOTE,
        Confidence.LOW,
        False,
    )
    assert finding.title == "bandit reports B999; it is not in the organisation's catalogue"


def test_rules_apply_to_their_paths():
    """A rule says nothing about files it is not for, semgrep's or another tool's."""
    rules = [rule("r", applies_to=["src/**"]), rule("b", tool=("bandit", "B1"), applies_to=["src/**"])]
    results = [
        ToolResult(tool, name, path, 1, 1)
        for tool, name in (("semgrep", "r"), ("bandit", "B1"))
        for path in ("src/a.py", "a.py")
    ]

    assert [finding.span.path for finding in found(*results, rules=rules)] == ["src/a.py", "src/a.py"]


def test_one_rule_says_the_same_lines_once():
    """Two hits of a rule on one line are one finding, with the first hit's fix."""
    fixes = [Fix(1, column, 1, column + 1, str(column), safe=False) for column in (3, 1)]
    findings = found(*(ToolResult("semgrep", "r", "a.py", 1, 1, fix) for fix in fixes), rules=[rule("r")])

    assert [finding.fix.text for finding in findings] == ["1"]


def test_long_quotes_are_cut_and_compared_whole():
    """A quote holds twenty lines; a change below them is still seen."""
    content = b"".join(b"line %d\n" % number for number in range(30))
    (placed,) = catalogue.findings([ToolResult("semgrep", "r", "a", 1, 30)], content, rule_set(rule("r")))

    assert placed.finding.quote.split("\n") == [f"line {number}" for number in range(20)]
    assert placed.text.endswith("line 29")
