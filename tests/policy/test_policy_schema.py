"""The generated schemas and reference: fresh, complete, and as strict as the program."""

import json
import sys
from pathlib import Path

import jsonschema
import pytest

from reviewbot.errors import PolicyError
from reviewbot.policy import reading, reference
from reviewbot.policy.documents import OperatorDocument, RepositoryDocument
from reviewbot.policy.schema import DOCUMENTS, schema
from reviewbot.policy.sections import Section
from reviewbot.policy.yaml_source import load
from reviewbot.shipped import folder

GOLDEN = Path(__file__).parent / "golden"


def sections() -> list[type[Section]]:
    """Every part of every document."""
    return [kind for kind in Section.__subclasses__() if kind.__module__.startswith("reviewbot.policy.")]


@pytest.mark.parametrize("kind", sections(), ids=lambda kind: kind.__name__)
def test_every_key_says_what_it_means(kind):
    """Each key of each part has a description, as a sentence, and each part has its own."""
    assert (kind.__doc__ or "").strip()
    for name, field in kind.model_fields.items():
        assert field.description, name
        assert field.description.rstrip("…").endswith((".", "`")) or "…" in field.description, name
    assert kind.model_config["extra"] == "forbid"
    assert kind.model_config["frozen"]
    assert kind.model_config["strict"]


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_schemas_are_valid_and_without_a_host(name):
    """Draft 2020-12, a relative `$id`, and no address of anybody's but the dialect's."""
    generated = schema(name)
    jsonschema.Draft202012Validator.check_schema(generated)

    assert generated["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert generated["$id"] == f"{name}.schema.json"
    assert generated["additionalProperties"] is False
    assert all(
        part["additionalProperties"] is False
        for part in generated.get("$defs", {}).values()
        if part["type"] == "object"
    )


KINDS = {"operator": "operator-policy", "repository": "repository-policy", "rule": "rule", "pack": "pack"}


@pytest.mark.parametrize("case", sorted(GOLDEN.glob("*-many.yml")), ids=lambda path: path.stem)
def test_the_schema_refuses_what_the_program_refuses(case):
    """An editor marks the same spoilt files."""
    data = json.loads(json.dumps(load(case.name, case.read_bytes()).data))
    validator = jsonschema.Draft202012Validator(schema(KINDS[case.stem.partition("-")[0]]))

    assert list(validator.iter_errors(data))


def test_the_schema_takes_what_the_program_takes():
    """Every shipped rule is valid by the published schema."""
    validator = jsonschema.Draft202012Validator(schema("rule"))
    for path in sorted((folder("rules")).glob("*/*.yml")):
        if ".test." in path.name or path.name == "pack.yml":
            continue
        data = json.loads(json.dumps(load(path.name, path.read_bytes()).data))
        assert not [error.message for error in validator.iter_errors(data)], path


def test_scanners_without_braces_are_marked_by_the_schema_too():
    """`bandit:` with nothing behind it is neither on nor off, for the editor and for the program."""
    validator = jsonschema.Draft202012Validator(schema("operator-policy"))

    assert validator.is_valid({"version": 1, "scanners": {"bandit": {}}})
    assert not validator.is_valid({"version": 1, "scanners": {"bandit": None}})
    with pytest.raises(PolicyError):
        reading.read(OperatorDocument, "p.yml", b"version: 1\nscanners: {bandit: }")


def test_the_reference_says_who_sets_what():
    """The exceptions name existing keys, and every key that a repository shares is among them."""
    operators, repositorys = reference.keys("operator-policy"), reference.keys("repository-policy")
    shared = {
        key
        for key in repositorys
        if key in operators and not {"$ref", "anyOf"} & set(operators[key]) and "." in key
    }

    assert set(reference.WHO) <= set(operators)
    assert {key for key in shared if "repository" not in reference.WHO.get(key, "")} == set()
    assert not set(RepositoryDocument.refusals) & set(RepositoryDocument.model_fields)


def test_the_reference_has_a_row_for_every_key():
    """Each key of each document stands in the page."""
    page = reference.page()

    assert [key for name in DOCUMENTS for key in reference.keys(name) if f"| `{key}` |" not in page] == []


def test_importing_the_room_brings_no_library():
    """`reviewbot.policy.config` and `.gate` are light: pydantic and yaml come when a policy is read."""
    import subprocess  # noqa: PLC0415 (only here)

    code = "import sys, reviewbot.policy.config, reviewbot.policy.gate; print({'pydantic', 'yaml'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert result.stdout == b"set()\n"
