"""Our status on an iteration. It is put on the iteration so that a later push leaves it behind.

The same genre and name posted again replaces what a policy sees; the list keeps the older ones, so the
newest counts.
"""

from typing import Any

from reviewbot.domain.forge import Status, StatusState
from reviewbot.forges.azure_sdk import every, models
from reviewbot.forges.azure_threads import whole

GENRE = "reviewbot"
_WORDS = {
    StatusState.SUCCESS: "succeeded",
    StatusState.FAILURE: "failed",
    StatusState.INCOMPLETE: "error",
}
_STATES = {word: state for state, word in _WORDS.items()}


def build(status: Status, name: str) -> Any:
    """Build what is posted."""
    return models.GitPullRequestStatus(
        state=_WORDS[status.state],
        description=status.description,
        context=models.GitStatusContext(genre=GENRE, name=name),
    )


def read(statuses: Any, name: str, me: str) -> Status | None:
    """Give the newest status of that name, None if it is not ours or says what we never say."""
    named = [
        each
        for each in every(statuses, "a list of statuses")
        if each.context is not None and each.context.genre == GENRE and each.context.name == name
    ]
    newest = max(named, key=lambda each: each.id or 0, default=None)
    if newest is None or newest.created_by is None or newest.created_by.id != me:
        return None
    state = _STATES.get(newest.state) if isinstance(newest.state, str) else None
    return None if state is None else Status(state, whole(newest.description or ""))
