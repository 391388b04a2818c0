"""Building the desk: settings and environment in, concrete adapters out. The only importer of adapters."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from reviewbot.audit.record import EventLog
from reviewbot.audit.recorded import RecordedSandbox
from reviewbot.audit.run_id import run_id
from reviewbot.change import select
from reviewbot.change.git import GitRepository
from reviewbot.domain.change import Change
from reviewbot.domain.claim import ModelReport
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Progress
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.errors import UsageError
from reviewbot.model.request import ModelRequest
from reviewbot.pipeline import AskModel, Desk
from reviewbot.policy import config, packs
from reviewbot.policy.config import Overrides, PolicyFile
from reviewbot.scanners import locate, registry
from reviewbot.shipped import folder
from reviewbot.store.cache import SqliteCache, opened

REPOSITORY_POLICY = ".reviewbot.yml"
INSTALLED_POLICY = Path(sys.prefix) / "etc" / "reviewbot" / "policy.yml"
RUNS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Request:
    """What a run was asked to do: where, which change, under which settings."""

    repo: Path
    selection: select.Selection
    overrides: Overrides
    policy_file: Path | None


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
        repository = stack.enter_context(GitRepository.open(request.repo))
        policy = settled_policy(repository, request, environ)
        rules = packs.load_rules(policy, shipped=folder("rules"))
        progress("reading the change")
        change = select.collect(
            repository, request.selection, target_branch=policy.target_branch, limits=policy.limits
        )
        home = record_folder(repository)
        name = run_id(time.time_ns() // 1_000_000, os.urandom(10))
        log = stack.enter_context(EventLog(home / "runs" / name, clock=lambda: datetime.now(UTC)))
        cache = stack.enter_context(opened(home / "cache.sqlite"))
        sandbox = RecordedSandbox(lambda: _rung(policy, home), log)
        scanners = registry.build(policy, rules, tools=locate.locate(environ))
        policy = _served(policy, stack, progress)
        ask = _asker(policy, environ.get(policy.model.key_env), _Paper(log, cache, progress), stack)
        desk = Desk(
            run=name, repository=repository, policy=policy, rules=rules, scanners=scanners, sandbox=sandbox,
            ask_model=ask, templates=folder("templates"), cache=cache, record=log, progress=progress, clock=time.monotonic,
        )  # fmt: skip
        yield Prepared(desk, change, log.folder)
        _forget_old_runs(home / "runs")


def record_folder(repository: GitRepository) -> Path:
    """Give the folder under the repository's git directory where runs leave what nobody may commit."""
    home = repository.git_dir / "reviewbot"
    try:
        home.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the record of the run cannot be written: {home}: {error.strerror}",
            hint="make the git directory writable",
        ) from error
    return home


def settled_policy(repository: GitRepository, request: Request, environ: Mapping[str, str]) -> Policy:
    """Settle the operator's policy, the repository's at the target branch's tip, and the flags."""
    operator = config.operator_policy(environ, installed=INSTALLED_POLICY, given=request.policy_file)
    branch = config.load(operator=operator, repository=None, overrides=request.overrides).target_branch
    tip = select.policy_source(repository, request.selection, branch)
    text = repository.read_path(tip, REPOSITORY_POLICY) if tip else None
    own = PolicyFile(f"{REPOSITORY_POLICY} at {tip[:12]}", text) if tip and text is not None else None
    return config.load(operator=operator, repository=own, overrides=request.overrides)


def _rung(policy: Policy, home: Path) -> Sandbox:
    from reviewbot.sandbox import ladder  # noqa: PLC0415 (imported when a rung is needed, not with the settings)

    return ladder.choose(policy.sandbox, cache_dir=home)


@dataclass(frozen=True, slots=True)
class _Paper:
    """What a run writes to while it works."""

    log: EventLog
    cache: SqliteCache
    progress: Progress


def _served(policy: Policy, stack: ExitStack, progress: Progress) -> Policy:
    """Start the user's own weights, if the policy names them, and let the policy point there."""
    if not policy.model.gguf:
        return policy
    from reviewbot.model import embedded  # noqa: PLC0415 (an optional extra)

    progress("loading the model")
    url = stack.enter_context(embedded.serve(Path(policy.model.gguf)))
    return replace(policy, model=replace(policy.model, url=url))


def _asker(policy: Policy, key: str | None, paper: _Paper, stack: ExitStack) -> AskModel | None:
    """Give the way to ask the model; None if none is configured. Nothing is sent before it is asked.

    Raises `UsageError` for an address, key or certificate bundle that cannot be used, before any work is done.
    """
    if policy.model.url is None:
        return None
    from reviewbot.model import client, review  # noqa: PLC0415 (httpx and jinja2 are heavy)

    chat = stack.enter_context(client.connect(policy.model, policy.network, key=key, record=paper.log))

    def ask(request: ModelRequest) -> ModelReport:
        return review.review_change(
            request, client=chat, cache=paper.cache, record=paper.log, progress=paper.progress
        )

    return ask


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
