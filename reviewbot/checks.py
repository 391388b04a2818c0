"""What `reviewbot doctor` looks at: each part of a review, tried here and now."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from reviewbot import wiring
from reviewbot.audit.record import Unrecorded
from reviewbot.change.git import GitRepository
from reviewbot.domain.change import FileClass
from reviewbot.domain.coverage import Read
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import RuleSet
from reviewbot.errors import ReviewbotError, UsageError
from reviewbot.policy import config, packs
from reviewbot.sandbox import ladder
from reviewbot.scanners import locate, registry
from reviewbot.scanners.base import Scanner, Source
from reviewbot.shipped import folder

OLDEST_GIT = (2, 30)


class State(StrEnum):
    """How a check came out. Only `BROKEN` keeps a review from being whole."""

    WORKS = "works"
    UNUSED = "unused"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's report; `mend` is the sentence that says what to do, `code` the exit code."""

    what: str
    state: State
    said: str
    mend: str = ""
    code: int = 2


def checks(request: wiring.Request, environ: Mapping[str, str]) -> Iterator[Check]:
    """Try git, policy, rules, sandbox, scanners and model, in that order, and say how each came out."""
    yield _git()
    try:
        policy, rules, said = _settings(request, environ)
    except ReviewbotError as error:
        yield _broken("policy", error)
        policy, rules = Policy(), RuleSet((), ())
    else:
        yield Check("policy", State.WORKS, said)
        yield Check("rules", State.WORKS, ", ".join(f"{pack.id} {pack.version}" for pack in rules.packs))
    yield from _sandbox(policy)
    yield from _scanners(policy, rules, environ)
    yield from _model(policy, environ)


def _broken(what: str, error: ReviewbotError) -> Check:
    return Check(what, State.BROKEN, error.sentence, error.hint, error.exit_code)


def _git() -> Check:
    mend = f"install git {OLDEST_GIT[0]}.{OLDEST_GIT[1]} or newer"
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, check=True, timeout=10)  # noqa: S607 (the git of PATH is the one that runs)
    except (OSError, subprocess.SubprocessError):
        return Check("git", State.BROKEN, "git does not run here", mend)
    found = re.search(rb"(\d+)\.(\d+)[.\d]*", done.stdout)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_GIT:
        return Check("git", State.BROKEN, f"too old: {done.stdout.decode(errors='replace').strip()}", mend)
    return Check("git", State.WORKS, found.group().decode())


def _settings(request: wiring.Request, environ: Mapping[str, str]) -> tuple[Policy, RuleSet, str]:
    """Settle the policy as a run here would; outside a repository, the operator's and the flags alone."""
    try:
        repository = GitRepository.open(request.repo)
    except UsageError as outside:
        operator = config.operator_policy(
            environ, installed=wiring.INSTALLED_POLICY, given=request.policy_file
        )
        policy = config.load(operator=operator, repository=None, overrides=request.overrides)
        where = f" ({outside.sentence})"
    else:
        with repository:
            policy, tip = wiring.settled_at(repository, request, environ)
            wiring.read_waivers(repository, policy, tip, datetime.now(UTC).date())
        where = ""
    sources = ", ".join(policy.sources) or "built-in defaults"
    return policy, packs.load_rules(policy, shipped=folder("rules")), f"{sources}{where}"


def _sandbox(policy: Policy) -> Iterator[Check]:
    try:
        rungs = ladder.probe_all(policy.sandbox)
    except ReviewbotError as error:
        yield _broken("sandbox", error)
        return
    some = any(rung.works for rung in rungs)
    for rung in rungs:
        # A rung that does not work is a problem only if no other one does.
        state = State.WORKS if rung.works else State.UNUSED if some else State.BROKEN
        yield Check("sandbox", state, f"{rung.name}: {rung.reason}", rung.mends, code=6)


def _scanners(policy: Policy, rules: RuleSet, environ: Mapping[str, str]) -> Iterator[Check]:
    """Let each scanner read one harmless file in the sandbox, as in a review."""
    with tempfile.TemporaryDirectory() as cache:
        try:
            sandbox = ladder.choose(policy.sandbox, cache_dir=Path(cache))
        except ReviewbotError:
            return  # said above, for each rung
        for scanner in registry.build(policy, rules, tools=locate.locate(environ)):
            try:
                scan = scanner.scan(_samples(scanner), sandbox)
            except ReviewbotError as error:
                yield _broken(scanner.name, error)
                continue
            failed = [coverage.reason for _, coverage in scan.coverage if coverage.state is Read.FAILED]
            said = " ".join(filter(None, (scan.tool.version, scan.tool.detail)))
            state = State.BROKEN if failed else State.WORKS
            yield Check(scanner.name, state, failed[0] if failed else said, code=6)


def _samples(scanner: Scanner) -> list[Source]:
    samples = [Source("sample.py", "0" * 40, "100644", b"print('hello')\n", FileClass.CODE)]
    return [source for source in samples if scanner.wants(source)]


def _model(policy: Policy, environ: Mapping[str, str]) -> Iterator[Check]:
    if policy.model.gguf:
        state = State.WORKS if os.access(policy.model.gguf, os.R_OK) else State.BROKEN
        yield Check(
            "model", state, f"embedded, from {policy.model.gguf}", "name a GGUF file that can be read", code=5
        )
        return
    if policy.model.url is None:
        yield Check(
            "model", State.UNUSED, "none configured: scanners and rules only", "set REVIEWBOT_MODEL_URL"
        )
        return
    from reviewbot.model import probe  # noqa: PLC0415 (httpx is heavy)

    key = environ.get(policy.model.key_env)
    for check in probe.probe(policy.model, policy.network, key=key, record=Unrecorded()):
        state = State.WORKS if check.works else State.BROKEN
        yield Check("model", state, f"{check.name}: {check.said}", check.mends, code=5)
