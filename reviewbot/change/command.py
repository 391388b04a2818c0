"""Running git so that no repository can make it run anything else: the one place where git is started.

In: the directories of an opened repository and the arguments of a plumbing command. Out: bytes.
The environment is closed (nothing of the caller's but `PATH` and the like), configuration outside
the repository is not read, and whatever the repository's own configuration could start (hooks,
fsmonitor, pagers, transports, signature checks, external diffs) is switched off or not asked for.
Objects that git writes for us land in a quarantine folder, never in the user's repository.

Source: git(1) "ENVIRONMENT VARIABLES", git-config(1); the threats D1 to D8 of the design.
"""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reviewbot.domain.paths import from_bytes
from reviewbot.domain.visible import visible
from reviewbot.errors import UsageError

# What git needs from outside: where its programs are, where temporary files go, and, if it runs as
# root through sudo, whose repositories it may then trust.
_INHERITED = ("PATH", "TMPDIR", "SUDO_UID")
_SETTINGS = {
    "GIT_ALLOW_PROTOCOL": "",  # outranks any protocol.*.allow of the repository: no transport at all
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OPTIONS = (
    "--no-pager", "--literal-pathspecs",
    "-c", f"core.attributesFile={os.devnull}",
    "-c", "core.bigFileThreshold=32m",  # larger blobs are streamed, not loaded
    "-c", "core.fsmonitor=false",
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.pager=cat",
    "-c", "core.quotePath=false",
    "-c", "core.splitIndex=false",
    "-c", "credential.helper=",
    "-c", "diff.external=",
    "-c", "diff.suppressBlankEmpty=false",
    "-c", "gc.auto=0",
    "-c", "log.showSignature=false",
    "-c", "maintenance.auto=false",
    "-c", "protocol.allow=never",
)  # fmt: skip
_CHUNK = 1 << 16


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Build the whole environment of a git process: no `GIT_*` variable of the caller's gets in."""
    inherited = {name: environ[name] for name in _INHERITED if name in environ}
    return inherited | _SETTINGS


def executable(environ: Mapping[str, str]) -> str:
    """Find git, in absolute folders only: a relative `PATH` entry could lie inside the repository."""
    for folder in os.get_exec_path(dict(environ)):
        found = Path(folder, "git")
        if found.is_absolute() and os.access(found, os.X_OK) and found.is_file():
            return str(found)
    raise UsageError("git is not installed", hint="install git 2.34 or newer, or put its folder into PATH")


def sentence(stderr: bytes) -> str:
    """Give the one line of git's complaints that says why it gave up, fit to be shown."""
    lines = [line for line in from_bytes(stderr).split("\n") if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    return visible(fatal[0].partition(": ")[2] or fatal[0])[:300] if fatal else "no reason given"


@dataclass(frozen=True, slots=True)
class Git:
    """A git executable with the directories it may use. `git_dir` None lets git discover it from `cwd`.

    `extra` are further `-c` options, `directories` further variables. Commands that are still
    running after `seconds` are stopped. All methods raise `UsageError` where git refuses.
    """

    program: str
    environ: Mapping[str, str]
    cwd: Path
    git_dir: Path | None = None
    extra: tuple[str, ...] = ()
    directories: tuple[tuple[str, str], ...] = ()
    seconds: float = 300.0

    def argv(self, arguments: Sequence[str]) -> list[str]:
        """Build the whole command line."""
        where = [] if self.git_dir is None else [f"--git-dir={self.git_dir}"]
        return [self.program, *_OPTIONS, *self.extra, *where, *arguments]

    def variables(self) -> dict[str, str]:
        """Build the whole environment."""
        return environment(self.environ) | dict(self.directories)

    def run(self, *arguments: str, feed: bytes = b"", accept: tuple[int, ...] = (0,)) -> bytes:
        """Run a command to its end and give its output. Exit codes outside `accept` are errors."""
        return self.attempt(*arguments, feed=feed, accept=accept)[1]

    def attempt(
        self, *arguments: str, feed: bytes = b"", accept: tuple[int, ...] = (0, 1)
    ) -> tuple[int, bytes]:
        """Run a command to its end and give its exit code too."""
        try:
            done = subprocess.run(
                self.argv(arguments), input=feed, cwd=self.cwd, env=self.variables(),
                capture_output=True, timeout=self.seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise self._too_slow(arguments) from error
        if done.returncode not in accept:
            raise UsageError(f"git {arguments[0]} failed: {sentence(done.stderr)}")
        return done.returncode, done.stdout

    @contextmanager
    def stream(
        self, *arguments: str, feed: Iterable[bytes] = (), accept: tuple[int, ...] = (0,)
    ) -> Iterator[IO[bytes]]:
        """Run a command while its output is read. Leaving early stops it; it is an error if it fails."""
        with tempfile.TemporaryFile() as complaints, tempfile.TemporaryFile() as source:
            source.writelines(feed)
            source.seek(0)
            process = subprocess.Popen(
                self.argv(arguments), cwd=self.cwd, env=self.variables(),
                stdin=source, stdout=subprocess.PIPE, stderr=complaints, bufsize=_CHUNK,
            )  # fmt: skip
            late = threading.Event()
            clock = threading.Timer(self.seconds, _stop, (process, late))
            clock.daemon = True
            clock.start()
            assert process.stdout is not None
            misread = None
            try:
                yield process.stdout
            except UsageError as error:
                misread = error  # what was read may be cut off: git knows better why
            except BaseException:
                process.kill()
                raise
            finally:
                ended = _end(process)
                clock.cancel()
            if late.is_set():
                raise self._too_slow(arguments) from misread
            if ended and process.returncode not in accept:
                complaints.seek(0)
                raise UsageError(f"git {arguments[0]} failed: {sentence(complaints.read())}") from misread
            if misread is not None:
                raise misread

    def _too_slow(self, arguments: Sequence[str]) -> UsageError:
        return UsageError(
            f"git {arguments[0]} was stopped after {self.seconds:g} s",
            hint="review a smaller range with --base, or raise limits.minutes in the policy",
        )


def _stop(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _end(process: "subprocess.Popen[bytes]") -> bool:
    """End a process; say whether all of its output had been read."""
    assert process.stdout is not None
    ended = not process.stdout.read(1)
    if not ended:
        process.kill()
    process.stdout.close()
    process.wait()
    return ended
