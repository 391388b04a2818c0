"""Four hand-built reviews: clean, with findings of every outcome, incomplete, and hostile in every field."""

import hashlib
from dataclasses import replace
from datetime import date

from reviewbot.domain.change import (
    Change,
    FileClass,
    FileDiff,
    FileVersion,
    HistoryBlob,
    Hunk,
    Status,
)
from reviewbot.domain.claim import ModelReport, Usage
from reviewbot.domain.coverage import DONE, Coverage, FileCoverage, Read
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Confidence, Finding, Fix, Judged, Outcome, Severity, Span
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.patch import Edit, Origin, Patch, Proof, State, Step, StepResult, Unproven
from reviewbot.domain.policy import ModelPolicy, Policy
from reviewbot.domain.review import Review, ToolVersion, Verdict
from reviewbot.domain.rule import Pack, ReviewDetector, Rule, RuleSet, SemgrepDetector, ToolDetector
from reviewbot.domain.secret import Mask, Secret
from reviewbot.domain.suite import FailedTest, SuitePolicy, SuiteRun
from reviewbot.domain.waiver import Target, Waiver
from reviewbot.errors import UsageError

# Put together here, so that no file of ours holds what looks like a token.
TOKEN = "glpat" + "-" + "Zx7Tq2" + "Lw9Rk4Vb8" + "Nc3Yd"
KEY = "MIIEowIBAAKCAQEA7bq\nx91Fh2Lk0Vn3QmZtRyWuEiOp\naS5dF6gH7jK8lZ9xC0vB=="
AWKWARD = "p&ss\"<w'rd>\\x/ü%41"
SECRETS = (Secret("gitlab-token", TOKEN), Secret("private-key", KEY), Secret("password", AWKWARD))

USERS = f"""\
\"\"\"Users of the shop.\"\"\"

import sqlite3
from flask import request

TOKEN = "{TOKEN}"


def find_user(db: sqlite3.Connection) -> object:
    # Look a user up by the name in the query string.
    name = request.args["name"]
    cur = db.cursor()
    cur.execute("SELECT * FROM users WHERE name = '" + name + "'")
    return cur.fetchone()


def count(rows: list[int]) -> int:
    return len(rows)
"""
KEY_FILE = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----\n"
SYNC = "import requests\n\nTIMEOUT = None\nrequests.get(URL)\n"
DB = "def get_cursor(connection):\n\treturn connection.cursor()  # one per request\n"
OLD = f'password = "{AWKWARD}"\n'


def oid(text: str) -> str:
    """Name a blob as git would, near enough."""
    return hashlib.sha1(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


BLOBS = {oid(text): text.encode("utf-8", "surrogateescape") for text in (USERS, KEY_FILE, SYNC, DB, OLD)}


def read(name: str) -> bytes:
    """Give a blob of these reviews."""
    if name not in BLOBS:
        raise UsageError(f"no blob {name}")
    return BLOBS[name]


def commit(seed: str) -> str:
    """Give a commit id."""
    return oid(f"commit {seed}")


def added(path: str, text: str, file_class: FileClass = FileClass.CODE) -> FileDiff:
    """A new file."""
    lines = tuple(line.encode("utf-8", "surrogateescape") for line in text.split("\n")[:-1])
    return FileDiff(
        Status.ADDED,
        None,
        FileVersion(path, "100644", oid(text)),
        (Hunk(0, 1, (), lines),) if lines else (),
        file_class,
    )


def change(*files: FileDiff, **other) -> Change:
    """A change of these files."""
    values = {
        "repository": "pay/ledger",
        "base": commit("base"),
        "merge_base": commit("base"),
        "head": commit("head"),
        "base_tree": commit("base tree"),
        "head_tree": commit("head tree"),
        "title": "main...feature/login",
        "files": files,
        "history": (),
        "notes": (),
    }
    return Change(**(values | other))


RULES = RuleSet(
    (Pack("core", "1.0.0", "sha256:" + "ab" * 32, "appsec"),),
    (
        Rule(
            "python-sql-built-from-input",
            "core",
            "SQL is built from request data",
            "Text that came from a request becomes part of the statement, so the sender decides what the database runs.",
            Severity.ERROR,
            Confidence.HIGH,
            (89,),
            ("A03:2021",),
            ("python",),
            "appsec",
            "1.0.0",
            ("https://cwe.mitre.org/data/definitions/89.html",),
            (),
            SemgrepDetector({}),
            "cur.execute('SELECT ' + name)\n",
            "cur.execute('SELECT %s', (name,))\n",
        ),
        Rule(
            "private-key-in-repository",
            "core",
            "Private key in the repository",
            "Who can read the repository can use the key.",
            Severity.ERROR,
            Confidence.HIGH,
            (321, 798),
            (),
            (),
            "appsec",
            "1.0.0",
            (),
            (),
            ToolDetector("secrets", "private-key"),
            "",
            "",
        ),
        Rule(
            "timeout-missing",
            "core",
            "Timeout missing on an outgoing request",
            "A server that does not answer holds the worker for ever.",
            Severity.WARNING,
            Confidence.MEDIUM,
            (),
            (),
            (),
            "sre",
            "1.0.0",
            (),
            (),
            ReviewDetector("Is there a request without a timeout?", "Quote it.", (), ()),
            "",
            "",
        ),
    ),
)


def finding(rule: str, path: str, first: int, quote: str, **other) -> Finding:
    """A finding of a rule of the catalogue."""
    known = RULES.find(rule)
    values = {
        "rule": rule,
        "sources": ("semgrep",),
        "severity": known.severity if known else Severity.NOTE,
        "confidence": known.confidence if known else Confidence.LOW,
        "cwe": known.cwe if known else (),
        "span": Span(path, first, first + quote.count("\n")),
        "title": known.title if known else "A tool's own rule",
        "reason": known.why if known else "It is not in the catalogue of this installation.",
        "quote": quote,
        "fingerprint": fingerprint(rule, path, quote, other.pop("occurrence", 0)),
        "catalogued": known is not None,
    }
    return Finding(**(values | other))


SQL_LINE = USERS.split("\n")[12]
SQL = finding(
    "python-sql-built-from-input",
    "src/users.py",
    13,
    SQL_LINE,
    sources=("semgrep", "model"),
    explanation="`name` comes from the query string (line 11). `get_cursor` in `src/db.py` shows how this project opens cursors.",
    evidence=("x1",),
    fix=Fix(
        13, 5, 13, len(SQL_LINE) + 1, 'cur.execute("SELECT * FROM users WHERE name = ?", (name,))', safe=False
    ),
)


WAIVER = Waiver(
    Target("", "timeout-missing", "src/users.py", "sha256:" + "ef" * 32),
    f"It never waits, as {TOKEN} shows",
    "requester@corp.example",
    "approver",
    date(2027, 1, 31),
    "SEC-1182",
    ".reviewbot/waivers.yml at 0123456789ab",
    4,
    signature="c2lnbmVk",
    signed_by="approver",
)


def clean() -> Review:
    """Nothing was found, no model was asked."""
    file = added("src/db.py", DB)
    return Review(
        run="01JD0000000000000000000000",
        day=date(2026, 11, 21),
        seconds=1.25,
        change=change(file),
        policy=Policy(digest="sha256:" + "cd" * 32, sources=("built-in defaults",)),
        rules=RULES,
        sandbox="bubblewrap",
        tools=(ToolVersion("semgrep", "1.182.0", "experimental"), ToolVersion("bandit", "1.9.4")),
        findings=(),
        coverage=(_covered("src/db.py", "semgrep", "bandit", "secrets"),),
        excerpts=(),
        model=None,
        verdict=Verdict(complete=True, at_threshold=0, exit_code=0),
        mask=Mask(),
    )


def _covered(path: str, *names: str, file_class: FileClass = FileClass.CODE) -> FileCoverage:
    return FileCoverage(path, file_class, tuple((name, DONE) for name in names), names)


def proof(tests=None, **other) -> Proof:
    """A proof that holds, but for the steps that are named."""
    untested = State.NOT_RUN if tests is None else State.PASSED
    states = dict.fromkeys(Step, State.PASSED) | {Step.TESTS_PASS: untested}
    states |= {Step(name): state for name, state in other.items()}
    return Proof.of((StepResult(step, state) for step, state in states.items()), tests)


PATCH = Patch(
    id="p1",
    finding=SQL.fingerprint,
    origin=Origin.RULE,
    safe=False,
    sentence="Passes the values as parameters of the statement.",
    edits=(
        Edit(
            "src/users.py",
            oid(USERS),
            13,
            13,
            ('    cur.execute("SELECT * FROM users WHERE name = ?", (name,))',),
        ),
    ),
    proof=proof(14),
)
TIMEOUT = finding(
    "timeout-missing",
    "src/sync.py",
    4,
    "requests.get(URL)",
    sources=("model",),
    confidence=Confidence.MEDIUM,
    explanation="A worker waits here for ever.",
    evidence=("x1", "x2"),
)
WIDE_PATCH = Patch(
    id="p2",
    finding=TIMEOUT.fingerprint,
    origin=Origin.MODEL,
    safe=False,
    sentence="Waits ten seconds at most, and `tries` again.",
    edits=(
        Edit("src/sync.py", oid(SYNC), 2, 1, ("import tenacity",)),
        Edit(
            "src/sync.py", oid(SYNC), 4, 4, ("again = tenacity.retry(requests.get)", "again(URL, timeout=10)")
        ),
    ),
    proof=proof(),
    needs=("tenacity",),
)
UNPROVEN = Unproven(
    SQL.fingerprint, "python-sql-built-from-input", Origin.RULE, Step.FINDING_GONE, "semgrep still finds it"
)
SUITE = SuiteRun(
    1,
    4.5,
    tuple(f"tests/test_users.py::test_{n}" for n in range(14)),
    (
        FailedTest(
            "tests/test_sync.py::test_waits",
            ("    def test_waits():", ">       assert wait() == 3", f"E       AssertionError: {TOKEN}"),
        ),
        FailedTest("tests/test_sync.py::test_again"),
    ),
    named=True,
)


def full() -> Review:
    """Findings of every outcome, a model, excerpts, secrets in the code around."""
    gone = "https://" + TOKEN + "@forge.example"
    judged = (
        Judged(SQL, Outcome.INLINE),
        Judged(
            finding("private-key-in-repository", "deploy/key.pem", 1, KEY_FILE[:-1], sources=("secrets",)),
            Outcome.INLINE,
        ),
        Judged(TIMEOUT, Outcome.INLINE),
        Judged(
            finding("checkov/CKV_AWS_20", "src/sync.py", 1, "import requests", sources=("checkov",)),
            Outcome.SUMMARY,
            "the rule is not in the catalogue",
        ),
        Judged(
            finding(
                "private-key-in-repository",
                "src/old.py",
                1,
                f'url = "{gone}"',
                sources=("secrets",),
                commit=commit("mid"),
            ),
            Outcome.SUMMARY,
            "an earlier commit of the range holds it",
        ),
        Judged(finding("timeout-missing", "src/sync.py", 3, "TIMEOUT = None"), Outcome.EXISTING),
        Judged(
            finding("timeout-missing", "src/sync.py", 4, "requests.get(URL)"),
            Outcome.DUPLICATE,
            "same as above",
        ),
        Judged(
            finding("timeout-missing", "src/users.py", 6, f'TOKEN = "{TOKEN}"', sources=("model",)),
            Outcome.UNVERIFIED,
            f"the quote {TOKEN} stands nowhere",
        ),
        Judged(finding("timeout-missing", "src/users.py", 17, "def count"), Outcome.BELOW_THRESHOLD),
        Judged(
            finding("timeout-missing", "src/users.py", 18, "    return"), Outcome.WAIVED, WAIVER.words, WAIVER
        ),
    )
    not_code = Coverage(Read.NOT_APPLICABLE, "not Python")
    return replace(
        clean(),
        seconds=2.9,
        change=change(
            added("deploy/key.pem", KEY_FILE, FileClass.TEXT),
            _changed(
                "src/sync.py", SYNC, Hunk(3, 4, (b"requests.get(URL, timeout=3)",), (b"requests.get(URL)",))
            ),
            added("src/users.py", USERS),
            history=(HistoryBlob(commit("mid"), "src/old.py", oid(OLD)),),
            notes=("2 files with uncommitted work are left out",),
        ),
        findings=judged,
        coverage=(
            FileCoverage(
                "deploy/key.pem", FileClass.TEXT, (("bandit", not_code), ("secrets", DONE)), ("secrets",)
            ),
            _covered("src/sync.py", "semgrep", "bandit", "secrets", "model"),
            _covered("src/users.py", "semgrep", "bandit", "secrets", "model"),
            FileCoverage("third_party/lib.js", FileClass.CODE, (), ("semgrep",), "third_party/**"),
        ),
        excerpts=(
            Excerpt(
                "x1", "pay/ledger", "src/db.py", commit("base"), 1, 2, "definition of get_cursor", DB[:-1]
            ),
            Excerpt(
                "x2",
                "pay/ledger",
                "src/http.py",
                commit("base"),
                7,
                7,
                "caller of find_user",
                f'AUTH = "{TOKEN}"',
            ),
            Excerpt("x3", "pay/ledger", "docs/rules.md", commit("base"), 1, 1, "guideline", "# Rules"),
        ),
        model=ModelReport(
            "llm.corp.example",
            "qwen3-coder-next",
            "json_schema",
            65536,
            (),
            (),
            ("x1", "x2"),
            (),
            Usage(3, 1, 20132, 16200, 912, 1.75),
            ("one answer was asked for twice",),
        ),
        patches=(PATCH, WIDE_PATCH),
        unproven=(UNPROVEN,),
        suite=SUITE,
        policy=Policy(
            digest="sha256:" + "cd" * 32,
            sources=("built-in defaults",),
            suite=SuitePolicy(allow=True, command=("python", "-m", "pytest", f"--token={TOKEN}")),
        ),
        verdict=Verdict(complete=True, at_threshold=2, exit_code=10),
        mask=Mask.of(SECRETS),
    )


def _changed(path: str, text: str, *hunks: Hunk) -> FileDiff:
    return FileDiff(
        Status.MODIFIED,
        FileVersion(path, "100644", commit(path)),
        FileVersion(path, "100644", oid(text)),
        hunks,
        FileClass.CODE,
    )


def incomplete() -> Review:
    """A scanner failed on one file, the model on lines of another; the job is its own sandbox."""
    files = ("data/big.min.js", "src/users.py")
    return replace(
        full(),
        change=change(added("data/big.min.js", SYNC), added("src/users.py", USERS)),
        policy=Policy(
            digest="sha256:" + "cd" * 32,
            model=ModelPolicy(url="https://llm.corp.example/v1", name="qwen3-coder-next"),
        ),
        sandbox="job (declared by the operator)",
        findings=(Judged(replace(SQL, evidence=(), fix=None), Outcome.INLINE),),
        coverage=(
            FileCoverage(
                files[0],
                FileClass.CODE,
                (
                    ("semgrep", Coverage(Read.FAILED, "over the size limit (3.1 MB)")),
                    ("bandit", Coverage(Read.NOT_APPLICABLE, "not Python")),
                ),
                ("semgrep", "secrets"),
            ),
            FileCoverage(
                files[1],
                FileClass.CODE,
                (
                    ("semgrep", DONE),
                    ("bandit", Coverage(Read.FAILED, "it cannot parse line 3")),
                    ("secrets", DONE),
                    ("model", Coverage(Read.FAILED, "over the token budget", ((10, 14), (17, 17)))),
                ),
                ("semgrep", "secrets", "model"),
            ),
        ),
        excerpts=(),
        patches=(),
        suite=SuiteRun(2, 0.1, broken="the sandbox ended it after five minutes"),
        verdict=Verdict(complete=False, at_threshold=1, exit_code=3),
    )


NASTY = (
    "\x1b[31mred\x1b]8;;https://evil.example\x07link \u202egnirts\u2066 \u200b\U000e0041 </script><script>alert(1)</script> "
    "<img src=x onerror=alert(1)> ![x](https://evil.example/?d=1) [y](javascript:alert(1)) {{7*7}} {% raw %} "
    "##vso[task.complete result=Failed] ::error::boom ##[group] @root fixes #1 !2 org/repo#3 www.evil.example a@evil.example "
    "/approve `tick ``two ```three --> <!-- reviewbot --> | cell | \\| \\ *bold* _em_ ~~no~~ &lt; &#64; "
    f"deadbeefcafe1234 SEC-1182 \r/merge\n/close\n::set-output name=x::y\n```\n# heading\n- item\n> quote\n\udce9 {TOKEN} {AWKWARD}"
)
NASTY_WAIVER = Waiver(
    Target("", NASTY, NASTY, NASTY), NASTY, NASTY, NASTY, date(2027, 1, 31), NASTY, NASTY, 4, NASTY, NASTY
)
NASTY_PATH = 'src/\n/approve <b>`x`|"\\\u202e\udce9 @root é\t.py'


def nasty_patch(text: str, finding: str) -> Patch:
    """A patch whose every word and line is as bad as it can be."""
    lines = tuple(f"{line}\r" for line in NASTY.split("\n"))
    return Patch(
        id=NASTY,
        finding=finding,
        origin=Origin.MODEL,
        safe=True,
        sentence=NASTY,
        edits=(Edit(NASTY_PATH, oid(text), 2, 3, lines), Edit(f"b{NASTY_PATH}", oid("gone"), 1, 0, lines)),
        proof=replace(proof(3), steps=tuple(StepResult(step, State.PASSED, NASTY) for step in Step)),
        needs=(NASTY,),
    )


def hostile() -> Review:
    """Every text that anybody else wrote is as bad as it can be."""
    text = NASTY + "\n"
    BLOBS[oid(text)] = text.encode("utf-8", "surrogateescape")
    rule = replace(RULES.rules[2], id="house-rule", title=NASTY, why=NASTY, bad=NASTY, good=NASTY)
    bad = Finding(
        rule="house-rule",
        sources=("model",),
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        cwe=(79,),
        span=Span(NASTY_PATH, 1, 4),
        title=NASTY,
        reason=NASTY,
        quote="\n".join(text.split("\n")[:4]),
        fingerprint="0123456789abcdef",
        explanation=NASTY,
        evidence=("x1", "x9"),
        fix=Fix(1, 1, 1, 2, NASTY, safe=True),
    )
    foreign = replace(bad, rule=f"tool/{NASTY}", sources=(NASTY,), catalogued=False, fix=None)
    base = full()
    return replace(
        base,
        run=NASTY,
        change=replace(
            change(added(NASTY_PATH, text)),
            repository=f"https://user:{TOKEN}@forge.example/pay/ledger?q=1",
            title=NASTY,
            notes=(NASTY,),
        ),
        policy=replace(
            base.policy,
            sources=(NASTY,),
            suite=SuitePolicy(allow=True, command=(NASTY,), gate=True),
        ),
        rules=RuleSet((Pack(NASTY, NASTY, "sha256:" + "ab" * 32),), (*RULES.rules, rule)),
        sandbox=NASTY,
        tools=(ToolVersion(NASTY, NASTY, NASTY),),
        findings=(
            Judged(bad, Outcome.INLINE, NASTY),
            Judged(foreign, Outcome.SUMMARY, NASTY),
            Judged(replace(foreign, span=Span(NASTY_PATH, 99, 99)), Outcome.UNVERIFIED, NASTY),
            Judged(replace(foreign, span=Span(NASTY_PATH, 98, 98)), Outcome.WAIVED, NASTY, NASTY_WAIVER),
        ),
        coverage=(
            FileCoverage(
                NASTY_PATH,
                FileClass.CODE,
                ((NASTY, Coverage(Read.FAILED, NASTY, ((1, 2),))),),
                (NASTY, "model"),
            ),
            FileCoverage(
                f"b{NASTY_PATH}", FileClass.TEXT, ((NASTY, Coverage(Read.NOT_APPLICABLE, NASTY)),), (), NASTY
            ),
        ),
        excerpts=(Excerpt("x1", NASTY, NASTY_PATH, commit("base"), 1, 4, NASTY, NASTY),),
        model=replace(base.model, host=NASTY, name=NASTY, constrained=NASTY, excerpts=("x1",), notes=(NASTY,))
        if base.model
        else None,
        verdict=Verdict(complete=False, at_threshold=1, exit_code=3),
        notes=(NASTY,),
        patches=(nasty_patch(text, bad.fingerprint),),
        unproven=(Unproven(bad.fingerprint, NASTY, Origin.MODEL, None, NASTY),),
        suite=SuiteRun(1, 1.0, (NASTY,), (FailedTest(NASTY, tuple(NASTY.split("\n"))),) * 2, named=True),
    )


ALL = {"clean": clean, "full": full, "incomplete": incomplete, "hostile": hostile}
