"""The lists of a pack that its rules name: shared patterns and approved libraries, as people write them."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from reviewbot.policy.sections import Id, Line, Prose, Section, matching
from reviewbot.policy.yaml_source import Key

Patterns = Annotated[
    tuple[dict[str, Any], ...],
    WithJsonSchema({"type": "array", "items": {"type": "object"}, "minItems": 1}),
]


class SharedDocument(Section):
    """Parts of taint rules that several rules of a pack share (`shared/<name>.yml`), in semgrep's syntax."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    description: Prose = Field(description="What these are.")
    pattern_sources: Patterns = Field(default=(), description="Where data comes in.")
    pattern_sanitizers: Patterns = Field(default=(), description="What makes data harmless.")
    pattern_propagators: Patterns = Field(
        default=(), description="How data passes from one place to another."
    )

    @property
    def lists(self) -> dict[str, tuple[dict[str, Any], ...]]:
        """The lists by their names in a semgrep rule, those that are given."""
        named = {name.replace("_", "-"): getattr(self, name) for name in SHARED_LISTS}
        return {name: entries for name, entries in named.items() if entries}

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Refuse a file that shares nothing."""
        if not self.lists:
            yield (), "nothing is shared; give pattern-sources, pattern-sanitizers or pattern-propagators"


SHARED_LISTS = ("pattern_sources", "pattern_sanitizers", "pattern_propagators")

REPLACED = r"^[@A-Za-z_][A-Za-z0-9_@/-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*(\.\*)?$"
Replaced = Annotated[
    str,
    AfterValidator(
        matching(REPLACED, "wants a module, as in requests.*, or something that is called, as in hashlib.md5")
    ),
    WithJsonSchema({"type": "string", "pattern": REPLACED}),
]


class ApprovedDocument(Section):
    """What the organisation uses for a purpose, and instead of what (`approved/<id>.yml`)."""

    id: Id = Field(description="Name of the list, the same as the file's without .yml.")
    purpose: Line = Field(description="What it is for, as in: requests to other services.")
    languages: tuple[Id, ...] = Field(min_length=1, description="Languages in semgrep's names.")
    use: tuple[Line, ...] = Field(min_length=1, description="Names to take: modules, classes, functions.")
    instead_of: tuple[Replaced, ...] = Field(
        min_length=1,
        description="What they take the place of: `requests.*` is found where it is imported, `hashlib.md5` where it "
        "is called.",
    )
    example: Annotated[str, Field(min_length=1, max_length=10_000)] = Field(
        description="How it is used, as code."
    )
    why: Prose | None = Field(default=None, description="Why it is the approved one.")
