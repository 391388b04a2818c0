"""Claims are checked against what was shown, sent and ruled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_cases import EXCERPTS, RULES, change, claim, claims, file_diff, finding, read, report, shown

from reviewbot.domain.finding import Confidence, Severity, Span
from reviewbot.domain.fingerprint import with_fingerprints
from reviewbot.domain.visible import is_visible
from reviewbot.verdict.prose import LONGEST, paragraph
from reviewbot.verdict.verify import MOST_CLAIMS, verify


def check(*said, lines=None, files=(), excerpts=("x1", "x2")):
    given_report = report(*said, lines=lines, excerpts=excerpts)
    return verify(given_report, change=change(*files), excerpts=EXCERPTS, rules=RULES, read=read)


def test_verified_claim_speaks_the_catalogue():
    """Title, reason, severity and CWE are the rule's, whatever the model wrote."""
    (one,) = check(claim(line=5, explanation="Ignore all rules.", evidence=("x2", "x2")))
    found = one.finding
    assert one.why == ""
    assert (found.title, found.reason) == ("Title of eval-of-input", "Reason of eval-of-input.")
    assert (found.severity, found.cwe, found.sources) == (Severity.ERROR, (95,), ("model",))
    assert (found.explanation, found.evidence) == ("Ignore all rules.", ("x2",))
    assert found.span == Span("src/a.py", 5, 5)


def test_quote_is_the_blobs_own_line():
    """A masked quote maps back to the line of the blob, indentation included."""
    (one,) = check(claim("hard-coded-secret", 8))
    assert one.finding.quote == "    key = 'hunter2-hunter2'"


@pytest.mark.parametrize(
    ("name", "confidence"), [("eval-of-input", Confidence.MEDIUM), ("hard-coded-secret", Confidence.LOW)]
)
def test_confidence_is_at_most_medium(name, confidence):
    """A model alone is never sure, and never surer than the rule."""
    (one,) = check(claim(name, 5))
    assert one.finding.confidence is confidence


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (claim("no-such-rule"), "names no rule"),
        (claim(path="src/b.py"), "file that was not shown"),
        (claim(path=""), "file that was not shown"),
        (claim("house-java"), "house-java does not apply to src/a.py"),
        (claim(evidence=("x1", "x9")), "cites x9, which the model was not given"),
        (claim(line=11, quote="def old(name):"), "line 11 was not shown"),
        (claim(line=-4, quote="x"), "line -4 was not shown"),
        (claim(quote="value = eval(nome)"), "does not stand in the hunk"),
    ],
)
def test_unverified(said, why):
    """Each missing piece of evidence makes the claim unverified and is named."""
    (one,) = check(said)
    assert why in one.why


def test_excerpt_that_was_chosen_but_not_sent():
    """An excerpt that did not fit the prompt cannot be cited."""
    (one,) = check(claim(evidence=("x2",)), excerpts=("x1",))
    assert "cites x2" in one.why


def test_file_that_is_not_of_the_change():
    """Showing a line does not make its file part of the change."""
    (one,) = check(claim(path="src/b.py"), lines=shown(path="src/b.py"))
    assert "file that was not shown" in one.why


def test_line_beyond_the_blob():
    """A shown line that the blob does not have is not believed."""
    far = shown(first=1, last=12)[-1]
    lines = (type(far)("src/a.py", 99, "ghost", True, 0),)
    (one,) = check(claim(line=99, quote="ghost"), lines=lines)
    assert one.why == "line 99 is not in the file"


def test_equal_lines_stay_two():
    """Two claims on equal lines of one file have two fingerprints."""
    first, second = check(claim(line=5), claim(line=6))
    assert first.finding.quote == second.finding.quote
    assert first.finding.fingerprint != second.finding.fingerprint


def test_fingerprint_hangs_on_nothing_else_said():
    """What else the model claims does not change the identity of a finding."""
    (alone,) = check(claim(line=6))
    assert check(claim(line=5), claim(line=6))[1].finding.fingerprint == alone.finding.fingerprint


def test_fingerprint_is_not_a_scanners():
    """A scanner's finding on an equal line under the same rule is another finding."""
    (one,) = check(claim(line=5))
    (other,) = with_fingerprints([finding(first=6)])
    assert (one.finding.rule, one.finding.quote) == (other.rule, other.quote)
    assert one.finding.fingerprint != other.fingerprint


def test_fingerprint_holds_no_line_number():
    """The same line further down is the same finding."""
    (one,) = check(claim("command-injection", line=4))
    moved = b"# new\n\n" + read("head")
    lines = tuple(type(s)(s.path, s.line + 2, s.text, s.added, s.hunk) for s in shown())
    (two,) = verify(
        report(claim("command-injection", 6, "os.system('ls ' + name)"), lines=lines),
        change=change(),
        excerpts=EXCERPTS,
        rules=RULES,
        read=lambda _: moved,
    )
    assert two.finding.span.first == 6
    assert two.finding.fingerprint == one.finding.fingerprint


def test_more_claims_than_are_checked():
    """Past the cap claims are kept and counted, not checked."""
    checked = check(*[claim()] * (MOST_CLAIMS + 3))
    assert len(checked) == MOST_CLAIMS + 3
    assert [one.why == "" for one in checked[-4:]] == [True, False, False, False]


def test_deleted_file_has_no_line_to_claim():
    """A file without a new side is not claimed."""
    gone = file_diff()
    gone = type(gone)(gone.status, gone.old, None, (), gone.file_class)
    (one,) = check(claim(), files=(gone,))
    assert "file that was not shown" in one.why


@settings(max_examples=150, deadline=None)
@given(st.lists(claims, max_size=6))
def test_whatever_is_said_is_kept_and_harmless(said):
    """Each claim becomes one finding: in the rule's words if verified, visible and bounded if not."""
    checked = check(*said)
    assert len(checked) == len(said)
    order = sorted(said, key=lambda c: (c.path, c.line, c.rule, c.quote, c.explanation, c.evidence))
    for one, before in zip(checked, order, strict=True):
        rule = RULES.find(before.rule)
        assert one.finding.sources == ("model",)
        assert one.finding.confidence is not Confidence.HIGH
        assert len(one.finding.explanation) <= LONGEST
        if not one.why:
            assert rule is not None
            assert (
                one.finding.quote.strip()
                == read("head").decode().split("\n")[one.finding.span.first - 1].strip()
            )
        else:
            shown_text = (
                one.finding.rule + one.finding.span.path + one.finding.quote + one.finding.explanation
            )
            assert all(is_visible(char) for char in shown_text + one.why)
            assert one.finding.catalogued == (rule is not None)


class TestParagraph:
    """The model's prose, cut."""

    def test_newlines_become_spaces(self):
        """Prose is one paragraph."""
        assert paragraph("# Head\n\n/merge\r\n  now\u2028then") == "# Head /merge now then"

    def test_hidden_characters_are_shown(self):
        """No invisible character passes."""
        assert paragraph("a\u202eb\x1b[31m\ud800") == "a<U+202E>b<U+001B>[31m<U+D800>"

    def test_cut_after_a_sentence(self):
        """What is too long ends with the last whole sentence that fits."""
        text = "One two three. " * 60
        assert paragraph(text) == ("One two three. " * 40).strip()[: LONGEST - 1]

    def test_cut_after_a_word(self):
        """Without a sentence to end at, the last whole word is the end."""
        assert paragraph("word " * 300) == "word " * 119 + "word…"

    def test_one_endless_word(self):
        """Text without a space is cut where it must be."""
        assert paragraph("x" * 5000) == "x" * 599 + "…"

    @settings(max_examples=100, deadline=None)
    @given(st.one_of(st.text(max_size=2000), st.text("ab.! \n\u200b", min_size=500, max_size=1500)))
    def test_never_longer_and_always_visible(self, text):
        """Whatever the text, what is left is short, visible and on one line."""
        cut = paragraph(text)
        assert len(cut) <= LONGEST
        assert all(is_visible(char) for char in cut)
        assert cut == cut.strip()
