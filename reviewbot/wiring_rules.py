"""Opening what the tools for rule writers need: settings, scanners in their sandbox, the model."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Record
from reviewbot.domain.rule import RuleSet
from reviewbot.policy import config
from reviewbot.policy.config import Overrides
from reviewbot.sandbox import ladder
from reviewbot.scanners import locate, registry
from reviewbot.workbench.looking import Tools

if TYPE_CHECKING:
    from reviewbot.model.client import ChatClient


def settings(
    environ: Mapping[str, str], *, installed: Path, given: Path | None, overrides: Overrides
) -> Policy:
    """Settle the operator's policy and the flags; a repository's own wishes play no part with rules in the making."""
    operator = config.operator_policy(environ, installed=installed, given=given)
    return config.load(operator=operator, repository=None, overrides=overrides)


@contextmanager
def opened(
    policy: Policy, rules: RuleSet, environ: Mapping[str, str], *, every: bool = True
) -> Iterator[Tools]:
    """Give the scanners for these rules and a sandbox; `every` takes those too that the policy leaves out.

    Raises `SandboxError` if no rung works here.
    """
    if every:
        policy = replace(policy, scanners=tuple(registry.OURS))
    scanners = registry.build(policy, rules, tools=locate.locate(environ))
    with tempfile.TemporaryDirectory(prefix="reviewbot-rung-") as folder:
        yield Tools(scanners, ladder.choose(policy.sandbox, cache_dir=Path(folder)))


@contextmanager
def model(policy: Policy, environ: Mapping[str, str], record: Record) -> "Iterator[ChatClient]":
    """Open the configured model. Raises `UsageError` for an address that cannot be used, `ModelError` for weights."""
    from reviewbot.model import client, embedded  # noqa: PLC0415 (httpx is heavy)

    key = environ.get(policy.model.key_env)
    if policy.model.gguf:
        with embedded.serve(Path(policy.model.gguf)) as url:
            served = replace(policy.model, url=url)
            with client.connect(served, policy.network, key=key, record=record) as chat:
                yield chat
        return
    with client.connect(policy.model, policy.network, key=key, record=record) as chat:
        yield chat
