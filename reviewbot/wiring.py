"""Building the desk: settings and environment in, concrete adapters out. The only importer of adapters."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import wiring_model
from reviewbot.audit.record import EventLog
from reviewbot.audit.recorded import RecordedSandbox
from reviewbot.audit.run_id import run_id
from reviewbot.change import select, snapshot
from reviewbot.change.compare import compare, forges_renames
from reviewbot.change.git import GitRepository
from reviewbot.domain.change import Change
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Cache, Progress
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.domain.waiver import FILE, Waivers
from reviewbot.domain.wanted import Wanted
from reviewbot.errors import UsageError
from reviewbot.known_imports import known_imports
from reviewbot.pipeline import Desk, learn_mask, waived_words
from reviewbot.policy import config, remembered
from reviewbot.policy.config import Overrides, PolicyFile
from reviewbot.scanners import locate, registry
from reviewbot.shipped import folder
from reviewbot.store.cache import NoCache, opened, opened_to_read

if TYPE_CHECKING:
    from reviewbot.derivation.ground import Ground

REPOSITORY_POLICY = ".reviewbot.yml"
INSTALLED_POLICY = Path(sys.prefix) / "etc" / "reviewbot" / "policy.yml"
RUNS_KEPT = 20
_MOST_REVIEW = 100_000_001  # bytes; one over what the reader takes, so that it can say so


@dataclass(frozen=True, slots=True)
class Request:
    """What a run was asked to do: where, which change, under which settings.

    With `snapshot`, `repo` and `selection` are not looked at: the snapshot says what is reviewed. `home`
    is where the run leaves its record; None: under the repository's git directory. `today` is the day, in UTC,
    by which rules and waivers end; None: the clock's.
    """

    repo: Path
    selection: select.Selection
    overrides: Overrides
    policy_file: Path | None
    snapshot: Path | None = None
    home: Path | None = None
    today: date | None = None

    @property
    def day(self) -> date:
        """The day of the run."""
        return self.today or datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A desk with the change that lies on it, and the folder where the run leaves its record."""

    desk: Desk
    change: Change
    folder: Path


@contextmanager
def prepared(request: Request, environ: Mapping[str, str], progress: Progress) -> Iterator[Prepared]:
    """Open everything that a review needs, and close it again. Raises `ReviewbotError` for what is missing."""
    with ExitStack() as stack:
        taken = snapshot.read(request.snapshot) if request.snapshot else None
        repository = stack.enter_context(_repository(request))
        policy, tip = settled_at(repository, request, environ, taken)
        day = request.day
        home = _private(request.home) if request.home else record_folder(repository)
        cache = stack.enter_context(_cache(environ, None if request.snapshot else home))
        rules = remembered.load_rules(policy, shipped=folder("rules"), today=day, cache=cache)
        waived = read_waivers(repository, policy, tip, day)
        progress("reading the change")
        change = collected(repository, request, policy, taken)
        name = run_id(time.time_ns() // 1_000_000, os.urandom(10))
        log = stack.enter_context(EventLog(home / "runs" / name, clock=lambda: datetime.now(UTC)))
        sandbox = RecordedSandbox(lambda: _rung(policy, home), log)
        scanners = registry.build(policy, rules, tools=locate.locate(environ))
        policy = wiring_model.served(policy, stack, progress)
        model = wiring_model.opened(
            policy, environ.get(policy.model.key_env), wiring_model.Paper(log, cache, progress), stack
        )
        search = environ.get("PATH", os.defpath)
        suite = None
        if policy.suite.runs:
            from reviewbot.wiring_suite import Suite  # noqa: PLC0415 (few runs need it)

            suite = Suite(repository, change.head_tree, policy, sandbox, cache, search, progress)
        desk = Desk(
            run=name, repository=repository, policy=policy, rules=rules, waivers=waived, day=day, scanners=scanners, sandbox=sandbox,
            ask_model=model.review if model else None, mender=model.mender if model else None, templates=folder("templates"), cache=cache, record=log, progress=progress, clock=time.monotonic,
            run_suite=suite, known_import=known_imports(repository, change.base_tree),
        )  # fmt: skip
        yield Prepared(desk, change, log.folder)
        _forget_old_runs(home / "runs")


def record_folder(repository: GitRepository) -> Path:
    """Give the folder under the repository's git directory where runs leave what nobody may commit."""
    return _private(repository.git_dir / "reviewbot", hint="make the git directory writable")


def _private(home: Path, *, hint: str = "name another folder") -> Path:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the record of the run cannot be written: {home}: {error.strerror}", hint=hint
        ) from error
    return home


def _repository(request: Request) -> GitRepository:
    if request.snapshot:
        return GitRepository.store(request.snapshot / snapshot.STORE)
    return GitRepository.open(request.repo)


def collected(
    repository: GitRepository, request: Request, policy: Policy, taken: snapshot.Snapshot | None
) -> Change:
    """Collect the change that was asked for, or the one that the snapshot holds."""
    if taken is None:
        return select.collect(
            repository, request.selection, target_branch=policy.target_branch, limits=policy.limits
        )
    of_snapshot = select.Selection(base=taken.base, head=taken.head)
    change = select.collect(repository, of_snapshot, target_branch=None, limits=policy.limits)
    title = f"{taken.target_branch}...!{taken.number}"
    return replace(change, repository=taken.repository, pull_request=taken.number, title=title)


def settled_policy(
    repository: GitRepository,
    request: Request,
    environ: Mapping[str, str],
    taken: snapshot.Snapshot | None = None,
) -> Policy:
    """Settle the operator's policy, the repository's at the target branch's tip, and the flags."""
    return settled_at(repository, request, environ, taken)[0]


def settled_at(
    repository: GitRepository,
    request: Request,
    environ: Mapping[str, str],
    taken: snapshot.Snapshot | None = None,
) -> tuple[Policy, str | None]:
    """Do the same, and name the commit at the tip; None if there is none.

    Of a pull request the target branch is the one that it is aimed at, whatever the policy would choose.
    """
    operator = config.operator_policy(environ, installed=INSTALLED_POLICY, given=request.policy_file)
    if taken is not None:
        tip: str | None = taken.base
    else:
        branch = config.load(operator=operator, repository=None, overrides=request.overrides).target_branch
        tip = select.policy_source(repository, request.selection, branch)
    text = repository.read_path(tip, REPOSITORY_POLICY) if tip else None
    own = PolicyFile(f"{REPOSITORY_POLICY} at {tip[:12]}", text) if tip and text is not None else None
    return config.load(operator=operator, repository=own, overrides=request.overrides), tip


def read_waivers(repository: GitRepository, policy: Policy, tip: str | None, day: date) -> Waivers:
    """Read the operator's waivers and the repository's, the latter at the target branch's tip and nowhere else.

    Raises `PolicyError` for a mistake in the operator's. A repository's file that cannot be used has no effect.
    """
    from reviewbot.policy import waivers  # noqa: PLC0415 (pydantic is heavy, and `--help` needs none of it)

    terms = policy.waivers
    own = Waivers()
    if tip is not None:
        try:
            text = repository.read_path(tip, FILE)
        except UsageError as error:
            own = Waivers(broken=(f"no waiver of {FILE} has effect: {error.sentence}",))
        else:
            own = waivers.of_repository(f"{FILE} at {tip[:12]}", text, terms)
    return replace(own, entries=waivers.of_operator(terms, day) + own.entries)


def _cache(environ: Mapping[str, str], home: Path | None) -> AbstractContextManager[Cache]:
    """Open the cache: the repository's own, or a shared one, which only jobs of a protected branch may write.

    A snapshot has none of its own: what lies beside its review becomes an artifact.
    """
    shared = environ.get("REVIEWBOT_CACHE")
    if not shared:
        return opened(home / "cache.sqlite") if home else nullcontext(NoCache())
    path = Path(shared) / "cache.sqlite"
    return opened(path) if environ.get("REVIEWBOT_CACHE_WRITE") == "1" else opened_to_read(path)


def operator_settings(environ: Mapping[str, str], given: Path | None) -> Policy:
    """Give the operator's policy alone: for what happens before a change is there, or without looking at it."""
    operator = config.operator_policy(environ, installed=INSTALLED_POLICY, given=given)
    return config.load(operator=operator, repository=None, overrides=Overrides())


@dataclass(frozen=True, slots=True)
class Question:
    """What the publisher asks: which review, made of which snapshot, to be anchored in which diff.

    `diff_base` is the commit that the forge's own diff starts from, None for the merge base; `similarity` is
    how it finds renames (see `Capabilities`). `context`,
    `style` and `quotes` are as in `derivation.Ground`.
    """

    snapshot: Path
    review: Path
    diff_base: str | None
    context: int | None
    style: SuggestionStyle
    quotes: tuple[tuple[str, int], ...]
    similarity: int = 50


def derived(request: Request, question: Question, environ: Mapping[str, str]) -> Wanted:
    """Derive what may be published. Raises `UsageError` for a review that is none, or not of this snapshot."""
    from reviewbot.derivation.derive import derive  # noqa: PLC0415 (only the publisher's own process derives)
    from reviewbot.publish import document  # noqa: PLC0415 (pydantic, as above)

    said = document.read(_review_file(question.review))
    with grounded(request, question, environ) as ground:
        return derive(said, ground)


@contextmanager
def grounded(request: Request, question: Question, environ: Mapping[str, str]) -> "Iterator[Ground]":
    """Open the snapshot, and give all that a review can be checked against. Raises `UsageError`."""
    from reviewbot.derivation.ground import Ground  # noqa: PLC0415 (as above)

    request = replace(request, snapshot=question.snapshot)
    taken = snapshot.read(question.snapshot)
    with _repository(request) as repository:
        policy, tip = settled_at(repository, request, environ, taken)
        day = request.day
        from reviewbot.policy import packs  # noqa: PLC0415 (pydantic, as above)

        rules = packs.load_rules(policy, shipped=folder("rules"), today=day)
        waived = read_waivers(repository, policy, tip, day)
        change = collected(repository, request, policy, taken)
        yield Ground(
            change=change, anchored=_anchored(repository, change, question),
            read=repository.read, policy=policy, rules=rules, waivers=waived, today=day,
            mask=learn_mask(change, repository.read, policy.redact, waived_words(waived)),
            context=question.context, style=question.style, quotes=question.quotes,
        )  # fmt: skip


def _review_file(folder: Path) -> bytes:
    path = folder / "review.json" if folder.is_dir() else folder
    try:
        with path.open("rb") as file:
            return file.read(_MOST_REVIEW)
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise UsageError(f"there is no review ({path.name}: {why}); the review's own log says why") from None


def _anchored(repository: GitRepository, change: Change, question: Question) -> Change:
    """Give the change as the forge's diff shows it: it may start from another commit, and finds other renames."""
    base = change.merge_base if question.diff_base is None else question.diff_base
    renames = forges_renames(question.similarity)
    found = compare(repository, repository.tree_of(base), change.head_tree, renames=renames)
    return replace(change, files=found.files)


def _rung(policy: Policy, home: Path) -> Sandbox:
    from reviewbot.sandbox import ladder  # noqa: PLC0415 (imported when a rung is needed, not with the settings)

    return ladder.choose(policy.sandbox, cache_dir=home)


def _forget_old_runs(runs: Path) -> None:
    """Keep the newest runs; their names sort by time."""
    for old in sorted(runs.iterdir())[:-RUNS_KEPT]:
        # Another run may be clearing up too; what is left now goes next time.
        with suppress(OSError):
            _remove(old)


def _remove(run: Path) -> None:
    for path in sorted(run.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    run.rmdir()
