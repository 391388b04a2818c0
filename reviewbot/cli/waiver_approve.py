"""Approving a waiver in its file, and signing it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.cli.waiver_desk import Desk, entry
from reviewbot.cli.waiver_new import save
from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import WaiverPolicy
from reviewbot.domain.waiver import FILE, State, Waiver, standing
from reviewbot.errors import UsageError
from reviewbot.policy import ed25519, waiver_edit, waivers


@dataclass(frozen=True, slots=True)
class Approver:
    """Who approves, and with which private key, if any."""

    name: str
    key: Path | None


def approve(desk: Desk, which: str, approver: Approver, file: Path | None, environ: Mapping[str, str]) -> str:
    """Approve one waiver and say what is next. Raises `ReviewbotError`; then nothing is written."""
    path = desk.file(file)
    text = desk.content(path)
    if text is None:
        raise UsageError(f"there is no {quoted(str(path))}", hint="ask for a waiver: reviewbot waivers new")
    terms = _terms(desk, approver)
    shown = FILE if file is None else str(path)
    found = waivers.parsed(shown, text, terms)
    at = entry(found, which)
    waiver = replace(found[at], approved_by=approver.name, signature="", signed_by="")
    values = {"approved_by": approver.name}
    if approver.key is not None:
        waiver = _signed(waiver, approver, terms, environ)
        values["signature"] = waiver.signature
    elif found[at].signature:
        raise UsageError("the waiver is signed already; sign it anew with --key, or take the signature out")
    judged = standing(waiver, terms, desk.today)
    if judged.state is not State.IN_FORCE:
        raise UsageError(f"{quoted(shown)}:{waiver.line}: {judged.why}")
    save(path, waiver_edit.changed(shown, text, at, values))
    signed = " and signed" if waiver.signature else ""
    unsure = "" if desk.governed else _UNSURE
    return (
        f"{quoted(shown)}:{waiver.line}: approved{signed}: {waiver.what}, {waiver.words}\n"
        f"next: it is merged into the target branch, and counts from then on{unsure}"
    )


_UNSURE = "\nwarning: no operator's policy is known here, so whether this approver may is decided where there is one"


def _terms(desk: Desk, approver: Approver) -> WaiverPolicy:
    """Without an operator's policy nobody here knows who may approve."""
    return desk.terms if desk.governed else replace(desk.terms, approvers=(approver.name,))


def _signed(waiver: Waiver, approver: Approver, terms: WaiverPolicy, environ: Mapping[str, str]) -> Waiver:
    assert approver.key is not None
    key = ed25519.private_key(approver.key, environ.get(ed25519.PASSPHRASE))
    known = [one.key for one in terms.keys if one.name == approver.name]
    if (known or terms.signed) and ed25519.public_of(key) not in known:
        raise UsageError(
            f"{quoted(str(approver.key))} is not {approver.name}'s key in the operator's policy (waivers: keys:)",
            hint=f"its public half is {ed25519.public_of(key)}",
        )
    return replace(waiver, signature=ed25519.signature(key, waiver.text), signed_by=approver.name)
