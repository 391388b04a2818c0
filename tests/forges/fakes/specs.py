"""Requests and answers against the official API descriptions, where a folder of them is at hand.

`Specs.load("gitlab-v2.json")` gives None where there is none: the fakes' own rules stand without it. No
description forbids unknown keys, so `additionalProperties: false` is put in wherever an object lists its
properties; GitLab's marks optional fields as required, so `drop_required` names schemas to ease.
"""

import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

ABSENT = "no folder of API descriptions: set REVIEWBOT_SPECS"
METHODS = ("get", "put", "post", "patch", "delete", "options", "head")


def folder() -> Path | None:
    """Where the descriptions are: REVIEWBOT_SPECS, else `shared/specs` beside the project's folder."""
    named = os.environ.get("REVIEWBOT_SPECS")
    place = Path(named) if named else Path(__file__).parents[4] / "shared" / "specs"
    return place if place.is_dir() else None


@lru_cache(maxsize=8)
def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8-sig"))


class Specs:
    """One description, OpenAPI 3.0 or Swagger 2.0. `base` is put before its paths."""

    def __init__(self, document: dict[str, Any], *, base: str = "", loose: tuple[str, ...] = ()) -> None:
        self.document = document
        self.loose = loose
        self._strict: dict[str, Any] = {}
        self._operations = [
            (method.upper(), self._pattern(base + template), template, operation, item.get("parameters", []))
            for template, item in document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        ]

    @classmethod
    def load(cls, name: str, *, base: str = "", loose: tuple[str, ...] = ()) -> Self | None:
        """Read a description by its file name, or give None. `loose`: definitions without `required`."""
        place = folder()
        if place is None or not (place / name).is_file():
            return None
        return cls(_read(place / name), base=base, loose=loose)

    @staticmethod
    def _pattern(template: str) -> re.Pattern[str]:
        parts = re.split(r"(\{[^}]+\})", template)
        out = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
        return re.compile(out + r"\Z", re.IGNORECASE)

    # -- asking ----------------------------------------------------------------------------------

    def operation(self, method: str, path: str) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        """An operation and its parameters. Paths spelled out win over placeholders."""
        found = [
            (template.count("{"), operation, shared)
            for verb, pattern, template, operation, shared in self._operations
            if verb == method and pattern.match(path)
        ]
        if not found:
            return None
        _, operation, shared = min(found, key=lambda each: each[0])
        return operation, [self._resolved(each) for each in [*shared, *operation.get("parameters", [])]]

    def request(self, method: str, path: str, query: dict[str, str], body: Any) -> list[str]:
        """What is wrong with a request, in words; `path` is as sent (%2F stays inside a segment)."""
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path} is not described"]
        operation, parameters = found
        known = {each["name"].lower() for each in parameters if each["in"] == "query"}
        wrong = [f"unknown query parameter {name}" for name in query if name.lower() not in known]
        wrong += [
            f"query parameter {each['name']} is missing"
            for each in parameters
            if each["in"] == "query" and each.get("required") and each["name"] not in query
        ]
        schema = self._body_schema(operation, parameters)
        if schema is None:
            return wrong if body in (None, {}, b"") else [*wrong, "a body where none is described"]
        return wrong + ([] if body is None else self.errors(schema, body))

    def reply(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer. Statuses and bodies that are not described pass."""
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path} is not described"]
        answer = self._resolved(found[0]["responses"].get(str(status), {}))
        schema = answer.get("schema") or self._json(answer.get("content", {}))
        return self.errors(schema, body) if schema else []

    def errors(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What a strict reading of a schema finds wrong with a value."""
        import jsonschema  # noqa: PLC0415 (a tenth of a second that most tests need not wait for)

        validator = jsonschema.Draft4Validator(self.strict(schema))
        return [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in validator.iter_errors(value)
        ]

    # -- schemas ---------------------------------------------------------------------------------

    def _body_schema(
        self, operation: dict[str, Any], parameters: list[dict[str, Any]]
    ) -> dict[str, Any] | None:
        for each in parameters:
            if each["in"] == "body":
                return each["schema"]
        content = self._resolved(operation.get("requestBody", {})).get("content", {})
        return self._json(content)

    @staticmethod
    def _json(content: dict[str, Any]) -> dict[str, Any] | None:
        return next(
            (kind["schema"] for name, kind in content.items() if "json" in name and "schema" in kind), None
        )

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def strict(self, schema: dict[str, Any], depth: int = 0) -> dict[str, Any]:
        """A schema as Draft 4, references resolved, `allOf` merged, unknown keys forbidden."""
        reference = schema.get("$ref")
        if depth > 12:
            return {}  # a type that contains itself
        if reference and (reference, depth) in self._strict:
            return self._strict[(reference, depth)]
        node = self._merged(schema)
        out = {
            key: value
            for key, value in node.items()
            if key in ("type", "enum", "pattern", "maxLength", "required")
        }
        if reference and reference.rsplit("/", 1)[-1] in self.loose:
            out.pop("required", None)
        if not out.get("required"):
            out.pop("required", None)
        self._children(node, out, depth)
        if node.get("nullable"):
            self._nullable(out)
        if reference:
            self._strict[(reference, depth)] = out
        return out

    def _children(self, node: dict[str, Any], out: dict[str, Any], depth: int) -> None:
        if "properties" in node:
            out["properties"] = {
                name: self.strict(each, depth + 1) for name, each in node["properties"].items()
            }
            extra = node.get("additionalProperties")
            out["additionalProperties"] = (
                self.strict(extra, depth + 1) if isinstance(extra, dict) else bool(extra)
            )
        if "items" in node:
            out["items"] = self.strict(node["items"], depth + 1)
        for key in ("oneOf", "anyOf"):
            if key in node:
                out["anyOf"] = [self.strict(each, depth + 1) for each in node[key]]

    def _merged(self, schema: dict[str, Any]) -> dict[str, Any]:
        node = dict(self._resolved(schema))
        for part in node.pop("allOf", ()):
            for key, value in self._merged(part).items():
                if key == "properties":
                    node["properties"] = {**value, **node.get("properties", {})}
                elif key == "required":
                    node["required"] = sorted({*value, *node.get("required", [])})
                else:
                    node.setdefault(key, value)
        return node

    @staticmethod
    def _nullable(out: dict[str, Any]) -> None:
        if "enum" in out:
            out["enum"] = [*out["enum"], None]
        if "type" in out:
            out["type"] = [out["type"], "null"]
        if "anyOf" in out:
            out["anyOf"] = [*out["anyOf"], {"type": "null"}]
