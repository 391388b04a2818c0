"""House rules put to a model on a real socket: rates, and recordings that pass afterwards."""

import json
import sys
from pathlib import Path

import pytest
from rule_texts import QUESTION, quiet, rule

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from scripted_model import ScriptedModel

from reviewbot import wiring_rules
from reviewbot.audit.record import Unrecorded
from reviewbot.domain.policy import ModelPolicy, Policy
from reviewbot.errors import ModelError
from reviewbot.shipped import folder
from reviewbot.workbench import house, live

TALK = rule(
    "talk",
    QUESTION,
    languages="",
    bad="total = float(row)",
    good="total = Decimal(row)",
    clean="share = float(x)",
)


def read_floats(body):
    """Play a model that takes every float() for money, and quotes it."""
    asked = body["messages"][-1]["content"]
    path = asked.split("file: ")[1].split("\n")[0]
    lines = [line for line in asked.split("\n") if "+|" in line and "float" in line]
    findings = [
        {"rule": "talk", "path": path, "line": int(line.split("+|")[0]), "quote": line.split("+|")[1], "explanation": "It rounds.", "evidence": []}
        for line in lines
    ]  # fmt: skip
    return json.dumps({"findings": findings})


def ask(shelf, server):
    policy = Policy(model=ModelPolicy(url=server.url, parallel=1))
    with wiring_rules.model(policy, {}, Unrecorded()) as chat:
        return live.ask(live.Put(shelf, policy, folder("templates"), quiet), (), chat)


def test_rates_and_recordings(shelf_of):
    """What is found and what is found too often is counted; the recordings say the same without a model."""
    shelf = shelf_of({"talk": TALK, "one": rule("one")})
    with ScriptedModel(answer=read_floats) as server:
        answered = ask(shelf, server)

    assert answered.by_rule() == {"talk": live.Rates(hits=2, flaws=2, false=2, harmless=3, unanswered=0)}
    ((path, text),) = live.recorded(answered, shelf, "2026-11-21")
    path.write_text(text)
    tested = house.recorded(shelf_of({}), ())
    assert [one.said.partition(":")[0] for one in tested.failing] == ["clean", "not_violations/0"]
    assert tested.examples == 5


def test_masked_secrets_are_the_same_again(shelf_of):
    """A secret is numbered otherwise among all examples than alone; the quote still stands there."""
    first, second = "AKIA" + "Z7XQ3RPLM2VN5TKD", "AKIA" + "QW4ERTY7UIOP3ASD"
    secrets = TALK.replace("total = float(row)", f'total = float(row, "{first}")').replace(
        "float(price)", f"float(price, '{second}')"
    )
    shelf = shelf_of({"talk": secrets})
    with ScriptedModel(answer=read_floats) as server:
        answered = ask(shelf, server)

    assert answered.by_rule()["talk"].hits == 2
    assert first not in next(live.recorded(answered, shelf, "2026-11-21"))[1]


def test_recordings_of_other_models_stay(shelf_of):
    """Only this model's answers are replaced."""
    other = {"model": "other", "recorded": "2026-01-01", "example": "good", "answer": {"findings": []}}
    mine = other | {"model": "scripted", "example": "bad"}
    shelf = shelf_of({"talk": TALK, "talk.answers.json": json.dumps([other, mine])})
    with ScriptedModel(answer=read_floats) as server:
        answered = ask(shelf, server)

    ((_, text),) = live.recorded(answered, shelf, "2026-11-21")
    written = [(one["model"], one["example"], one["recorded"]) for one in json.loads(text)]
    assert ("other", "good", "2026-01-01") in written
    assert [day for model, example, day in written if (model, example) == (answered.model, "bad")] == [
        "2026-11-21"
    ]


def test_a_model_that_answers_nothing_is_an_error(shelf_of):
    """No rate is made up for it."""
    shelf = shelf_of({"talk": TALK})
    with (
        ScriptedModel(answer=lambda _: "no JSON at all") as server,
        pytest.raises(ModelError, match="answered none of 5"),
    ):
        ask(shelf, server)
