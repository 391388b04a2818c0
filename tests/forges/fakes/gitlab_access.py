"""Who may do what: headers, scopes, roles, and the status that answers who may not [D, S, K]."""

import time
from dataclasses import dataclass
from typing import Any

from fakes.server import Token
from fakes.wire import READS, Entry, RefusedError

ROLES = ("none", "guest", "reporter", "developer", "maintainer", "owner")
INSUFFICIENT = {
    "error": "insufficient_scope",
    "error_description": "The request requires higher privileges than provided by the access token.",
    "scope": "api",
}
TOO_MANY = {"message": {"error": "This endpoint has been requested too many times. Try again later."}}


def forbidden() -> RefusedError:
    return RefusedError(403, {"message": "403 Forbidden"})


def not_found(what: str = "") -> RefusedError:
    """`404 Project Not Found` by name, `404 Not found` for a record that is not there [S]."""
    return RefusedError(404, {"message": f"404 {what} Not Found" if what else "404 Not found"})


def unauthorized() -> RefusedError:
    return RefusedError(401, {"message": "401 Unauthorized"})


def role_of(token: Token) -> str:
    return str(token.more.get("role", "developer")).lower()


def at_least(token: Token, role: str) -> bool:
    return ROLES.index(role_of(token)) >= ROLES.index(role)


def presented(headers: dict[str, str]) -> tuple[str, str] | None:
    """The token a request brings and how: private, bearer or job."""
    if headers.get("private-token"):
        return headers["private-token"], "private"
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip(), "bearer"
    if headers.get("job-token"):
        return headers["job-token"], "job"
    return None


def authenticate(entry: Entry, tokens: dict[str, Token]) -> Token:
    """Give the token, or refuse: 401; 403 for a scope that does not reach."""
    brought = presented(entry.headers)
    token = tokens.get(brought[0]) if brought else None
    if brought is None or token is None or token.more.get("revoked"):
        raise unauthorized()
    kind = str(token.more.get("kind", "private"))
    # A personal token may be sent as Bearer too; a job token has a header of its own [D].
    if brought[1] != kind and (kind, brought[1]) != ("private", "bearer"):
        raise unauthorized()
    if kind != "job":
        _scope(entry, token)
    return token


def _scope(entry: Entry, token: Token) -> None:
    reads = entry.method in READS
    on_user = entry.path == "/api/v4/user"
    if "api" in token.rights or (reads and "read_api" in token.rights):
        return
    if reads and on_user and "read_user" in token.rights:
        return
    raise RefusedError(403, dict(INSUFFICIENT))


def not_for_jobs(entry: Entry, token: Token) -> None:
    """CI_JOB_TOKEN opens neither merge requests nor their notes [D gitlab#545150]: nobody is signed in."""
    if token.more.get("kind") != "job":
        return
    if entry.method in READS and entry.path != "/api/v4/user":
        raise not_found("Project")  # a private project is not there for nobody
    raise unauthorized()


@dataclass
class NoteRate:
    """Notes that one user may make in a minute; 300 unless changed [D]. `most` of None: no limit here."""

    most: int | None = None
    window: float = 60.0

    def __post_init__(self) -> None:
        self._made: dict[Any, list[float]] = {}

    def count(self, user: Any) -> None:
        """Count one, or raise 429 with the seconds to wait."""
        if self.most is None:
            return
        now = time.monotonic()
        made = [each for each in self._made.get(user, []) if now - each < self.window]
        if len(made) >= self.most:
            wait = max(1, round(self.window - (now - made[0])))
            raise RefusedError(429, TOO_MANY, {"Retry-After": str(wait)})
        self._made[user] = [*made, now]
