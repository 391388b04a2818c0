"""Writing a new waiver, without approval."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewbot.change.command import executable
from reviewbot.change.git import GitRepository
from reviewbot.cli.waiver_desk import Desk
from reviewbot.cli.waiver_findings import SHOWN, Subject, last_review, of_lines, of_review, reviewed
from reviewbot.domain.finding import Span
from reviewbot.domain.paths import quoted
from reviewbot.domain.waiver import FILE
from reviewbot.errors import UsageError
from reviewbot.policy import waiver_edit, waivers
from reviewbot.policy.nearest import nearest


@dataclass(frozen=True, slots=True)
class Wish:
    """What whoever asks says."""

    reason: str
    requested_by: str
    until: str
    ticket: str


def choices(desk: Desk, review: Path | None) -> list[str]:
    """List the findings of a review that count: fingerprint, place, title. Raises `UsageError` if there are none."""
    document = reviewed(review or last_review(desk.repository))
    found = [one for one in document.findings if one.outcome in SHOWN]
    if not found:
        raise UsageError("the last review here has no finding that counts")
    return [
        f"{one.fingerprint}  {one.severity}  {one.span.path}:{one.span.first}  {one.title}" for one in found
    ]


def subject(desk: Desk, options: Mapping[str, Any]) -> Subject:
    """Find what the waiver is to be for. Raises `UsageError`."""
    named = [options[name] for name in ("rule", "path", "line")]
    if options["fingerprint"]:
        if any(named):
            raise UsageError("a fingerprint says it all; leave out --rule, --path and --line")
        document = reviewed(options["review"] or last_review(desk.repository))
        return of_review(document, options["fingerprint"], desk.repository)
    if not all(named):
        raise UsageError(
            "what is it to be for?", hint="give a finding's FINGERPRINT, or --rule, --path and --line"
        )
    rule, path, line = named
    _check_rule(desk, rule)
    return of_lines(desk.repository, rule, _span(path, line))


def _span(path: str, line: str) -> Span:
    found = re.fullmatch(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?", line)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise UsageError("--line wants a line or two, as in 12 or 12-14")
    return Span(path.removeprefix("./"), int(found[1]), int(found[2] or found[1]))


def _check_rule(desk: Desk, rule: str) -> None:
    """Refuse the id of no rule. A tool's own rule, with a slash, is not in the catalogue."""
    if "/" in rule:
        return
    names = desk.rules
    if rule not in names:
        raise UsageError(f'no rule is called "{rule}"{nearest(rule, names)}')


def write(desk: Desk, found: Subject, wish: Wish, *, exactly: bool, file: Path | None) -> str:
    """Write the waiver behind the others, and say what is next. Raises `ReviewbotError`; then nothing is written."""
    if found.rule in desk.rules_about_files:
        if not found.fingerprint:
            raise UsageError(
                f"{found.rule} is about whole files, so that no waiver of lines covers it",
                hint="give the finding's FINGERPRINT",
            )
        exactly = True
    if exactly and not found.fingerprint:
        raise UsageError("--exactly wants a finding's fingerprint")
    if exactly:
        target = {"fingerprint": found.fingerprint}
    else:
        target = {"rule": found.rule, "path": found.path, "quote": found.quote}
    path = desk.file(file)
    name = FILE if file is None else str(path)
    before = desk.content(path)
    told = {
        "reason": wish.reason,
        "requested_by": wish.requested_by,
        "until": wish.until,
        "ticket": wish.ticket,
    }
    text = waiver_edit.added(name, before, target | told)
    entries = waivers.parsed(name, text, desk.terms)
    if entries[-1].until > desk.latest or entries[-1].until < desk.today:
        raise UsageError(
            f"{wish.until} cannot be its last day: from {desk.today} to {desk.latest} is allowed"
        )
    save(path, text)
    number = len(entries)
    return (
        f"{quoted(name)}:{entries[-1].line}: number {number}, not approved yet\n"
        f"next: an approver who is not {entries[-1].requested_by} says `reviewbot waivers approve {number} --as NAME`, "
        "and it is merged"
    )


def save(path: Path, text: bytes) -> None:
    """Put a whole file in the place of the old one. Raises `UsageError`."""
    fresh = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(text)
        if path.exists():
            fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise UsageError(f"{quoted(str(path))} cannot be written: {why}") from None


def user_email(repository: GitRepository, environ: Mapping[str, str]) -> str:
    """Give git's `user.email` of whoever calls; "" if there is none."""
    # Not the closed environment of our other calls: whose repository it is says nothing about who asks.
    done = subprocess.run(
        [executable(environ), "config", "--get", "user.email"],
        cwd=repository.work_tree or repository.git_dir, env=dict(os.environ), capture_output=True, check=False,
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
