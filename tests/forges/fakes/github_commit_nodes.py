"""Commits, their statuses and their checks, as GraphQL gives them."""

from typing import Any

from fakes.github_gates import rolled_up
from fakes.github_state import CheckRun, CommitStatus, node_id


class CommitNodes:
    """A part of `Nodes`."""

    def commit(self, sha: str) -> dict[str, Any]:
        page = f"{self.forge.shapes.page}/commit/{sha}"
        return {
            "__typename": "Commit",
            "id": node_id("Commit", sha),
            "oid": sha,
            "abbreviatedOid": sha[:7],
            "message": lambda: self._message(sha),
            "messageHeadline": lambda: self._message(sha).partition("\n")[0],
            "url": page,
            "commitUrl": page,
            "status": lambda: self._status(sha),
            "statusCheckRollup": lambda: self._rollup(sha),
        }

    def _message(self, sha: str) -> str:
        return self.forge.repo.git("show", "-s", "--format=%B", sha).decode("utf-8", "replace").rstrip("\n")

    def _status(self, sha: str) -> Any:
        """Null on a commit that nobody has given a status [K]."""
        self.demand("statuses", "read")
        newest = {one.context: one for one in self.forge.newest_statuses(sha)}
        if not newest:
            return None
        return {
            "__typename": "Status",
            "id": f"S_{sha}",
            "commit": lambda: self.commit(sha),
            "state": rolled_up([one.state for one in newest.values()]).upper(),
            "context": lambda name: self._context(newest[name]) if name in newest else None,
            "contexts": lambda: [self._context(one) for one in newest.values()],
        }

    def _context(self, status: CommitStatus) -> dict[str, Any]:
        return {
            "__typename": "StatusContext",
            "id": node_id("StatusContext", status.id),
            "context": status.context,
            "state": status.state.upper(),
            "description": status.description,
            "targetUrl": status.target_url,
            "createdAt": status.created_at,
            "creator": lambda: self.actor(status.creator),
            "avatarUrl": lambda **_: f"{self.forge.url}/avatars/u/{status.creator}",
            "commit": lambda: self.commit(status.sha),
        }

    def _rollup(self, sha: str) -> Any:
        self.demand("checks", "read", "statuses")
        runs = [one for one in self.forge.check_runs.values() if one.sha == sha]
        states = [one.state for one in self.forge.newest_statuses(sha)]
        states += [self._of_run(one) for one in runs]
        if not states:
            return None
        contexts = [self._context(one) for one in self.forge.newest_statuses(sha)] + [
            self._run(one) for one in runs
        ]
        return {
            "__typename": "StatusCheckRollup",
            "id": f"SCR_{sha}",
            "commit": lambda: self.commit(sha),
            "state": rolled_up(states).upper(),
            "contexts": lambda **given: self.connection(
                "contexts", "StatusCheckRollupContext", contexts, given
            ),
        }

    @staticmethod
    def _of_run(run: CheckRun) -> str:
        conclusion = run.values.get("conclusion")
        if conclusion is None:
            return "pending"
        return "success" if conclusion in ("success", "neutral", "skipped") else "failure"

    def _run(self, run: CheckRun) -> dict[str, Any]:
        output = run.values.get("output", {})
        conclusion = run.values.get("conclusion")
        return {
            "__typename": "CheckRun",
            "id": node_id("CheckRun", run.id),
            "databaseId": run.id,
            "name": run.name,
            "status": run.values.get("status", "queued").upper(),
            "conclusion": conclusion.upper() if conclusion else None,
            "title": output.get("title"),
            "summary": output.get("summary"),
            "url": f"{self.forge.shapes.page}/runs/{run.id}",
        }
