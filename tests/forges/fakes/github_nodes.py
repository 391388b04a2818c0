"""The values behind the GraphQL schema, for one viewer: dicts whose fields may be functions."""

import base64
from collections.abc import Mapping
from typing import Any

from fakes.github_commit_nodes import CommitNodes
from fakes.github_graphql import GraphQLError, refusal
from fakes.github_state import Pull, Review, Thread, node_id
from fakes.github_talk_nodes import TalkNodes

MOST = 100  # of a connection at once [D]


class Nodes(TalkNodes, CommitNodes):
    """Everything that one token may see."""

    def __init__(self, forge: Any, token: Any) -> None:
        self.forge = forge
        self.token = token

    # -- roots -----------------------------------------------------------------------------------

    def query(self) -> dict[str, Any]:
        limits = {"cost": 1, "limit": 5000, "remaining": 4999, "used": 1, "nodeCount": 1}
        limits = {"__typename": "RateLimit", **limits, "resetAt": self.forge.born}
        return {
            "__typename": "Query",
            "viewer": lambda: self.person(self.token.user.id),
            "repository": self.repository_named,
            "node": self.node,
            "nodes": lambda ids: [self.node(one) for one in ids],
            "rateLimit": lambda **_: limits,
        }

    def repository_named(self, owner: str, name: str, **_: Any) -> Any:
        same = (owner.lower(), name.lower()) == (self.forge.owner.lower(), self.forge.name.lower())
        if not same or not self.forge.access.sees(self.token):
            raise refusal("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return self.repository()

    def node(self, id: str) -> Any:  # noqa: A002 (the argument's name in the interface)
        found = self.found(id)
        if isinstance(found, Pull):
            return self.pull(found)
        if isinstance(found, Thread):
            return self.thread(found)
        if isinstance(found, Review):
            return self.review(found)
        return self.comment(found) if found.thread else self.remark(found)

    def found(self, id: str) -> Any:  # noqa: A002 (see above)
        """What has this id, as far as the viewer may see it."""
        if self.forge.access.sees(self.token):
            for thing, its_id in self.forge.nodes():
                if its_id == id and self._shown(thing):
                    return thing
        raise refusal("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'.")

    def _shown(self, thing: Any) -> bool:
        if isinstance(thing, Thread):
            return self._shown(thing.comments[0])
        review = thing if isinstance(thing, Review) else getattr(thing, "review", None)
        return review is None or self.forge.shows(review, self.token)

    def demand(self, area: str, level: str, *others: str) -> None:
        if not any(self.forge.access.can(self.token, each, level) for each in (area, *others)):
            raise self.forbidden()

    def forbidden(self, mutation: str = "") -> GraphQLError:
        """[I gh-aw#35726, letta-code#2201] for Apps; for a classic token [K]."""
        if self.forge.access.kind(self.token) == "classic":
            login = self.forge.shapes.login(self.token.user.id)
            return refusal(
                "FORBIDDEN", f"{login} does not have the correct permissions to execute `{mutation}`"
            )
        return GraphQLError(
            {
                "type": "FORBIDDEN",
                "extensions": {"saml_failure": False},
                "message": self.forge.access.sentence(self.token),
            }
        )

    # -- accounts --------------------------------------------------------------------------------

    def actor(self, user: int | None) -> Any:
        """An author: null for a deleted account; an App's login comes without `[bot]` [I DataDog/rshell#227]."""
        found = self.forge.users.get(user)
        if found is None:
            return None
        kind = "Bot" if found.is_bot else "User"
        return self._account(kind, found.name, user)

    def person(self, user: int | None) -> Any:
        """Where the schema says User, an App appears with its REST login [K]."""
        return None if user is None else self._account("User", self.forge.shapes.login(user), user)

    def _account(self, kind: str, login: str, number: Any) -> dict[str, Any]:
        return {
            "__typename": kind,
            "id": node_id(kind, number),
            "databaseId": number,
            "login": login,
            "name": None,
            "avatarUrl": lambda **_: f"{self.forge.url}/avatars/u/{number}",
            "resourcePath": f"/{login}",
            "url": f"{self.forge.url}/{login}",
        }

    # -- connections -----------------------------------------------------------------------------

    def connection(self, name: str, kind: str, items: list[Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """A page of a list; `first` or `last` must be given and at most 100 [D]."""
        first, last = given.get("first"), given.get("last")
        self._bounds(name, first, last)
        low = cursor_number(given["after"]) if given.get("after") else 0
        high = cursor_number(given["before"]) - 1 if given.get("before") else len(items)
        low, high = min(low, len(items)), min(high, len(items))
        if first is not None:
            high = min(high, low + first)
        else:
            low = max(low, high - last)
        chosen = items[low:high]
        info = {
            "__typename": "PageInfo",
            "hasNextPage": high < len(items),
            "hasPreviousPage": low > 0,
            "startCursor": cursor(low + 1) if chosen else None,
            "endCursor": cursor(high) if chosen else None,
        }
        edges = [
            {"__typename": f"{kind}Edge", "cursor": cursor(low + at), "node": one}
            for at, one in enumerate(chosen, 1)
        ]
        counted = {"pageInfo": info, "totalCount": len(items)}
        return {"__typename": f"{kind}Connection", "nodes": chosen, "edges": edges, **counted}

    @staticmethod
    def _bounds(name: str, first: Any, last: Any) -> None:
        if first is None and last is None:
            text = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            raise refusal("MISSING_PAGINATION_BOUNDARIES", text)
        for side, value in (("first", first), ("last", last)):
            if value is not None and not 0 <= value <= MOST:
                text = f"Requesting {value} records on the `{name}` connection exceeds the `{side}` limit of {MOST} records."
                raise refusal("EXCESSIVE_PAGINATION", text)


def cursor(number: int) -> str:
    return base64.b64encode(f"cursor:v2:{number}".encode()).decode()


def cursor_number(text: str) -> int:
    try:
        head, _, number = base64.b64decode(text, validate=True).decode().rpartition(":")
        if head == "cursor:v2":
            return int(number)
    except ValueError:
        pass
    raise refusal("INVALID_CURSOR_ARGUMENTS", f"`{text}` does not appear to be a valid cursor.")
