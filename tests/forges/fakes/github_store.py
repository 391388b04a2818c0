"""The store behind the routes: what is added, changed and taken out, and in which order it is listed."""

from collections.abc import Iterator
from typing import Any

from fakes.github_access import not_found
from fakes.github_markdown import effects
from fakes.github_state import CommitStatus, Pull, Review, Said, Spot, Thread, node_id
from fakes.wire import Entry

AUTHOR = ("-c", "user.name=GitHub", "-c", "user.email=noreply@github.example")


class Store:
    """A part of `FakeGitHub`: everything that routes and people do to it goes through here."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.reviews: dict[int, Review] = {}
        self.thread_list: list[Thread] = []
        self.comments: dict[int, Said] = {}
        self.remarks: dict[int, Said] = {}
        self.commit_statuses: list[CommitStatus] = []
        self.check_runs: dict[int, Any] = {}
        self.effects: list[tuple[str, str]] = []
        self._ids = 1000
        self._seconds = 0

    # -- numbers and time ------------------------------------------------------------------------

    def next_id(self) -> int:
        """One row of numbers for everything, so that no id means two things."""
        self._ids += 1
        return self._ids

    def now(self) -> str:
        """A second later each time."""
        self._seconds += 1
        minutes, seconds = divmod(self._seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"2026-01-01T{hours:02}:{minutes:02}:{seconds:02}Z"

    # -- what a request is about -----------------------------------------------------------------

    def here(self, entry: Entry, area: str, level: str, *others: str) -> Any:
        """The token, if this is the repository and it may do that; raises the refusal."""
        named = (entry.params["owner"].lower(), entry.params["repo"].lower())
        if named != (self.owner.lower(), self.name.lower()):
            raise not_found()
        return self.access.demand(entry, area, level, *others)

    def pull_of(self, entry: Entry) -> Pull:
        found = self.pulls.get(int(entry.params["number"]))
        if found is None:
            raise not_found()
        return found

    # -- commits ---------------------------------------------------------------------------------

    def between(self, base: str, head: str) -> list[str]:
        """The commits after `base` up to `head`, the oldest first."""
        return self.repo.git("rev-list", "--reverse", "--topo-order", head, f"^{base}").decode().split()

    def commits(self, pull: Pull) -> list[str]:
        return self.between(self.anchors.base(pull), pull.head)

    def trial_merge(self, pull: Pull) -> str | None:
        """The commit that merging would give, as `refs/pull/N/merge`; None where there are conflicts [D]."""
        key = (pull.base_sha, pull.head)
        if key not in self._merges:
            self._merges[key] = self._merged(*key)
        return self._merges[key]

    def _merged(self, base: str, head: str) -> str | None:
        try:
            tree = self.repo.git("merge-tree", "--write-tree", base, head).decode().split("\n")[0]
        except AssertionError:  # git's word for a conflict is exit 1, the repository's for that is this
            return None
        message = f"Merge {head} into {base}"
        made = self.repo.git(*AUTHOR, "commit-tree", tree, "-p", base, "-p", head, "-m", message)
        return made.decode().strip()

    # -- lists -----------------------------------------------------------------------------------

    def threads_of(self, pull: Pull) -> list[Thread]:
        return [one for one in self.thread_list if one.pull is pull]

    def reviews_of(self, pull: Pull) -> list[Review]:
        return [one for one in self.reviews.values() if one.pull is pull]

    def all_comments(self, pull: Pull) -> list[Said]:
        return sorted((one for one in self.comments.values() if one.pull is pull), key=lambda one: one.id)

    def shown_comments(self, pull: Pull) -> list[Said]:
        """Those of submitted reviews."""
        return [one for one in self.all_comments(pull) if not (one.review and one.review.state == "PENDING")]

    def conversation(self, pull: Pull) -> list[Said]:
        return [one for one in self.remarks.values() if one.pull is pull]

    def pending(self, user: int, pull: Pull) -> Review | None:
        """The one review that this account has not submitted yet."""
        found = (one for one in self.reviews_of(pull) if one.state == "PENDING" and one.author == user)
        return next(found, None)

    @staticmethod
    def shows(review: Review, token: Any) -> bool:
        """A pending review is its author's alone [I mfittko/dev-loops#1974]."""
        return review.state != "PENDING" or review.author == token.user.id

    def statuses_of(self, sha: str) -> list[CommitStatus]:
        return [one for one in self.commit_statuses if one.sha == sha]

    def newest_statuses(self, sha: str) -> list[CommitStatus]:
        """The newest of each context."""
        return list({one.context: one for one in self.statuses_of(sha)}.values())

    def nodes(self) -> Iterator[tuple[Any, str]]:
        """Everything that has a global id, with it."""
        for pull in self.pulls.values():
            yield pull, node_id("PullRequest", pull.id)
        for thread in self.thread_list:
            yield thread, thread.node
        for review in self.reviews.values():
            yield review, node_id("PullRequestReview", review.id)
        for comment in self.comments.values():
            yield comment, node_id("PullRequestReviewComment", comment.id)
        for remark in self.remarks.values():
            yield remark, node_id("IssueComment", remark.id)

    # -- changes ---------------------------------------------------------------------------------

    def add_review(self, user: int, pull: Pull, commit: str, body: str, state: str) -> Review:
        when = None if state == "PENDING" else self.now()
        review = Review(self.next_id(), pull, user, body, state, commit, when)
        self.reviews[review.id] = review
        return review

    def submit_review(self, review: Review, body: str, state: str) -> None:
        review.body, review.state, review.submitted_at = body, state, self.now()

    def drop_review(self, review: Review) -> None:
        for said in [one for one in self.comments.values() if one.review is review]:
            self.drop_comment(said)
        self.reviews.pop(review.id, None)

    def add_comment(self, user: int, pull: Pull, body: str, *, spot: Spot, review: Review) -> Said:
        """The first comment of a new thread."""
        thread = Thread(self.next_id(), pull, spot)
        self.thread_list.append(thread)
        return self._said(user, thread, body, review)

    def answer(self, user: int, thread: Thread, body: str) -> Said:
        """A further comment; it belongs to a review of its own, or to the one that is pending [K]."""
        review = self.pending(user, thread.pull)
        review = review or self.add_review(user, thread.pull, thread.pull.head, "", "COMMENTED")
        return self._said(user, thread, body, review)

    def _said(self, user: int, thread: Thread, body: str, review: Review) -> Said:
        now = self.now()
        said = Said(self.next_id(), user, body, now, now, thread.pull, thread, review)
        thread.comments.append(said)
        self.comments[said.id] = said
        return said

    def add_remark(self, user: int, pull: Pull, body: str) -> Said:
        now = self.now()
        said = Said(self.next_id(), user, body, now, now, pull)
        self.remarks[said.id] = said
        return said

    def rewrite(self, said: Said, body: str) -> None:
        said.body, said.updated_at = body, self.now()

    def drop_comment(self, said: Said) -> None:
        """Take out a comment; its thread, and a review that says nothing else, go with the last one [K]."""
        thread, review = said.thread, said.review
        del self.comments[said.id]
        thread.comments.remove(said)
        if not thread.comments:
            self.thread_list.remove(thread)
        empty = review.state == "COMMENTED" and not review.body
        if empty and not any(one.review is review for one in self.comments.values()):
            self.reviews.pop(review.id, None)

    def posted(self, *bodies: str) -> None:
        """Record what these texts do besides being read."""
        for body in bodies:
            self.effects += effects(body, lambda text: self.repo.resolve(text) is not None)
