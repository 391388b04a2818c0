"""The review as SARIF 2.1.0, for code scanning, defect trackers and archives.

Findings that were not posted are there, marked as suppressed with the reason; what was not
reviewed is a tool notification and makes the execution unsuccessful. Source of the shape:
OASIS SARIF 2.1.0, sections named where they decide something.
"""

import json
from urllib.parse import quote, urlsplit, urlunsplit

from reviewbot import __version__
from reviewbot.domain.change import ReadBlob
from reviewbot.domain.coverage import Coverage, Read
from reviewbot.domain.finding import Finding, Judged, Outcome
from reviewbot.domain.paths import to_bytes
from reviewbot.domain.review import Review
from reviewbot.report import sarif_fixes, sarif_rules, tally, waived
from reviewbot.report.patched import Patched
from reviewbot.report.sarif_rules import Json, unlinked
from reviewbot.report.text import Shown, without_login

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "SRCROOT"
NOT_REVIEWED = "not-reviewed"
NOTE = "note"


def render(review: Review, read: ReadBlob | None = None) -> bytes:
    """Give the review as UTF-8 SARIF, secrets masked. `read` gives the blobs, whose line ends a fix keeps."""
    patched = Patched(review, Shown(review.mask), read)
    log = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [_run(review, patched)]}
    return (json.dumps(log, indent=2, ensure_ascii=False) + "\n").encode()


def _run(review: Review, patched: Patched) -> Json:
    shown = patched.shown
    places = sarif_rules.order(review)
    return {
        "tool": {"driver": _driver(review, shown), "extensions": _extensions(review, shown)},
        "automationDetails": {"id": "reviewbot/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the repository."}}},
        "versionControlProvenance": [_provenance(review, shown)],
        "invocations": [_invocation(review, shown)],
        "results": [_result(judged, places[judged.finding.rule], patched) for judged in review.findings],
        "properties": {
            "policy": review.policy.digest,
            "sandbox": shown.line(review.sandbox),
            "merge_base": review.change.merge_base,
            "this_run": {"run": shown.line(review.run), "seconds": round(review.seconds, 3)},
        },
    }


def _driver(review: Review, shown: Shown) -> Json:
    return {
        "name": "reviewbot",
        "semanticVersion": __version__,
        "version": __version__,
        "rules": sarif_rules.descriptors(review, shown),
        "notifications": [
            {"id": NOT_REVIEWED, "shortDescription": {"text": "A reviewer did not read a file."}},
            {"id": NOTE, "shortDescription": {"text": "Something a reader should know."}},
        ],
    }


def _extensions(review: Review, shown: Shown) -> list[Json]:
    tools: list[Json] = [
        {
            "name": shown.line(tool.name),
            "version": shown.line(tool.version),
            "properties": {"kind": "scanner", "detail": shown.line(tool.detail)},
        }
        for tool in review.tools
    ]
    packs: list[Json] = [
        {
            "name": shown.line(pack.id),
            "version": shown.line(pack.version),
            "properties": {
                "kind": "rule pack",
                "digest": pack.digest,
                **({"signed_by": shown.line(pack.signed_by)} if pack.signed_by else {}),
            },
        }
        for pack in review.rules.packs
    ]
    return tools + packs


def _provenance(review: Review, shown: Shown) -> Json:
    provenance: Json = {
        "repositoryUri": _address(shown.line(without_login(review.change.repository))),
        "mappedTo": {"uriBaseId": ROOT},
    }
    if review.change.head:
        provenance["revisionId"] = review.change.head
    return provenance


def _address(repository: str) -> str:
    """Give an absolute URI without user, password or query; a mere name gets a scheme of its own."""
    try:
        parts = urlsplit(repository)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if not host:
        return "reviewbot:" + _uri(repository)
    place = quote(host, safe=":.[]") if ":" not in host else f"[{host}]"
    netloc = place if port is None else f"{place}:{port}"
    return urlunsplit((parts.scheme, netloc, quote(parts.path, safe="/%"), "", ""))


def _uri(path: str) -> str:
    return quote(to_bytes(path), safe="/")


def _invocation(review: Review, shown: Shown) -> Json:
    notes = review.change.notes + (review.model.notes if review.model else ()) + review.notes
    return {
        "executionSuccessful": review.verdict.complete,
        "exitCode": review.verdict.exit_code,
        "toolExecutionNotifications": [
            *_gaps(review, shown),
            *(
                {
                    "descriptor": {"id": NOTE},
                    "level": "note",
                    "message": {"text": unlinked(shown.prose(note))},
                }
                for note in notes
            ),
        ],
    }


def _gaps(review: Review, shown: Shown) -> list[Json]:
    found: list[Json] = []
    for file in review.coverage:
        required = dict(file.gaps)
        said = dict(file.by) | required
        for name, coverage in said.items():
            if coverage.state is Read.FAILED:
                found.append(_gap(file.path, name, coverage, name in required, shown))
    return found


def _gap(path: str, name: str, coverage: Coverage, required: bool, shown: Shown) -> Json:
    where = ", ".join(filter(None, (shown.path(path), tally.ranges(coverage.lines))))
    text = f"{where}: not read by {shown.line(name)}: {shown.prose(coverage.reason)}"
    place: Json = {"artifactLocation": _artifact(path, shown)}
    if coverage.lines:
        first, last = coverage.lines[0]
        place["region"] = {"startLine": first, "endLine": last}
    return {
        "descriptor": {"id": NOT_REVIEWED},
        "level": "error" if required else "warning",
        "message": {"text": unlinked(text)},
        "locations": [{"physicalLocation": place}],
    }


def _artifact(path: str, shown: Shown) -> Json:
    return {"uri": _uri(shown.hide(path)), "uriBaseId": ROOT}


def _result(judged: Judged, place: int, patched: Patched) -> Json:
    finding, shown = judged.finding, patched.shown
    result: Json = {
        "ruleId": shown.line(finding.rule),
        "ruleIndex": place,
        "level": str(finding.severity),
        "message": {"text": _message(finding, shown)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(finding.span.path, shown),
                    "region": {
                        "startLine": finding.span.first,
                        "endLine": finding.span.last,
                        "snippet": {"text": shown.block(finding.quote)},
                    },
                }
            }
        ],
        "partialFingerprints": {"reviewbot/v1": finding.fingerprint},
        "baselineState": "unchanged" if judged.outcome is Outcome.EXISTING else "new",
        "properties": _about(judged, shown),
    }
    if judged.outcome not in tally.POSTED:
        result["suppressions"] = [_suppression(judged, shown)]
    patch = patched.of(finding) if judged.outcome in tally.POSTED else None
    if patch is not None and sarif_fixes.is_exact(patch, shown):
        result["fixes"] = [sarif_fixes.fix(patch, patched, lambda path: _artifact(path, shown))]
    return result


def _message(finding: Finding, shown: Shown) -> str:
    parts = [shown.prose(finding.title), shown.prose(finding.reason)]
    if finding.explanation:
        parts.append(f"The model says: {shown.prose(finding.explanation)}")
    return unlinked("\n\n".join(part for part in parts if part))


def _about(judged: Judged, shown: Shown) -> Json:
    finding = judged.finding
    about: Json = {
        "sources": [shown.line(source) for source in finding.sources],
        "confidence": str(finding.confidence),
        "cwe": [f"CWE-{number}" for number in finding.cwe],
        "outcome": str(judged.outcome),
    }
    if finding.evidence:
        about["evidence"] = [shown.line(name) for name in finding.evidence]
    if finding.commit:
        about["commit"] = finding.commit
    return about


def _suppression(judged: Judged, shown: Shown) -> Json:
    why = shown.prose(judged.why)
    justification = tally.NOT_POSTED[judged.outcome] + (f": {why}" if why else "")
    suppression: Json = {
        "kind": "external",
        "status": "accepted",
        "justification": unlinked(justification),
    }
    if judged.waiver is not None:
        suppression["properties"] = {"waiver": waived.facts(judged.waiver, shown)}
    return suppression
