"""Pull requests and what is said on them, as GraphQL gives them to one viewer."""

from collections.abc import Mapping
from typing import Any

from fakes.github_gql_text import refusal
from fakes.github_state import Pull, Review, Said, Thread, node_id


class TalkNodes:
    """A part of `Nodes`."""

    def repository(self) -> dict[str, Any]:
        forge = self.forge
        return {
            "__typename": "Repository",
            "id": node_id("Repository", forge.repository_id),
            "databaseId": forge.repository_id,
            "name": forge.name,
            "nameWithOwner": f"{forge.owner}/{forge.name}",
            "isPrivate": forge.private,
            "url": forge.shapes.page,
            "viewerPermission": lambda: forge.access_of.get(self.token.user.id, "none").upper(),
            "object": self._object,
            "pullRequest": self._numbered,
        }

    def _numbered(self, number: int) -> Any:
        self.demand("pull_requests", "read")
        if number not in self.forge.pulls:
            raise refusal("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        return self.pull(self.forge.pulls[number])

    def _object(self, oid: str | None = None, expression: str | None = None) -> Any:
        self.demand("contents", "read")
        found = self.forge.repo.resolve(oid or expression or "")
        return None if found is None else self.commit(found)

    def pull(self, pull: Pull) -> dict[str, Any]:
        files = self.forge.anchors.changes
        counted = {
            "additions": lambda: sum(line.kind == "+" for file in files(pull) for line in file.lines),
            "deletions": lambda: sum(line.kind == "-" for file in files(pull) for line in file.lines),
            "changedFiles": lambda: len(files(pull)),
        }
        return {
            "__typename": "PullRequest",
            "id": node_id("PullRequest", pull.id),
            "databaseId": pull.id,
            "fullDatabaseId": str(pull.id),
            "number": pull.number,
            "title": pull.title,
            "body": pull.body,
            "state": "MERGED" if pull.merged else pull.state.upper(),
            "closed": pull.state != "open",
            "merged": pull.merged,
            "isDraft": pull.draft,
            "locked": False,
            "author": lambda: self.actor(pull.author),
            "headRefOid": pull.head,
            "headRefName": pull.source_branch,
            "headRepository": lambda: self.repository() if pull.head_repo else None,
            "baseRefOid": pull.base_sha,
            "baseRefName": pull.target_branch,
            "baseRepository": self.repository,
            "isCrossRepository": pull.is_fork,
            "createdAt": pull.created_at,
            "updatedAt": pull.created_at,
            "url": f"{self.forge.shapes.page}/pull/{pull.number}",
            **counted,
            "comments": lambda **given: self._remarks(pull, given),
            "commits": lambda **given: self._commits(pull, given),
            "reviewThreads": lambda **given: self._threads(pull, given),
            "reviews": lambda **given: self._reviews(pull, given),
        }

    def _remarks(self, pull: Pull, given: Mapping[str, Any]) -> Any:
        found = [self.remark(one) for one in self.forge.conversation(pull)]
        return self.connection("comments", "IssueComment", found, given)

    def _commits(self, pull: Pull, given: Mapping[str, Any]) -> Any:
        url = f"{self.forge.shapes.page}/pull/{pull.number}/commits"
        found = [
            {
                "__typename": "PullRequestCommit",
                "id": f"PURC_{sha}",
                "url": f"{url}/{sha}",
                "commit": self.commit(sha),
            }
            for sha in self.forge.commits(pull)
        ]
        return self.connection("commits", "PullRequestCommit", found, given)

    def _threads(self, pull: Pull, given: Mapping[str, Any]) -> Any:
        found = [self.thread(one) for one in self.forge.threads_of(pull) if self._shown(one)]
        return self.connection("reviewThreads", "PullRequestReviewThread", found, given)

    def _reviews(self, pull: Pull, given: Mapping[str, Any]) -> Any:
        states, author = given.get("states"), given.get("author")
        found = [
            self.review(one)
            for one in self.forge.reviews_of(pull)
            if self._shown(one)
            and (states is None or one.state in states)
            and (author is None or self.forge.shapes.login(one.author) == author)
        ]
        return self.connection("reviews", "PullRequestReview", found, given)

    def thread(self, thread: Thread) -> dict[str, Any]:
        line, start, outdated = self.forge.anchors.now(thread)
        spot = thread.spot
        may = self.forge.access.can_resolve(self.token, thread.pull)
        resolver = (
            None if self.forge.nameless_bots and self._is_bot(thread.resolved_by) else thread.resolved_by
        )
        return {
            "__typename": "PullRequestReviewThread",
            "id": thread.node,
            "path": spot.path,
            "line": line,
            "startLine": start,
            "originalLine": spot.line,
            "originalStartLine": spot.start_line,
            "diffSide": spot.side,
            "startDiffSide": spot.start_side,
            "subjectType": spot.subject.upper(),
            "isOutdated": outdated,
            "isResolved": thread.resolved_by is not None,
            "isCollapsed": thread.resolved_by is not None,
            "resolvedBy": lambda: self.person(resolver),
            "pullRequest": lambda: self.pull(thread.pull),
            "viewerCanReply": self.forge.access.can(self.token, "pull_requests", "write"),
            "viewerCanResolve": may and thread.resolved_by is None,
            "viewerCanUnresolve": may and thread.resolved_by is not None,
            "comments": lambda skip=0, **given: self._said(thread.comments[skip or 0 :], given),
        }

    def _is_bot(self, user: int | None) -> bool:
        found = self.forge.users.get(user)
        return bool(found and found.is_bot)

    def _said(self, comments: list[Said], given: Mapping[str, Any]) -> Any:
        found = [self.comment(one) for one in comments if self._shown(one)]
        return self.connection("comments", "PullRequestReviewComment", found, given)

    def _remark_like(self, kind: str, said: Said) -> dict[str, Any]:
        return {
            "__typename": kind,
            "id": node_id(kind, said.id),
            "databaseId": said.id,
            "fullDatabaseId": str(said.id),
            "author": lambda: self.actor(said.author),
            "body": said.body,
            "createdAt": said.created_at,
            "updatedAt": said.updated_at,
            "isMinimized": False,
            "viewerDidAuthor": said.author == self.token.user.id,
            "viewerCanUpdate": self.forge.access.owns_or_maintains(self.token, said),
        }

    def remark(self, said: Said) -> dict[str, Any]:
        page = f"{self.forge.shapes.page}/pull/{said.pull.number}#issuecomment-{said.id}"
        return {**self._remark_like("IssueComment", said), "url": page}

    def comment(self, said: Said) -> dict[str, Any]:
        thread, spot = said.thread, said.thread.spot
        line, start, outdated = self.forge.anchors.now(thread)
        pending = said.review is not None and said.review.state == "PENDING"
        first = thread.comments[0]
        return {
            **self._remark_like("PullRequestReviewComment", said),
            "url": f"{self.forge.shapes.page}/pull/{said.pull.number}#discussion_r{said.id}",
            "path": spot.path,
            "diffHunk": spot.hunk,
            "line": line,
            "startLine": start,
            "originalLine": spot.line,
            "originalStartLine": spot.start_line,
            "outdated": outdated,
            "subjectType": spot.subject.upper(),
            "state": "PENDING" if pending else "SUBMITTED",
            "commit": lambda: self.commit(spot.commit if outdated else said.pull.head),
            "originalCommit": lambda: self.commit(spot.commit),
            "pullRequest": lambda: self.pull(said.pull),
            "pullRequestReview": lambda: self.review(said.review) if said.review else None,
            "replyTo": lambda: None if first is said else self.comment(first),
        }

    def review(self, review: Review) -> dict[str, Any]:
        comments = [one for one in self.forge.all_comments(review.pull) if one.review is review]
        return {
            "__typename": "PullRequestReview",
            "id": node_id("PullRequestReview", review.id),
            "databaseId": review.id,
            "fullDatabaseId": str(review.id),
            "author": lambda: self.actor(review.author),
            "body": review.body,
            "state": review.state,
            "createdAt": review.submitted_at or self.forge.born,
            "updatedAt": review.submitted_at or self.forge.born,
            "submittedAt": review.submitted_at,
            "commit": lambda: self.commit(review.commit),
            "viewerDidAuthor": review.author == self.token.user.id,
            "url": f"{self.forge.shapes.page}/pull/{review.pull.number}#pullrequestreview-{review.id}",
            "comments": lambda **given: self._said(comments, given),
        }
