"""The status as a check run, for those who want one: only Apps and GITHUB_TOKEN can make it.

A newer run of the same name on the same commit takes the place of the older one. `action_required` is the
conclusion for a review that is not whole: GitHub lets `neutral` and `skipped` pass a required check.
"""

from github.Repository import Repository

from reviewbot.domain.forge import Status, StatusState
from reviewbot.forges.fields import optional_text, record, records
from reviewbot.forges.github_wire import Wire

_CONCLUSIONS = {
    StatusState.SUCCESS: "success",
    StatusState.FAILURE: "failure",
    StatusState.INCOMPLETE: "action_required",
}
_ASKED = "a check run"


def make_check(wire: Wire, repository: str, head: str, name: str, status: Status) -> None:
    """Make a finished check run on a commit. Its summary is Markdown, so nothing of others stands there."""
    Repository(wire.rest, {}, {"url": repository}, completed=True).create_check_run(
        name=name,
        head_sha=head,
        status="completed",
        conclusion=_CONCLUSIONS[status.state],
        output={
            "title": status.description,
            "summary": "The summary is in one comment on the pull request.",
        },
    )


def check_status(wire: Wire, repository: str, head: str, name: str) -> Status | None:
    """Read the newest check run of that name; None if there is none, or it says something else."""
    _, answer = wire.rest.requestJsonAndCheck(
        "GET",
        f"{repository}/commits/{head}/check-runs",
        parameters={"check_name": name, "filter": "latest", "per_page": 100},
    )
    for run in records(record(answer, "the check runs").get("check_runs"), _ASKED):
        for state, conclusion in _CONCLUSIONS.items():
            if run.get("conclusion") == conclusion and run.get("name") == name:
                output = record(run.get("output"), _ASKED)
                return Status(state, optional_text(output, "title", _ASKED) or "")
    return None
