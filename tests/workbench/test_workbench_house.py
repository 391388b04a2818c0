"""House rules by recorded answers: through the parser and the verifier of a review."""

import json

import pytest
from rule_texts import QUESTION, rule

from reviewbot.errors import PolicyError
from reviewbot.workbench import answers, house

TALK = rule(
    "talk",
    QUESTION,
    languages="",
    bad="a = 1\ntotal = float(row)",
    good="total = Decimal(row)",
    clean="share = float(x)",
)


def finding(quote, *, line=1, name="talk", path="src/app.py"):
    return {
        "rule": name,
        "path": path,
        "line": line,
        "quote": quote,
        "explanation": "It rounds.",
        "evidence": [],
    }


def entry(example, *findings, **more):
    return {
        "model": "m",
        "recorded": "2026-11-20",
        "example": example,
        "answer": {"findings": list(findings)},
        **more,
    }


def replay(shelf_of, *entries):
    shelf = shelf_of({"talk": TALK, "talk.answers.json": json.dumps(entries, indent=1)})
    return house.recorded(shelf, ())


def test_right_answers_pass(shelf_of):
    """A verified finding in what is one, none in what is none; white space and a wrong line do not matter."""
    tested = replay(
        shelf_of,
        entry("bad", finding("  total = float(row)", line=1)), entry("good"), entry("clean"),
        entry("violations/0", finding("total = float(price)")), entry("not_violations/0"),
    )  # fmt: skip

    assert (tested.failing, tested.untested, tested.examples) == ((), (), 5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (entry("bad"), "bad: not found by talk (m, 2026-11-20)"),
        (entry("bad", finding("total = int(row)", line=2)), "bad: not found by talk (m, 2026-11-20): the quote does not stand in the hunk that was shown"),
        (entry("bad", finding("total = float(row)", line=2, name="another")), "bad: not found by talk (m, 2026-11-20)"),
        (entry("good", finding("total = Decimal(row)")), "good: line 1 found by talk (m, 2026-11-20)"),
        (entry("not_violations/0", finding("ratio = float(hits)")), "not_violations/0: line 1 found by talk (m, 2026-11-20)"),
        (entry("violations/7"), "violations/7: the rule has no such example (m, 2026-11-20)"),
        (entry("good") | {"answer": "I see nothing."}, "good: the answer is not valid JSON: expecting value at character 0 (m, 2026-11-20)"),
    ],
)  # fmt: skip
def test_wrong_answers_fail_with_the_reason(shelf_of, wrong, said):
    """Each names the line of its entry."""
    tested = replay(shelf_of, entry("clean"), wrong)

    (failing,) = tested.failing
    assert failing.said == said
    assert failing.line > 2


def test_an_answer_as_text_with_thinking_is_read_like_a_servers(shelf_of):
    """The raw text of a model will do as well."""
    text = "<think>hm</think>" + json.dumps({"findings": [finding("total = float(row)", line=2)]})

    assert replay(shelf_of, entry("bad") | {"answer": text}).failing == ()


def test_without_answers_a_rule_is_not_tested(shelf_of):
    """It is counted, not passed."""
    assert house.recorded(shelf_of({"talk": TALK}), ()).untested == (("talk", house.UNRECORDED),)


def test_answers_to_another_question_count_no_more(shelf_of):
    """Whoever changes the question or the example has to ask again."""
    shelf = shelf_of({"talk": TALK})
    asked = answers.digest(shelf.rules.find("talk"), "a = 1\ntotal = float(row)\n")

    assert replay_of(shelf_of, asked).untested == ()
    tested = replay_of(shelf_of, "0" * 16)
    assert tested.untested == (("talk", "the rule has changed since its answers were recorded"),)
    assert tested.failing == ()


def replay_of(shelf_of, digest):
    return replay(shelf_of, entry("bad", finding("total = float(row)", line=2), digest=digest))


def test_a_recorded_path_places_the_example(shelf_of):
    """The path that it was shown under, if the rule still applies there."""
    shown = finding("total = float(row)", line=2, path="talk/bad/code.py")

    assert replay(shelf_of, entry("bad", shown, path="talk/bad/code.py")).failing == ()
    assert len(replay(shelf_of, entry("bad", shown, path="other/code.py")).failing) == 1


BAD_FILES = {
    "{": ":1: not the JSON of recorded answers",
    "{}": ":1: the file holds no list",
    "[\n1]": ":2: an entry is an object",
    '[\n\n{"model": "m"}]': ":3: recorded is missing",
    json.dumps([entry("bad", extra=1)]): ":1: there is a key that is not known",
    json.dumps([entry("worse")]): ":1: example wants",
    json.dumps([entry("bad") | {"recorded": "2026-02-30"}]): ":1: recorded wants a day",
    json.dumps([entry("bad") | {"model": "a\u202eb"}]): ":1: model wants one line of text",
    json.dumps([entry("bad", path="../x")]): ":1: path wants a path",
}


@pytest.mark.parametrize("text", BAD_FILES)
def test_files_that_are_none_are_refused_with_their_line(shelf_of, text):
    """File, line and what it ought to look like."""
    shelf = shelf_of({"talk": TALK, "talk.answers.json": text})

    with pytest.raises(PolicyError) as refused:
        house.recorded(shelf, ())
    assert f"talk.answers.json{BAD_FILES[text]}" in str(refused.value)


def test_what_is_written_is_read_again():
    """Recordings survive being written, in a fixed order."""
    given = answers.read(
        "x", json.dumps([entry("violations/0"), entry("bad"), entry("good") | {"answer": "text"}]).encode()
    )
    again = answers.read("x", answers.written(given).encode())

    assert [one.example for one in again] == ["bad", "good", "violations/0"]
    assert {(one.example, one.answer) for one in again} == {(one.example, one.answer) for one in given}
