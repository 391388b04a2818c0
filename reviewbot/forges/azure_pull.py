"""A pull request and its newest iteration: the head is what the iteration says, never `lastMergeCommit`.

`lastMergeCommit` is the server's trial merge; taking it for the head gives wrong lines (pr-agent#2012).
`lastMergeSourceCommit` is the source of the last trial merge (the official description), which may lag behind
the iterations: then it is the source of an earlier one. If it is the source of none, a push was seen
whose iteration is not written yet, and both are read again after a moment.
"""

from collections.abc import Callable
from typing import Any

from reviewbot.domain.pull import PullRef, PullRequest
from reviewbot.errors import ForgeError
from reviewbot.forges.azure_sdk import every
from reviewbot.forges.fields import odd

WAITS_S = (0.5, 1.0, 2.0, 4.0)
_WHAT = "a pull request"


def settled(ref: PullRef, read: Callable[[], tuple[Any, Any]], sleep: Callable[[float], None]) -> PullRequest:
    """Read until pull request and iterations agree on the head. Raises `ForgeError` if they never do."""
    for wait in (*WAITS_S, None):
        pull, iterations = read()
        found = _settled(ref, pull, every(iterations, _WHAT))
        if found is not None:
            return found
        if wait is not None:
            sleep(wait)
    raise ForgeError(
        f"the forge has not yet recorded the newest push of {ref.name}",
        hint=f"after {sum(WAITS_S):g} s it still lists no iteration for its head: run again",
    )


def _settled(ref: PullRef, pull: Any, iterations: list[Any]) -> PullRequest | None:
    if pull is None or pull.pull_request_id != ref.number:
        raise odd(_WHAT, "it is another one")
    is_open = pull.status == "active"
    newest = max(iterations, key=lambda each: each.id or 0, default=None)
    merged = pull.last_merge_source_commit
    if is_open and not _knows(iterations, merged.commit_id if merged is not None else None):
        return None
    if newest is None:
        raise odd(_WHAT, "it has no iterations")
    return PullRequest(
        ref=ref,
        head=_commit(newest.source_ref_commit, "source"),
        target_branch=_branch(pull.target_ref_name),
        diff_base=_commit(newest.common_ref_commit, "common"),
        revision=_revision(newest.id),
        is_open=is_open,
    )


def _knows(iterations: list[Any], sha: str | None) -> bool:
    sources = [each.source_ref_commit.commit_id for each in iterations if each.source_ref_commit is not None]
    return bool(sources) and (sha is None or sha in sources)


def _commit(commit: Any, which: str) -> str:
    sha = commit.commit_id if commit is not None else None
    if not isinstance(sha, str) or len(sha) != 40 or set(sha) - set("0123456789abcdef"):
        raise odd(_WHAT, f"its iteration has no {which} commit")
    return sha


def _revision(number: int | None) -> str:
    if number is None or number < 1:
        raise odd(_WHAT, "its iteration has no number")
    return str(number)


def _branch(name: str | None) -> str:
    if not name or not name.startswith("refs/heads/"):
        raise odd(_WHAT, "its target is not a branch")
    return name.removeprefix("refs/heads/")
