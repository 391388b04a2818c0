"""Reviews with arbitrary text in every field that anybody else wrote."""

from dataclasses import replace

from hypothesis import strategies as st
from report_reviews import NASTY, NASTY_PATH, SYNC, USERS, full, oid, proof

from reviewbot.domain.change import FileClass
from reviewbot.domain.coverage import Coverage, FileCoverage, Read
from reviewbot.domain.finding import Confidence, Finding, Fix, Judged, Outcome, Severity, Span
from reviewbot.domain.patch import Edit, Origin, Patch, State
from reviewbot.domain.paths import from_bytes
from reviewbot.domain.review import Review, ToolVersion
from reviewbot.domain.suite import FailedTest, SuiteRun
from reviewbot.domain.waiver import Target, Waiver

PIECES = [
    *NASTY.split(" "),
    *[
        "@",
        "#",
        "!",
        ":",
        "/",
        "\\",
        "`",
        "```",
        "~~~",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "&",
        "|",
        "*",
        "_",
        "-",
        "+",
        "=",
        "{",
        "}",
        "$",
        "%",
        "^",
        "~",
        ".",
        ",",
        ";",
        "?",
        "'",
        '"',
    ],
    *(
        "\n",
        "\r",
        "\r\n",
        "\t",
        "  ",
        "\x00",
        "\x1b[0m",
        "\u2028",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\udc80",
        "\ud800",
        "漢字",
        "e\u0301",
    ),
    *(
        "http",
        "https",
        "www",
        ".",
        "com",
        "mailto:",
        "GH-12",
        "1.",
        "1)",
        "- ",
        "    ",
        "<!--",
        "]]>",
        "&lt;",
        "::",
        "##[",
    ),
]
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.text(max_size=40),
)
paths = st.one_of(
    st.just("src/a.py"), st.just(NASTY_PATH), st.binary(min_size=1, max_size=12).map(from_bytes)
)


@st.composite
def findings(draw) -> Finding:
    first = draw(st.integers(1, 30))
    quote = draw(texts)
    fix = draw(
        st.none()
        | st.builds(
            Fix, st.just(first), st.integers(1, 9), st.just(first), st.integers(9, 20), texts, st.booleans()
        )
    )
    return Finding(
        rule=draw(texts.filter(bool)),
        sources=draw(st.sampled_from([("model",), ("semgrep", "model"), ("bandit",)])),
        severity=draw(st.sampled_from(Severity)),
        confidence=draw(st.sampled_from(Confidence)),
        cwe=draw(st.sampled_from([(), (89,), (22, 1004)])),
        span=Span(draw(paths), first, first + quote.count("\n")),
        title=draw(texts),
        reason=draw(texts),
        quote=quote,
        fingerprint=draw(st.text("0123456789abcdef", min_size=16, max_size=16)),
        catalogued=draw(st.booleans()),
        commit=draw(st.none() | st.just("c" * 40)),
        fix=fix,
        explanation=draw(texts),
        evidence=draw(st.sampled_from([(), ("x1",), ("x2", "x9")])),
    )


words = st.one_of(
    st.just(Coverage(Read.DONE)),
    texts.map(lambda text: Coverage(Read.NOT_APPLICABLE, text)),
    texts.map(lambda text: Coverage(Read.FAILED, text, ((1, 3), (7, 7)))),
)


waivers = st.builds(
    Waiver,
    st.just(Target("", "r", "p", "q")),
    *(texts, texts, texts),
    st.dates(),
    *(texts, texts),
    st.integers(1, 9),
    texts,
    texts,
)


def _judged(finding, outcome, why, waiver) -> Judged:
    return Judged(finding, outcome, why, waiver if outcome is Outcome.WAIVED else None)


@st.composite
def patches(draw, finding: str) -> Patch:
    """A patch of anything, of a blob that can be read or of none."""
    blob = draw(st.sampled_from([USERS, SYNC, "gone"]))
    first = draw(st.integers(1, 6))
    last = draw(st.integers(first - 1, first + 2))
    lines = tuple(draw(st.lists(texts, max_size=3)))
    path = draw(paths)
    edits = (Edit(path, oid(blob), first, last, lines), Edit(path, oid(blob), first + 5, first + 5, lines))
    holds = draw(st.sampled_from([{}, {"parses": State.FAILED}]))
    needs = tuple(draw(st.lists(texts, max_size=2)))
    return Patch(
        "p",
        finding,
        draw(st.sampled_from(Origin)),
        draw(st.booleans()),
        draw(texts),
        edits,
        proof(**holds),
        needs,
    )


suites = st.builds(
    SuiteRun,
    st.integers(0, 2),
    st.just(1.0),
    st.lists(texts, max_size=2).map(tuple),
    st.lists(st.builds(FailedTest, texts, st.lists(texts, max_size=2).map(tuple)), max_size=2).map(tuple),
    st.booleans(),
    st.just("") | texts,
)


@st.composite
def reviews(draw) -> Review:
    base = full()
    judged = st.builds(_judged, findings(), st.sampled_from(Outcome), texts, waivers)
    by = st.dictionaries(st.sampled_from(["semgrep", "bandit", "secrets", "model", "checkov"]), words)
    coverage = st.builds(
        lambda path, kind, said, out: FileCoverage(
            path, kind, tuple(said.items()), ("semgrep", "model"), out
        ),
        paths,
        st.sampled_from(FileClass),
        by,
        st.just("") | texts,
    )
    found = tuple(draw(st.lists(judged, max_size=3)))
    return replace(
        base,
        patches=tuple(draw(patches(one.finding.fingerprint)) for one in found if draw(st.booleans())),
        suite=draw(st.none() | suites),
        run=draw(texts),
        change=replace(base.change, title=draw(texts), repository=draw(texts), notes=(draw(texts),)),
        policy=replace(base.policy, sources=(draw(texts),)),
        sandbox=draw(texts),
        tools=(ToolVersion(draw(texts.filter(bool)), draw(texts), draw(texts)),),
        findings=found,
        coverage=tuple(draw(st.lists(coverage, max_size=3))),
        excerpts=tuple(
            replace(excerpt, why=draw(texts), path=draw(paths), text=draw(texts)) for excerpt in base.excerpts
        ),
        model=draw(
            st.just(None)
            | st.builds(lambda name: replace(base.model, name=name, host=name, notes=(name,)), texts)
        ),
        notes=(draw(texts),),
    )
