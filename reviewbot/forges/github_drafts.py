"""A review that was begun and never submitted: GitHub takes no other of the same account before it is gone.

An interrupted run may leave one behind (GitHub makes a review first and submits it then). The token may
also be a person's, who is in the middle of writing: only a draft in which nothing is said but by us is
thrown away.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from github.PullRequestReview import PullRequestReview

from reviewbot.errors import ForgeError
from reviewbot.forges.base import shown
from reviewbot.forges.fields import number, optional_text, text
from reviewbot.forges.github_query import Viewer
from reviewbot.forges.github_wire import Refusal, Wire

REVIEW_OPENING = "reviewbot: "  # what the text of each review of ours begins with
_OURS = "<!-- reviewbot/"  # stands in each comment of ours
_ONE_DRAFT = "only have one pending review"  # [I max-sixty/tend#1171]
T = TypeVar("T")


def past_own_draft(wire: Wire, path: str, me: Callable[[], Viewer], write: Callable[[], T]) -> T:
    """Do a write; if an unsubmitted review of ours is in its way, throw that away and do it once more.

    `path` is the pull request's, `me` tells the account. Raises `ForgeError` if the draft is not ours.
    """
    try:
        return write()
    except Refusal as refusal:
        if _ONE_DRAFT not in refusal.said:
            raise
    _drop(wire, path, me())
    try:
        return write()
    except Refusal as refusal:
        if _ONE_DRAFT not in refusal.said:
            raise
        raise ForgeError(f"the forge refused the comments: {shown(refusal.said, wire.access)}") from None


def _drop(wire: Wire, path: str, me: Viewer) -> None:
    draft = _draft(wire, path, me)
    key = number(draft, "id", "a review")
    said = optional_text(draft, "body", "a review") or ""
    comments = wire.pages(f"{path}/reviews/{key}/comments", "a review's comments")
    ours = not said or said.startswith(REVIEW_OPENING)
    if not ours or not all(_OURS in text(comment, "body", "a comment") for comment in comments):
        raise ForgeError(
            f"the account {shown(me.login, wire.access)} has an unsubmitted review of its own on this pull "
            "request, and the forge takes no other before it is submitted or discarded",
            hint="submit or discard it there, or give reviewbot an account of its own",
        )
    PullRequestReview(wire.rest, {}, {"id": key, "pull_request_url": path}).delete()


def _draft(wire: Wire, path: str, me: Viewer) -> Mapping[str, object]:
    for review in wire.pages(f"{path}/reviews", "the reviews"):
        user = review.get("user")
        mine = isinstance(user, Mapping) and str(user.get("id")) == me.id
        if mine and text(review, "state", "a review") == "PENDING":
            return review
    raise ForgeError("the forge refuses the review because of an unsubmitted one, and does not list that one")
