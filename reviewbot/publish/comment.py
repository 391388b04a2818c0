"""The comment on a line: what is wrong, why it matters here, what to do, and how we know.

In: a remark with its anchor, and what the forge can do. Out: a body without marker. Every word of
others is made inert here; code stands in fences. The catalogue's words come first and unaltered, what
the model adds is one labelled paragraph, so that nobody takes one for the other.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from reviewbot.domain.anchor import Anchor, Side
from reviewbot.domain.forge import Capabilities
from reviewbot.domain.inert import link as linked
from reviewbot.domain.wanted import Remark, Suggestion
from reviewbot.publish import limits, suggest
from reviewbot.publish.inert import code, prose

TITLE_SIZE = 200
_REASON_SIZE = 3_000
_EXPLANATION_SIZE = 1_000
_NAME_SIZE = 200
_SOURCES_SIZE = 1_000
_TOO_LONG = "A change was proven; it is too long to be shown here and stands in the review."
_MASKED = "A change was proven; it is not shown here, because a secret or a hidden character is in it."
_NEEDS_SIZE = 500


def inline(remark: Remark, caps: Capabilities, *, links: str | None) -> str:
    """Give the body for a remark's own line, never over the forge's limit.

    `links` is the operator's address that rule ids are put behind; None for no links. Raises
    `ValueError` for a remark without an anchor.
    """
    if remark.anchor is None:
        raise ValueError("a remark without an anchor has no comment of its own")
    return limits.first_fitting(_versions(remark, remark.anchor, caps, links), limits.room(caps.body_limit))


def _versions(remark: Remark, anchor: Anchor, caps: Capabilities, links: str | None) -> Iterator[str]:
    """Longest first. A suggestion is shown whole or not at all, a diff goes before it would be cut."""
    change = _change(remark.suggestion, anchor, caps)
    short = replace(remark, explanation=limits.clipped(remark.explanation, _EXPLANATION_SIZE))
    silent = replace(remark, explanation="")
    yield _body(remark, anchor, change, links)
    yield _body(short, anchor, change, links)
    yield _body(silent, anchor, change, links)
    yield _body(silent, anchor, _TOO_LONG if change else "", links)
    yield _body(replace(silent, reason=""), anchor, _TOO_LONG if change else "", None)


def _body(remark: Remark, anchor: Anchor, change: str, links: str | None) -> str:
    parts = [
        _heading(remark, anchor),
        prose(limits.clipped(remark.reason, _REASON_SIZE)),
        f"Here: {prose(remark.explanation)} _(model)_" if remark.explanation.strip() else "",
        change,
        f"<sub>{' · '.join((rule(remark, links), _sources(remark), *_command(remark)))}</sub>",
    ]
    return "\n\n".join(part for part in parts if part)


def _heading(remark: Remark, anchor: Anchor) -> str:
    title = prose(limits.clipped(remark.title, TITLE_SIZE)) or code(limits.clipped(remark.rule, _NAME_SIZE))
    cwe = "".join(f" · `CWE-{number}`" for number in remark.cwe)
    return f"**{title}** · {remark.severity}{cwe}{_full_lines(remark, anchor)}"


def _full_lines(remark: Remark, anchor: Anchor) -> str:
    """Name the lines meant where the comment stands on some of them only."""
    place = remark.place
    old = anchor.side is Side.OLD
    stands = (anchor.first.old, anchor.last.old) if old else (anchor.first.new, anchor.last.new)
    if stands == (place.first, place.last):
        return ""
    lines = f"line {place.first}" if place.first == place.last else f"lines {place.first} to {place.last}"
    return f" · {lines}" + (" of the old file" if place.side is Side.OLD else "")


def _change(offered: Suggestion | None, anchor: Anchor, caps: Capabilities) -> str:
    if offered is None or (offered.is_shown and not offered.pieces and offered.lines == offered.before):
        return ""
    block = suggest.render(offered, caps.suggestion, anchor) if offered.is_shown else _MASKED
    return f"{block}\n{_proven(offered)}" if offered.proof.strip() else block


def _proven(offered: Suggestion) -> str:
    """Say what was proven, whose it is, and what somebody should know before applying it."""
    needs = limits.clipped(", ".join(offered.needs), _NEEDS_SIZE)
    parts = [
        "Proposed by the model." if offered.by_model else "",
        f"Proven: {prose(offered.proof)}" + ("" if offered.safe and not needs else "."),
        "" if offered.safe else "Look before applying.",
        f"It needs {code(needs)} among the dependencies." if needs else "",
    ]
    return " ".join(part for part in parts if part)


def _command(remark: Remark) -> list[str]:
    """Name the command that applies the patch, where there is one."""
    name = remark.suggestion.name if remark.suggestion else ""
    return [code(f"reviewbot fix {limits.clipped(name, _NAME_SIZE)}")] if name else []


def rule(remark: Remark, links: str | None) -> str:
    """Name the rule, behind the operator's address where there is one and the rule is in our catalogue."""
    name = code(limits.clipped(remark.rule, _NAME_SIZE))
    return (
        linked(name, links + quote(remark.rule, safe="", errors="replace"))
        if links and remark.catalogued
        else name
    )


def _sources(remark: Remark) -> str:
    if remark.model_only:
        return "model, evidence checked"
    return prose(limits.clipped(", ".join(remark.by), _SOURCES_SIZE))


def words(remark: Remark) -> str:
    """Digest, as 16 hex digits, of all that the comment says but the model's explanation.

    The model words the same thing differently each time; that is no reason to edit a comment. Where the
    lines are is said in words only if the comment stands on some of them, and counts only then.
    """
    said = [
        remark.rule,
        remark.catalogued,
        remark.by,
        remark.severity,
        remark.cwe,
        _full_lines(remark, remark.anchor) if remark.anchor else remark.why,
        remark.title,
        remark.reason,
        remark.commit,
        _patch(remark.suggestion),
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()[:16]


def _patch(offered: Suggestion | None) -> list[object] | None:
    if offered is None:
        return None
    pieces = [[piece.first, piece.before, piece.lines] for piece in offered.pieces]
    whose = [offered.name, offered.safe, offered.by_model, offered.needs]
    return [offered.before, offered.lines, offered.appliable, offered.proof, pieces, *whose]
