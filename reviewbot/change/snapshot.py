"""The snapshot: what passes from `collect` to the stages after it.

A folder with `snapshot.json` (the shape is in `docs/schemas/snapshot.schema.json`) and `objects.git`, a bare
object store that holds both sides of the change with their history. Nobody writes into it after
`collect`; it holds no login and no configuration but what `git init` writes.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain import strict_json
from reviewbot.domain.paths import quoted
from reviewbot.domain.pull import ForgeKind
from reviewbot.errors import UsageError

SCHEMA = "reviewbot/snapshot/1"
FILE = "snapshot.json"
STORE = "objects.git"
_MOST_BYTES = 100_000
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of one pull request. `base` is the tip of its target branch, `head` the newest commit of its source."""

    kind: ForgeKind
    repository: str
    number: int
    target_branch: str
    base: str
    merge_base: str
    head: str


def document(snapshot: Snapshot) -> dict[str, object]:
    """Give the snapshot as plain values."""
    return {
        "schema": SCHEMA,
        "forge": str(snapshot.kind),
        "repository": snapshot.repository,
        "pull_request": snapshot.number,
        "target_branch": snapshot.target_branch,
        "base": snapshot.base,
        "merge_base": snapshot.merge_base,
        "head": snapshot.head,
    }


def schema_text() -> str:
    """Give the content of `docs/schemas/snapshot.schema.json`."""
    commit: dict[str, object] = {"type": "string", "pattern": f"^{_SHA.pattern}$"}
    name: dict[str, object] = {"type": "string", "minLength": 1, "maxLength": 999}
    properties: dict[str, dict[str, object]] = {
        "schema": {"const": SCHEMA, "description": "Name and version of this format."},
        "forge": {"enum": [str(kind) for kind in ForgeKind], "description": "Which forge it was taken from."},
        "repository": name | {"description": "The repository, as the run's environment names it."},
        "pull_request": {"type": "integer", "minimum": 1, "description": "Number of the pull request."},
        "target_branch": name | {"description": "Branch that it is aimed at."},
        "base": commit | {"description": "Tip of that branch; the repository's policy is read there."},
        "merge_base": commit | {"description": "Commit that the change starts from."},
        "head": commit | {"description": "Newest commit of the pull request."},
    }
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": f"A snapshot by reviewbot ({SCHEMA})",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(schema, indent=2) + "\n"


def write(folder: Path, snapshot: Snapshot) -> None:
    """Write `snapshot.json`, the last thing that `collect` does: a folder without it is no snapshot."""
    text = json.dumps(document(snapshot), indent=2, ensure_ascii=True) + "\n"
    (folder / FILE).write_text(text, "utf-8")


def read(folder: Path) -> Snapshot:
    """Read a snapshot's description. Raises `UsageError` for what is not one."""
    path = folder / FILE
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise _refusal(path, (error.strerror or "cannot be read").lower()) from None
    try:
        found = strict_json.loads(raw, limit=_MOST_BYTES, depth=3)
    except strict_json.BadJson as error:
        raise _refusal(path, str(error)) from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise _refusal(path, f"it is not of the schema {SCHEMA}")
    return _parsed(path, found)


def _parsed(path: Path, found: dict[str, object]) -> Snapshot:
    named = {"schema", "forge", "repository", "pull_request", "target_branch", "base", "merge_base", "head"}
    if set(found) != named:
        raise _refusal(path, f"its keys are not {', '.join(sorted(named))}")
    repository, number, branch = found["repository"], found["pull_request"], found["target_branch"]
    commits = [found[name] for name in ("base", "merge_base", "head")]
    if (
        found["forge"] not in set(ForgeKind)
        or not (isinstance(repository, str) and 0 < len(repository) < 1000)
        or not (isinstance(number, int) and not isinstance(number, bool) and number > 0)
        or not (isinstance(branch, str) and 0 < len(branch) < 1000)
        or not all(isinstance(commit, str) and _SHA.fullmatch(commit) for commit in commits)
    ):
        raise _refusal(path, "a value in it is not what it should be")
    base, merge_base, head = (str(commit) for commit in commits)
    return Snapshot(ForgeKind(str(found["forge"])), repository, number, branch, base, merge_base, head)


def _refusal(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{quoted(str(path))} is not a snapshot: {why}",
        hint="make one with: reviewbot collect --into DIR",
    )
