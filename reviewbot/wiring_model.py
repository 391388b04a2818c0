"""Opening the model: the operator's server or the user's own weights, for reviewing and for patches."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.audit.record import EventLog
from reviewbot.domain.claim import ModelReport
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Cache, Progress
from reviewbot.model.request import MendRequest, ModelRequest
from reviewbot.pipeline import AskModel, Mender, OpenMender


@dataclass(frozen=True, slots=True)
class Paper:
    """What a run writes to while it works."""

    log: EventLog
    cache: Cache
    progress: Progress


def served(policy: Policy, stack: ExitStack, progress: Progress) -> Policy:
    """Start the user's own weights, if the policy names them, and let the policy point there."""
    if not policy.model.gguf:
        return policy
    from reviewbot.model import embedded  # noqa: PLC0415 (an optional extra)

    progress("loading the model")
    url = stack.enter_context(embedded.serve(Path(policy.model.gguf)))
    return replace(policy, model=replace(policy.model, url=url))


@dataclass(frozen=True, slots=True)
class Model:
    """The two ways to ask the model. They share one allowance: patches live on what the review has left."""

    review: AskModel
    mender: OpenMender


def opened(policy: Policy, key: str | None, paper: Paper, stack: ExitStack) -> Model | None:
    """Give the ways to ask the model; None if none is configured. Nothing is sent before it is asked.

    Raises `UsageError` for an address, key or certificate bundle that cannot be used, before any work is done.
    """
    if policy.model.url is None:
        return None
    from reviewbot.model import client, mend, review  # noqa: PLC0415 (httpx and jinja2 are heavy)
    from reviewbot.model.sending import Allowance  # noqa: PLC0415 (as above)

    chat = stack.enter_context(client.connect(policy.model, policy.network, key=key, record=paper.log))
    limits = policy.limits
    allowance = Allowance(seconds=limits.minutes * 60, tokens_left=limits.model_tokens)

    def ask(request: ModelRequest) -> ModelReport:
        return review.review_change(
            request,
            client=chat,
            cache=paper.cache,
            record=paper.log,
            progress=paper.progress,
            allowance=allowance,
        )

    def mender(request: MendRequest) -> Mender:
        return mend.asker(request, client=chat, cache=paper.cache, record=paper.log, allowance=allowance)

    return Model(ask, mender)
