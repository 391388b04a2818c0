"""`docs/policy.md`, written from the types that read the files, so that it cannot be wrong about them."""

import json
from collections.abc import Iterator
from typing import Any

from reviewbot.policy.schema import schema

_INTRODUCTION = """# Policy reference

This page is generated from the types that read the files (`python scripts/generate_docs.py`).
JSON Schemas for editors lie beside it, under `schemas/`.

## Which file wins

1. **The operator's policy.** `/etc/reviewbot/policy.yml` for a whole machine, or `etc/reviewbot/policy.yml` under the
   prefix of the Python installation that runs reviewbot (for a container image). Where neither is there, the file named
   by `--policy` or `REVIEWBOT_POLICY`. An installed policy outranks a given one: giving one beside it is an error, unless
   the installed one says `allow: [policy]`. Two installed ones that differ are an error, and so is one that cannot be read.
2. **The repository's policy**, `.reviewbot.yml`, read from the tip of the target branch, never from the change. It may
   add and tighten. A weaker value is an error that names both places.
3. **Flags and `REVIEWBOT_…` variables.** Beside an operator's policy they may only tighten, unless its `allow:` names
   the flag. Without one, as on a laptop, they are free.

Any such error ends the run with exit code 2. The model's key comes by variable only, never from a file.

## How the files are written

YAML 1.2, UTF-8, one document, at most 1 MB. Unknown keys and keys written twice are errors. Anchors, aliases, tags and
directives are not read. `yes`, `no`, `on`, `off` and numbers that YAML readers disagree on (`010`, `1_000`, `12:30`) are
errors without quotes. A path pattern with a slash counts from the top of the repository, `**` stands for any folders, and
one without a slash matches the file's name in any folder.
"""

_PACKS = """## Packs and their digest

A pack is a folder: `pack.yml`, one file per rule named after its id, fixtures, which have `.test.` in their name, and the
lists in `approved/` and `shared/`. Hidden files, `__pycache__` and the signature `pack.sig` are no part of it. Links that lead out of the folder are refused. Two rules with one id, or
two that take over the same rule of another scanner, are an error, and so is a rule whose `expiry` has passed.

The digest of a pack, as it stands in every review, is what this prints in the pack's folder:

```sh
find -L . -type f -not -path './pack.sig' -not -path '*/.*' -not -path '*/__pycache__/*' -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum
```
"""

WHO = {
    "target_branch": "operator, else repository",
    "model.url": "operator; `--model-url` where allowed",
    "model.name": "operator, else `--model-name`; another one where allowed",
    "model.gguf": "operator; `--gguf` where allowed",
    "sandbox.rungs": "operator; `--unsandboxed` (`[job]`) where allowed",
    "packs.required": "operator; repository adds offered ones, `--rules` adds folders where allowed",
    "gate.fail_on": "operator; repository and `--fail-on` only stricter",
    "gate.confidence": "operator; repository only stricter",
    "gate.incomplete": "operator; repository only stricter",
    "gate.model": "operator; repository only stricter",
    "coverage.code": "operator; repository only adds",
    "coverage.text": "operator; repository only adds",
    "coverage.binary": "operator; repository only adds",
    "coverage.metadata": "operator; repository only adds",
    "guidelines.paths": "operator; repository adds where `guidelines.allow`",
    "tests.gate": "operator; repository only stricter",
    "tests.timeout_s": "operator; repository only shorter",
    "patches.rules": "operator; `--patches none` switches them off",
    "patches.model": "operator; `--patches` `none` and `rules` switch them off",
}
"""Keys of the operator's policy that others may touch. All others are the operator's alone."""


def page() -> str:
    """Write the whole page."""
    return "\n".join(
        (
            _INTRODUCTION,
            "## Operator's policy\n",
            _table("operator-policy", who=True),
            "## Repository's policy (`.reviewbot.yml`)\n",
            "Nothing here sets a model server, switches a scanner off or takes a file out.\n",
            _table("repository-policy"),
            "## A rule (`rules/<pack>/<id>.yml`)\n",
            _table("rule"),
            "## A pack (`rules/<pack>/pack.yml`)\n",
            _table("pack"),
            "## A list of approved libraries (`rules/<pack>/approved/<id>.yml`)\n",
            _table("approved-library"),
            "## Patterns that rules share (`rules/<pack>/shared/<name>.yml`)\n",
            _table("shared-patterns"),
            _PACKS,
            "## Waivers (`.reviewbot/waivers.yml`)\n",
            "What they mean, and who does what: [waivers.md](waivers.md).\n",
            _table("waivers"),
        )
    )


def keys(name: str) -> dict[str, dict[str, Any]]:
    """Give the keys of a kind of document, dotted, with the schema of each; sections come before their keys."""
    whole = schema(name)
    return dict(_keys(whole, whole.get("$defs", {}), ""))


def _keys(
    part: dict[str, Any], definitions: dict[str, Any], above: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in part["properties"].items():
        listed = "items" in field
        section = _section(field["items"] if listed else field, definitions)
        # A description that only repeats the section's own is written once, at the section.
        meaning = field.get("description") or (section or {})["description"]
        yield f"{above}{name}", field | {"needed": name in part.get("required", ()), "description": meaning}
        if section is not None:
            yield from _keys(section, definitions, f"{above}{name}{'[]' if listed else ''}.")


def _section(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any] | None:
    for choice in (field, *field.get("anyOf", ())):
        if "$ref" in choice:
            found: dict[str, Any] = definitions[choice["$ref"].rpartition("/")[2]]
            return found
    return None


def _table(name: str, *, who: bool = False) -> str:
    head = ["key", "type", "default", "meaning", *(["who sets it"] if who else [])]
    rows = [
        _row(key, field) + ([WHO.get(key, "operator")] if who else []) for key, field in keys(name).items()
    ]
    lines = [head, ["---"] * len(head), *rows]
    return (
        "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
        + "\n"
    )


def _row(key: str, field: dict[str, Any]) -> list[str]:
    return [f"`{key}`", _type(field), _default(field), field["description"].replace("\n", " ")]


def _type(field: dict[str, Any]) -> str:
    """Say in words what a key takes."""
    if "$ref" in field:
        return "keys below"
    if "anyOf" in field:
        return " or ".join(
            dict.fromkeys(_type(part) for part in field["anyOf"] if part.get("type") != "null")
        )
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    kind = field.get("type")
    if kind == "array":
        return f"list of {_type(field['items'])}"
    words = {"string": "text", "boolean": "true or false", "object": "keys and values"}
    return words[kind] if kind in words else _number(field)


def _number(field: dict[str, Any]) -> str:
    noun = "whole number" if field["type"] == "integer" else "number"
    low = field.get("minimum", field.get("exclusiveMinimum"))
    over = "over " if "exclusiveMinimum" in field else ""
    return f"{noun}, {over}{low:,} to {field['maximum']:,}" if low is not None else noun


def _default(field: dict[str, Any]) -> str:
    if field["needed"]:
        return "needed"
    default = field.get("default")
    if default is None or isinstance(default, dict) or default in ("", []):
        return ""
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"
