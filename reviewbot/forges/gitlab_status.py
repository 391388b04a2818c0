"""Our status on a commit. GitLab has one word for failed: what is incomplete says so in its text.

Source: lib/api/commit_statuses.rb of GitLab. A status belongs to a pipeline; without `pipeline_id` GitLab
takes the newest one of the commit, or makes an external one.
"""

from dataclasses import dataclass

from reviewbot.domain.forge import Status, StatusState
from reviewbot.errors import DeniedError
from reviewbot.forges.fields import number, optional_text, text
from reviewbot.forges.gitlab_reading import account
from reviewbot.forges.gitlab_wire import Record, Wire

_INCOMPLETE = "incomplete: "
_MOST = 255  # characters of a description
STATUS_LIMIT = _MOST - len(_INCOMPLETE)
_SUCCESS, _FAILED = "success", "failed"
_WHAT = "a status"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where our status goes: a commit, the status's name, and our account's number."""

    wire: Wire
    sha: str
    name: str
    me: str


def read(slot: Slot) -> Status | None:
    """Read the newest status of that name that our account set: a job of the pipeline may have the name too."""
    found = _newest(slot)
    return None if found is None else _read(found)


def write(slot: Slot, status: Status, *, pipeline: int | None) -> None:
    """Set a status. Says nothing if GitLab refuses because it has that state already."""
    fields = {"name": slot.name, **_written(status)}
    try:
        _set(slot, fields, pipeline)
    except DeniedError as error:
        if error.status != 400 or "Cannot transition status" not in error.said:
            raise
        now = _newest(slot)
        if now is None or now.get("status") != fields["state"]:
            raise


def _newest(slot: Slot) -> Record | None:
    path = slot.wire.project.commits.get(slot.sha, lazy=True).statuses.path
    listed = slot.wire.pages("list the statuses", path, "a list of statuses", name=slot.name)
    ours = [found for found in listed if text(found, "name", _WHAT) == slot.name and _is_by(found, slot.me)]
    return max(ours, key=lambda found: number(found, "id", _WHAT), default=None)


def _is_by(found: Record, me: str) -> bool:
    return found.get("author") is not None and account(found["author"]) == me


def _set(slot: Slot, fields: dict[str, str], pipeline: int | None) -> None:
    path = f"{slot.wire.project_path}/statuses/{slot.sha}"
    placed = fields if pipeline is None else {**fields, "pipeline_id": pipeline}
    try:
        slot.wire.post("set the status", path, placed, _WHAT)
    except DeniedError as error:
        if pipeline is None or error.status != 404:
            raise
        # A pipeline of merged results runs on a trial merge, not on the head, and takes no status for it.
        slot.wire.post("set the status", path, fields, _WHAT)


def _written(status: Status) -> dict[str, str]:
    mark = _INCOMPLETE if status.state is StatusState.INCOMPLETE else ""
    return {
        "state": _SUCCESS if status.state is StatusState.SUCCESS else _FAILED,
        "description": (mark + status.description)[:_MOST],
    }


def _read(found: Record) -> Status | None:
    """Read a status; None for one in a state that we never set (`running`, `canceled`, …)."""
    state = text(found, "status", _WHAT)
    said = optional_text(found, "description", _WHAT) or ""
    if state == _SUCCESS:
        return Status(StatusState.SUCCESS, said)
    if state != _FAILED:
        return None
    if said.startswith(_INCOMPLETE):
        return Status(StatusState.INCOMPLETE, said.removeprefix(_INCOMPLETE))
    return Status(StatusState.FAILURE, said)
