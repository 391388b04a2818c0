"""What is kept of a server between runs, so that an unchanged change needs no word with it.

Only where the policy names the model: a server that serves one unnamed model today may serve
another tomorrow. What is kept is confirmed before the first request of a run is sent.
"""

import hashlib
import json
from dataclasses import asdict, fields

from reviewbot.domain.policy import ModelPolicy
from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.model.dialect import Dialect
from reviewbot.model.discover import Server

_VERSION = "2"


def key(base: str, policy: ModelPolicy) -> str:
    """Name the memory of one server, model and way of asking."""
    parts = (_VERSION, base, policy.name or "", str(policy.context_tokens), str(policy.thinking))
    return "model-server:" + hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def kept(server: Server, dialect: Dialect) -> bytes:
    """Write down what `recalled` reads."""
    return json.dumps({"server": asdict(server), "dialect": dialect.to_json()}, sort_keys=True).encode()


def recalled(raw: bytes | None) -> tuple[Server, Dialect] | None:
    """Read what was kept; None for anything unexpected."""
    try:
        value = loads(raw, limit=10_000, depth=4) if raw else None
    except BadJson:
        return None
    if not isinstance(value, dict):
        return None
    dialect = Dialect.from_json(value.get("dialect"))
    server = _server(value.get("server"))
    return (server, dialect) if server and dialect else None


def _server(value: object) -> Server | None:
    if not isinstance(value, dict) or set(value) != {field.name for field in fields(Server)}:
        return None
    match value:
        case {
            "name": str(name),
            "context_tokens": int(tokens),
            "tight": bool(tight),
            "owner": str(owner),
            "slots": int(slots),
        }:
            return Server(name, tokens, tight, owner, slots)
    return None
