"""No secret is in any output, in no form that an encoder gives it."""

import base64
import html as html_escape
import json
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from report_reviews import ALL, AWKWARD, BLOBS, KEY, OLD, SECRETS, TOKEN, USERS, full, hostile, oid, read

from reviewbot.domain.finding import Judged, Outcome, Span
from reviewbot.domain.secret import Mask
from reviewbot.domain.suite import FailedTest, SuiteRun
from reviewbot.domain.waiver import Target, Waiver
from reviewbot.report import html, markdown, sarif, terminal
from reviewbot.report import json as report_json
from reviewbot.report.text import Shown

WRITERS = {
    "json": lambda review: report_json.render(review).decode(),
    "sarif": lambda review: sarif.render(review, read).decode(),
    "markdown": lambda review: markdown.render(review, read),
    "html": lambda review: html.render(review, read),
    "terminal": lambda review: terminal.render(review, colour=True, width=120, read=read),
}


def forms(secret: str) -> set[str]:
    """A secret as it is, and as each encoder would write it."""
    raw = secret.encode("utf-8", "surrogateescape")
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html_escape.escape(secret),
        secret.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&#34;")
        .replace("'", "&#39;"),
        quote(raw),
        quote(raw, safe=""),
        base64.b64encode(raw).decode().rstrip("="),
        raw.hex(),
    }


PARTS = [secret.value for secret in SECRETS] + KEY.split("\n")


def seeded() -> dict:
    """Reviews with secrets in every text field."""
    secret = f"{TOKEN} {AWKWARD} {KEY}"
    base = hostile()
    first = base.findings[0]
    path = f"src/{TOKEN}/x.py"
    loud = replace(
        first.finding,
        title=secret,
        reason=secret,
        explanation=secret,
        rule=TOKEN,
        sources=(TOKEN, AWKWARD),
        quote=secret,
        evidence=(TOKEN,),
        span=Span(path, 1, 3),
    )
    waiver = Waiver(
        Target("", secret, path, secret),
        secret,
        secret,
        secret,
        date(2027, 1, 31),
        secret,
        secret,
        4,
        secret,
        secret,
    )
    return {name: build() for name, build in ALL.items() if name != "clean"} | {
        "seeded": replace(
            base,
            findings=tuple(
                Judged(loud, outcome, secret, waiver if outcome is Outcome.WAIVED else None)
                for outcome in Outcome
            ),
            patches=tuple(
                replace(
                    patch,
                    finding=loud.fingerprint,
                    sentence=secret,
                    needs=(TOKEN,),
                    edits=tuple(replace(edit, path=path, lines=(secret,)) for edit in patch.edits),
                )
                for patch in base.patches
            ),
            unproven=tuple(replace(one, rule=TOKEN, why=secret) for one in base.unproven),
            suite=SuiteRun(1, 1.0, (), (FailedTest(TOKEN, secret.split("\n")),), named=True, broken=""),
            sandbox=secret,
            run=secret,
            notes=(secret,),
            excerpts=tuple(
                replace(e, text=secret, why=secret, path=path, repository=secret, id=TOKEN)
                for e in base.excerpts
            ),
        )
    }


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", seeded())
def test_no_secret_in_any_form(writer, name):
    """No output holds a secret, or a line of one, in any encoding, and each shows a placeholder."""
    text = WRITERS[writer](seeded()[name])
    for secret in PARTS:
        for form in forms(secret):
            assert form not in text
    assert name == "incomplete" or "secret:gitlab-token:1" in text


@pytest.mark.parametrize("writer", WRITERS)
def test_the_search_would_find_an_unmasked_secret(writer):
    """Without a mask the same search finds the token: it is not blind."""
    text = WRITERS[writer](replace(full(), mask=Mask()))
    assert any(form in text for form in forms(TOKEN))


def test_secret_around_a_finding_is_masked_in_the_hunk():
    """A secret on a line beside the finding is masked, one over several lines too, and line numbers stay."""
    text = f"a = 1\nkey = '''{KEY}'''\nTOKEN = '{TOKEN}'\nbad()\n"
    BLOBS[oid(text)] = text.encode()
    base = full()
    file = base.change.files[2]
    diff = replace(file, new=replace(file.new, oid=oid(text)))
    finding = replace(base.findings[0].finding, span=Span("src/users.py", 6, 6), quote="bad()")
    review = replace(
        base, change=replace(base.change, files=(diff,)), findings=(Judged(finding, Outcome.INLINE),)
    )
    page = html.render(review, read)
    assert page.count("[secret:private-key:1]") >= 2
    assert '<span class="no">6</span><span class="sign">+</span><span class="src">bad()' in page


def test_folding_white_space_puts_no_secret_together():
    """A secret that only appears once white space is folded, or line ends are, is masked as well."""
    shown = Shown(
        Mask.of([type(SECRETS[0])("password", "correct horse"), type(SECRETS[0])("key", "ab12\ncd34")])
    )
    assert shown.prose("it is correct  \n horse") == "it is [secret:password:1]"
    assert "ab12" not in shown.block("x ab12\r\ncd34")
    assert shown.block("x ab12\r\ncd34").count("\n") == 1


def test_piece_of_a_key_is_masked():
    """One line out of a private key is masked although it is not the whole key."""
    shown = Shown(Mask.of(SECRETS))
    assert shown.line(KEY.split("\n")[1]) == "[secret:private-key:1]"


def test_short_lines_of_a_secret_do_not_garble_other_text():
    """A line of a secret that is short, or a key's public armour, stays readable elsewhere."""
    shown = Shown(
        Mask.of([type(SECRETS[0])("key", "-----BEGIN RSA PRIVATE KEY-----\nend\nabcdefghijklmnop")])
    )
    assert shown.line("-----BEGIN RSA PRIVATE KEY----- end") == "-----BEGIN RSA PRIVATE KEY----- end"


def test_the_blobs_hold_what_is_searched_for():
    """The code of the hand-built reviews really holds the secrets."""
    assert TOKEN in USERS
    assert AWKWARD in OLD
