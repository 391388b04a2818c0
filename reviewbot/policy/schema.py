"""JSON Schemas for editors, generated from the types that read the files.

Draft 2020-12. `$id` is a relative name: the schemas have no home on any network.
"""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from reviewbot.policy.documents import OperatorDocument, RepositoryDocument
from reviewbot.policy.list_documents import ApprovedDocument, SharedDocument
from reviewbot.policy.rule_documents import PackDocument, RuleDocument
from reviewbot.policy.sections import Section
from reviewbot.policy.waiver_documents import WaiversDocument

DOCUMENTS: dict[str, type[Section]] = {
    "operator-policy": OperatorDocument,
    "repository-policy": RepositoryDocument,
    "rule": RuleDocument,
    "pack": PackDocument,
    "approved-library": ApprovedDocument,
    "shared-patterns": SharedDocument,
    "waivers": WaiversDocument,
}
"""The kinds of document, by the name of their schema."""

_ONE_KEY = {"minProperties": 1, "maxProperties": 1}


def schema(name: str) -> dict[str, Any]:
    """Give the JSON Schema of a kind of document."""
    generated = DOCUMENTS[name].model_json_schema()
    for part in generated.get("$defs", {}).values():
        _tidied(part)
    if "DetectSection" in generated.get("$defs", {}):
        generated["$defs"]["DetectSection"].update(_ONE_KEY)
    _tidied(generated)
    head = {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"{name}.schema.json"}
    return head | generated


def _tidied(part: dict[str, Any]) -> None:
    """Take out the titles that only repeat the keys, and defaults that say "not given"."""
    part.pop("title", None)
    for field in part.get("properties", {}).values():
        field.pop("title", None)
        if field.get("default", 0) is None:
            field.pop("default")


def schema_files() -> dict[str, str]:
    """Give each schema's file name and text, as they are committed under `docs/schemas/`."""
    return {
        f"{name}.schema.json": json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"
        for name in DOCUMENTS
    }
