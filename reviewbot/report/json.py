"""The review as JSON, `reviewbot/review/1`: for scripts, and for the stages that come after.

The shape is in `schema.py`, beside this file; the two are tested against each other.
What differs from run to run stands together under `this_run`; all else is the same bytes for
the same inputs.
"""

import json
from collections.abc import Mapping

from reviewbot import __version__
from reviewbot.domain.change import FileDiff
from reviewbot.domain.coverage import Coverage, FileCoverage, Read
from reviewbot.domain.finding import Judged
from reviewbot.domain.review import SCHEMA, Review
from reviewbot.report import json_patches, tally, waived
from reviewbot.report.text import Shown, without_login

Json = dict[str, object]


def render(review: Review) -> bytes:
    """Give the review as UTF-8 JSON, secrets masked, keys always in the same order."""
    return (json.dumps(document(review), indent=2, ensure_ascii=False) + "\n").encode()


def document(review: Review) -> Json:
    """Give the review as plain values."""
    shown = Shown(review.mask)
    cited = tally.cited(review)
    proven = {patch.finding: shown.line(patch.id) for patch in review.patches if patch.proof.holds}
    given = frozenset(review.model.excerpts) if review.model else frozenset()
    return {
        "schema": SCHEMA,
        "reviewbot": __version__,
        "change": _change(review, shown),
        "policy": _policy(review, shown),
        "sandbox": shown.line(review.sandbox),
        "tools": [
            {
                "name": shown.line(tool.name),
                "version": shown.line(tool.version),
                "detail": shown.line(tool.detail),
            }
            for tool in review.tools
        ],
        "verdict": {
            "complete": review.verdict.complete,
            "at_threshold": review.verdict.at_threshold,
            "exit_code": review.verdict.exit_code,
        },
        "coverage": [_coverage(file, shown) for file in review.coverage],
        "findings": [_finding(judged, proven, shown) for judged in review.findings],
        "patches": json_patches.patches(review, shown),
        "unproven": json_patches.unproven(review, shown),
        "tests": json_patches.tests(review, shown),
        "excerpts": [
            {
                "id": shown.line(excerpt.id),
                "repository": shown.line(excerpt.repository),
                "path": shown.path(excerpt.path),
                "commit": shown.line(excerpt.commit),
                "first": excerpt.first,
                "last": excerpt.last,
                "why": shown.prose(excerpt.why),
                "given": excerpt.id in given,
                "cited": excerpt.id in cited,
            }
            for excerpt in review.excerpts
        ],
        "model": _model(review, shown),
        "outcomes": {str(outcome): count for outcome, count in review.counts().items()},
        "notes": [shown.prose(note) for note in review.change.notes + review.notes],
        "this_run": _this_run(review, shown),
    }


def _change(review: Review, shown: Shown) -> Json:
    change = review.change
    return {
        "repository": shown.line(without_login(change.repository)),
        "pull_request": change.pull_request,
        "title": shown.prose(change.title),
        "base": change.base,
        "merge_base": change.merge_base,
        "head": change.head,
        "base_tree": change.base_tree,
        "head_tree": change.head_tree,
        "files": [_file(file, shown) for file in change.files],
    }


def _file(file: FileDiff, shown: Shown) -> Json:
    return {
        "path": shown.path(file.path),
        "old_path": shown.path(file.old.path) if file.old and file.old.path != file.path else None,
        "status": str(file.status),
        "class": str(file.file_class),
        "added": file.added_count,
        "removed": file.removed_count,
    }


def _policy(review: Review, shown: Shown) -> Json:
    return {
        "digest": review.policy.digest,
        "sources": [shown.line(source) for source in review.policy.sources],
        "packs": [
            {
                "id": shown.line(pack.id),
                "version": shown.line(pack.version),
                "digest": pack.digest,
                "signed_by": shown.line(pack.signed_by) or None,
            }
            for pack in review.rules.packs
        ],
    }


def _coverage(file: FileCoverage, shown: Shown) -> Json:
    said = dict(file.by) | dict(file.gaps)
    return {
        "path": shown.path(file.path),
        "class": str(file.file_class),
        "required": [shown.line(name) for name in file.required],
        "excluded_by": shown.line(file.excluded) or None,
        "by": {shown.line(name): _word(coverage, shown) for name, coverage in said.items()},
    }


def _word(coverage: Coverage, shown: Shown) -> str | Json:
    if coverage.state is Read.DONE:
        return str(Read.DONE)
    if coverage.state is Read.NOT_APPLICABLE:
        return {str(Read.NOT_APPLICABLE): shown.prose(coverage.reason)}
    lines = [list(pair) for pair in coverage.lines]
    return {str(Read.FAILED): shown.prose(coverage.reason), "lines": lines}


def _finding(judged: Judged, proven: Mapping[str, str], shown: Shown) -> Json:
    finding = judged.finding
    return {
        "fingerprint": finding.fingerprint,
        "rule": shown.line(finding.rule),
        "catalogued": finding.catalogued,
        "sources": [shown.line(source) for source in finding.sources],
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "cwe": list(finding.cwe),
        "title": shown.prose(finding.title),
        "reason": shown.prose(finding.reason),
        "span": {
            "path": shown.path(finding.span.path),
            "side": "new",
            "first": finding.span.first,
            "last": finding.span.last,
        },
        "commit": finding.commit,
        "quote": shown.block(finding.quote),
        "explanation": shown.prose(finding.explanation),
        "evidence": [shown.line(name) for name in finding.evidence],
        "outcome": str(judged.outcome),
        "why": shown.prose(judged.why),
        "waiver": waived.facts(judged.waiver, shown) if judged.waiver else None,
        "patch": proven.get(finding.fingerprint) if judged.outcome in tally.POSTED else None,
    }


def _model(review: Review, shown: Shown) -> Json | None:
    model = review.model
    if model is None:
        return None
    return {
        "url_host": shown.line(model.host),
        "name": shown.line(model.name),
        "constrained": shown.line(model.constrained),
        "context_tokens": model.context_tokens,
    }


def _this_run(review: Review, shown: Shown) -> Json:
    model = review.model
    return {
        "run": shown.line(review.run),
        "day": review.day.isoformat(),
        "seconds": round(review.seconds, 3),
        "tests_seconds": round(review.suite.seconds, 3) if review.suite else None,
        "model": None
        if model is None
        else {
            "calls": model.usage.calls,
            "answered_from_cache": model.usage.answered_from_cache,
            "prompt_tokens": model.usage.prompt_tokens,
            "cached_tokens": model.usage.cached_tokens,
            "completion_tokens": model.usage.completion_tokens,
            "seconds": round(model.usage.seconds, 3),
            "notes": [shown.prose(note) for note in model.notes],
        },
    }
