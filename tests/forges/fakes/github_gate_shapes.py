"""Statuses and check runs, in the JSON of GitHub's REST interface."""

from typing import Any

from fakes.github_state import CheckRun, CommitStatus, node_id


class GateShapes:
    """A part of `Shapes`."""

    def status(self, status: CommitStatus, *, simple: bool = False) -> dict[str, Any]:
        found = {
            "url": f"{self.repo_api}/statuses/{status.sha}",
            "avatar_url": f"{self.forge.url}/avatars/u/{status.creator}?",
            "id": status.id,
            "node_id": node_id("StatusContext", status.id),
            "state": status.state,
            "description": status.description,
            "target_url": status.target_url,
            "context": status.context,
            "created_at": status.created_at,
            "updated_at": status.created_at,
        }
        return found if simple else {**found, "creator": self.user(status.creator)}

    def check_run(self, run: CheckRun) -> dict[str, Any]:
        url = f"{self.repo_api}/check-runs/{run.id}"
        page = f"{self.page}/runs/{run.id}"
        values = run.values
        output = values.get("output", {})
        return {
            "id": run.id,
            "name": run.name,
            "node_id": node_id("CheckRun", run.id),
            "head_sha": run.sha,
            "external_id": values.get("external_id", ""),
            "url": url,
            "html_url": page,
            "details_url": values.get("details_url", page),
            "status": values.get("status", "queued"),
            "conclusion": values.get("conclusion"),
            "started_at": values.get("started_at", self.forge.born),
            "completed_at": values.get("completed_at"),
            "output": {
                **{name: output.get(name) for name in ("title", "summary", "text")},
                "annotations_count": len(run.annotations),
                "annotations_url": f"{url}/annotations",
            },
            "check_suite": {"id": run.id + 1},
            "app": None,
            "pull_requests": [],
        }
