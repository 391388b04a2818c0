"""The answer at the door: strict JSON, then shape, then claims; and nothing else gets in."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from scripted_model import finding, findings

from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.model.answer import MAX_FINDINGS, BadAnswer, read, schema

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"\\[{', max_size=3), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_any_json_value_is_read_as_it_is(value):
    """What `json` writes comes back equal."""
    assert loads(json.dumps(value), limit=100_000, depth=20) == value


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_value_or_one_kind_of_error(raw):
    """No other exception leaves the door."""
    try:
        loads(raw, limit=1000, depth=5)
    except BadJson:
        return


@pytest.mark.parametrize(
    "text",
    [
        "NaN", "Infinity", "-Infinity", "1e999", "-1e999", '{"a":1,"a":2}', '[{"a":{"b":1,"b":1}}]',
        '"\\ud800"', '{"\\udfff":1}', "1" * 19, "9" * 5000, "[" * 21 + "]" * 21, "[" * 100_000,
        '{"a":' * 100_000, "", " ", "{", '{"a"}', "[1,]", "{'a':1}", "01", "+1", ".5", "1.", "0x1", "tru",
        '"\x00"', '"\t"', '"\n"', "[1] x", "\ufeff[]", "/**/1", '"\\x41"', '"abc', "nul", "[1 2]", "--1",
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused(text):
    """Numbers that are none, equal keys, half characters, bombs of depth and digits, and every malformed text."""
    with pytest.raises(BadJson):
        loads(text, limit=2_000_000, depth=20)


def test_broken_utf8_and_size_are_refused():
    """Bytes must be UTF-8, and not too many."""
    with pytest.raises(BadJson):
        loads(b'"\xff"', limit=100, depth=3)
    with pytest.raises(BadJson, match="bytes long"):
        loads('"' + "é" * 50 + '"', limit=100, depth=3)
    with pytest.raises(BadJson):
        loads('"\ud800"', limit=100, depth=3)


def test_brackets_inside_strings_are_not_depth():
    """Only structure counts."""
    text = json.dumps(["[" * 500 + '\\"{' * 500])
    assert loads(text, limit=100_000, depth=1)


def test_raw_control_characters_are_tolerated_in_answers_only():
    """Grammars let models write a raw tab inside a string; outside strings nothing is tolerated."""
    raw = findings(finding(quote="Q")).replace('"Q"', '"\ta\x04"')
    assert read(raw).claims[0].quote == "\ta\x04"
    with pytest.raises(BadJson):
        loads(raw, limit=10_000, depth=10)
    with pytest.raises(BadAnswer):
        read(raw.replace(":", ":\x04", 1))


@pytest.mark.parametrize("tight", [False, True])
def test_the_schema_accepts_what_is_accepted(tight):
    """The schema that is sent and the check that is made agree."""
    validator = Draft202012Validator(schema(tight=tight))
    validator.check_schema(schema(tight=tight))
    assert validator.is_valid(json.loads(findings(finding(evidence=["x1"]))))
    for bad in (
        finding(line=0),
        finding(extra=1),
        finding(line="1"),
        finding(evidence="x1"),
        finding(rule=None),
    ):
        assert not validator.is_valid({"findings": [bad]})
        with pytest.raises(BadAnswer):
            read(findings(bad))


def test_the_schema_is_fit_for_real_servers():
    """No length or pattern on strings outside the tight profile, bounds on every integer and list, all required."""
    text = json.dumps(schema(tight=False))
    for keyword in ("maxLength", "minLength", "pattern", "format", "$ref", "uniqueItems", "anyOf"):
        assert f'"{keyword}"' not in text

    def walk(node, lists):
        if node["type"] == "integer":
            assert {"minimum", "maximum"} <= set(node)
        if node["type"] == "array":
            walk(node["items"], lists * node["maxItems"])
        if node["type"] == "string":
            assert lists * node.get("maxLength", 0) < 2000, "llama.cpp's limit of repetitions"
        if node["type"] == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
            for inner in node["properties"].values():
                walk(inner, lists)

    walk(schema(tight=False), 1)
    walk(schema(tight=True), 1)
    assert schema(tight=True) == schema(tight=True)


GOOD = findings(finding(rule="sql"))


@pytest.mark.parametrize(
    ("content", "reasoning"),
    [
        (GOOD, ""),
        (f"  \n{GOOD}\n", "some thought"),
        (f"<think>let me see {{}}</think>{GOOD}", ""),
        (f"let me see</think>\n\n{GOOD}", ""),
        (f"<think>a</think>b</think>{GOOD}", ""),
        (f"```json\n{GOOD}\n```", ""),
        (f"Here it is:\n```json\n{GOOD}\n```\nBye.", ""),
        (f"<think>x</think>\n```\n{GOOD}\n```", ""),
        (f"[THINK]x[/THINK]{GOOD}", ""),
        ("", GOOD),
        ("  ", f"<think>x</think>{GOOD}"),
    ],
)
def test_the_answer_is_found_where_servers_put_it(content, reasoning):
    """Plain, after thinking with or without its opening tag, fenced, or in the reasoning field only."""
    answer = read(content, reasoning)
    assert answer.claims[0].rule == "sql"
    assert answer.from_reasoning is (not content.strip())


def test_a_tag_inside_a_quote_does_not_cut_the_answer():
    """The whole text is tried before anything is cut off."""
    assert read(findings(finding(quote="</think> ```json"))).claims[0].quote == "</think> ```json"


@pytest.mark.parametrize(
    ("content", "reasoning", "why"),
    [
        ("", "", "empty"),
        ("I'm sorry, I can't help with that.", "", "not valid JSON"),
        ("I'm sorry.", GOOD, "not valid JSON"),
        ("[]", "", "not an object"),
        ("{}", "", "lacks findings"),
        ('{"findings": {}}', "", "not a list"),
        ('{"findings": [], "note": 1}', "", "a key other than"),
        ('{"findings": [1]}', "", r"findings\[0\] is not an object"),
        (findings(finding(line=True)), "", "whole number"),
        (findings(finding(line=1.5)), "", "whole number"),
        (findings(finding(line=10**8)), "", "whole number"),
        (findings(finding(), finding(quote=[])), "", r"findings\[1\].quote is not a string"),
        (findings(finding(evidence=[1])), "", r"evidence\[0\] is not a string"),
        (GOOD[:-3], "", "not valid JSON"),
        (f"```\n{GOOD}\n```\n```\n{GOOD}\n```", "", "not valid JSON"),
        (f"<think>{GOOD}", "", "not valid JSON"),
    ],
)
def test_what_is_not_an_answer_has_a_reason(content, reasoning, why):
    """Refusals, prose, other shapes, cut ones: a reason in our words; nothing is repaired."""
    with pytest.raises(BadAnswer, match=why):
        read(content, reasoning)


def test_long_strings_are_cut_and_long_lists_counted():
    """Sizes are ours to bound, since the schema does not."""
    answer = read(findings(*[finding(explanation="e" * 9000, evidence=["x"] * 50)] * (MAX_FINDINGS + 5)))
    assert len(answer.claims) == MAX_FINDINGS
    assert answer.left_out == 5
    assert answer.full
    assert len(answer.claims[0].explanation) == 1500
    assert len(answer.claims[0].evidence) == 8


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_any_value_in_place_of_an_answer_is_refused_or_read(value, field):
    """An adversary's JSON gives claims or `BadAnswer`, never another exception."""
    for text in (
        json.dumps(value),
        json.dumps({"findings": [finding(rule=field)]}),
        json.dumps({"findings": value}),
    ):
        try:
            read(text)
        except BadAnswer:
            continue
