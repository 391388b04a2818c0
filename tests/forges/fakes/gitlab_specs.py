"""Requests that a fake has seen, against GitLab's own description and the schemas written for the rest."""

import json
import re

from fakes.specs import Specs, folder
from fakes.wire import Entry

SPEC = "gitlab-v2.json"
SCHEMAS = "gitlab-discussions.schema.json"  # discussions, their notes, drafts: the description lacks or loosens them
LACKS = re.compile(
    r"/api/v4/(user|projects/[^/]+|projects/[^/]+/merge_requests/\d+/(discussions|notes)(/.*)?)"
)


def complaints(log: list[Entry]) -> list[str] | None:
    """What is wrong with the shape of logged requests; None where there are no descriptions."""
    specs, place = Specs.load(SPEC), folder()
    if specs is None or place is None or not (place / SCHEMAS).is_file():
        return None
    written = json.loads((place / SCHEMAS).read_text("utf-8"))
    out = []
    for entry in log:
        schema = _written(written, entry)
        if schema is not None:
            wrong = specs.errors(schema, entry.body)
        elif LACKS.fullmatch(entry.raw_path):
            continue
        else:
            wrong = specs.request(entry.method, entry.raw_path, entry.query, entry.body)
        out += [f"{entry.method} {entry.path}: {each}" for each in wrong]
    return out


def _written(schemas: dict[str, dict[str, object]], entry: Entry) -> dict[str, object] | None:
    for name, schema in schemas.items():
        method, _, template = name.partition(" ")
        pattern = "/api/v4" + re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if method == entry.method and re.fullmatch(pattern, entry.raw_path):
            return schema
    return None
