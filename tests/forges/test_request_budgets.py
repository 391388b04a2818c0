"""Requests per run: so many and no more, and nobody waits."""

import time

import pytest
from publishing_scene import KINDS
from request_counts import AGAIN, MANY, POSTED, counts, limit
from sleep_watch import SLEPT


@pytest.mark.parametrize("kind", KINDS)
def test_each_run_keeps_its_budget(kind, tmp_path):
    """Posting, a second run that only reads, and 200 findings; none of them sleeps."""
    found = counts(kind, tmp_path)
    assert {case: run.total for case, run in found.items() if run.total > limit(kind, case)} == {}
    assert found[AGAIN].writes == 0
    assert found[POSTED].writes > 0
    assert found[MANY].writes > 0
    assert [run.slept for run in found.values()] == [(), (), ()]


def test_the_watch_for_sleep_hears():
    """The instrument bites."""
    del SLEPT[:]
    time.sleep(0)
    assert SLEPT == [0]
