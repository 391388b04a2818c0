"""Exactly once: runs that are killed, or robbed of an answer, come to what an undisturbed run comes to.

A sample of what `benchmarks/kills/run.py` does at every request.
"""

import pytest
from fakes.wire import Fault
from kill_histories import BASE, HEAD, HISTORIES, Trial
from publishing_child import Child
from publishing_scene import KINDS, Stand

from reviewbot.errors import UncertainWriteError
from reviewbot.publish.bodies import TWIN_SUMMARY


@pytest.fixture(scope="module")
def child():
    """The process whose forks publish."""
    with Child() as made:
        yield made


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """A history on a forge, its undisturbed end known once for all tests here."""
    made = {}

    def trial(kind, history):
        if (kind, history) not in made:
            made[kind, history] = Trial(kind, history, tmp_path_factory.mktemp("kills"))
        return made[kind, history]

    return trial


def spread(items, count):
    """So many of a list, from its first to its last."""
    return [items[round(at * (len(items) - 1) / (count - 1))] for at in range(count)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("history", HISTORIES)
def test_a_run_that_is_killed_is_completed_by_the_next(child, trial, kind, history):
    """Killed before a request is done and after; every third time, what completes it is killed once more."""
    given = trial(kind, history)
    blows = spread(given.boundaries(), 6) if history == "first" else after_replies(given)
    done = 0
    for number, blow in enumerate(blows):
        again = [(blow[0] // 2 + 2, "after")] if number % 3 == 1 else []
        done += given.killed(child, blow, *again)
    assert done > len(blows)


def after_replies(given):
    """Between edit and reply, reply and resolution, opening and reply; and at the very end."""
    edited, told, _, opened, _, _, summed = given.writes[-7:]
    return [(edited, "after"), (told, "after"), (opened, "after"), (summed, "before")]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_is_lost_is_looked_for(trial, kind):
    """The write was done: within the very same run nothing is written twice, and nothing left out."""
    first, later = trial(kind, "first"), trial(kind, "later")
    for at, lost in zip(spread(first.writes, 2), ("500", "reset"), strict=True):
        first.robbed(at, lost)
    later.robbed(later.writes[4], "truncated")


@pytest.mark.parametrize("kind", KINDS)
def test_answers_that_are_lost_again_and_again_end_the_run_and_not_the_next(tmp_path, kind):
    """Three rounds, then the run gives up with what it knows; nothing stands twice, and the next completes it."""
    scene = Stand(kind, tmp_path, HEAD, BASE)
    with scene.fake:
        said = scene.wanted(scene.remark("app/a.py", 10), scene.remark("app/b.py", 2))
        scene.fake.faults.append(Fault("POST", "/statuses", "500", times=3, after_effect=True))
        with pytest.raises(UncertainWriteError):
            scene.publish(said)
        assert [len(part) for part in scene.threads()] == [2, 0]
        scene.publish(said)
        assert [len(part) for part in scene.threads()] == [2, 1]
        assert scene.red(scene.head)
    assert scene.fake.violations == []


@pytest.mark.parametrize("kind", KINDS)
def test_two_publishers_at_once_leave_twins_and_the_next_run_one(tmp_path, kind):
    """The templates let only one publish at a time; without them a second one between look and write costs twins."""
    scene = Stand(kind, tmp_path, HEAD, BASE)
    with scene.fake:
        said = scene.wanted(scene.remark("app/a.py", 10), scene.remark("app/b.py", 2))

        def meanwhile(_, phase, entry):
            if phase == "before" and scene.fake.is_write(entry):
                scene.fake.on_request = lambda *_: None
                scene.publish(said)

        scene.fake.on_request = meanwhile
        scene.publish(said)
        assert [len(part) for part in scene.threads()] == [4, 2]
        assert scene.publish(said).resolved == 2
        inline, general = scene.said()
        open_ones = [one for one in inline if scene.is_open(one)]
        assert sorted(one["path"].lstrip("/") for one in open_ones) == ["app/a.py", "app/b.py"]
        assert sum(TWIN_SUMMARY in one["bodies"][0] for one in general) == 1
        start = len(scene.fake.log)
        scene.publish(said)
        assert scene.asked(start)[1] == []
    assert scene.fake.violations == []
