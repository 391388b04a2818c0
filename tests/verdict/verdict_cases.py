"""A small change and the strategies that play scanners and models on it."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from reviewbot.domain.change import Change, FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.claim import Claim, ModelReport, ShownLine, Usage
from reviewbot.domain.coverage import DONE
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Confidence, Finding, Judged, Severity, Span
from reviewbot.domain.fingerprint import with_fingerprints
from reviewbot.domain.policy import Gate, Limits, Policy
from reviewbot.domain.rule import ReviewDetector, Rule, RuleSet, SemgrepDetector
from reviewbot.verdict.settle import settle

HEAD = (
    b"import os\n"
    b"\n"
    b"def run(name):\n"
    b"    os.system('ls ' + name)\n"
    b"    value = eval(name)\n"
    b"    value = eval(name)\n"
    b"    - not a mark\n"
    b"    key = 'hunter2-hunter2'\n"
    b"    return value\n"
    b"\n"
    b"def old(name):\n"
    b"    return eval(name)\n"
)
TEXTS = HEAD.decode().split("\n")
ADDED = range(3, 10)
SHOWN_TEXTS = [text.replace("hunter2-hunter2", "[secret:password:1]") for text in TEXTS]


def rule(name, *, cwe=(), severity=Severity.ERROR, confidence=Confidence.HIGH, applies_to=(), review=False):
    detector = ReviewDetector("Is it?", "Quote it.", (), ()) if review else SemgrepDetector({})
    return Rule(
        id=name,
        pack="core",
        title=f"Title of {name}",
        why=f"Reason of {name}.",
        severity=severity,
        confidence=confidence,
        cwe=cwe,
        owasp=(),
        languages=(),
        owner="appsec",
        since="1.0.0",
        references=(),
        applies_to=applies_to,
        detector=detector,
        bad="",
        good="",
    )


RULES = RuleSet(
    (),
    (
        rule("eval-of-input", cwe=(95,)),
        rule("code-injection", cwe=(94,), severity=Severity.WARNING, confidence=Confidence.MEDIUM),
        rule("command-injection", cwe=(78,)),
        rule("hard-coded-secret", cwe=(798,), confidence=Confidence.LOW),
        rule("house-naming", severity=Severity.NOTE, review=True),
        rule("house-java", severity=Severity.NOTE, review=True, applies_to=("**/*.java",)),
    ),
)


def file_diff(path="src/a.py", added=ADDED, oid="head", status=Status.MODIFIED):
    lines = tuple(text.encode() for text in TEXTS[added.start - 1 : added.stop - 1])
    return FileDiff(
        status,
        FileVersion(path, "100644", "base"),
        FileVersion(path, "100644", oid),
        (Hunk(added.start - 1, added.start, (), lines),),
        FileClass.CODE,
    )


def change(*files):
    return Change(
        "pay/ledger",
        "b" * 40,
        "b" * 40,
        "c" * 40,
        "d" * 40,
        "e" * 40,
        "title",
        files or (file_diff(),),
        (),
        (),
    )


def read(oid):
    assert oid == "head"
    return HEAD


def shown(path="src/a.py", first=1, last=10, hunk=0, texts=SHOWN_TEXTS):
    return tuple(
        ShownLine(path, line, texts[line - 1], line in ADDED, hunk) for line in range(first, last + 1)
    )


def claim(name="eval-of-input", line=5, quote=None, *, path="src/a.py", explanation="because", evidence=()):
    quote = SHOWN_TEXTS[line - 1] if quote is None else quote
    return Claim(name, path, line, quote, explanation, evidence)


def report(*claims, lines=None, excerpts=("x1", "x2")):
    lines = shown() if lines is None else lines
    return ModelReport(
        "localhost", "tiny", "plain", 4096, claims, lines, excerpts, (("src/a.py", DONE),), Usage()
    )


EXCERPTS = tuple(
    Excerpt(f"x{n}", "pay/ledger", "src/db.py", "b" * 40, 1, 1, "definition of db", "db = 1") for n in (1, 2)
)


def finding(name="eval-of-input", first=5, last=None, source="semgrep", path="src/a.py", **changes):
    known = RULES.find(name)
    last = last or first
    values = {
        "severity": known.severity if known else Severity.NOTE,
        "confidence": known.confidence if known else Confidence.MEDIUM,
        "cwe": known.cwe if known else (),
        "title": known.title if known else name,
        "reason": known.why if known else "",
        "catalogued": known is not None,
        "quote": "\n".join(TEXTS[first - 1 : last]),
    } | changes
    return Finding(rule=name, sources=(source,), span=Span(path, first, last), **values)


def policy(*, confidence=Confidence.LOW, inline=25):
    return Policy(gate=Gate(confidence=confidence), limits=Limits(inline_comments=inline))


@dataclass(frozen=True)
class Case:
    """Everything `settle` is given but the model's report."""

    new: tuple[Finding, ...] = ()
    existing: tuple[Finding, ...] = ()
    policy: Policy = field(default_factory=policy)

    def settle(self, said=None) -> tuple[Judged, ...]:
        return settle(
            new=self.new,
            existing=self.existing,
            report=said,
            excerpts=EXCERPTS,
            change=change(),
            read=read,
            rules=RULES,
            policy=self.policy,
        )


NAMES = [known.id for known in RULES.rules]
LINES = st.integers(1, 13)


@st.composite
def findings(draw, most=8):
    """What scanners say: spans of any overlap, known and unknown rules, history too."""
    drawn = []
    for _ in range(draw(st.integers(0, most))):
        first = draw(LINES)
        commit = draw(st.sampled_from([None, None, None, "f" * 40]))
        drawn.append(
            finding(
                draw(st.sampled_from([*NAMES[:4], "tool/unknown"])),
                first,
                draw(st.integers(first, 13)),
                draw(st.sampled_from(["semgrep", "bandit", "secrets"])),
                commit=commit,
                confidence=draw(st.sampled_from(list(Confidence))),
            )
        )
    return with_fingerprints(drawn)


anything = st.text(max_size=40)
claims = st.builds(
    Claim,
    rule=st.one_of(st.sampled_from(NAMES), anything),
    path=st.one_of(st.just("src/a.py"), anything),
    line=st.one_of(LINES, st.integers(-3, 10**12)),
    quote=st.one_of(st.sampled_from(SHOWN_TEXTS), anything),
    explanation=anything,
    evidence=st.lists(st.one_of(st.sampled_from(["x1", "x2", "x3"]), anything), max_size=3).map(tuple),
)
reports = st.lists(claims, max_size=8).map(lambda drawn: report(*drawn))
cases = st.builds(
    Case,
    new=findings(),
    existing=findings(4),
    policy=st.builds(policy, confidence=st.sampled_from(list(Confidence)), inline=st.integers(0, 6)),
)
