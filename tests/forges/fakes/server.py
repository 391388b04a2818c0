"""The HTTP side of every fake: routes, log, faults, tokens; one work lock, so that effects are atomic.

A fake derives from `FakeForge`, calls `route()` in its constructor and then `start()`. Handlers take the
`Entry` and give a `Reply`, or raise `RefusedError`. They run under `self.lock` (re-entrant), as do the verbs
that tests call; `on_request` runs outside of it.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

from fakes.listener import Listener
from fakes.repo import Repo
from fakes.wire import READS, Entry, Fault, RefusedError, Reply

__all__ = ["Entry", "FakeForge", "Fault", "RefusedError", "Reply", "Token", "User"]


@dataclass
class User:
    """An account. `id` is what this kind of forge uses: a number, or a GUID as text."""

    id: Any
    name: str
    is_bot: bool = False


@dataclass
class Token:
    """A token, what it may do, and whatever else the fake wants to know of it."""

    text: str
    user: User
    rights: set[str]
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Route:
    """A method and a path pattern; `query` and `keys` are all that may be sent (None: anything)."""

    method: str
    pattern: re.Pattern[str]
    handler: Callable[[Entry], Reply]
    query: frozenset[str] | None
    keys: frozenset[str] | None


def _pattern(template: str, *, any_case: bool) -> re.Pattern[str]:
    """`{name}` is one segment as sent (so %2F stays inside), `{name:int}` digits, `{name*}` anything."""
    out = ""
    for part in re.split(r"(\{\w+(?::int|\*)?\})", template):
        if not part.startswith("{"):
            out += re.escape(part)
            continue
        name = re.match(r"\{(\w+)", part).group(1)
        out += f"(?P<{name}>" + (r"\d+" if ":int" in part else ".+" if "*" in part else "[^/]+") + ")"
    return re.compile(out + r"\Z", re.IGNORECASE if any_case else 0)


class FakeForge:
    """What the three fakes share. Tests read `log` and `violations`, and set `faults` and `on_request`."""

    any_case = False  # Azure DevOps takes its paths in any case

    def __init__(self, repo: Path, *, tls: bool = False) -> None:
        self.repo = Repo(repo)
        self.lock = threading.RLock()
        self.log: list[Entry] = []
        self.faults: list[Fault] = []
        self.violations: list[str] = []
        self.on_request: Callable[[int, str, Entry], None] | None = None
        self.users: dict[Any, User] = {}
        self.tokens: dict[str, Token] = {}
        self.pulls: dict[int, Any] = {}  # each has `source_branch`
        self._routes: list[Route] = []
        self._moments: list[tuple[int | str, Callable[[], None]]] = []
        self._listener = Listener(self.serve, tls=tls)
        self.url = self._listener.url
        self.ca = self._listener.ca  # the certificate to trust, with tls=True

    # -- life ------------------------------------------------------------------------------------

    def start(self) -> None:
        self._listener.start()

    def close(self) -> None:
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- what tests read -------------------------------------------------------------------------

    def requests(self) -> list[tuple[str, str]]:
        with self.lock:
            return [(entry.method, entry.path) for entry in self.log]

    def writes(self) -> list[tuple[str, str]]:
        with self.lock:
            return [(entry.method, entry.path) for entry in self.log if self.is_write(entry)]

    def is_write(self, entry: Entry) -> bool:
        """Whether a request can change anything; GitHub's fake lets GraphQL queries through."""
        return entry.method not in READS

    def violate(self, sentence: str) -> None:
        """Note something that a test should fail on."""
        self.violations.append(sentence)

    # -- people ----------------------------------------------------------------------------------

    def new_user_id(self, name: str) -> Any:  # noqa: ARG002 (a GUID is made from it)
        return 100 + len(self.users)

    def add_user(self, name: str, *, is_bot: bool = False) -> Any:
        with self.lock:
            user = User(self.new_user_id(name), name, is_bot)
            self.users[user.id] = user
            return user.id

    def add_token(self, user: Any, rights: set[str], **more: Any) -> str:
        with self.lock:
            text = more.pop("text", None) or f"fake-{len(self.tokens) + 1:04d}-{self.users[user].name}"
            self.tokens[text] = Token(text, self.users[user], set(rights), more)
            return text

    def token_of(self, headers: dict[str, str]) -> str | None:
        """The token a request brings. `headers` have lower-case names."""
        scheme, _, value = headers.get("authorization", "").partition(" ")
        return value if scheme.lower() in ("bearer", "token") else None

    # -- timed events ----------------------------------------------------------------------------

    def at(self, when: int | str, action: Callable[[], None]) -> None:
        """Do something just before request number `when`, or the first whose "METHOD /path" matches it."""
        self._moments.append((when, action))

    def push(self, number: int) -> None:
        """Take notice that the source branch moved."""
        raise NotImplementedError

    def threads(self, number: int) -> list[dict[str, Any]]:
        """What stands on a pull request, in the order it was said, without what the forge itself says.

        Keys: id; state (open, resolved, refused); path, side (old, new), first, last and
        text_under_anchor (the bytes of those lines at the commit that their numbers are of), all None for
        what stands on no line; bodies and authors (user names), comment by comment.
        """
        raise NotImplementedError

    def move_head_at(self, when: int | str, sha: str, number: int | None = None) -> None:
        """Move a pull request's source branch to `sha` at that moment; by default the newest one's."""

        def move() -> None:
            pull = max(self.pulls) if number is None else number
            self.repo.set_branch(self.pulls[pull].source_branch, sha)
            self.push(pull)

        self.at(when, move)

    def _happen(self, entry: Entry) -> None:
        for moment in list(self._moments):
            when, action = moment
            due = (
                entry.number == when
                if isinstance(when, int)
                else re.search(when, f"{entry.method} {entry.path}")
            )
            if due:
                self._moments.remove(moment)
                action()

    # -- routes ----------------------------------------------------------------------------------

    def route(self, method: str, template: str, handler: Callable[[Entry], Reply], *, query=None, keys=None):
        """Serve a path. `query` and `keys` name all query and top-level body keys there are."""
        self._routes.append(
            Route(
                method,
                _pattern(template, any_case=self.any_case),
                handler,
                None if query is None else frozenset(query),
                None if keys is None else frozenset(keys),
            )
        )

    def unknown_path(self, entry: Entry) -> Reply:  # noqa: ARG002 (for forges that answer with the path)
        return Reply(404, {"error": "404 Not Found"})

    def unknown_keys(self, entry: Entry, where: str, names: list[str]) -> Reply:  # noqa: ARG002 (as above)
        """What answers a key that the forge does not know. The violation is recorded already."""
        return Reply(400, {"error": f"{', '.join(names)} is not a known {where} parameter"})

    def admit(self, entry: Entry) -> None:
        """Called under the lock before any handler: authentication, rate limits. Raises `RefusedError`."""

    def _dispatch(self, entry: Entry) -> Reply:
        for route in self._routes:
            found = route.pattern.match(entry.raw_path) if route.method == entry.method else None
            if found:
                entry.params = {name: unquote(value) for name, value in found.groupdict().items()}
                return self._handled(route, entry)
        self.violate(f"unknown path: {entry.method} {entry.path}")
        return self.unknown_path(entry)

    def _handled(self, route: Route, entry: Entry) -> Reply:
        self.admit(entry)
        asked = [] if route.query is None else sorted(set(entry.query) - route.query)
        body = entry.body if isinstance(entry.body, dict) else {}
        sent = [] if route.keys is None or entry.body_kind == "form" else sorted(set(body) - route.keys)
        for where, names in (("query", asked), ("body", sent)):
            if names:
                self.violate(f"unknown {where} key: {', '.join(names)} in {entry.method} {entry.path}")
                return self.unknown_keys(entry, where, names)
        return route.handler(entry)

    # -- one request -----------------------------------------------------------------------------

    def serve(self, entry: Entry) -> tuple[Reply | None, Fault | None]:
        """Log a request, do its work and give what is to be sent, and the fault that hits it.

        Without a reply the connection is to be dropped in the manner of the fault.
        """
        with self.lock:
            entry.number = len(self.log) + 1
            entry.token = self.token_of(entry.headers)
            self.log.append(entry)
        self._tell("before", entry)
        with self.lock:
            self._happen(entry)
            fault = next((each for each in self.faults if each.matches(entry)), None)
            if fault:
                fault.times -= 1
                entry.fault = fault.kind
            reply = None if fault and not fault.after_effect else self._work(entry)
        self._tell("after", entry)
        if fault and fault.kind in ("429", "500", "502", "html"):
            reply = fault.reply()
        entry.status = None if fault and fault.kind in ("timeout", "reset") else (reply or Reply()).status
        return reply, fault

    def _work(self, entry: Entry) -> Reply:
        try:
            reply = self._dispatch(entry)
        except RefusedError as refused:
            reply = refused.reply
        except Exception as bug:  # a fake that crashes must be seen by the test, not taken for a forge's 500
            self.violate(f"the fake itself failed at {entry.method} {entry.path}: {bug!r}")
            raise
        entry.effect = True
        entry.answer = reply.body
        return reply

    def _tell(self, phase: str, entry: Entry) -> None:
        if self.on_request is not None:
            try:
                self.on_request(entry.number, phase, entry)
            except Exception as bug:  # it runs in the server's thread, where no test would see it
                self.violate(f"on_request failed at {phase} {entry.method} {entry.path}: {bug!r}")
                raise
