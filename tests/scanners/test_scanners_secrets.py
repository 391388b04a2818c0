"""The secret scanner in the real sandbox: what it reads, what it says, and what it does not believe."""

import io
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from secret_seeds import TOKEN

from reviewbot.domain.change import SUBMODULE, SYMLINK, FileClass
from reviewbot.domain.coverage import DONE, Read
from reviewbot.domain.sandboxing import Completed, Ended, Job
from reviewbot.sandbox.bubblewrap import Bubblewrap
from reviewbot.scanners import secret_runner
from reviewbot.scanners.base import Source, ToolResult
from reviewbot.scanners.secrets import SecretScanner


def source(path, content, *, mode="100644", file_class=FileClass.TEXT):
    return Source(path, f"oid-{path}", mode, content, file_class)


@dataclass
class ScriptedSandbox:
    """Answers each job by a function of what it was given, without running it."""

    answer: object
    name: str = "scripted"
    jobs: list[Job] = field(default_factory=list)

    def run(self, job: Job) -> Completed:
        self.jobs.append(job)
        stdout, exit_code, ended = self.answer(list(secret_runner.unframe(io.BytesIO(job.stdin))))
        return Completed(ended, exit_code, stdout, b"", {}, 0.0)


def test_secrets_are_found_in_the_sandbox():
    """Kind and line of a secret come back from a real sandboxed run; a clean file is done and silent."""
    text = f'a = 1\ntoken = "{TOKEN}"\n'.encode()

    scan = SecretScanner().scan([source("a.py", text), source("b.txt", b"nothing\n")], Bubblewrap())

    assert scan.results == (ToolResult("secrets", "github-token", "a.py", 2, 2),)
    assert scan.coverage == (("a.py", DONE), ("b.txt", DONE))


def test_no_secret_leaves_the_sandbox():
    """What the detector prints holds no character of the secret."""
    seen = []
    inner = Bubblewrap()

    class Watching:
        name = "watching"

        def run(self, job):
            done = inner.run(job)
            seen.append(done.stdout + done.stderr)
            return done

    SecretScanner().scan([source("a", TOKEN.encode())], Watching())

    assert b"github-token" in seen[0]
    assert TOKEN[4:12].encode() not in seen[0]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe" + f'x\ntoken = "{TOKEN}"\n'.encode("utf-16-le"),
        b"\xfe\xff" + f'x\ntoken = "{TOKEN}"\n'.encode("utf-16-be"),
        b"caf\xe9\n" + TOKEN.encode(),
        "\ufeffx\n".encode() + TOKEN.encode(),
        b"a\r\x0c\xe2\x80\xa8b\n" + TOKEN.encode(),
    ],
)
def test_encodings(content):
    """UTF-16 with a mark, Latin-1 and odd line separators are read, and lines count at newlines only."""
    scan = SecretScanner().scan([source("a", content)], Bubblewrap())

    assert [(r.tool_rule, r.first) for r in scan.results] == [("github-token", 2)]


def test_a_private_key_spans_its_block():
    """A key block is one result from its first to its last line."""
    body = "\n".join(f"{n}aB3dE5gH7jK9mN1pQ3sT5vW7yZ2bC4dF6gH8" for n in range(4))
    text = "x\n-----BEGIN " + f"PRIVATE KEY-----\n{body}\n-----END " + "PRIVATE KEY-----\n"

    scan = SecretScanner().scan([source("k.pem", text.encode())], Bubblewrap())

    assert [(r.tool_rule, r.first, r.last) for r in scan.results] == [("private-key", 2, 7)]


def test_which_files_it_wants():
    """Texts, links and UTF-16; not binaries, not submodules."""
    scanner = SecretScanner()

    assert scanner.wants(source("a", b"x"))
    assert scanner.wants(source("a", b"x", mode=SYMLINK))
    assert scanner.wants(source("a", b"\xff\xfex\0", file_class=FileClass.BINARY))
    assert not scanner.wants(source("a", b"\0x", file_class=FileClass.BINARY))
    assert not scanner.wants(source("a", b"", mode=SUBMODULE))


def test_modules_of_the_change_are_not_imported(tmp_path):
    """A file of the change that is named like a library module changes nothing."""
    sources = [
        source(name, b"raise SystemExit(9)\n")
        for name in ("json.py", "re.py", "reviewbot/__init__.py", "sitecustomize.py")
    ]

    scan = SecretScanner().scan([*sources, source("a", TOKEN.encode())], Bubblewrap())

    assert len(scan.results) == 1
    assert all(coverage == DONE for _, coverage in scan.coverage)


def test_the_interpreter_is_isolated_and_paths_are_absolute():
    """No environment, site packages or working directory decide what the detector imports."""
    sandbox = ScriptedSandbox(lambda contents: (b"[]\n" * len(contents), 0, Ended.EXITED))

    SecretScanner().scan([source("a", b"x")], sandbox)

    job = sandbox.jobs[0]
    assert job.argv[1:4] == ("-I", "-S", "-B")
    assert all(Path(part).is_absolute() for part in (job.argv[0], *job.argv[4:], *job.readable))
    assert job.env == {}
    assert str(Path.home()) not in job.readable
    assert b"x" not in "\0".join(job.argv).encode().split(b"\0")


def test_one_hostile_file_fails_alone():
    """A file on which the detector breaks is the only one that is not scanned."""

    def answer(contents):
        if any(b"bomb" in content for content in contents):
            return b"", -9, Ended.MEMORY
        return b"[]\n" * len(contents), 0, Ended.EXITED

    sources = [source(str(n), b"bomb" if n == 5 else b"x") for n in range(9)]
    scan = SecretScanner().scan(sources, ScriptedSandbox(answer))

    failed = [(path, coverage.reason) for path, coverage in scan.coverage if coverage.state is Read.FAILED]
    assert [path for path, _ in failed] == ["5"]
    assert "memory" in failed[0][1]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}\n",
        b"[[\n",
        b"[1]\n",
        b'[["no-such-kind", 1, 1]]\n',
        b'[["jwt", 0, 1]]\n',
        b'[["jwt", 2, 2]]\n',
        b'[["jwt", 1, 1, 1]]\n',
        b'[["jwt", true, 1]]\n',
        b'[["jwt", 1.0, 1]]\n',
        b'[["jwt", 1, 1]]',
        b"[]\n[]\n",
        b"[" * 100_000 + b"\n",
        b"\xff\n",
        b'[[["jwt"], 1, 1]]\n',
        b"[" + b" " * 1_000_001 + b"]\n",
    ],
)
def test_answers_that_are_not_believed(line):
    """Anything but the agreed answer makes the file not scanned, never clean."""
    scan = SecretScanner().scan([source("a", b"x")], ScriptedSandbox(lambda _: (line, 0, Ended.EXITED)))

    assert scan.results == ()
    assert [coverage.state for _, coverage in scan.coverage] == [Read.FAILED]


def test_a_failing_exit_is_not_believed():
    """A whole answer with a failing exit code does not count."""
    sandbox = ScriptedSandbox(lambda contents: (b"[]\n" * len(contents), 1, Ended.EXITED))

    scan = SecretScanner().scan([source("a", b"x")], sandbox)

    assert scan.coverage[0][1].state is Read.FAILED


def test_too_many_matches_are_a_failure():
    """A file with more secrets than can be listed is said not to be scanned."""
    text = "\n".join(f"password = '{n}hunter!x'" for n in range(secret_runner.MOST_MATCHES + 1))

    scan = SecretScanner().scan([source("a", text.encode())], Bubblewrap())

    assert scan.coverage[0][1].state is Read.FAILED
    assert "too many" in scan.coverage[0][1].reason


def test_large_sets_go_in_batches():
    """Many bytes are cut into several jobs, and every file is answered once."""
    sandbox = ScriptedSandbox(lambda contents: (b"[]\n" * len(contents), 0, Ended.EXITED))
    sources = [source(str(n), b"x" * 6_000_000) for n in range(5)]

    scan = SecretScanner().scan(sources, sandbox)

    assert len(sandbox.jobs) == 3
    assert [path for path, _ in scan.coverage] == ["0", "1", "2", "3", "4"]


def test_nothing_to_scan():
    """No source, no job."""
    sandbox = ScriptedSandbox(lambda _: (b"", 0, Ended.EXITED))

    assert SecretScanner().scan([], sandbox).coverage == ()
    assert sandbox.jobs == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_frames_come_apart_as_they_were_put_together(contents):
    """Framing keeps every byte and every boundary."""
    assert list(secret_runner.unframe(io.BytesIO(secret_runner.frame(contents)))) == contents


def test_the_runner_as_a_program():
    """Started by hand, it answers each content with one line of JSON; its own folder is all it needs to see."""
    package = Path(secret_runner.__file__).parents[1]
    argv = [sys.executable, "-I", "-S", secret_runner.__file__, package]
    done = subprocess.run(
        argv, input=secret_runner.frame([TOKEN.encode(), b""]), capture_output=True, check=True
    )

    assert [json.loads(line) for line in done.stdout.split(b"\n")[:-1]] == [[["github-token", 1, 1]], []]


def test_cache_key_names_what_decides():
    """The key changes with the limits and is the same for the same scanner."""
    from reviewbot.domain.sandboxing import JobLimits  # noqa: PLC0415 - only here

    assert SecretScanner().cache_key() == SecretScanner().cache_key()
    assert SecretScanner(JobLimits(wall_s=1.0)).cache_key() != SecretScanner().cache_key()
