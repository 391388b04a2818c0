"""Reviews and the comments on the diff, through REST.

A review is all or nothing: one comment that cannot be placed and nothing of it is stored [I
max-sixty/tend#252, qwen-code#6711]. While an account has a pending review it can create no other review,
submitted or not [I max-sixty/tend#1171], and no single comment or reply either [I diohub#18].
"""

from typing import Any

from fakes.github_access import not_found, unprocessable
from fakes.github_anchor import COMMIT_REFUSED, WrongAnchorError, review_sentence
from fakes.github_rest import BODY_LIMIT, PAGES, TOO_LONG, malformed, paged, shaped, typed
from fakes.github_state import Pull, Review, Said, Spot
from fakes.wire import Entry, Reply

EVENTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
REVIEW = {"commit_id": str, "body": str, "event": str, "comments": list}
# `comments` of a review have no `subject_type`: a whole file cannot be commented there [S].
IN_REVIEW = {
    "path": str,
    "position": int,
    "body": str,
    "line": int,
    "side": str,
    "start_line": int,
    "start_side": str,
}
BODY = {"body": str}
ONE_PENDING = "User can only have one pending review per pull request"  # [I github/app#3371, tend#1171]
OWN = {
    "APPROVE": "Can not approve your own pull request",
    "REQUEST_CHANGES": "Can not request changes on your own pull request",
}


class ReviewRoutes:
    """Registers its routes with the fake."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge
        at = forge.route
        pull = "/api/v3/repos/{owner}/{repo}/pulls/{number:int}"
        one = f"{pull}/reviews/{{review:int}}"
        at("GET", f"{pull}/reviews", self.reviews, query=PAGES)
        at("POST", f"{pull}/reviews", self.create, query=())
        at("GET", one, self.read, query=())
        at("PUT", one, self.rewrite, query=())
        at("DELETE", one, self.discard, query=())
        at("POST", f"{one}/events", self.submit, query=())
        at("GET", f"{one}/comments", self.of_review, query=PAGES)

    # -- reviews ---------------------------------------------------------------------------------

    def reviews(self, entry: Entry) -> Reply:
        """All reviews; a pending one is shown to its author only [I mfittko/dev-loops#1974]."""
        token = self.forge.here(entry, "pull_requests", "read")
        found = [
            one for one in self.forge.reviews_of(self.forge.pull_of(entry)) if self.forge.shows(one, token)
        ]
        return paged(self.forge, entry, [self.forge.shapes.review(one) for one in found])

    def create(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "write")
        pull = self.forge.pull_of(entry)
        given = shaped(entry, REVIEW)
        event = given.get("event")
        comments = given.get("comments", [])
        self._allowed(token, pull, event)
        commit = given.get("commit_id", pull.head)
        if not self.forge.anchors.is_of(pull, commit):
            raise unprocessable(COMMIT_REFUSED)
        placed = [(self._spot(pull, commit, number, one), one["body"]) for number, one in enumerate(comments)]
        self._has_something(event, given.get("body", ""))
        review = self.forge.add_review(
            token.user.id, pull, commit, given.get("body", ""), EVENTS.get(event, "PENDING")
        )
        for spot, body in placed:
            self.forge.add_comment(token.user.id, pull, body, spot=spot, review=review)
        self.forge.posted(review.body, *(body for _, body in placed))
        return Reply(200, self.forge.shapes.review(review))

    def _allowed(self, token: Any, pull: Pull, event: str | None) -> None:
        if event is not None and event not in EVENTS:
            text = "Variable $event of type PullRequestReviewEvent was provided invalid value"  # [K]
            raise unprocessable(text)
        if event in OWN and token.user.id == pull.author:  # [K]
            raise unprocessable(OWN[event])
        if self.forge.pending(token.user.id, pull):
            raise unprocessable(ONE_PENDING)

    @staticmethod
    def _has_something(event: str | None, body: str) -> None:
        """A body is required to comment and to request changes [S]; the sentence is [K]."""
        if event in ("COMMENT", "REQUEST_CHANGES") and not body.strip():
            raise unprocessable("Body can't be blank")
        if len(body) > BODY_LIMIT:
            raise unprocessable(TOO_LONG)

    def _spot(self, pull: Pull, commit: str, number: int, one: Any) -> Spot:
        where = f"properties/comments/items/{number}"
        if not isinstance(one, dict):
            raise malformed(f"For '{where}', {one} is not an object.")
        typed(where, one, IN_REVIEW)
        for name in ("path", "body"):
            if name not in one:
                raise malformed(f'"{name}" wasn\'t supplied.')
        wrong = [name for name in ("side", "start_side") if one.get(name, "LEFT") not in ("LEFT", "RIGHT")]
        if wrong:  # the description says only "a string" [S]; the server's enum says more [K]
            text = "Variable $threads of type [DraftPullRequestReviewThread] was provided invalid value for"
            raise unprocessable(
                f'{text} {number}.{wrong[0]} (Expected "{one[wrong[0]]}" to be one of: LEFT, RIGHT)'
            )
        if not one["body"].strip():
            raise unprocessable("Pull request review comments body can't be blank")  # [K]
        if len(one["body"]) > BODY_LIMIT:
            raise unprocessable(TOO_LONG)
        try:
            return self.forge.anchors.spot(pull, commit, one)
        except WrongAnchorError as wrong_anchor:
            sentence = review_sentence(wrong_anchor.faults, self.forge.wording)
        raise unprocessable(sentence)

    def read(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "read")
        return Reply(200, self.forge.shapes.review(self._review(entry, token)))

    def _review(self, entry: Entry, token: Any) -> Review:
        pull = self.forge.pull_of(entry)
        found = self.forge.reviews.get(int(entry.params["review"]))
        if found is None or found.pull is not pull or not self.forge.shows(found, token):
            raise not_found()
        return found

    def rewrite(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "write")
        review = self._review(entry, token)
        body = shaped(entry, BODY, ("body",))["body"]
        self.forge.access.demand_own(token, review)
        self._has_something("COMMENT", body)
        review.body = body
        self.forge.posted(body)
        return Reply(200, self.forge.shapes.review(review))

    def discard(self, entry: Entry) -> Reply:
        """A pending review can be deleted, with its comments; a submitted one cannot [S, K]."""
        token = self.forge.here(entry, "pull_requests", "write")
        review = self._review(entry, token)
        if review.state != "PENDING":
            raise unprocessable("Can not delete a non-pending pull request review")
        answer = self.forge.shapes.review(review)
        self.forge.drop_review(review)
        return Reply(200, answer)

    def submit(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "write")
        review = self._review(entry, token)
        given = shaped(entry, {"body": str, "event": str}, ("event",))
        if review.state != "PENDING" or given["event"] not in EVENTS:
            raise unprocessable("Could not submit the review")  # [K]
        if given["event"] in OWN and token.user.id == review.pull.author:
            raise unprocessable(OWN[given["event"]])
        body = given.get("body", review.body)
        self._has_something(given["event"], body)
        self.forge.submit_review(review, body, EVENTS[given["event"]])
        self.forge.posted(body)
        return Reply(200, self.forge.shapes.review(review))

    def of_review(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "read")
        review = self._review(entry, token)
        found = [one for one in self.forge.all_comments(review.pull) if one.review is review]
        return paged(self.forge, entry, [self._in_review(one) for one in found])

    def _in_review(self, said: Said) -> dict[str, Any]:
        """A review's list of comments leaves `subject_type` out [S]."""
        found = self.forge.shapes.comment(said)
        del found["subject_type"]
        return found
