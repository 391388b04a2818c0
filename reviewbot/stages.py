"""The two stages around a review that speak to a forge: `collect` before it, `publish` after it.

`collect` needs a token that may read the repository, `publish` one that may comment; `review`, between them,
needs none. What the publisher says is derived in a process of its own, which reads the change and is
given no token, no key and no other variable than it needs.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from reviewbot.audit.record import EventLog
from reviewbot.audit.run_id import run_id
from reviewbot.change import event, fetch, snapshot
from reviewbot.change.event import Started
from reviewbot.change.snapshot import Snapshot
from reviewbot.domain.forge import Capabilities
from reviewbot.domain.globs import first_match
from reviewbot.domain.paths import from_bytes, quoted
from reviewbot.domain.policy import ForgePolicy, Policy
from reviewbot.domain.pull import PullRef, PullRequest
from reviewbot.domain.visible import visible
from reviewbot.domain.wanted import Unreviewed, Wanted
from reviewbot.errors import ReviewbotError, UsageError
from reviewbot.policy.gate import EXIT_INCOMPLETE
from reviewbot.publish import summary
from reviewbot.publish.apply import Quotes, Terms, publish
from reviewbot.publish.marker import Keys
from reviewbot.publish.outcome import Outcome
from reviewbot.tokens import Work, authorization, connect, reading, secret, writing

_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SUDO_UID", "PYTHONDONTWRITEBYTECODE")
_MOST_DERIVED = 200_000_000
_MOST_EVENT = 30_000_000


def started(environ: Mapping[str, str], policy: Policy) -> Started:
    """Say which pull request this run was started for. Raises `UsageError` if for none."""
    found = started_or_none(environ, policy)
    if found is None:
        raise UsageError(
            "this is no pipeline of a pull request",
            hint="on a laptop use `reviewbot run`; elsewhere set REVIEWBOT_FORGE, REVIEWBOT_FORGE_URL, "
            "REVIEWBOT_FORGE_REPOSITORY, REVIEWBOT_FORGE_REMOTE and REVIEWBOT_PULL_REQUEST",
        )
    return found


def started_or_none(environ: Mapping[str, str], policy: Policy) -> Started | None:
    """Do the same, with None for a run that was started for no pull request.

    Raises `UsageError` too where the environment names a forge or a repository that the policy does not:
    a variable is easily set, and a token would go to whatever address it names.
    """
    found = _started(environ)
    if found is not None:
        _check_allowed(found, policy.forge)
    return found


def _check_allowed(found: Started, allowed: ForgePolicy) -> None:
    if allowed.url is not None:
        if found.api != allowed.url.rstrip("/"):
            raise UsageError("the environment names another forge than the operator's policy (forge: url)")
        parts = urlsplit(allowed.url)
        begins = allowed.git or f"{parts.scheme}://{parts.netloc}/"
        if not found.remote.startswith(begins):
            raise UsageError("the environment names another place to fetch from than the policy (forge: git)")
    if allowed.repositories and first_match(allowed.repositories, found.repository) is None:
        raise UsageError(
            f"the operator's policy does not let reviewbot speak on {quoted(found.repository)} (forge: repositories)"
        )


def _started(environ: Mapping[str, str]) -> Started | None:
    name = event.event_path(environ)
    if name is None:
        return event.started(environ, None)
    try:
        with Path(name).open("rb") as file:
            return event.started(environ, file.read(_MOST_EVENT))
    except OSError as error:
        raise UsageError(
            f"the event of GitHub Actions cannot be read: {(error.strerror or '').lower()}"
        ) from None


def collect(given: Started, work: Work, folder: Path) -> Snapshot:
    """Fetch the pull request into `folder`. Raises `ForgeError` or `UsageError`."""
    remote = _remote(given, work)
    branch = given.target_branch
    if branch is None:
        work.say("asking the forge for the target branch")
        ref = given.ref(fetch.pull_number(given, remote, work.environ))
        forge = connect(ref, reading(given.kind, work), work)
        try:
            branch = forge.pull_request().target_branch
        finally:
            forge.close()
    work.say("fetching the pull request")
    return fetch.collect(given, branch, remote, folder, work.environ)


def _remote(given: Started, work: Work) -> fetch.Remote:
    return fetch.Remote(
        address=given.remote, authorization=authorization(given, work.environ), network=work.policy.network,
        seconds=work.policy.limits.minutes * 60, most_bytes=work.policy.limits.snapshot_bytes,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published: a review made of a snapshot, both perhaps missing, and under which settings.

    `settings` are the variables of the policy's flags, for the process that derives. `record` is the folder
    where the run leaves its record.
    """

    review: Path
    snapshot: Path
    settings: Mapping[str, str] = field(repr=False)
    record: Path
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Published:
    """How it ended, and what was derived: None where there was no review that could be used."""

    outcome: Outcome
    wanted: Wanted | None
    why: str
    links: str | None = None

    @property
    def page(self) -> str:
        """The summary as Markdown, for the CI's own page of the job; made by us, like all that is published."""
        if self.wanted is None:
            return summary.unreviewed(Unreviewed("", self.why or self.outcome.why))
        beside = summary.Published(superseded_by=self.outcome.superseded_by)
        return summary.summary(self.wanted, beside, links=self.links, limit=summary.MOST)

    @property
    def exit_code(self) -> int:
        """The gate's word, or "incomplete" for what is superseded or has no review."""
        if self.wanted is None or self.outcome.superseded_by is not None:
            return EXIT_INCOMPLETE
        return self.wanted.exit_code


def publish_review(given: Started, job: Publication, work: Work) -> Published:
    """Publish a review on the pull request that the environment names, whatever the review says it is of.

    Without a review that can be used "incomplete" is published. Raises `ForgeError` where the forge
    refuses or does not answer, `UsageError` where a token or key is missing.
    """
    keys = Keys.parse(secret(work.environ, work.policy.forge.keys_env), work.policy.forge.keys_env)
    ref = given.ref(_number(given, work))
    taken, why = _taken(given, job, ref)
    derived: list[Wanted | Unreviewed] = []
    forge = connect(ref, writing(given.kind, work), work)

    def wanted_of(pull: PullRequest, quotes: Quotes) -> Wanted | Unreviewed:
        work.say("deriving what may be published")
        if taken is None or taken.target_branch != pull.target_branch:
            derived.append(Unreviewed(pull.head, why or "the target branch was changed after the review"))
        else:
            derived.append(_derived(pull, quotes, forge.capabilities, job, work))
        return derived[-1]

    name = run_id(time.time_ns() // 1_000_000, os.urandom(10))
    try:
        with EventLog(job.record / "runs" / name, clock=lambda: datetime.now(UTC)) as record:
            terms = Terms(
                keys=keys, accounts=work.policy.forge.accounts, links=work.policy.rule_links,
                reviewed_head=taken.head if taken else given.head, dry_run=job.dry_run,
            )  # fmt: skip
            outcome = publish(forge, wanted_of, terms, record=record, progress=work.say)
    finally:
        forge.close()
    last = derived[-1] if derived else None
    return Published(
        outcome, last if isinstance(last, Wanted) else None,
        last.why if isinstance(last, Unreviewed) else "", work.policy.rule_links,
    )  # fmt: skip


def check_can_publish(given: Started, work: Work) -> None:
    """Refuse before the work begins what would be refused after it. Raises `UsageError`."""
    writing(given.kind, work)
    Keys.parse(secret(work.environ, work.policy.forge.keys_env), work.policy.forge.keys_env)


def _number(given: Started, work: Work) -> int:
    return (
        given.number
        if given.number is not None
        else fetch.pull_number(given, _remote(given, work), work.environ)
    )


def _taken(given: Started, job: Publication, ref: PullRef) -> tuple[Snapshot | None, str]:
    """Give the snapshot, if it is one of this very pull request; else say why it cannot be used."""
    try:
        taken = snapshot.read(job.snapshot)
    except ReviewbotError as error:
        return None, f"there is no snapshot that can be used: {error.sentence}"
    if (taken.kind, taken.repository, taken.number) != (ref.kind, ref.repository, ref.number):
        return None, "the snapshot is of another pull request"
    if given.head is not None and taken.head != given.head:
        return None, "the snapshot is of another head"
    return taken, ""


def _derived(
    pull: PullRequest, quotes: Quotes, reach: Capabilities, job: Publication, work: Work
) -> Wanted | Unreviewed:
    question = {
        "snapshot": str(job.snapshot.absolute()), "review": str(job.review.absolute()), "diff_base": pull.diff_base,
        "context": reach.context, "similarity": reach.similarity,
        "style": str(reach.suggestion), "quotes": quotes,
    }  # fmt: skip
    kept = {name: work.environ[name] for name in _KEPT if name in work.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "reviewbot", "derive"], input=json.dumps(question).encode(), capture_output=True,
            env=kept | dict(job.settings), timeout=work.policy.limits.minutes * 60, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Unreviewed(
            pull.head, "what may be published could not be derived in the time that the policy gives"
        )
    if done.returncode != 0:
        return Unreviewed(pull.head, _sentence(done.stderr))
    return _answer(done.stdout, pull.head)


def _answer(raw: bytes, head: str) -> Wanted | Unreviewed:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 (only a run that publishes needs it)

    if len(raw) > _MOST_DERIVED:
        return Unreviewed(head, f"the review is too large to be published: {len(raw):,} bytes")
    try:
        return TypeAdapter(Wanted).validate_json(raw, strict=True)
    except ValidationError:
        return Unreviewed(head, "what was derived from the review cannot be read")


def _sentence(stderr: bytes) -> str:
    lines = [line.strip() for line in from_bytes(stderr[-20_000:]).split("\n") if line.strip()]
    said = next(
        (line for line in lines if line.startswith("reviewbot: ")), lines[-1] if lines else "no reason given"
    )
    return visible(said.removeprefix("reviewbot: "))[:500]
