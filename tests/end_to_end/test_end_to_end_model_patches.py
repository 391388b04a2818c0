"""Patches of the model in a whole run: proven or not shown, asked for once more at most, and remembered."""

import json

import pytest
from scripted_model import ScriptedModel, remedy

FLAW = "import os\n\n\ndef read(text):\n    return eval(text)\n\n\nprint(os.sep)\n"
RIGHT = remedy(5, 5, "    return ast.literal_eval(text)", imports=["import ast"])
WRONG = remedy(5, 5, "    return eval(text)  # noqa")


def shown(body):
    return "\n".join(message["content"] for message in body["messages"])


@pytest.fixture
def review(repo, run, tmp_path):
    """Review one flaw with a model's patches alone."""
    repo.write(a_dot_py=FLAW)
    repo.commit()
    policy = tmp_path / "policy.yml"
    policy.write_text("version: 1\nallow: [model-url]\npatches: {rules: false}\n")
    return lambda server: run("--policy", policy, "--model-url", server.url)


def test_a_remedy_that_holds_is_shown(review):
    """The model's lines are proven, and only then part of the review; what was spent is counted."""
    with ScriptedModel(mend=lambda _: RIGHT) as server:
        ran = review(server)
    (patch,) = ran.review["patches"]
    assert (patch["origin"], patch["safe"]) == ("model", False)
    assert [edit["lines"] for edit in patch["edits"]] == [
        ["import ast"],
        ["    return ast.literal_eval(text)"],
    ]
    assert {step["state"] for step in patch["proof"]["steps"] if step["step"] != "tests_pass"} == {"passed"}
    assert len(server.mends) == 1
    assert ran.review["this_run"]["model"]["calls"] == len(server.chats) + 1


def test_a_remedy_that_fails_is_tried_once_more_and_then_not_shown(review):
    """The second question says what failed; nothing of the model's words is in any report."""
    with ScriptedModel(mend=lambda _: WRONG) as server:
        ran = review(server)
        asked = len(server.mends)
        again = review(server)
    assert asked == 2
    assert "cannot be used" in shown(server.mends[1])
    assert len(server.mends) == asked, "a second run asks nothing"
    assert ran.review["patches"] == []
    assert [one["origin"] for one in ran.review["unproven"]] == ["model", "model"]
    assert "# noqa" not in ran.out + json.dumps(ran.review)
    assert again.review["unproven"] == ran.review["unproven"]


def test_a_second_try_may_hold(review):
    """What failed is told, and the other remedy is proven."""
    with ScriptedModel(mend=lambda body: RIGHT if "cannot be used" in shown(body) else WRONG) as server:
        ran = review(server)
    assert len(ran.review["patches"]) == 1
    assert len(server.mends) == 2
