"""What all REST routes share: the shape of bodies, pages, and the texts of GitHub's own checks of them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fakes.github_access import refuse
from fakes.wire import Entry, Reply

# More characters than this are refused [I: 422 "Body is too long (maximum is 65536 characters)"].
BODY_LIMIT = 65_536
TOO_LONG = f"Body is too long (maximum is {BODY_LIMIT} characters)"
PER_PAGE, MOST_PER_PAGE = 30, 100  # [D]
PAGES = ("per_page", "page")
ORDER = ("sort", "direction", "since")
NAMES = {str: "a string", int: "an integer", bool: "a boolean", list: "an array", dict: "an object"}


def shaped(entry: Entry, wanted: Mapping[str, type], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The body, if its values have their types and nothing required is missing; null is no value [K]."""
    body = entry.body
    if entry.body_kind == "broken":
        raise refuse(400, "Problems parsing JSON")
    if body is None:
        body = {}
    if not isinstance(body, dict):
        raise refuse(400, "Body should be a JSON object")
    for name in required:
        if name not in body:
            raise malformed(f'"{name}" wasn\'t supplied.')
    typed("properties", body, wanted)
    return body


def typed(where: str, body: Mapping[str, Any], wanted: Mapping[str, type]) -> None:
    """Refuse unknown names and values of other types, in the server's words [K]."""
    for name, value in body.items():
        kind = wanted.get(name)
        if kind is None:
            raise malformed(f'"{name}" is not a permitted key.')
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            text = "nil" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
            raise malformed(f"For '{where}/{name}', {text} is not {NAMES[kind]}.")


def malformed(sentence: str) -> Exception:
    return refuse(422, f"Invalid request.\n\n{sentence}")


def paged(forge: Any, entry: Entry, items: list[Any]) -> Reply:
    """One page of a list, with the Link header that leads to the others."""
    size = min(max(_number(entry, "per_page", PER_PAGE), 1), MOST_PER_PAGE)
    page = max(_number(entry, "page", 1), 1)
    last = max(1, -(-len(items) // size))
    links = {}
    if page > 1:
        links |= {"prev": page - 1, "first": 1}
    if page < last:
        links |= {"next": page + 1, "last": last}
    shown = [f'<{forge.url}{entry.raw_path}?{_query(entry, to)}>; rel="{name}"' for name, to in links.items()]
    headers = {"Link": ", ".join(shown)} if shown else {}
    return Reply(200, items[(page - 1) * size : page * size], headers)


def _query(entry: Entry, page: int) -> str:
    return urlencode({**entry.query, "page": str(page)})


def _number(entry: Entry, name: str, default: int) -> int:
    text = entry.query.get(name, "")
    return int(text) if text.isdigit() else default
