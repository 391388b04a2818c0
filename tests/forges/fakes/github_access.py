"""Who may do what: three kinds of tokens, what they grant, and how GitHub says no.

Classic tokens have scopes (`repo`, `repo:status`, `public_repo`), fine-grained ones and those of an App's
installation (GITHUB_TOKEN is one) have permissions such as `pull_requests:write`. A person's token never
grants more than the person has: none, read, write or admin. Anybody who can read may comment and review;
statuses, contents and check runs need write access [D].
"""

from typing import Any

from fakes.wire import Entry, RefusedError

DOCS = "https://docs.github.com/enterprise-server@3.17/rest"
INTEGRATION = "Resource not accessible by integration"  # [I peers: "everywhere"; gh-aw#35726]
PERSONAL = "Resource not accessible by personal access token"  # [K]
LEVELS = ("none", "read", "write", "admin")
OPEN_TO_READERS = ("pull_requests", "issues")
LIMIT = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
NEEDS_APP = "You must authenticate via a GitHub App."  # [K]


def refuse(
    status: int, message: str, *, errors: Any = None, headers: dict[str, str] | None = None
) -> RefusedError:
    """GitHub's JSON of a refusal; raise it."""
    body: dict[str, Any] = {"message": message, "documentation_url": DOCS, "status": str(status)}
    if errors is not None:
        body["errors"] = errors
    return RefusedError(status, body, headers)


def not_found() -> RefusedError:
    return refuse(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str | None = None) -> RefusedError:
    """The 422 whose errors are objects: single comments, issue comments, statuses."""
    return refuse(422, "Validation Failed", errors=[problem(resource, field, code, message)])


def problem(resource: str, field: str, code: str, message: str | None = None) -> dict[str, str]:
    found = {"resource": resource, "code": code, "field": field}
    return found if message is None else {**found, "message": message}


def unprocessable(*sentences: str) -> RefusedError:
    """The 422 whose errors are strings: reviews [I danobi/prr#11]."""
    return refuse(422, "Unprocessable Entity", errors=list(sentences))


class Access:
    """The questions that handlers ask about a token."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge

    def kind(self, token: Any) -> str:
        return token.more["kind"]

    def is_app(self, token: Any) -> bool:
        return self.kind(token) == "installation"

    def sees(self, token: Any) -> bool:
        """Is there a repository at all for this token?"""
        if not self.forge.private:
            return True
        if self.is_app(token):
            return bool(token.rights)
        if self._level(token) == "none":
            return False
        return self.kind(token) != "classic" or "repo" in token.rights

    def can(self, token: Any, area: str, level: str) -> bool:
        """May it `read` or `write` here: pull_requests, issues, contents, statuses, checks, metadata?"""
        if level == "read" and not self.forge.private:
            return True
        if self.is_app(token):
            return self._permitted(token, area, level)
        if not self._person_can(token, area, level):
            return False
        if self.kind(token) == "fine-grained":
            return self._permitted(token, area, level)
        if area == "statuses" and "repo:status" in token.rights:
            return True
        return "repo" in token.rights or ("public_repo" in token.rights and not self.forge.private)

    def can_resolve(self, token: Any, pull: Any) -> bool:
        """Write access or authorship [I]; an App, and a fine-grained token, needs contents:write too.

        `pull_requests: write` with `contents: read` is FORBIDDEN, with `contents: write` it works
        [I github/gh-aw#35726, oven-sh/bun#40468].
        """
        if not self.can(token, "pull_requests", "write"):
            return False
        if self.kind(token) != "classic" and not self._permitted(token, "contents", "write"):
            return False
        is_author = token.user.id == pull.author
        return is_author or self.is_app(token) or self._level(token) in ("write", "admin")

    def demand(self, entry: Entry, area: str, level: str, *others: str) -> Any:
        """The token of a request that may do this in `area` or one of `others`; raises the refusal."""
        token = self.forge.tokens[entry.token]
        if any(self.can(token, each, level) for each in (area, *others)):
            return token
        if self.kind(token) == "classic" or not self.sees(token):
            raise not_found()  # a repository, or an endpoint, that a token may not use is not there
        raise refuse(
            403,
            self.sentence(token),
            headers={
                "X-Accepted-GitHub-Permissions": "; ".join(f"{each}={level}" for each in (area, *others))
            },
        )

    def sentence(self, token: Any) -> str:
        return INTEGRATION if self.is_app(token) else PERSONAL

    def owns_or_maintains(self, token: Any, said: Any) -> bool:
        """May it edit or delete this comment? Its author, and whoever may write to the repository [K]."""
        if said.author == token.user.id:
            return True
        return not self.is_app(token) and self._level(token) in ("write", "admin")

    def demand_own(self, token: Any, said: Any) -> None:
        if not self.owns_or_maintains(token, said):
            raise refuse(403, self.sentence(token))

    def _level(self, token: Any) -> str:
        return self.forge.access_of.get(token.user.id, "none")

    def _person_can(self, token: Any, area: str, level: str) -> bool:
        need = "read" if level == "read" or area in OPEN_TO_READERS else "write"
        return LEVELS.index(self._level(token)) >= LEVELS.index(need)

    def _permitted(self, token: Any, area: str, level: str) -> bool:
        if area == "metadata":
            return bool(token.rights)
        return f"{area}:write" in token.rights or (level == "read" and f"{area}:read" in token.rights)
