"""A process that stands ready to publish: for each call it forks, and the fork does it and may be killed.

On standard input frames of a length and a pickle of (call, wanted); on standard output a line with the
fork's process id, and one with its exit status as `waitpid` gives it. So a run that dies costs no start-up
of an interpreter, and nothing forks a process that has threads.
"""

import os
import pickle
import struct
import subprocess
import sys
import traceback
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

sys.path.insert(0, str(Path(__file__).parent))

from fakes.wire import Fault


@dataclass
class At(Fault):
    """A fault of exactly one request."""

    number: int = 0

    def matches(self, entry):
        return entry.number == self.number and self.times > 0


class Child:
    """The process, for who starts it."""

    def __init__(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen([sys.executable, __file__], **pipes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def publish(self, scene, said, *, die_at=None, phase="after"):
        """Publish in a fork; with `die_at` it is killed at that request of its run, counted from 1.

        `before`: the forge has done nothing. `after`: it has done its work and not answered. Gives True if
        the fork was killed; a run that was not must have ended well.
        """
        pid, start, fake = Future(), len(scene.fake.log), scene.fake

        def strike(number, when, _):
            if die_at is not None and (number, when) == (start + die_at, phase):
                if phase == "before":
                    fake.faults.append(At("*", "", "reset", number=number))
                os.kill(pid.result(timeout=10), SIGKILL)

        fake.on_request = strike
        self._ask(pickle.dumps((scene.reach(), said)))
        pid.set_result(int(self._process.stdout.readline()))
        status = int(self._process.stdout.readline())
        assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "the run itself failed"
        return os.WIFSIGNALED(status)

    def _ask(self, data):
        self._process.stdin.write(struct.pack("!I", len(data)) + data)
        self._process.stdin.flush()


def serve():
    """Read calls and do each in a fork, until standard input ends."""
    import publishing_scene  # noqa: F401, PLC0415 (imported here once, for all forks; who starts us needs none of it)

    while header := sys.stdin.buffer.read(4):
        data = sys.stdin.buffer.read(struct.unpack("!I", header)[0])
        pid = os.fork()
        if pid == 0:
            _publish(data)
        _tell(pid)
        _tell(os.waitpid(pid, 0)[1])


def _tell(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _publish(data):
    code = 1
    try:
        call, said = pickle.loads(data)
        call.publish(said)
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
