"""Which token a stage may use, and the adapter that it opens: the only importer of adapters of forges.

`collect` takes a token that may read, `publish` one that may comment; a CI's own is taken where the
operator gives none and that CI's may do it. A token is named in messages by its variable alone.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass

from reviewbot.change.event import Started
from reviewbot.domain.forge import Forge
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Progress
from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.errors import UsageError
from reviewbot.forges.base import Access

READ_TOKEN = "REVIEWBOT_READ_TOKEN"  # noqa: S105 (the name of a variable)
_CI_READS = {
    ForgeKind.GITLAB: ("CI_JOB_TOKEN", "gitlab-ci-token"),
    ForgeKind.GITHUB: ("GITHUB_TOKEN", "x-access-token"),
    ForgeKind.AZURE: ("SYSTEM_ACCESSTOKEN", ""),
}
_OWN_USER = {ForgeKind.GITLAB: "oauth2", ForgeKind.GITHUB: "x-access-token", ForgeKind.AZURE: ""}
_CI_WRITES = {ForgeKind.GITHUB: "GITHUB_TOKEN", ForgeKind.AZURE: "SYSTEM_ACCESSTOKEN"}


@dataclass(frozen=True, slots=True)
class Work:
    """What a stage works with: settings and environment. `say` is told what is going on."""

    policy: Policy
    environ: Mapping[str, str]
    say: Progress


def secret(environ: Mapping[str, str], name: str) -> str | None:
    """Give a secret's variable. Azure Pipelines leaves `$(NAME)` where it withholds one, as from forks."""
    value = environ.get(name, "")
    return None if not value or re.fullmatch(r"\$\([A-Za-z_][A-Za-z0-9_.]*\)", value) else value


def authorization(given: Started, environ: Mapping[str, str]) -> str:
    """Give the header that git sends to the remote; empty where there is no token, or no need of one."""
    if given.remote.startswith("file:"):
        return ""
    token, user = secret(environ, READ_TOKEN), _OWN_USER[given.kind]
    if not token:
        name, user = _CI_READS[given.kind]
        token = secret(environ, name)
        if token and given.kind is ForgeKind.AZURE:
            return f"Bearer {token}"
    if not token:
        return ""
    if not (token.isascii() and token.isprintable()):
        raise UsageError("the token for reading has a character that no token has")
    return "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode("ascii")


def reading(kind: ForgeKind, work: Work) -> Access:
    """Give access for reading. Raises `UsageError` without a token."""
    for name in (READ_TOKEN, _CI_READS[kind][0]):
        if secret(work.environ, name):
            return _access(kind, name, work)
    raise UsageError(f"no token for reading: {READ_TOKEN} is not set")


def writing(kind: ForgeKind, work: Work) -> Access:
    """Give access for publishing. Raises `UsageError` without a token, saying which one would do."""
    for name in (work.policy.forge.token_env, _CI_WRITES.get(kind, "")):
        if secret(work.environ, name):
            return _access(kind, name, work)
    where = {
        ForgeKind.GITLAB: "a project access token with the role Developer and the scope api "
        "(a job token may not comment on merge requests)",
        ForgeKind.GITHUB: "the job's own token (env: GITHUB_TOKEN: ${{ github.token }}) with the permissions "
        "pull-requests: write and statuses: write, or an App's token",
        ForgeKind.AZURE: "$(System.AccessToken), mapped as SYSTEM_ACCESSTOKEN, or a personal access token "
        "with the scopes Code (read) and Pull request threads (read & write), Code (status)",
    }[kind]
    raise UsageError(
        f"no token for publishing: {work.policy.forge.token_env} is not set", hint=f"give it {where}"
    )


def _access(kind: ForgeKind, name: str, work: Work) -> Access:
    presented = {
        "CI_JOB_TOKEN": "job", "SYSTEM_ACCESSTOKEN": "bearer",
    }.get(name) or {ForgeKind.GITLAB: "private", ForgeKind.GITHUB: "bearer", ForgeKind.AZURE: "pat"}[kind]  # fmt: skip
    return Access(work.environ[name], name, presented, work.policy.network)


def connect(ref: PullRef, access: Access, work: Work) -> Forge:
    """Open the adapter of this forge. Close it at the end."""
    policy, environ = work.policy, work.environ
    status = policy.forge.status
    if ref.kind is ForgeKind.GITLAB:
        from reviewbot.forges import gitlab  # noqa: PLC0415 (one SDK per run)

        return gitlab.connect(ref, access, status_name=status, pipeline_id=_pipeline(ref, environ))
    if ref.kind is ForgeKind.GITHUB:
        from reviewbot.forges import github  # noqa: PLC0415 (one SDK per run)

        return github.connect(ref, access, status_name=status, status_as=policy.forge.github_status)
    from reviewbot.forges import azure  # noqa: PLC0415 (one SDK per run)

    return azure.connect(ref, access, status_name=status, suggestions=policy.forge.suggestions)


def _pipeline(ref: PullRef, environ: Mapping[str, str]) -> int | None:
    """Name the pipeline that a status is to join; one of another project is none of the request's."""
    ours = environ.get("CI_PROJECT_ID") == ref.repository
    number = environ.get("CI_PIPELINE_ID", "")
    return int(number) if ours and number.isdecimal() else None
