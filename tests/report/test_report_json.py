"""The JSON form of a review, its schema, and the pages made from it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from report_reviews import ALL, AWKWARD, PATCH, full, incomplete, proof
from report_strategies import reviews

from reviewbot.domain.change import FileClass
from reviewbot.domain.coverage import Coverage, FileCoverage, Read
from reviewbot.domain.finding import Outcome
from reviewbot.domain.patch import State, Step
from reviewbot.domain.paths import unquoted
from reviewbot.domain.review import SCHEMA
from reviewbot.errors import UsageError
from reviewbot.publish.document import read as read_document
from reviewbot.report import json as report_json
from reviewbot.report.reference import review_reference
from reviewbot.report.schema import review_schema

VALID = Draft202012Validator(review_schema())


@pytest.mark.parametrize("name", ALL)
def test_json_is_as_before(name, golden):
    """The JSON of each review is its golden file."""
    golden(f"report/{name}.json", report_json.render(ALL[name]()).decode())


def test_schema_is_itself_valid():
    """The schema obeys its own meta-schema."""
    Draft202012Validator.check_schema(review_schema())


@pytest.mark.parametrize("name", ALL)
def test_hand_built_reviews_validate(name):
    """Each hand-built review obeys the published schema."""
    VALID.validate(json.loads(report_json.render(ALL[name]())))


@settings(max_examples=20, deadline=None)
@given(reviews())
def test_any_review_validates(review):
    """Whatever text stands in a review, its JSON obeys the schema and is valid UTF-8."""
    VALID.validate(json.loads(report_json.render(review).decode("utf-8")))


def _shapes(schema, document, missing, place=""):
    """Collect the places of the schema that no document produced with a value."""
    if "anyOf" in schema:
        for at, option in enumerate(schema["anyOf"]):
            _shapes(option, document, missing, f"{place}|{at}")
        return
    values = document
    if schema.get("type") == "object" and "properties" in schema:
        fitting = [
            value for value in values if isinstance(value, dict) and set(value) == set(schema["properties"])
        ]
        missing.extend([place] if not fitting else [])
        for key, shape in schema["properties"].items():
            _shapes(shape, [value[key] for value in fitting], missing, f"{place}.{key}")
    elif "additionalProperties" in schema:
        _shapes(
            schema["additionalProperties"], [v for d in values for v in d.values()], missing, f"{place}.*"
        )
    elif schema.get("type") == "array" and "items" in schema:
        lists = [value for value in values if isinstance(value, list)]
        _shapes(schema["items"], [item for value in lists for item in value], missing, f"{place}[]")


def test_every_key_of_the_schema_is_written():
    """No object in the schema is one that the writer never writes."""
    missing = []
    documents = [json.loads(report_json.render(build())) for build in ALL.values()]
    _shapes(review_schema(), documents, missing)
    assert missing == []


def test_unknown_key_is_refused():
    """The schema is closed: an additional key anywhere is an error."""
    document = json.loads(report_json.render(full()))
    document["findings"][0]["surprise"] = 1
    assert not VALID.is_valid(document)


def test_outcomes_add_up():
    """Every finding is written, and the counts per outcome add up to them."""
    document = json.loads(report_json.render(full()))
    assert sum(document["outcomes"].values()) == len(document["findings"]) == len(full().findings)
    assert set(document["outcomes"]) == {str(outcome) for outcome in Outcome}


def test_silent_required_reviewer_is_a_failure():
    """A required reviewer that said nothing stands there as failed, not as nothing."""
    by = json.loads(report_json.render(incomplete()))["coverage"][0]["by"]
    assert by["secrets"] == {"failed": "this reviewer did not run", "lines": []}


def test_failed_lines_are_kept():
    """The line ranges of a failure are there."""
    by = json.loads(report_json.render(incomplete()))["coverage"][1]["by"]
    assert by["model"] == {"failed": "over the token budget", "lines": [[10, 14], [17, 17]]}


def test_odd_path_comes_back():
    """A path that is no text is quoted and can be unquoted into the same bytes."""
    path = 'a\n"\\\udce9\t.py'
    review = replace(
        full(), coverage=(FileCoverage(path, FileClass.CODE, (("x", Coverage(Read.DONE)),), ()),)
    )
    written = json.loads(report_json.render(review))["coverage"][0]["path"]
    assert unquoted(written) == path


@pytest.mark.parametrize(
    ("text", "exact"), [("plain()", True), (f"x = '{AWKWARD}'", False), ("a\u200bb", False)]
)
def test_altered_patch_says_so(text, exact):
    """A line of a patch that had to be masked or made visible is marked as not to be applied."""
    patch = replace(PATCH, edits=(replace(PATCH.edits[0], lines=(text,)),))
    (written, *_) = json.loads(report_json.render(replace(full(), patches=(patch,))))["patches"]
    assert written["edits"][0]["exact"] is exact


def test_patch_is_written_with_every_step():
    """A proven patch has all twelve steps in order; one whose proof does not hold is not written at all."""
    document = json.loads(report_json.render(full()))
    assert [one["id"] for one in document["patches"]] == ["p1", "p2"]
    steps = document["patches"][0]["proof"]["steps"]
    assert [one["step"] for one in steps] == [str(step) for step in Step]
    assert {one["finding"]: one["id"] for one in document["patches"]} == {
        one["fingerprint"]: one["patch"] for one in document["findings"] if one["patch"]
    }
    failed = replace(PATCH, proof=proof(parses=State.FAILED))
    document = json.loads(report_json.render(replace(full(), patches=(failed,))))
    assert document["patches"] == []
    assert not any(one["patch"] for one in document["findings"])


@pytest.mark.parametrize("name", ALL)
def test_publisher_reads_what_is_written(name):
    """Each hand-built review passes the door of the publisher, but the hostile one, whose names are none."""
    raw = report_json.render(ALL[name]())
    if name == "hostile":
        with pytest.raises(UsageError, match="not of the shape"):
            read_document(raw)
    else:
        assert read_document(raw).schema_name == SCHEMA


def test_schema_name_and_version():
    """The document says which format it is."""
    assert json.loads(report_json.render(full()))["schema"] == SCHEMA == "reviewbot/review/1"


def test_login_in_a_repository_address_is_left_out():
    """User and password in the repository's address are not written."""
    review = replace(
        full(), change=replace(full().change, repository="https://bob:hunter2@forge.example/a/b")
    )
    assert json.loads(report_json.render(review))["change"]["repository"] == "https://forge.example/a/b"


def test_reference_names_every_key():
    """The reference page has a row for every key of the schema, each with a sentence."""
    page = review_reference()
    for key in (
        "`this_run.run`",
        "`patches[].edits[].exact`",
        "`patches[].proof.steps[].state`",
        "`tests.failed[].lines[]",
        "`coverage[].by.*.failed`",
        "`outcomes.waived`",
    ):
        assert key in page
    assert all(row.count("|") == 4 for row in page.splitlines() if row.startswith("| `"))
