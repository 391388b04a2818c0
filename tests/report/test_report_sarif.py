"""The SARIF form of a review."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from report_reviews import ALL, PATCH, SYNC, TOKEN, WIDE_PATCH, clean, full, hostile, incomplete, proof, read
from report_strategies import reviews

from reviewbot.domain.finding import Outcome
from reviewbot.domain.patch import State
from reviewbot.report import sarif


def run_of(review):
    (run,) = json.loads(sarif.render(review, read))["runs"]
    return run


@pytest.mark.parametrize("name", ALL)
def test_sarif_is_as_before(name, golden):
    """The SARIF of each review is its golden file."""
    golden(f"report/{name}.sarif", sarif.render(ALL[name](), read).decode())


@pytest.mark.parametrize("name", ALL)
def test_sarif_obeys_the_official_schema(name, sarif_errors):
    """The SARIF of each review is valid by the OASIS schema."""
    assert sarif_errors(json.loads(sarif.render(ALL[name](), read))) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reviews())
def test_any_sarif_obeys_the_official_schema(sarif_errors, review):
    """Whatever text stands in a review, its SARIF is valid by the OASIS schema."""
    assert sarif_errors(json.loads(sarif.render(review, read).decode("utf-8"))) == []


def test_schema_would_refuse_a_wrong_log(sarif_errors):
    """The schema used here bites: a misspelt key, a wrong level and a nameless tool are errors."""
    good = json.loads(sarif.render(full()))
    for breaking in (
        lambda run: run["results"][0].update(leveel="error"),
        lambda run: run["results"][0].update(level="fatal"),
        lambda run: run["tool"]["driver"].pop("name"),
        lambda run: run["results"][-1]["suppressions"][0].update(status="maybe"),
    ):
        log = json.loads(json.dumps(good))
        breaking(log["runs"][0])
        assert sarif_errors(log)


def test_rule_carries_what_code_scanning_reads():
    """A rule has its CWE tag, severity number, precision, level and help."""
    rules = {rule["id"]: rule for rule in run_of(full())["tool"]["driver"]["rules"]}
    rule = rules["python-sql-built-from-input"]
    assert rule["properties"] == {
        "tags": ["core", "security", "external/cwe/cwe-089"],
        "precision": "high",
        "security-severity": "8.0",
    }
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert "cur.execute" in rule["help"]["markdown"]
    assert rules["checkov/CKV_AWS_20"]["defaultConfiguration"] == {"level": "note"}


def test_rule_index_points_at_the_rule():
    """Each result's index leads to the rule it names, and ids are unique."""
    run = run_of(full())
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_rule_pages_only_by_the_operators_leave():
    """A rule has an address only where the policy gives one."""
    assert "helpUri" not in json.dumps(run_of(full()))
    review = replace(full(), policy=replace(full().policy, rule_links="https://wiki.corp.example/rules/"))
    (address, *_) = [
        rule.get("helpUri") for rule in run_of(review)["tool"]["driver"]["rules"] if "/" not in rule["id"]
    ]
    assert address.startswith("https://wiki.corp.example/rules/")


def test_unposted_results_are_suppressed_and_posted_ones_are_not():
    """What a reader is not shown is suppressed with the reason; the rest is not."""
    posted = {str(Outcome.INLINE), str(Outcome.SUMMARY)}
    for result in run_of(full())["results"]:
        outcome = result["properties"]["outcome"]
        assert ("suppressions" in result) is (outcome not in posted)
        assert result["baselineState"] == ("unchanged" if outcome == "existing" else "new")
        for suppression in result.get("suppressions", []):
            assert suppression["kind"] == "external"
            assert suppression["status"] == "accepted"
            assert suppression["justification"]


def test_gaps_are_notifications():
    """A file that was not read is an error notification, and the execution was not successful."""
    (invocation,) = run_of(incomplete())["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = [n for n in invocation["toolExecutionNotifications"] if n["descriptor"]["id"] == "not-reviewed"]
    assert sorted(
        (n["level"], n["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for n in notes
    ) == [
        ("error", "data/big.min.js"),
        ("error", "data/big.min.js"),
        ("error", "src/users.py"),
        ("warning", "src/users.py"),
    ]
    assert run_of(clean())["invocations"][0]["executionSuccessful"] is True


def fixes(review):
    return [fix for result in run_of(review)["results"] for fix in result.get("fixes", [])]


def test_fix_is_the_proven_patch():
    """Every edit is a replacement of whole lines, and the words say what was proven."""
    one, wide = fixes(full())
    (replacement,) = one["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 13, "endLine": 13}
    assert replacement["insertedContent"]["text"].startswith("    cur.execute(")
    assert one["description"]["text"] == (
        "Passes the values as parameters of the statement. (by the rule; look before applying) "
        "Proven: applies · parses · finding gone · no new findings · 14 tests pass"
    )
    put_in, changed = wide["artifactChanges"][0]["replacements"]
    assert put_in["deletedRegion"] == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 1}
    assert put_in["insertedContent"]["text"] == "import tenacity\n"
    assert (
        changed["insertedContent"]["text"] == "again = tenacity.retry(requests.get)\nagain(URL, timeout=10)"
    )
    assert "It needs tenacity among the dependencies." in wide["description"]["text"]


def test_fix_keeps_the_files_line_ends():
    """Several lines into a file with CRLF are parted by CRLF; lines that go leave nothing behind."""
    crlf = SYNC.replace("\n", "\r\n").encode()
    gone = replace(
        WIDE_PATCH, edits=(*WIDE_PATCH.edits, replace(WIDE_PATCH.edits[0], first=3, last=3, lines=()))
    )
    review = replace(full(), patches=(gone,))
    log = json.loads(sarif.render(review, lambda _: crlf))
    (fix,) = [fix for result in log["runs"][0]["results"] for fix in result.get("fixes", [])]
    put_in, changed, taken = fix["artifactChanges"][0]["replacements"]
    assert put_in["insertedContent"]["text"].endswith("\r\n")
    assert changed["insertedContent"]["text"].count("\r\n") == 1
    assert taken == {"deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 4, "endColumn": 1}}


def test_fix_that_masking_changed_is_left_out():
    """A fix that would put a placeholder into the code is not offered; nor is one that was not proven."""
    assert fixes(hostile()) == []
    assert fixes(replace(full(), patches=(replace(PATCH, proof=proof(parses=State.FAILED)),))) == []


def test_uri_is_percent_encoded_bytes():
    """A path's bytes are percent-encoded, undecodable and non-ASCII ones too."""
    uri = run_of(hostile())["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert uri.startswith("src/%0A/approve%20%3Cb%3E")
    assert "%E9" in uri
    assert "%C3%A9" in uri


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("pay/ledger", "reviewbot:pay/ledger"),
        (
            f"https://bob:{TOKEN}@forge.example:8443/pay/ledger?token=1#x",
            "https://forge.example:8443/pay/ledger",
        ),
        ("ssh://git@[2001:db8::1]/a b", "ssh://[2001:db8::1]/a%20b"),
        ("https://forge.example:99999/a", "reviewbot:https%3A//forge.example%3A99999/a"),
        ("", "reviewbot:"),
    ],
    ids=["name", "login", "ipv6", "odd port", "none"],
)
def test_provenance_holds_no_credentials(repository, address):
    """The repository's address is an absolute URI without user, password, query and fragment."""
    run = run_of(replace(full(), change=replace(full().change, repository=repository)))
    (provenance,) = run["versionControlProvenance"]
    assert provenance["repositoryUri"] == address
    assert provenance["revisionId"] == full().change.head


def test_uncommitted_work_has_no_revision():
    """A review of the work tree names no commit as its revision."""
    run = run_of(replace(full(), change=replace(full().change, head=None)))
    assert "revisionId" not in run["versionControlProvenance"][0]


def test_message_holds_no_embedded_link():
    """No message can be read as a link by SARIF's own link syntax."""

    def texts(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "text" and isinstance(inner, str):
                    yield inner
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)

    run = run_of(hostile())
    snippets = {r["locations"][0]["physicalLocation"]["region"]["snippet"]["text"] for r in run["results"]}
    messages = [text for text in texts(run) if text not in snippets]
    assert messages
    assert not any("](" in text for text in messages)


def test_fingerprint_is_partial_and_versioned():
    """The fingerprint is the finding's, under a versioned name."""
    run = run_of(full())
    assert [r["partialFingerprints"] for r in run["results"]] == [
        {"reviewbot/v1": judged.finding.fingerprint} for judged in full().findings
    ]
