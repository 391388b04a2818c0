"""GraphQL's mutations, and the route that serves both kinds of operation."""

from collections.abc import Callable
from typing import Any

from fakes.github_access import refuse
from fakes.github_anchor import COMMIT_REFUSED, WrongAnchorError
from fakes.github_graphql import Schema, answer, refusal
from fakes.github_nodes import Nodes
from fakes.github_rest import BODY_LIMIT, TOO_LONG
from fakes.github_reviews import EVENTS, ONE_PENDING, OWN
from fakes.github_schema import SCHEMA
from fakes.github_state import Pull, Review, Said, Thread
from fakes.wire import Entry, Reply

TYPES = Schema(SCHEMA)


class Mutations:
    """What one token may change."""

    def __init__(self, forge: Any, nodes: Nodes) -> None:
        self.forge = forge
        self.nodes = nodes
        self.token = nodes.token

    def root(self) -> dict[str, Any]:
        """The fields; every mutation takes its `input` and gives a payload."""
        known: dict[str, Callable[..., dict[str, Any]]] = {
            "addComment": self.add_comment,
            "addPullRequestReview": self.add_review,
            "addPullRequestReviewThread": self.add_thread,
            "addPullRequestReviewThreadReply": self.add_reply,
            "resolveReviewThread": lambda **given: self.resolve(given["threadId"], "ResolveReviewThread"),
            "submitPullRequestReview": self.submit,
            "unresolveReviewThread": lambda **given: self.resolve(given["threadId"], "UnresolveReviewThread"),
            "updateIssueComment": self.update_remark,
            "updatePullRequestReviewComment": self.update_comment,
        }
        return {"__typename": "Mutation", **{name: self._field(name, work) for name, work in known.items()}}

    @staticmethod
    def _field(name: str, work: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def run(input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 (the argument's name in the interface)
            given = dict(input)
            client = given.pop("clientMutationId", None)
            kind = name[0].upper() + name[1:] + "Payload"
            return {"__typename": kind, "clientMutationId": client, **work(**given)}

        return run

    # -- threads ---------------------------------------------------------------------------------

    def _thing(self, id: str, kind: type, name: str) -> Any:  # noqa: A002 (as in the interface)
        found = self.nodes.found(id)
        if not isinstance(found, kind):
            raise refusal("NOT_FOUND", f"Could not resolve to {name} node with the global id of '{id}'.")
        return found

    def resolve(self, thread_id: str, mutation: str) -> dict[str, Any]:
        thread = self._thing(thread_id, Thread, "PullRequestReviewThread")
        if not self.forge.access.can_resolve(self.token, thread.pull):
            raise self.nodes.forbidden(mutation)
        resolved = mutation == "ResolveReviewThread"
        if resolved is (thread.resolved_by is None):
            thread.resolved_by = self.token.user.id if resolved else None
        return {"thread": lambda: self.nodes.thread(thread)}

    def add_thread(  # noqa: PLR0917 (the interface's own names, all optional)
        self,
        body: str,
        path: str | None = None,
        line: int | None = None,
        side: str = "RIGHT",
        startLine: int | None = None,  # noqa: N803 (as the interface has it)
        startSide: str | None = None,  # noqa: N803 (as the interface has it)
        subjectType: str = "LINE",  # noqa: N803 (as the interface has it)
        pullRequestReviewId: str | None = None,  # noqa: N803 (as the interface has it)
        pullRequestId: str | None = None,  # noqa: N803 (as the interface has it)
    ) -> dict[str, Any]:
        """Add a thread to a pending review.

        An anchor outside of the diff is no error here: the answer has no thread, and nothing is stored
        [I github-mcp-server#2495, dcdpr/jp#857].
        """
        self._may_write("AddPullRequestReviewThread")
        self._fits(body)
        if pullRequestReviewId is not None:
            review = self._thing(pullRequestReviewId, Review, "PullRequestReview")
        elif pullRequestId is not None:
            pull = self._thing(pullRequestId, Pull, "PullRequest")
            review = self.forge.pending(self.token.user.id, pull) or self._begun(pull)
        else:
            raise refusal("UNPROCESSABLE", "Either pullRequestId or pullRequestReviewId must be provided")
        if review.state != "PENDING" or review.author != self.token.user.id:
            raise refusal("VALIDATION", "Review has already been submitted.")  # [I diohub#18]
        given: dict[str, Any] = {
            "path": path,
            "side": side,
            "line": line,
            "subject_type": subjectType.lower(),
        }
        if startLine is not None:
            given |= {"start_line": startLine, "start_side": startSide or side}
        try:
            spot = self.forge.anchors.spot(review.pull, review.commit, given)
        except WrongAnchorError:
            self.forge.violate(f"a thread outside of the diff was dropped in silence: {path}:{line}")
            return {"thread": None}
        said = self.forge.add_comment(self.token.user.id, review.pull, body, spot=spot, review=review)
        self.forge.posted(body)
        return {"thread": lambda: self.nodes.thread(said.thread)}

    def _begun(self, pull: Pull) -> Review:
        return self.forge.add_review(self.token.user.id, pull, pull.head, "", "PENDING")

    def add_reply(
        self,
        body: str,
        pullRequestReviewThreadId: str,  # noqa: N803 (as the interface has it)
        **_: Any,
    ) -> dict[str, Any]:
        """Answer; a `pullRequestReviewId` changes nothing here: a pending review takes the answer anyway."""
        self._may_write("AddPullRequestReviewThreadReply")
        self._fits(body)
        thread = self._thing(pullRequestReviewThreadId, Thread, "PullRequestReviewThread")
        said = self.forge.answer(self.token.user.id, thread, body)
        self.forge.posted(body)
        return {"comment": lambda: self.nodes.comment(said)}

    # -- reviews ---------------------------------------------------------------------------------

    def add_review(
        self,
        pullRequestId: str,  # noqa: N803 (as the interface has it)
        body: str = "",
        event: str | None = None,
        commitOID: str | None = None,  # noqa: N803 (as the interface has it)
    ) -> dict[str, Any]:
        self._may_write("AddPullRequestReview")
        pull = self._thing(pullRequestId, Pull, "PullRequest")
        if self.forge.pending(self.token.user.id, pull):
            raise refusal("UNPROCESSABLE", ONE_PENDING)  # [I vscode-pull-request-github#1317]
        commit = commitOID or pull.head
        if not self.forge.anchors.is_of(pull, commit):
            raise refusal("UNPROCESSABLE", COMMIT_REFUSED)
        self._event(pull, event, body)
        state = EVENTS.get(event or "", "PENDING")
        review = self.forge.add_review(self.token.user.id, pull, commit, body, state)
        self.forge.posted(body)
        return {"pullRequestReview": lambda: self.nodes.review(review)}

    def submit(
        self,
        event: str,
        body: str | None = None,
        pullRequestReviewId: str | None = None,  # noqa: N803 (as the interface has it)
        pullRequestId: str | None = None,  # noqa: N803 (as the interface has it)
    ) -> dict[str, Any]:
        self._may_write("SubmitPullRequestReview")
        if pullRequestReviewId is not None:
            review = self._thing(pullRequestReviewId, Review, "PullRequestReview")
        else:
            pull = self._thing(pullRequestId or "", Pull, "PullRequest")
            review = self.forge.pending(self.token.user.id, pull)
        if review is None or review.state != "PENDING":
            raise refusal("UNPROCESSABLE", "Could not submit the review")  # [K]
        text = review.body if body is None else body
        self._event(review.pull, event, text)
        self.forge.submit_review(review, text, EVENTS[event])
        self.forge.posted(text)
        return {"pullRequestReview": lambda: self.nodes.review(review)}

    def _event(self, pull: Pull, event: str | None, body: str) -> None:
        if event in OWN and self.token.user.id == pull.author:
            raise refusal("UNPROCESSABLE", OWN[event])
        if event in ("COMMENT", "REQUEST_CHANGES") and not body.strip():
            raise refusal("UNPROCESSABLE", "Body can't be blank")
        if len(body) > BODY_LIMIT:
            raise refusal("UNPROCESSABLE", TOO_LONG)

    # -- comments --------------------------------------------------------------------------------

    def add_comment(self, subjectId: str, body: str) -> dict[str, Any]:  # noqa: N803 (as the interface has it)
        self._may_write("AddComment", "issues")
        self._fits(body)
        pull = self._thing(subjectId, Pull, "PullRequest")
        said = self.forge.add_remark(self.token.user.id, pull, body)
        self.forge.posted(body)
        edge = {"__typename": "IssueCommentEdge", "cursor": "", "node": lambda: self.nodes.remark(said)}
        return {"commentEdge": edge, "subject": lambda: self.nodes.pull(pull)}

    def update_remark(self, id: str, body: str) -> dict[str, Any]:  # noqa: A002 (as in the interface)
        self._may_write("UpdateIssueComment", "issues")
        said = self._changed(id, body, "UpdateIssueComment")
        return {"issueComment": lambda: self.nodes.remark(said)}

    def update_comment(self, pullRequestReviewCommentId: str, body: str) -> dict[str, Any]:  # noqa: N803 (as the interface has it)
        self._may_write("UpdatePullRequestReviewComment")
        said = self._changed(pullRequestReviewCommentId, body, "UpdatePullRequestReviewComment")
        return {"pullRequestReviewComment": lambda: self.nodes.comment(said)}

    def _changed(self, id: str, body: str, mutation: str) -> Said:  # noqa: A002 (as in the interface)
        kind = "PullRequestReviewComment" if "Review" in mutation else "IssueComment"
        said = self._thing(id, Said, kind)
        if (said.thread is None) is ("Review" in mutation):
            raise refusal("NOT_FOUND", f"Could not resolve to {kind} node with the global id of '{id}'.")
        self._fits(body)
        if not self.forge.access.owns_or_maintains(self.token, said):
            raise self.nodes.forbidden(mutation)
        self.forge.rewrite(said, body)
        self.forge.posted(body)
        return said

    def _may_write(self, mutation: str, *others: str) -> None:
        areas = ("pull_requests", *others)
        if not any(self.forge.access.can(self.token, area, "write") for area in areas):
            raise self.nodes.forbidden(mutation)

    @staticmethod
    def _fits(body: str) -> None:
        if not body.strip():
            raise refusal("UNPROCESSABLE", "Body cannot be blank")  # [K]
        if len(body) > BODY_LIMIT:
            raise refusal("UNPROCESSABLE", TOO_LONG)


class GraphQLRoute:
    """`POST /api/graphql`: errors of the query itself come with HTTP 200 too."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge
        keys = ("query", "variables", "operationName")
        forge.route("POST", "/api/graphql", self.serve, query=(), keys=keys)

    def serve(self, entry: Entry) -> Reply:
        body = entry.body
        if not isinstance(body, dict):
            raise refuse(400, "Problems parsing JSON")
        if not isinstance(body.get("query"), str):
            return Reply(
                200, {"errors": [{"message": "A query attribute must be specified and must be a string."}]}
            )
        nodes = Nodes(self.forge, self.forge.tokens[entry.token])
        roots = {"query": nodes.query(), "mutation": Mutations(self.forge, nodes).root()}
        given = body.get("variables") or {}
        found = answer(TYPES, body["query"], given, body.get("operationName"), roots)
        if "data" not in found:
            self.forge.violate(f"a GraphQL document that the schema refuses: {found['errors'][0]['message']}")
        return Reply(200, found)
