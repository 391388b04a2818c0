"""Commit statuses and check runs, through REST."""

from typing import Any

from fakes.github_access import NEEDS_APP, invalid, not_found, refuse
from fakes.github_rest import PAGES, paged, shaped
from fakes.github_state import CheckRun, CommitStatus
from fakes.wire import Entry, Reply

STATES = ("error", "failure", "pending", "success")
STATUS = {"state": str, "target_url": str, "description": str, "context": str}
LONGEST = 140  # characters of a status's description [I zalando/zappr#378]
MOST_STATUSES = 1000  # of one context on one commit [D]
CHECK = {
    "name": str,
    "head_sha": str,
    "details_url": str,
    "external_id": str,
    "status": str,
    "started_at": str,
    "conclusion": str,
    "completed_at": str,
    "output": dict,
    "actions": list,
}
CONCLUSIONS = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "stale",
    "timed_out",
)
MOST_ANNOTATIONS = 50  # in one request [S]
OUTPUT_LIMIT = 65_535  # of a summary and a text [S]


class StatusRoutes:
    """Statuses: any token that may write them; the newest of a context counts."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge
        here = "/api/v3/repos/{owner}/{repo}"
        forge.route("POST", f"{here}/statuses/{{sha}}", self.create, query=())
        forge.route("GET", f"{here}/commits/{{ref}}/statuses", self.listed, query=PAGES)
        forge.route(
            "GET", f"{here}/statuses/{{ref}}", self.listed, query=PAGES
        )  # its old name, still served [K]
        forge.route("GET", f"{here}/commits/{{ref}}/status", self.combined, query=PAGES)

    def create(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "statuses", "write")
        given = shaped(entry, STATUS, ("state",))
        if not self.forge.repo.has_commit(entry.params["sha"]):
            raise refuse(422, f"No commit found for SHA: {entry.params['sha']}")
        if given["state"] not in STATES:
            raise invalid("Status", "state", "custom", "state is not included in the list")
        if len(given.get("description", "")) > LONGEST:
            text = f"description is too long (maximum is {LONGEST} characters)"
            raise invalid("Status", "description", "custom", text)
        context = given.get("context", "default")
        if (
            sum(one.context == context for one in self.forge.statuses_of(entry.params["sha"]))
            >= MOST_STATUSES
        ):
            raise refuse(
                422,
                "Validation Failed",
                errors=["This SHA and context has reached the maximum number of statuses."],
            )
        status = CommitStatus(
            self.forge.next_id(),
            entry.params["sha"],
            given["state"],
            given.get("description"),
            context,
            given.get("target_url"),
            token.user.id,
            self.forge.now(),
        )
        self.forge.commit_statuses.append(status)
        return Reply(201, self.forge.shapes.status(status))

    def _sha(self, entry: Entry) -> str:
        found = self.forge.repo.resolve(entry.params["ref"])
        if found is None:
            raise refuse(422, f"No commit found for SHA: {entry.params['ref']}")
        return found

    def listed(self, entry: Entry) -> Reply:
        """All of them, the newest first [D]."""
        self.forge.here(entry, "statuses", "read")
        found = self.forge.statuses_of(self._sha(entry))[::-1]
        return paged(self.forge, entry, [self.forge.shapes.status(one) for one in found])

    def combined(self, entry: Entry) -> Reply:
        """The newest of each context: failure if one failed, pending if one is or there is none [D]."""
        self.forge.here(entry, "statuses", "read")
        sha = self._sha(entry)
        newest = self.forge.newest_statuses(sha)
        shapes = self.forge.shapes
        return Reply(
            200,
            {
                "state": rolled_up([one.state for one in newest]),
                "statuses": [shapes.status(one, simple=True) for one in newest],
                "sha": sha,
                "total_count": len(newest),
                "repository": shapes.repository(),
                "commit_url": f"{shapes.repo_api}/commits/{sha}",
                "url": f"{shapes.repo_api}/commits/{sha}/status",
            },
        )


def rolled_up(states: list[str]) -> str:
    if set(states) & {"error", "failure"}:
        return "failure"
    return "success" if states and set(states) == {"success"} else "pending"


class CheckRoutes:
    """Check runs: created by Apps only, GITHUB_TOKEN among them; read by all who may [K, S]."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge
        here = "/api/v3/repos/{owner}/{repo}"
        forge.route("POST", f"{here}/check-runs", self.create, query=())
        forge.route("GET", f"{here}/check-runs/{{run:int}}", self.read, query=())
        forge.route("PATCH", f"{here}/check-runs/{{run:int}}", self.update, query=())
        forge.route("GET", f"{here}/check-runs/{{run:int}}/annotations", self.annotations, query=PAGES)
        filters = ("check_name", "status", "filter", "app_id")
        forge.route("GET", f"{here}/commits/{{ref}}/check-runs", self.listed, query=(*filters, *PAGES))

    def _app(self, entry: Entry) -> Any:
        token = self.forge.tokens[entry.token]
        if self.forge.access.sees(token) and not self.forge.access.is_app(token):
            raise refuse(403, NEEDS_APP)
        return self.forge.here(entry, "checks", "write")

    def create(self, entry: Entry) -> Reply:
        token = self._app(entry)
        given = shaped(entry, CHECK, ("name", "head_sha"))
        self._check(given)
        if not self.forge.repo.has_commit(given["head_sha"]):
            raise refuse(422, f"No commit found for SHA: {given['head_sha']}")
        run = CheckRun(self.forge.next_id(), given["head_sha"], given["name"], token.user.id, {})
        self.forge.check_runs[run.id] = run
        self._take(run, given)
        return Reply(201, self.forge.shapes.check_run(run))

    @staticmethod
    def _check(given: dict[str, Any]) -> None:
        if given.get("conclusion", "success") not in CONCLUSIONS:
            raise invalid("CheckRun", "conclusion", "invalid")
        if given.get("status") == "completed" and "conclusion" not in given:
            raise invalid("CheckRun", "conclusion", "missing_field")
        output = given.get("output", {})
        if output and ("summary" not in output):
            raise invalid("CheckRun", "output", "missing_field")
        if len(output.get("annotations", [])) > MOST_ANNOTATIONS:
            raise invalid("CheckRun", "annotations", "invalid")
        if any(len(output.get(name) or "") > OUTPUT_LIMIT for name in ("summary", "text")):
            raise invalid("CheckRun", "output", "invalid")

    @staticmethod
    def _take(run: CheckRun, given: dict[str, Any]) -> None:
        """Annotations of later requests are added to those that are there [S]."""
        run.name = given.get("name", run.name)
        run.values.update(given)
        if "conclusion" in given:
            run.values["status"] = "completed"
        run.annotations += given.get("output", {}).get("annotations", [])

    def _run(self, entry: Entry) -> CheckRun:
        found = self.forge.check_runs.get(int(entry.params["run"]))
        if found is None:
            raise not_found()
        return found

    def read(self, entry: Entry) -> Reply:
        self.forge.here(entry, "checks", "read")
        return Reply(200, self.forge.shapes.check_run(self._run(entry)))

    def update(self, entry: Entry) -> Reply:
        token = self._app(entry)
        run = self._run(entry)
        if run.app != token.user.id:
            raise refuse(
                403,
                f"Invalid app_id `{token.user.id}` - check run can only be modified by the GitHub App that created it.",
            )
        given = shaped(entry, {name: kind for name, kind in CHECK.items() if name != "head_sha"})
        self._check(given)
        self._take(run, given)
        return Reply(200, self.forge.shapes.check_run(run))

    def annotations(self, entry: Entry) -> Reply:
        self.forge.here(entry, "checks", "read")
        return paged(self.forge, entry, self._run(entry).annotations)

    def listed(self, entry: Entry) -> Reply:
        """Not in the cut of the official description; as the documentation has it [D]."""
        self.forge.here(entry, "checks", "read")
        sha = self.forge.repo.resolve(entry.params["ref"])
        found = [one for one in self.forge.check_runs.values() if one.sha == sha]
        if "check_name" in entry.query:
            found = [one for one in found if one.name == entry.query["check_name"]]
        page = paged(self.forge, entry, [self.forge.shapes.check_run(one) for one in found])
        return Reply(200, {"total_count": len(found), "check_runs": page.body}, page.headers)
