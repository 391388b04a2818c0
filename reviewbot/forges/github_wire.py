"""PyGithub over our own connection, and what GitHub says when it refuses.

PyGithub builds a `requests.Session` of its own for each connection class, and the classes can be exchanged
for the whole process only (`Requester.injectConnectionClasses`), which also makes it open a new connection
per request. But every object takes the requester that it speaks through, and all its JSON calls go through
one public method of it, `requestJson`. `PoliteRequester` replaces that one: PyGithub builds addresses and
bodies, `PoliteSession` sends them, so PyGithub's retries (of POST too), its pauses and its proxies never
happen, and an answer is known to be whole JSON before PyGithub sees it (it takes a web page for data).
Objects are made from addresses, not read first. GraphQL and paged lists are asked for through the same
requester without PyGithub's own methods for them: those lose the kind of an error, and follow addresses
that the server names. Source: PyGithub 2.10 `Requester.py`, `GithubObject.py`, `PaginatedList.py`.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from github.Requester import Requester
from requests import Response

from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.errors import ForgeError, UncertainWriteError
from reviewbot.forges import fields
from reviewbot.forges.base import Access, shown
from reviewbot.forges.session import PoliteSession

_PER_PAGE = 100
_PAGES = 100
_REFUSAL_BYTES = 256 * 1024
# All that is used of the answer to a write: PyGithub's objects break on fields that are not as they expect
# (a check run whose check_suite is null), and the thing is done by then.
_USED = ("state",)
# GraphQL answers 200; what it means by it [S octokit; I github/gh-aw#35726].
_STATUS_OF = {"FORBIDDEN": 403, "INSUFFICIENT_SCOPES": 403, "NOT_FOUND": 404, "UNPROCESSABLE": 422}
_TOO_FAST = "was submitted too quickly"  # a 422 [I src-d/lookout#264]


class Refusal(Exception):  # noqa: N818 (it names what GitHub did)
    """GitHub refused a request, and nothing was done. `said` are its own words, not yet fit to show."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(status)
        self.status = status
        self.said = said


class PoliteRequester(Requester):
    """A requester of PyGithub that sends through our session. Raises `Refusal` and the session's errors."""

    def __init__(self, session: PoliteSession, api: str, access: Access) -> None:
        super().__init__(
            auth=None,
            base_url=api,
            timeout=1,
            user_agent=access.user_agent,
            per_page=_PER_PAGE,
            verify=True,
            retry=None,
            pool_size=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._session = session
        self._access = access
        session.headers.update(
            {
                "Authorization": f"Bearer {access.token}",
                "User-Agent": access.user_agent,
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            }
        )

    def requestJson(  # noqa: N802, PLR0913, PLR0917 (PyGithub's method is replaced)
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        input: Any | None = None,  # noqa: A002 (as above)
        cnx: Any = None,  # noqa: ARG002 (as above)
        follow_302_redirect: bool = False,  # noqa: ARG002 (as above)
    ) -> tuple[int, dict[str, Any], str]:
        """Send a request; give status, headers in lower case, body."""
        address = self.base_url + url if url.startswith("/") else url
        answer = self._session.request(verb, address, params=parameters, headers=headers, json=input)
        if answer.status_code >= 400:
            raise _refusal(answer, self._access)
        body = answer.content.decode("utf-8", "replace")
        if verb in {"POST", "PATCH"} and url.startswith("/"):
            whole = fields.record(answer.json() if body else None, f"the answer to {verb} {url}", write=True)
            body = json.dumps({name: whole[name] for name in _USED if name in whole})
        return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body


class Wire:
    """GitHub's two interfaces. `rest` takes PyGithub's objects; the methods are what it has none for."""

    def __init__(self, api: str, access: Access) -> None:
        self._session = PoliteSession(api, access.network)
        self.access = access
        self.rest = PoliteRequester(self._session, api, access)

    def query(self, text: str, variables: Mapping[str, str | int | None]) -> Mapping[str, object]:
        """Ask a GraphQL query: a read, although it is a POST."""
        return self._graphql(text, variables, write=False)

    def mutate(self, text: str, variables: Mapping[str, str | int | None]) -> Mapping[str, object]:
        """Ask for a GraphQL mutation: a write."""
        return self._graphql(text, variables, write=True)

    def _graphql(
        self, text: str, variables: Mapping[str, str | int | None], *, write: bool
    ) -> Mapping[str, object]:
        with nullcontext() if write else self._session.reading():
            _, answer = self.rest.requestJsonAndCheck(
                "POST", self.rest.graphql_url, input={"query": text, "variables": dict(variables)}
            )
        whole = fields.record(answer, "an answer of GraphQL", write=write)
        if whole.get("errors"):
            raise _graphql_refusal(whole, self.access, write=write)
        return fields.record(whole.get("data"), "an answer of GraphQL", write=write)

    def pages(self, path: str, what: str) -> Iterator[Mapping[str, object]]:
        """List all items of a REST collection, 100 per request. `what` names the list, for errors."""
        for page in range(1, _PAGES + 1):
            _, answer = self.rest.requestJsonAndCheck(
                "GET", path, parameters={"per_page": _PER_PAGE, "page": page}
            )
            items = fields.records(answer, what)
            yield from items
            if len(items) < _PER_PAGE:
                return
        raise ForgeError(f"the forge lists more than {_PAGES * _PER_PAGE} items at {path}")

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _refusal(answer: Response, access: Access) -> Exception:
    """Read a 4xx: `errors` are texts for a review, objects elsewhere [I PyGithub#2501]."""
    try:
        body = loads(answer.content, limit=_REFUSAL_BYTES, depth=32)
    except BadJson:
        body = None
    whole = body if isinstance(body, dict) else {}
    said = _joined([whole.get("message"), *_list(whole.get("errors"))])
    wanted = answer.headers.get("X-Accepted-GitHub-Permissions", "")
    if answer.status_code == 403 and wanted:
        said += f" (it accepts {wanted})"
    spent = answer.status_code == 403 and answer.headers.get("X-RateLimit-Remaining") == "0"
    if spent or _TOO_FAST in said.lower() or Requester.isRateLimitError(said):
        return _slow_down(said, answer.headers.get("X-RateLimit-Reset", ""), access)
    return Refusal(answer.status_code, said)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _joined(pieces: list[object]) -> str:
    """Make one line of a message and the errors under it."""
    texts = []
    for piece in pieces:
        if isinstance(piece, Mapping):
            named = [piece.get(name) for name in ("field", "code", "message")]
            texts.append(" ".join(word for word in named if isinstance(word, str)))
        elif isinstance(piece, str):
            texts.append(piece)
    return "; ".join(text for text in texts if text)


def _slow_down(said: str, reset: str, access: Access) -> ForgeError:
    """GitHub wants fewer requests. Nothing was done, and nobody waits here: a job would wait for an hour."""
    when = "in a few minutes"
    if reset.isascii() and reset.isdigit() and len(reset) < 12:
        when = f"after {datetime.fromtimestamp(int(reset), UTC):%Y-%m-%d %H:%M:%S} UTC"
    return ForgeError(
        f"the forge takes no more requests for now: {shown(said, access)}", hint=f"try again {when}"
    )


def _graphql_refusal(whole: Mapping[str, object], access: Access, *, write: bool) -> Exception:
    """Read GraphQL's errors. With a known kind, or without data at all, nothing was done."""
    errors = [error for error in _list(whole.get("errors")) if isinstance(error, Mapping)]
    kinds = [str(error.get("type")) for error in errors]
    said = _joined([error.get("message") for error in errors])
    if "RATE_LIMITED" in kinds or Requester.isRateLimitError(said):
        return _slow_down(said, "", access)
    status = next((_STATUS_OF[kind] for kind in kinds if kind in _STATUS_OF), None)
    if status is not None:
        return Refusal(status, said)
    if write and whole.get("data") is not None:
        return UncertainWriteError(f"the forge may have done it or not: {shown(said, access)}")
    return ForgeError(f"the forge did not answer a query: {shown(said, access)}")
