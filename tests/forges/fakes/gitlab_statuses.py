"""`/statuses/:sha` and `/repository/commits/:sha/statuses` [S app/services/ci/create_commit_status_service.rb]."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakes import gitlab_params as params
from fakes.gitlab_access import at_least, forbidden, not_found
from fakes.server import User
from fakes.wire import Entry, RefusedError, Reply

if TYPE_CHECKING:
    from fakes.gitlab import FakeGitLab

STATES = ("pending", "running", "success", "failed", "canceled", "skipped")
EVENT = {
    "pending": "enqueue",
    "running": "run",
    "success": "success",
    "failed": "drop",
    "canceled": "cancel",
    "skipped": "skip",
}
MOST = 255  # characters of a description [K]
KEYS = {"state", "ref", "target_url", "description", "name", "context", "coverage", "pipeline_id"}
QUERY = {"ref", "stage", "name", "pipeline_id", "all", "order_by", "sort", "page", "per_page"}


@dataclass
class Pipeline:
    """A pipeline on one commit and ref. `source` is external for those that a status makes."""

    id: int
    sha: str
    ref: str
    source: str


@dataclass
class CommitStatus:
    """One job of the external stage. `retried` ones have a newer one of the same name."""

    id: int
    pipeline: Pipeline
    name: str
    state: str
    user: User
    description: str | None
    target_url: str | None
    created: str
    retried: bool = False


class StatusRoutes:
    """The endpoints and the state machine behind them."""

    def __init__(self, forge: "FakeGitLab", root: str) -> None:
        self.forge = forge
        self.made: list[CommitStatus] = []
        self.pipelines: list[Pipeline] = []
        forge.route("POST", f"{root}/statuses/{{sha}}", self.create, query=KEYS, keys=KEYS)
        forge.route("GET", f"{root}/repository/commits/{{sha}}/statuses", self.index, query=QUERY)

    def create(self, entry: Entry) -> Reply:
        """Reporters may not [S]. The answer is 201, whatever the description says."""
        token = self.forge.token(entry)
        if not at_least(token, "developer"):
            raise forbidden()
        given = params.fields(entry)
        state = params.text(given, "state")
        if state not in STATES:
            raise params.bad("state does not have a valid value")
        sha = self.forge.repo.resolve(entry.params["sha"])
        if sha is None:
            raise not_found("Commit")
        pipeline = self._pipeline(sha, given)
        job = self._job(pipeline, str(given.get("name") or given.get("context") or "default"), token.user)
        self._move(job, state, given)
        return Reply(201, self._json(job))

    def _pipeline(self, sha: str, given: dict[str, Any]) -> Pipeline:
        """The newest one of the commit (and ref and id, if given), else a new external one."""
        ref, number = given.get("ref"), given.get("pipeline_id")
        fitting = [each for each in self.pipelines if each.sha == sha and ref in (None, each.ref)]
        if number is not None:
            fitting = [each for each in fitting if str(each.id) == str(number)]
            if not fitting:
                raise not_found("Pipeline for pipeline_id, sha and ref")
        if fitting:
            return fitting[-1]
        ref = ref or self._branch_with(sha)
        if ref is None:
            raise not_found("References for commit")
        return self.add_pipeline(sha, ref, source="external")

    def add_pipeline(self, sha: str, ref: str, *, source: str) -> Pipeline:
        made = Pipeline(self.forge.clock.number(), sha, ref, source)
        self.pipelines.append(made)
        return made

    def _branch_with(self, sha: str) -> str | None:
        found = self.forge.repo.git(
            "for-each-ref", "--contains", sha, "--format=%(refname:strip=2)", "refs/heads"
        )
        return next(iter(found.decode().split("\n")), None) or None

    def _job(self, pipeline: Pipeline, name: str, user: User) -> CommitStatus:
        """One's own that still runs, or a new one: over a finished one a status is simply made anew [S]."""
        for job in self.made:
            same = (job.pipeline, job.name, job.user.id) == (pipeline, name, user.id)
            if same and job.state in ("pending", "running"):
                return job
        return CommitStatus(self.forge.clock.number(), pipeline, name, "created", user, None, None, "")

    def _move(self, job: CommitStatus, state: str, given: dict[str, Any]) -> None:
        """Pending and running may not be said twice [S spec/requests/api/commit_statuses_spec.rb]."""
        wrong = {"pending": ("pending", "running"), "running": ("running",), "skipped": ("running",)}
        if job.state in wrong.get(state, ()):
            event = EVENT[state]
            words = f'Cannot transition status via :{event} from :{job.state} (Reason(s): Status cannot transition via "{event}")'
            raise RefusedError(400, {"message": words})
        description, target = (
            given.get("description", job.description),
            given.get("target_url", job.target_url),
        )
        if description is not None and len(description) > MOST:
            raise RefusedError(
                400, {"message": {"description": [f"is too long (maximum is {MOST} characters)"]}}
            )
        if target and not target.startswith(("http://", "https://")):
            blocked = "is blocked: Only allowed schemes are http, https"
            raise RefusedError(400, {"message": {"target_url": [blocked]}})
        if job not in self.made:
            for older in self.made:
                if (older.pipeline, older.name) == (job.pipeline, job.name):
                    older.retried = True
            job.created = self.forge.clock.now()
            self.made.append(job)
        job.state, job.description, job.target_url = state, description, target

    def index(self, entry: Entry) -> Reply:
        """The latest of each name unless `all` [D], in the order of their numbers."""
        if not at_least(self.forge.token(entry), "reporter"):
            raise forbidden()
        sha = self.forge.repo.resolve(entry.params["sha"])
        if sha is None:
            raise not_found("Commit")
        every = params.boolean("all", entry.query.get("all", "false"))
        found = [job for job in self.of(sha) if every or not job.retried]
        for key, value in (("name", lambda job: job.name), ("ref", lambda job: job.pipeline.ref)):
            if key in entry.query:
                found = [job for job in found if value(job) == entry.query[key]]
        if "pipeline_id" in entry.query:
            found = [job for job in found if str(job.pipeline.id) == entry.query["pipeline_id"]]
        found.sort(key=lambda job: job.id, reverse=entry.query.get("sort", "asc") == "desc")
        return self.forge.paged(entry, found, self._json)

    def of(self, sha: str) -> list[CommitStatus]:
        return [job for job in self.made if job.pipeline.sha == sha]

    def _json(self, job: CommitStatus) -> dict[str, Any]:
        finished = job.created if job.state in ("success", "failed", "canceled", "skipped") else None
        return {
            "id": job.id,
            "sha": job.pipeline.sha,
            "ref": job.pipeline.ref,
            "status": job.state,
            "name": job.name,
            "target_url": job.target_url,
            "description": job.description,
            "created_at": job.created,
            "started_at": None,
            "finished_at": finished,
            "allow_failure": False,
            "coverage": None,
            "pipeline_id": job.pipeline.id,
            "author": self.forge.entities.user(job.user),
        }
