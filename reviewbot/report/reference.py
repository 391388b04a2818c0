"""The page `docs/review-format.md`, made from the schema."""

from collections.abc import Iterator

from reviewbot.domain.review import SCHEMA
from reviewbot.report.schema import review_schema
from reviewbot.report.shapes import Schema

_HEAD = f"""# The review as JSON: `{SCHEMA}`

What `--output json=PATH` writes. Made from `reviewbot/report/schema.py`; the JSON Schema is
[schemas/review.schema.json](schemas/review.schema.json). It is closed: every key below is always
there, no other ever is. A change of shape changes the number in `schema`.

Two runs over the same inputs differ under `this_run` and nowhere else. Secrets are masked as
`[secret:kind:number]`, hidden characters stand as code points (`<U+200B>`), undecodable bytes as
`<0xE9>`, and odd paths are C-quoted as git does.

Where the review is kept in a folder, `patches/` beside it holds each proven patch as a file for `git apply`
(`3f9a0c-python-sql-built-from-input.patch`), but for those that would hold a secret. `reviewbot fix` applies them from
the review itself. Each patch is proven alone, so there is no file with all of them.

| key | type | meaning |
|---|---|---|
"""


def review_reference() -> str:
    """Give the content of `docs/review-format.md`."""
    return _HEAD + "".join(
        f"| `{name}` | {kind} | {meaning} |\n" for name, kind, meaning in _rows(review_schema(), "")
    )


def _rows(schema: Schema, prefix: str) -> Iterator[tuple[str, str, str]]:
    for key, shape in schema["properties"].items():
        name = f"{prefix}{key}"
        inner, kind = _unwrapped(shape)
        yield name + _suffix(shape), kind, shape["description"]
        if "properties" in inner:
            yield from _rows(inner, f"{name}{_suffix(shape)}.")
        elif key == "by":
            for option in inner["additionalProperties"]["anyOf"]:
                if "properties" in option:
                    yield from _rows(option, f"{name}.*.")


def _suffix(shape: Schema) -> str:
    return "[]" if shape.get("type") == "array" else ""


def _unwrapped(shape: Schema) -> tuple[Schema, str]:
    if "anyOf" in shape:
        inner, kind = _unwrapped(shape["anyOf"][0])
        return inner, f"{kind} or null"
    if shape.get("type") == "array":
        inner, kind = _unwrapped(shape.get("items", {}))
        return inner, f"list of {kind}" if kind else "list"
    if "const" in shape:
        return shape, f"`{shape['const']}`"
    if "enum" in shape:
        return shape, " or ".join(f"`{word}`" for word in shape["enum"])
    return shape, str(shape.get("type", ""))
