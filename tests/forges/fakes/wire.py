"""What goes over the wire: a request as it was logged, a reply, a fault to inject."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

SIGN_IN = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head>"
    b"<body><form action='/users/sign_in' method='post'>Username <input name='login'></form></body></html>\n"
)
READS = ("GET", "HEAD", "OPTIONS")


@dataclass
class Entry:
    """One request. `path` is decoded, `raw_path` as it was sent; `body` is parsed where it could be.

    `body_kind` is json, form, none, broken (said to be JSON, is not) or other. `status` is None until
    something was answered; `effect` is true once the handler has run.
    """

    number: int
    method: str
    raw_path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    body: Any
    body_kind: str
    token: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    answer: Any = None
    effect: bool = False
    fault: str | None = None

    @property
    def path(self) -> str:
        return unquote(self.raw_path)


@dataclass
class Reply:
    """An answer. `body` is sent as JSON unless it is bytes (then `content_type` says what) or None."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


class RefusedError(Exception):
    """Raised by a handler anywhere below a route: answer this instead."""

    def __init__(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body!r}")
        self.reply = Reply(status, body, headers or {})


@dataclass
class Fault:
    """Something that goes wrong with the first `times` requests it matches.

    `kind`: 429, 500, 502, timeout (no answer for `hold` seconds, then the connection closes), truncated
    (half an answer), html (a sign-in page with `status`; a 302 sends to /users/sign_in), reset.
    `after_effect` lets the handler do its work first. `body` replaces the answer of 429, 500 and 502.
    """

    method: str
    path_regex: str
    kind: str
    times: int = 1
    after_effect: bool = False
    retry_after: int | None = None
    status: int = 203
    hold: float = 30.0
    body: Any = None

    def matches(self, entry: Entry) -> bool:
        fits = self.method in ("*", entry.method)
        return fits and self.times > 0 and re.search(self.path_regex, entry.path) is not None

    def reply(self) -> Reply:
        """Give the answer of a fault that answers at all."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.kind == "html":
            if self.status == 302:
                headers["Location"] = "/users/sign_in"
            return Reply(self.status, SIGN_IN, headers, "text/html; charset=utf-8")
        if self.kind == "502":
            page = b"<html><head><title>502 Bad Gateway</title></head></html>\n"
            return Reply(502, self.body or page, headers, "text/html")
        words = {"429": "Retry later", "500": "500 Internal Server Error"}[self.kind]
        return Reply(int(self.kind), self.body or {"message": words}, headers)


def parsed(content_type: str, raw: bytes) -> tuple[Any, str]:
    """Give a body as what it is, and what that is. Form fields stay flat: `position[base_sha]`."""
    if not raw:
        return None, "none"
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return json.loads(raw), "json"
        except ValueError:
            return None, "broken"
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)), "form"
    return raw, "other"
