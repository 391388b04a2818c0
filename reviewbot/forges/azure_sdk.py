"""The azure-devops SDK, made to speak through our session and to leave no traces.

Its verbs, routes, models and serialisation are used as they are: they name a route by its id and take the
path from the server's own list (`OPTIONS _apis`), so `/tfs`, collections and case need no thought. What
azure-devops 7.1.0b4 on msrest 0.7.1 does wrongly is settled here:

- importing it makes a folder in $HOME and fails where that cannot be written: it is imported with its cache
  folder set to one that exists, and `_file_cache` is used by nothing that is left;
- it keeps the list of routes on disk for twelve hours and in the class for ever, so a server's upgrade goes
  unnoticed, and asks for it at an address in lower case: here it is kept per connection;
- `Connection` asks for resource areas and follows the addresses it gets (on a Server: an empty list): the
  clients are built on the collection's address without it;
- it sends the newest api-version that it knows: here the lowest is sent, so that every server from 2019 to
  the newest sees the same requests, and as a preview where the server says that it was one (statuses before
  2022, connectionData always); its own way to choose sends None to a server that dropped the wanted one;
- its sender follows redirects, takes proxies from the environment and, with urllib3 1, repeats a POST: ours
  is `PoliteSession`, and an answer of 4xx keeps its status, which the SDK's own errors lose;
- `GitPullRequestChange` lacks `item`, `changeType` and `originalPath`: they are read from its
  `additional_properties`, where msrest leaves what a model does not know.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from azure.core.exceptions import DeserializationError
from msrest.pipeline import HTTPSender, Pipeline, Request, Response
from msrest.universal_http import ClientRequest
from msrest.universal_http.requests import RequestsClientResponse

from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.errors import ForgeError
from reviewbot.forges import azure_rights
from reviewbot.forges.base import Access, Rights, refusal
from reviewbot.forges.fields import odd, record, records
from reviewbot.forges.session import PoliteSession

_CACHE_VARIABLE = "AZURE_DEVOPS_CACHE_DIR"


@contextmanager
def _no_folder_in_home() -> Iterator[None]:
    """Let the SDK be imported without making a folder; the variable is as before afterwards."""
    before = os.environ.get(_CACHE_VARIABLE)
    os.environ[_CACHE_VARIABLE] = os.sep
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CACHE_VARIABLE]
        else:
            os.environ[_CACHE_VARIABLE] = before


with _no_folder_in_home():
    from azure.devops.v7_0.git import GitClient, models  # type: ignore[import-untyped]  # the SDK has no types
    from azure.devops.v7_1.location import LocationClient  # type: ignore[import-untyped]  # as above

__all__ = ["Answered", "Server", "every", "models"]

LOWEST = 5.0  # Azure DevOps Server 2019
_THREADS = "ab6e2e5d-a0b7-4153-b64a-a4efe0d49449"  # the id of the route .../pullRequests/{id}/threads
_ERROR_BYTES = 1024 * 1024
# The SDK gives a template to `str.format` as it comes.
_TEMPLATE = re.compile(r"(?:\w[\w.-]*|\{\*?\w+\})(?:/(?:\w[\w.-]*|\{\*?\w+\}))*")
_NAME = re.compile(r"\w[\w.-]*")


class Answered(Exception):  # noqa: N818 (it says what happened: the forge answered, with a refusal)
    """An answer of 4xx: nothing was done. `said` is the server's own sentence, or empty."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.said = said


def every(items: Any, what: str) -> list[Any]:
    """Read a list of the SDK's models: msrest leaves holes where an item is none. Raises `ForgeError`."""
    if not isinstance(items, list) or None in items:
        raise odd(what)
    return items


class _Sender(HTTPSender[ClientRequest, RequestsClientResponse]):
    """What msrest sends with: our session, which settles all but answers of 4xx."""

    def __init__(self, session: PoliteSession) -> None:
        self._session = session

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def send(
        self, request: Request[ClientRequest], **_: Any
    ) -> Response[ClientRequest, RequestsClientResponse]:
        """Send one request. Raises `Answered` beside what the session raises."""
        asked = request.http_request
        answer = self._session.request(asked.method, asked.url, data=asked.data, headers=dict(asked.headers))
        if answer.status_code >= 400:
            raise Answered(answer.status_code, _sentence(answer.content))
        answer.encoding = "utf-8"
        return Response(request, RequestsClientResponse(asked, answer))  # type: ignore[no-untyped-call]  # msrest's


def _sentence(body: bytes) -> str:
    """Read `message` of an error's JSON. On a page or anything else: nothing."""
    try:
        said = loads(body, limit=_ERROR_BYTES, depth=16, surrogates=True)
    except BadJson:
        return ""
    message = said.get("message") if isinstance(said, dict) else None
    return message if isinstance(message, str) else ""


class _Routes:
    """What the server's `OPTIONS _apis` lists, asked for once per connection."""

    def __init__(self) -> None:
        self._known: dict[str, Any] | None = None

    def find(self, client: Any, route_id: str) -> Any:
        """Give the route of that id. Raises `ForgeError` for a server that has none."""
        if self._known is None:
            self._known = {str(route.id): route for route in client.listed()}
        route = self._known.get(route_id)
        if route is None:
            raise ForgeError(
                "the forge does not offer what reviewbot needs of it",
                hint=f"Azure DevOps Server 2019 or later is needed; is {client.config.base_url} a collection?",
            )
        _check(route)
        return route


def _check(route: Any) -> None:
    pieces = ((_TEMPLATE, route.route_template), (_NAME, route.area), (_NAME, route.resource_name))
    if not all(isinstance(piece, str) and pattern.fullmatch(piece) for pattern, piece in pieces):
        raise odd("a list of routes", "a route is no path")


class _OneServer:
    """What both clients do in our way instead of the SDK's. Stands before the SDK's class."""

    config: Any
    _routes: _Routes

    def settle(self, sender: _Sender, routes: _Routes) -> None:
        """Replace what the SDK's constructor has made."""
        self._routes = routes
        self.config.pipeline = Pipeline([], sender)
        self.config.keep_alive = True  # else msrest closes the session after an error

    def listed(self) -> list[Any]:
        """Ask for the routes: id, area, template, lowest and highest version of each."""
        request = ClientRequest("OPTIONS", f"{self.config.base_url}/_apis")
        headers = {"Accept": "application/json", "X-TFS-FedAuthRedirect": "Suppress"}
        answer = self._send_request(request, headers=headers)  # type: ignore[attr-defined]  # the SDK's
        listed = self._unwrap_collection(answer)
        routes = self._base_deserialize("[ApiResourceLocation]", listed)  # type: ignore[attr-defined]  # the SDK's
        return every(routes, "a list of routes")

    def _get_resource_location(self, _: str, route_id: str) -> Any:
        return self._routes.find(self, route_id)

    def _unwrap_collection(self, response: Any) -> list[Any]:
        return list(records(record(response.json(), "a list").get("value"), "a list"))

    @staticmethod
    def _negotiate_request_version(route: Any, _: str) -> str:
        lowest, highest, released = _versions(route)
        if highest < LOWEST:
            raise ForgeError(
                f"the forge speaks version {highest} of its interface at most",
                hint=f"version {LOWEST} is needed: Azure DevOps Server 2019 or later",
            )
        chosen = max(lowest, LOWEST)
        return f"{chosen}-preview" if chosen > released else str(chosen)


def _versions(route: Any) -> tuple[float, float, float]:
    """Give a route's lowest and highest version, and the highest that is no preview (0.0: none)."""
    try:
        return float(route.min_version), float(route.max_version), float(route.released_version)
    except (TypeError, ValueError):
        raise odd("a list of routes", "a route lacks its versions") from None


class _Git(_OneServer, GitClient):  # type: ignore[misc]  # the SDK has no types
    pass


class _Location(_OneServer, LocationClient):  # type: ignore[misc]  # the SDK has no types
    pass


class Server:
    """One collection of one server. `git` and `location` are the SDK's clients, with all their verbs.

    `sleep` is called with seconds where the server needs time.
    """

    def __init__(
        self, api: str, access: Access, session: PoliteSession, sleep: Callable[[float], None]
    ) -> None:
        self.sleep = sleep
        self._access = access
        self._session = session
        routes, sender = _Routes(), _Sender(session)
        self.git: Any = _Git(api)
        self.location: Any = _Location(api)
        self.git.settle(sender, routes)
        self.location.settle(sender, routes)

    @contextmanager
    def asking(
        self, rights: Rights, what: str, *, write: bool = False, spared: frozenset[int] = frozenset()
    ) -> Iterator[None]:
        """Turn what the SDK raises inside into our errors; `what` names the answer, with its article.

        Answers of a status in `spared` come through as `Answered`.
        """
        try:
            yield
        except Answered as error:
            if error.status in spared:
                raise
            needed = azure_rights.at(error.status, rights, self._access)
            raise refusal(self._access, needed, error.status, error.said) from None
        except DeserializationError:
            raise odd(what, write=write) from None

    def newest(self) -> float:
        """Give the highest version of the interface that the server speaks (2022: 7.0)."""
        return _versions(self.git._get_resource_location("", _THREADS))[1]  # noqa: SLF001 (overridden above)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
