"""What a pipeline was started for, read from an environment that is passed as an argument.

Recognised are GitLab CI, GitHub Actions and Azure Pipelines, and variables of reviewbot's own
(`REVIEWBOT_FORGE` and those beside it), which outrank them: a job in another project than the
pull request's needs them. Only ids, addresses and names of refs are taken; which commits they
stand for is asked of git and of the forge, because what CI says of them is often stale or a trial
merge. Source: the forges' lists of predefined variables.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

from reviewbot.domain import strict_json
from reviewbot.domain.paths import quoted
from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.errors import UsageError

_MOST_EVENT = 25_000_000  # bytes; GitHub's limit of an event is 25 MB
_MOST_DEPTH = 100
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_OWN = ("REVIEWBOT_FORGE_URL", "REVIEWBOT_FORGE_REPOSITORY", "REVIEWBOT_FORGE_REMOTE")


class Ci(StrEnum):
    """Whose log and artifacts a run writes into."""

    GITLAB = "gitlab"
    GITHUB = "github"
    AZURE = "azure"


@dataclass(frozen=True, slots=True)
class Started:
    """What a run was started for.

    `number` None means that only `head` is known: the request is the one whose head that is. `remote` is
    the address for git, without any login. `head_refs` are the refs that hold the head, the likeliest first.
    `head`, where CI names it beyond doubt, must be what is found. `target_branch` None: the forge is asked.
    """

    kind: ForgeKind
    api: str
    repository: str
    remote: str
    number: int | None
    head: str | None
    head_refs: tuple[str, ...]
    target_branch: str | None

    def ref(self, number: int) -> PullRef:
        """Give the reference of the pull request with this number."""
        return PullRef(self.kind, self.api, self.repository, number)


def ci(environ: Mapping[str, str]) -> Ci | None:
    """Say which CI this is; None for a laptop."""
    if environ.get("GITLAB_CI") == "true":
        return Ci.GITLAB
    if environ.get("GITHUB_ACTIONS") == "true":
        return Ci.GITHUB
    return Ci.AZURE if environ.get("TF_BUILD", "").lower() == "true" else None


def event_path(environ: Mapping[str, str]) -> str | None:
    """Name the file that holds GitHub's event; None where there is none to read."""
    if "REVIEWBOT_FORGE" in environ or ci(environ) is not Ci.GITHUB:
        return None
    return environ.get("GITHUB_EVENT_PATH") or None


def started(environ: Mapping[str, str], event: bytes | None) -> Started | None:
    """Say what the run was started for; None if that is no pull request. `event` is GitHub's event.

    Raises `UsageError` where a variable is there and cannot be used, or one is missing beside others.
    """
    if environ.get("REVIEWBOT_FORGE"):
        return _named(environ)
    found = ci(environ)
    if found is Ci.GITLAB:
        return _gitlab(environ)
    if found is Ci.GITHUB:
        return _github(environ, event)
    return _azure(environ) if found is Ci.AZURE else None


def _named(environ: Mapping[str, str]) -> Started:
    word = environ["REVIEWBOT_FORGE"]
    if word not in set(ForgeKind):
        raise UsageError(f"REVIEWBOT_FORGE is {quoted(word)}; it is one of {', '.join(ForgeKind)}")
    kind = ForgeKind(word)
    url, repository, remote = (_needed(environ, name) for name in _OWN)
    head = environ.get("REVIEWBOT_HEAD_SHA") or None
    if head is not None and not _SHA.fullmatch(head):
        raise UsageError("REVIEWBOT_HEAD_SHA is not the id of a commit")
    branch = environ.get("REVIEWBOT_TARGET_BRANCH") or None
    given = environ.get("REVIEWBOT_PULL_REQUEST")
    number = _number("REVIEWBOT_PULL_REQUEST", given) if given or head is None else None
    source = environ.get("REVIEWBOT_SOURCE_BRANCH", "")
    refs = ((f"refs/heads/{source}",) if source else ()) + (_head_refs(kind, number) if number else ())
    return Started(kind, _address("REVIEWBOT_FORGE_URL", url), repository, remote, number, head, refs, branch)


def _gitlab(environ: Mapping[str, str]) -> Started | None:
    number = environ.get("CI_MERGE_REQUEST_IID")
    if not number:
        return None
    iid = _number("CI_MERGE_REQUEST_IID", number)
    server = _address("CI_SERVER_URL", _needed(environ, "CI_SERVER_URL"))
    path = _needed(environ, "CI_MERGE_REQUEST_PROJECT_PATH")
    return Started(
        kind=ForgeKind.GITLAB,
        api=_address("CI_API_V4_URL", _needed(environ, "CI_API_V4_URL")),
        # The target's project: a request from a fork is run in the fork, and stands in the target.
        repository=_needed(environ, "CI_MERGE_REQUEST_PROJECT_ID"),
        remote=f"{server}/{quote(path)}.git",
        number=iid, head=None, head_refs=_head_refs(ForgeKind.GITLAB, iid),
        target_branch=_needed(environ, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
    )  # fmt: skip


def _github(environ: Mapping[str, str], event: bytes | None) -> Started | None:
    if event is None:
        return None
    try:
        said = strict_json.loads(event, limit=_MOST_EVENT, depth=_MOST_DEPTH)
    except strict_json.BadJson as error:
        raise UsageError(f"the event of GitHub Actions (GITHUB_EVENT_PATH) cannot be read: {error}") from None
    pull = _inside(said, "pull_request")
    run = _inside(said, "workflow_run")
    if pull is None and run is None:
        return None
    server = _address("GITHUB_SERVER_URL", _needed(environ, "GITHUB_SERVER_URL"))
    repository = _needed(environ, "GITHUB_REPOSITORY")
    head = _text(pull, "head", "sha") if pull is not None else _text(run, "head_sha")
    number = _inside(pull, "number") if pull is not None else None
    if pull is None:
        # GitHub lists the requests of a run, but none of a fork's: then git tells which has this head.
        listed = _inside(run, "pull_requests")
        only = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
        number = _inside(only, "number") if _text(only, "head", "sha") == head else None
    if (pull is not None and not isinstance(number, int)) or head is None or not _SHA.fullmatch(head):
        raise UsageError("the event of GitHub Actions (GITHUB_EVENT_PATH) names no pull request with a head")
    known = number if isinstance(number, int) and number > 0 else None
    return Started(
        kind=ForgeKind.GITHUB,
        api=_address("GITHUB_API_URL", _needed(environ, "GITHUB_API_URL")),
        repository=repository, remote=f"{server}/{quote(repository)}.git",
        number=known, head=head, head_refs=_head_refs(ForgeKind.GITHUB, known) if known else (),
        target_branch=_text(pull, "base", "ref") if pull is not None else None,
    )  # fmt: skip


def _azure(environ: Mapping[str, str]) -> Started | None:
    number = environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID")
    if not number:
        return None
    collection = _address("SYSTEM_COLLECTIONURI", _needed(environ, "SYSTEM_COLLECTIONURI"))
    project = _needed(environ, "SYSTEM_TEAMPROJECT")
    name = _needed(environ, "BUILD_REPOSITORY_NAME")
    head = environ.get("SYSTEM_PULLREQUEST_SOURCECOMMITID") or None
    if head is not None and not _SHA.fullmatch(head):
        raise UsageError("SYSTEM_PULLREQUEST_SOURCECOMMITID is not the id of a commit")
    merge = _head_refs(ForgeKind.AZURE, _number("SYSTEM_PULLREQUEST_PULLREQUESTID", number))
    source = environ.get("SYSTEM_PULLREQUEST_SOURCEBRANCH", "")
    from_fork = environ.get("SYSTEM_PULLREQUEST_ISFORK", "").lower() == "true"
    own = () if from_fork or not source.startswith("refs/heads/") else (source,)
    return Started(
        kind=ForgeKind.AZURE, api=collection, repository=f"{project}/{name}",
        remote=f"{collection}/{quote(project)}/_git/{quote(name)}",
        number=int(number), head=head, head_refs=own + merge,
        # The long form is documented, the short one was seen.
        target_branch=_needed(environ, "SYSTEM_PULLREQUEST_TARGETBRANCH").removeprefix("refs/heads/"),
    )  # fmt: skip


def _head_refs(kind: ForgeKind, number: int) -> tuple[str, ...]:
    return {
        ForgeKind.GITLAB: (f"refs/merge-requests/{number}/head",),
        ForgeKind.GITHUB: (f"refs/pull/{number}/head",),
        # Azure DevOps publishes the trial merge alone; the head is its second parent.
        ForgeKind.AZURE: (f"refs/pull/{number}/merge",),
    }[kind]


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value or any(ord(char) < 0x20 for char in value):
        raise UsageError(f"the variable {name} is {'not usable' if value else 'missing'}")
    return value


def _number(name: str, text: str | None) -> int:
    if not text or not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise UsageError(f"{name} is not the number of a pull request: {quoted(text or '')}")
    return int(text)


def _address(name: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"{name} is not the address of a forge")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{name} holds a user or a password; tokens only go into variables of their own")
    return text.rstrip("/")


def _inside(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: object, *names: str) -> str | None:
    found = _inside(value, *names)
    return found if isinstance(found, str) and found else None
