"""The JSON of GitHub's REST interface, whole enough for the official descriptions of the answers."""

from typing import Any

from fakes.github_account_shapes import AccountShapes
from fakes.github_gate_shapes import GateShapes
from fakes.github_state import Pull, Review, Said, node_id
from fakes.repo import FileChange

ASSOCIATION = {"none": "NONE", "read": "NONE", "write": "COLLABORATOR", "admin": "OWNER"}


class Shapes(AccountShapes, GateShapes):
    """Turns what the fake remembers into what it answers; every address is absolute and its own."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge
        self.api = f"{forge.url}/api/v3"
        self.repo_api = f"{self.api}/repos/{forge.owner}/{forge.name}"
        self.page = f"{forge.url}/{forge.owner}/{forge.name}"

    # -- pull requests ---------------------------------------------------------------------------

    def pull(self, pull: Pull, *, full: bool = False) -> dict[str, Any]:
        url = f"{self.repo_api}/pulls/{pull.number}"
        page = f"{self.page}/pull/{pull.number}"
        issue = f"{self.repo_api}/issues/{pull.number}"
        links = {
            "self": url,
            "html": page,
            "issue": issue,
            "comments": f"{issue}/comments",
            "review_comments": f"{url}/comments",
            "review_comment": f"{self.repo_api}/pulls/comments{{/number}}",
            "commits": f"{url}/commits",
            "statuses": f"{self.repo_api}/statuses/{pull.head}",
        }
        found = {
            "url": url,
            "id": pull.id,
            "node_id": node_id("PullRequest", pull.id),
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "issue_url": issue,
            **{f"{name}_url": links[name] for name in ("commits", "comments", "statuses")},
            "review_comments_url": links["review_comments"],
            "review_comment_url": links["review_comment"],
            "number": pull.number,
            "state": pull.state,
            "locked": False,
            "title": pull.title,
            "user": self.user(pull.author),
            "body": pull.body,
            "labels": [],
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "draft": pull.draft,
            **dict.fromkeys(("milestone", "assignee", "auto_merge", "active_lock_reason")),
            "created_at": pull.created_at,
            "updated_at": pull.created_at,
            "closed_at": None if pull.state == "open" else pull.created_at,
            "merged_at": pull.created_at if pull.merged else None,
            # A trial merge while it is open, and no commit of the pull request [D].
            "merge_commit_sha": self.forge.trial_merge(pull),
            "head": self._end(pull, pull.source_branch, pull.head, pull.head_repo),
            "base": self._end(
                pull, pull.target_branch, pull.base_sha, f"{self.forge.owner}/{self.forge.name}"
            ),
            "_links": {name: {"href": link} for name, link in links.items()},
            "author_association": self.association(pull.author),
        }
        return {**found, **self._counted(pull)} if full else found

    def _end(self, pull: Pull, branch: str, sha: str, repo: str | None) -> dict[str, Any]:
        owner = repo.partition("/")[0] if repo else "unknown"
        home = self.repository() if repo else None
        if home and repo != home["full_name"]:
            home = {**home, "full_name": repo, "fork": True, "name": repo.partition("/")[2]}
        user = self.user(self.forge.owner_id if owner == self.forge.owner else pull.author)
        return {
            "label": f"{owner}:{branch}",
            "ref": branch,
            "sha": sha,
            "user": user if repo else None,
            "repo": home,
        }

    def _counted(self, pull: Pull) -> dict[str, Any]:
        files = self.forge.anchors.changes(pull)
        return {
            "merged": pull.merged,
            "mergeable": True,
            "rebaseable": True,
            "mergeable_state": "clean",
            "merged_by": None,
            "comments": len(self.forge.conversation(pull)),
            "review_comments": len(self.forge.shown_comments(pull)),
            "maintainer_can_modify": False,
            "commits": len(self.forge.commits(pull)),
            "additions": sum(line.kind == "+" for file in files for line in file.lines),
            "deletions": sum(line.kind == "-" for file in files for line in file.lines),
            "changed_files": len(files),
        }

    def file(self, pull: Pull, file: FileChange) -> dict[str, Any]:
        """An entry of the file list; a binary file, and one whose patch is too large, has no `patch` [S, K]."""
        kinds = [line.kind for line in file.lines]
        status = "changed" if file.status == "typechange" else file.status
        found: dict[str, Any] = {
            "sha": file.old_blob if file.status == "deleted" else file.new_blob,
            "filename": file.new_path,
            "status": {"deleted": "removed"}.get(status, status),
            "additions": kinds.count("+"),
            "deletions": kinds.count("-"),
            "changes": kinds.count("+") + kinds.count("-"),
            "blob_url": f"{self.page}/blob/{pull.head}/{file.new_path}",
            "raw_url": f"{self.page}/raw/{pull.head}/{file.new_path}",
            "contents_url": f"{self.repo_api}/contents/{file.new_path}?ref={pull.head}",
        }
        if file.old_path != file.new_path:
            found["previous_filename"] = file.old_path
        if file.hunks and len(file.patch) <= self.forge.patch_limit:
            found["patch"] = file.patch.decode("utf-8", "replace").removesuffix("\n")
        return found

    # -- what is said ----------------------------------------------------------------------------

    def association(self, user: int | None) -> str:
        return ASSOCIATION[self.forge.access_of.get(user, "none")]

    def review(self, review: Review) -> dict[str, Any]:
        page = f"{self.page}/pull/{review.pull.number}#pullrequestreview-{review.id}"
        pull = f"{self.repo_api}/pulls/{review.pull.number}"
        found = {
            "id": review.id,
            "node_id": node_id("PullRequestReview", review.id),
            "user": self.user(review.author),
            "body": review.body,
            "state": review.state,
            "html_url": page,
            "pull_request_url": pull,
            "author_association": self.association(review.author),
            "_links": {"html": {"href": page}, "pull_request": {"href": pull}},
            "commit_id": review.commit,
        }
        return {**found, "submitted_at": review.submitted_at} if review.submitted_at else found

    def comment(self, said: Said) -> dict[str, Any]:
        """A comment on the diff; `line` and `position` are null once it is outdated [S, I]."""
        spot, thread, pull = said.thread.spot, said.thread, said.pull
        line, start, outdated = self.forge.anchors.now(thread)
        url = f"{self.repo_api}/pulls/comments/{said.id}"
        page = f"{self.page}/pull/{pull.number}#discussion_r{said.id}"
        pull_url = f"{self.repo_api}/pulls/{pull.number}"
        found = {
            "url": url,
            "pull_request_review_id": said.review.id if said.review else None,
            "id": said.id,
            "node_id": node_id("PullRequestReviewComment", said.id),
            "diff_hunk": spot.hunk,
            "path": spot.path,
            "position": None if outdated else spot.position or 1,
            "original_position": spot.position or 1,
            "commit_id": spot.commit if outdated else pull.head,
            "original_commit_id": spot.commit,
            "user": self.user(said.author),
            "body": said.body,
            "created_at": said.created_at,
            "updated_at": said.updated_at,
            "html_url": page,
            "pull_request_url": pull_url,
            "author_association": self.association(said.author),
            "_links": {
                "self": {"href": url},
                "html": {"href": page},
                "pull_request": {"href": pull_url},
            },
            "start_line": start,
            "original_start_line": spot.start_line,
            "start_side": spot.start_side,
            "line": line,
            "original_line": spot.line,
            "side": spot.side,
            "subject_type": spot.subject,
            "reactions": self._reactions(url),
        }
        first = thread.comments[0]
        return found if first is said else {**found, "in_reply_to_id": first.id}

    def remark(self, said: Said) -> dict[str, Any]:
        """A comment of the conversation."""
        url = f"{self.repo_api}/issues/comments/{said.id}"
        return {
            "url": url,
            "html_url": f"{self.page}/pull/{said.pull.number}#issuecomment-{said.id}",
            "issue_url": f"{self.repo_api}/issues/{said.pull.number}",
            "id": said.id,
            "node_id": node_id("IssueComment", said.id),
            "user": self.user(said.author),
            "created_at": said.created_at,
            "updated_at": said.updated_at,
            "author_association": self.association(said.author),
            "body": said.body,
            "reactions": self._reactions(url),
            "performed_via_github_app": None,
        }

    @staticmethod
    def _reactions(url: str) -> dict[str, Any]:
        kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
        return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(kinds, 0)}
