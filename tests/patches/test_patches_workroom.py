"""The worker in the sandbox: what it is asked, what comes back, and what a task can do to others."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import libcst
import pytest
from libcst import ParserSyntaxError
from proving_scene import workroom

import reviewbot
from reviewbot.domain.sandboxing import Completed, Ended, JobLimits
from reviewbot.patches import worker
from reviewbot.patches.workroom import Workroom

CHECK = {
    "do": "check", "path": "a.py", "model": True, "before": "a = 1\n", "after": "a = 2\n", "edits": [[1, 1, 1, 1]],
    "beside": [], "finding": [1, 1], "approved": [],
}  # fmt: skip


@dataclass
class Scripted:
    """A sandbox whose jobs end as they are told to."""

    ends: list[Completed]
    name: str = "scripted"

    def __post_init__(self):
        self.sizes = []

    def run(self, job):
        self.sizes.append(job.stdin.count(b"\n"))
        return self.ends.pop(0)


def ended(lines, ended=Ended.EXITED, code=0):
    return Completed(ended, code, b"".join(line + b"\n" for line in lines), b"", {}, 0.1)


def test_every_task_is_answered_in_order():
    """Also one that is no task at all."""
    answers = workroom().answers(
        [CHECK, {"do": "nothing"}, CHECK | {"after": "a = \n"}, CHECK | {"before": 3}]
    )

    assert answers[0]["parses"] == ""
    assert answers[1] == {"broken": "KeyError"}
    assert answers[2]["parses"] == "syntax"
    assert answers[3] == {"broken": "TypeError"}


@pytest.mark.parametrize(
    "error",
    [
        libcst.CSTValidationError("no such node"),
        libcst.CSTLogicError("not so"),
        ParserSyntaxError("here", lines=(), raw_line=1, raw_column=0),
    ],
)
def test_errors_of_the_parser_break_the_task_and_not_the_worker(error):
    """They are no kind of error that Python has for this."""

    def raising(_task):
        raise error

    assert worker.answered({"do": "it"}, {"it": raising}) == {"broken": type(error).__name__}


def test_a_task_that_needs_too_much_memory_breaks_alone():
    """What comes before and after it is answered."""
    tight = Workroom(workroom().sandbox, JobLimits(wall_s=60, memory=150_000_000))
    deep = "a = " + "(" * 100 + "1" + ")" * 100 + "\n"
    greedy = CHECK | {"after": "a = [" + "1,\n" * 160_000 + "]\n"}

    first, broken, last = tight.answers([CHECK, greedy, CHECK | {"after": deep}])

    assert first["parses"] == last["parses"] == ""
    assert "broken" in broken


def test_only_the_task_that_took_the_worker_down_is_broken():
    """The worker is started again behind it."""
    good = json.dumps({"text": "x"}).encode()
    sandbox = Scripted([ended([good, good], Ended.SIGNALLED, -11), ended([good])])

    answers = Workroom(sandbox).answers([CHECK] * 4)

    assert answers == [{"text": "x"}, {"text": "x"}, {"broken": "the parser broke"}, {"text": "x"}]
    assert sandbox.sizes == [4, 1]


def test_a_worker_is_started_again_only_so_often():
    """A file that takes every worker down must not cost its time limit for each of its findings."""
    sandbox = Scripted([ended([], Ended.TIMEOUT, -9)] * 9)

    answers = Workroom(sandbox).answers([CHECK] * 9)

    assert answers == [{"broken": "the parser broke"}] * 9
    assert len(sandbox.sizes) == 4


def test_a_worker_that_fails_at_its_end_loses_its_last_task():
    """An exit code says that something was wrong."""
    good = json.dumps({"text": "x"}).encode()

    answers = Workroom(Scripted([ended([good, good], code=3)])).answers([CHECK] * 2)

    assert answers == [{"text": "x"}, {"broken": "the parser broke"}]


def test_a_worker_that_says_too_much_is_not_believed():
    """Nor is what is no JSON, or no table."""
    good = json.dumps({"text": "x"}).encode()

    assert Workroom(Scripted([ended([good] * 3), ended([good])])).answers([CHECK] * 2) == [
        {"broken": "the parser broke"},
        {"text": "x"},
    ]
    assert Workroom(Scripted([ended([b"nonsense", b"[]", good])])).answers([CHECK] * 3) == [
        {"broken": "the parser broke"},
        {"broken": "the parser broke"},
        {"text": "x"},
    ]


def test_large_tasks_are_shared_out():
    """A worker is never given more than it has memory for."""
    good = json.dumps({"text": "x"}).encode()
    large = CHECK | {"before": "a" * 9_000_000}
    sandbox = Scripted([ended([good])] * 3)

    assert len(Workroom(sandbox).answers([large] * 3)) == 3
    assert sandbox.sizes == [1, 1, 1]


def test_what_was_answered_is_remembered_and_what_broke_is_not():
    """The next run may have more memory."""

    class Memory(dict):
        def put(self, key, value):
            self[key] = value

    good = json.dumps({"text": "x"}).encode()
    sandbox = Scripted([ended([good, b'{"broken": "MemoryError"}']), ended([good])])
    room = Workroom(sandbox, cache=Memory())

    room.answers([CHECK, CHECK | {"model": False}])

    assert room.answers([CHECK, CHECK | {"model": False}]) == [{"text": "x"}] * 2
    assert sandbox.sizes == [2, 1]


def test_a_task_that_never_ends_is_ended(tmp_path):
    """The worker ends itself, wherever it is."""
    source = Path(worker.__file__).read_text("utf-8")
    script = tmp_path / "worker.py"
    script.write_text(
        source.replace("_SECONDS = 30", "_SECONDS = 1").replace(
            '"check": _check', '"check": lambda task: list(iter(int, 1))'
        )
    )
    begun = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-I", "-S", script, "/nowhere"],
        input=json.dumps(CHECK).encode() + b"\n",
        capture_output=True,
        check=False,
    )

    assert done.returncode == -14
    assert time.monotonic() - begun < 5


def test_the_worker_takes_in_only_what_a_task_needs():
    """Neither libcst nor a grammar is loaded for a Python file that is checked: starting is part of every review."""
    package = str(Path(reviewbot.__file__).parent)
    said = "import sys, runpy; sys.argv = ['w', %r, *%r]; runpy.run_path(%r, run_name='__main__'); print(sorted({m.partition('.')[0] for m in sys.modules}))"
    script = said % (package, [path for path in sys.path if path.endswith("site-packages")], worker.__file__)

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script],
        input=json.dumps(CHECK).encode() + b"\n",
        capture_output=True,
        check=True,
    )

    loaded = done.stdout.split(b"\n")[1].decode()
    assert not any(name in loaded for name in ("libcst", "tree_sitter", "pydantic", "yaml", "httpx", "click"))
