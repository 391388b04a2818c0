"""Inline comments go out as one review that only comments; GitHub takes it whole or not at all.

So one comment that GitHub cannot place costs all the others (422). Then the anchors are compared with
GitHub's own patches, and what does not stand in them is left out; if the rest is refused again, it is
halved until the culprits are alone. Nothing is posted that was posted before, and nothing waits.
"""

from collections.abc import Callable, Sequence
from typing import cast

from github.Commit import Commit
from github.PullRequest import PullRequest as Pulls
from github.PullRequest import ReviewComment

from reviewbot.domain.anchor import Side
from reviewbot.domain.forge import Post, Refused
from reviewbot.domain.pull import PullRequest
from reviewbot.forges.base import shown
from reviewbot.forges.fields import odd
from reviewbot.forges.github_drafts import REVIEW_OPENING, past_own_draft
from reviewbot.forges.github_patches import lines, patches, shows
from reviewbot.forges.github_query import Page
from reviewbot.forges.github_wire import Refusal, Wire

_TRIES = 40  # reviews per call: enough to single out three culprits of 150


def as_comment(post: Post) -> ReviewComment:
    """Write an anchor as GitHub wants it. One line has no start: equal ones are refused [I ubuntu/WSL#244]."""
    first, last = lines(post.anchor)
    side = "LEFT" if post.anchor.side is Side.OLD else "RIGHT"
    comment = {"path": post.anchor.path, "body": post.body, "line": last, "side": side}
    if first != last:
        comment |= {"start_line": first, "start_side": side}
    return cast("ReviewComment", comment)


class Review:
    """The comments of one call on one head. `now` reads the pull request anew."""

    def __init__(self, wire: Wire, path: str, pull: PullRequest, now: Callable[[], Page]) -> None:
        self._wire = wire
        self._path = path
        self._pull = pull
        self._now = now
        self._left = _TRIES

    def post(self, posts: Sequence[Post]) -> tuple[Refused, ...]:
        """Post what GitHub takes; give back the rest with the reasons."""
        why = self._send(posts)
        return () if why is None else self._rescue(posts, why)

    def _send(self, posts: Sequence[Post]) -> str | None:
        """Post one review. None if it is there, else the reason why none of it is."""
        self._left -= 1
        try:
            past_own_draft(self._wire, self._path, lambda: self._now().viewer, lambda: self._publish(posts))
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            return shown(refusal.said, self._wire.access)
        return None

    def _publish(self, posts: Sequence[Post]) -> None:
        rest = self._wire.rest
        repository = self._path.rpartition("/pulls/")[0]
        commit = {"url": f"{repository}/commits/{self._pull.head}", "sha": self._pull.head}
        review = Pulls(rest, {}, {"url": self._path}, completed=True).create_review(
            commit=Commit(rest, {}, commit, completed=True),
            body=_said(len(posts), self._pull.head),
            event="COMMENT",
            comments=[as_comment(post) for post in posts],
        )
        if review.raw_data.get("state") != "COMMENTED":
            raise odd("a published review", write=True)

    def _rescue(self, posts: Sequence[Post], why: str) -> tuple[Refused, ...]:
        """Post all but those that made GitHub refuse the whole."""
        if self._now().pull.head != self._pull.head:
            return _all(posts, "the pull request has moved on to another head")
        known = patches(self._wire.pages(f"{self._path}/files", "the changed files"))
        good = [post for post in posts if shows(known, post.anchor)]
        bad = [post for post in posts if not shows(known, post.anchor)]
        refused = _all(bad, "the forge's diff does not show these lines")
        if not good:
            return refused
        return refused + (self._try(good) if bad else self._split(good, why))

    def _try(self, posts: Sequence[Post]) -> tuple[Refused, ...]:
        if self._left <= 0:
            return _all(posts, "the forge refused the review that it was part of")
        why = self._send(posts)
        return () if why is None else self._split(posts, why)

    def _split(self, posts: Sequence[Post], why: str) -> tuple[Refused, ...]:
        """Post in two halves what was refused as a whole; one alone is the culprit."""
        if len(posts) == 1:
            return _all(posts, f"the forge refused it: {why}")
        middle = len(posts) // 2
        return self._try(posts[:middle]) + self._try(posts[middle:])


def _all(posts: Sequence[Post], why: str) -> tuple[Refused, ...]:
    return tuple(Refused(post.key, why) for post in posts)


def _said(count: int, head: str) -> str:
    """Give the review's own text, which GitHub demands."""
    remarks = "1 remark" if count == 1 else f"{count} remarks"
    return f"{REVIEW_OPENING}{remarks} on `{head[:7]}`; the summary is in one comment of its own."
