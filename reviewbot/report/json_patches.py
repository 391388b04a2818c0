"""Patches and tests, as the JSON form of a review holds them."""

from reviewbot.domain.patch import Edit, Patch, Unproven
from reviewbot.domain.review import Review
from reviewbot.report.text import Shown

Json = dict[str, object]


def patches(review: Review, shown: Shown) -> list[Json]:
    """Give the patches whose proof holds; no other is written anywhere."""
    return [_patch(patch, shown) for patch in review.patches if patch.proof.holds]


def _patch(patch: Patch, shown: Shown) -> Json:
    return {
        "id": shown.line(patch.id),
        "finding": patch.finding,
        "origin": str(patch.origin),
        "safe": patch.safe,
        "sentence": shown.prose(patch.sentence),
        "needs": [shown.line(name) for name in patch.needs],
        "edits": [_edit(edit, shown) for edit in patch.edits],
        "proof": {
            "steps": [
                {"step": str(one.step), "state": str(one.state), "said": shown.prose(one.said)}
                for one in patch.proof.steps
            ],
            "tests": patch.proof.tests,
        },
    }


def _edit(edit: Edit, shown: Shown) -> Json:
    return {
        "path": shown.path(edit.path),
        "oid": edit.oid,
        "first": edit.first,
        "last": edit.last,
        "lines": [shown.line(line) for line in edit.lines],
        "exact": all(shown.line(line) == line for line in edit.lines),
    }


def unproven(review: Review, shown: Shown) -> list[Json]:
    """Give what was proposed, or should have been, and came to nothing."""
    return [_unproven(one, shown) for one in review.unproven]


def _unproven(one: Unproven, shown: Shown) -> Json:
    return {
        "finding": one.finding,
        "rule": shown.line(one.rule),
        "origin": str(one.origin),
        "step": None if one.step is None else str(one.step),
        "why": shown.prose(one.why),
    }


def tests(review: Review, shown: Shown) -> Json | None:
    """Give how the repository's own tests ended; None where they were not run."""
    suite, asked = review.suite, review.policy.suite
    if suite is None:
        return None
    return {
        "command": [shown.line(word) for word in asked.command],
        "passed": suite.passes,
        "failed": [
            {"name": shown.line(one.name), "lines": [shown.line(line) for line in one.lines]}
            for one in suite.failed
        ],
        "named": suite.named,
        "exit_code": suite.exit_code,
        "broken": shown.prose(suite.broken),
        "gate": asked.gate,
    }
