"""The record of a run: durable, private, one line an event."""

import json
import stat
import threading
from datetime import UTC, datetime

import pytest

from reviewbot.audit.record import EventLog
from reviewbot.audit.recorded import RecordedSandbox
from reviewbot.audit.run_id import run_id
from reviewbot.domain.sandboxing import Completed, Ended, Job
from reviewbot.errors import SandboxError, UsageError


def clock():
    return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def events(folder):
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().split("\n")[:-1]]


def test_an_intent_is_on_the_disk_before_its_act(tmp_path):
    """The line can be read by somebody else before the act begins, and the outcome names it."""
    with EventLog(tmp_path / "run", clock=clock) as log:
        number = log.intent("model.request", {"bytes": 12})
        before = events(tmp_path / "run")
        log.outcome(number, {"status": 200})
    assert before == [{"n": 1, "at": "2026-01-02T03:04:05.000+00:00", "intent": "model.request", "bytes": 12}]
    assert events(tmp_path / "run")[1]["outcome_of"] == 1


def test_only_the_owner_may_read_the_record(tmp_path):
    """Folders are 0700, files 0600."""
    with EventLog(tmp_path / "run", clock=clock) as log:
        log.intent("x", {})
        log.keep("prompt-1.txt", "text \udcff")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "run").rglob("*")}
    assert modes == {"documents": 0o700, "events.jsonl": 0o600, "prompt-1.txt": 0o600}
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700


def test_hostile_detail_stays_one_line(tmp_path):
    """A newline or a command in a detail cannot forge an event."""
    with EventLog(tmp_path / "run", clock=clock) as log:
        log.intent("x", {"path": 'a\n{"n": 9}\r\x1b[31m'})
    assert len(events(tmp_path / "run")) == 1
    assert b"\x1b" not in (tmp_path / "run" / "events.jsonl").read_bytes()


def test_events_of_threads_are_numbered_without_gaps(tmp_path):
    """Parallel writers never share a number or a line."""
    with EventLog(tmp_path / "run", clock=clock) as log:
        threads = [threading.Thread(target=log.intent, args=("x", {})) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [event["n"] for event in events(tmp_path / "run")] == list(range(1, 21))


def test_no_record_no_run(tmp_path):
    """A folder that cannot be made is a sentence, not a run without a record."""
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="record of the run cannot be written"):
        EventLog(tmp_path / "file" / "run", clock=clock)


class Rung:
    """A sandbox that answers or breaks as told."""

    name = "rung"

    def __init__(self, error=None):
        self.error = error

    def run(self, _job):
        if self.error:
            raise self.error
        return Completed(Ended.EXITED, 0, b"", b"", {}, 0.5)


def test_each_job_is_announced_and_accounted_for(tmp_path):
    """A sandboxed tool leaves an intent without its arguments' text, then how it ended."""
    with EventLog(tmp_path / "run", clock=clock) as log:
        RecordedSandbox(Rung, log).run(Job(argv=("/opt/bin/semgrep", "--x", "secret-path"), tree="/"))
    intent, outcome = events(tmp_path / "run")
    assert (intent["intent"], intent["tool"], intent["rung"]) == ("sandbox.run", "semgrep", "rung")
    assert "secret-path" not in (tmp_path / "run" / "events.jsonl").read_text()
    assert (outcome["outcome_of"], outcome["ended"], outcome["seconds"]) == (1, "exited", 0.5)


def test_a_job_that_breaks_leaves_its_intent(tmp_path):
    """What was begun stays on record when the sandbox itself breaks."""
    with EventLog(tmp_path / "run", clock=clock) as log, pytest.raises(SandboxError):
        RecordedSandbox(lambda: Rung(SandboxError("broke")), log).run(Job(argv=("x",), tree="/"))
    assert [event.get("intent") for event in events(tmp_path / "run")] == ["sandbox.run"]


def test_run_ids_sort_by_time():
    """A later run has a greater id, whatever the random part."""
    ids = [run_id(1, b"\xff" * 10), run_id(2, b"\x00" * 10), run_id(1 << 40, b"\x00" * 10)]
    assert ids == sorted(ids)
    assert {len(name) for name in ids} == {26}
    # The time part of the ULID specification's own example.
    assert run_id(1469918176385, b"\0" * 10).startswith("01ARYZ6S41")


@pytest.mark.parametrize(("when", "random"), [(-1, b"0" * 10), (1 << 48, b"0" * 10), (1, b"0")])
def test_run_ids_need_their_parts(when, random):
    """A time or random part of the wrong size is refused."""
    with pytest.raises(ValueError):
        run_id(when, random)
