"""Running tests for real, in the sandbox: what they may, what they may not, and that it always ends in words."""

import os
import socket
import tempfile
import threading
from pathlib import Path

import pytest

from reviewbot.domain.sandboxing import Completed, Ended
from reviewbot.domain.suite import SuitePolicy
from reviewbot.errors import SandboxError
from reviewbot.sandbox.bubblewrap import Bubblewrap
from reviewbot.sandbox.declared import DeclaredJob
from reviewbot.sandbox.landlock import LandlockNamespaces, LandlockSeccomp
from reviewbot.suite import run
from reviewbot.suite.program import Found
from reviewbot.suite.tree import Packed

THREE = """
import os, pathlib, subprocess, unittest
class Three(unittest.TestCase):
    def test_adds(self):
        self.assertEqual(1 + 1, 2)
    def test_writes_beside_its_sources(self):
        pathlib.Path("made").mkdir()
        pathlib.Path("made/here.txt").write_text("x")
        pathlib.Path(os.environ["HOME"], "and.txt").write_text("x")
        pathlib.Path(os.environ["TMPDIR"], "there.txt").write_text("x")
    def test_fails(self):
        self.assertEqual(1, 2)
"""


def case(body):
    """A repository of one test with this body."""
    lines = "\n".join(f"        {line}" for line in body.strip().split("\n"))
    head = (
        "import os, pathlib, signal, socket, subprocess, sys, time, unittest\nclass A(unittest.TestCase):\n"
    )
    return {"test_a.py": f"{head}    def test_it(self):\n{lines}\n"}


@pytest.mark.parametrize(
    "rung", [Bubblewrap, LandlockNamespaces, LandlockSeccomp], ids=lambda rung: rung.name
)
def test_three_tests_of_which_one_fails(tested, rung):
    """By name, with the beginning of the failure, the same on each rung; the tree may be written to."""
    try:
        done = tested({"tests/__init__.py": "", "tests/test_three.py": THREE}, rung=rung())
    except OSError as error:
        pytest.skip(str(error))
    if "does not start" in done.broken or "not in PATH" in done.broken:
        pytest.skip(done.broken)
    prefix = "tests.test_three.Three"

    assert done.broken == ""
    assert done.exit_code == 1
    assert set(done.passed) == {f"{prefix}.test_adds", f"{prefix}.test_writes_beside_its_sources"}
    (failed,) = done.failed
    assert failed.name == f"{prefix}.test_fails"
    assert failed.lines[0] == "AssertionError: 1 != 2"
    assert failed.lines[2].startswith('  File "tests/test_three.py", line 12')
    assert (done.named, done.green, done.passes) == (True, False, 2)
    assert 0 < done.seconds < 30


def test_tests_that_pass(tested):
    """Green, with their names."""
    done = tested(case("pass"))

    assert (done.green, done.passed, done.failed, done.notes) == (True, ("test_a.A.test_it",), (), ())


def test_a_real_pytest(tested):
    """Found beside the interpreter; passed ones are named without asking for it."""
    files = {
        "shop.py": "def total(prices):\n    return sum(prices)\n",
        "tests/test_shop.py": "import pytest\nfrom shop import total\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_total(n):\n    assert total([1, n]) == 3\n",
        "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['.']\n",
    }
    done = tested(files, command=["pytest", "-p", "no:cacheprovider"])

    assert done.passed == ("tests/test_shop.py::test_total[2]",)
    assert [one.name for one in done.failed] == ["tests/test_shop.py::test_total[1]"]
    assert done.failed[0].lines[-1] == "tests/test_shop.py:5: AssertionError"


def test_the_mode_of_a_file_is_kept(sandbox, found):
    """A script of the repository can be run where it could be, also once it is copied."""
    files = [("test_a.py", "100644", case("self.assertEqual(subprocess.check_output(['./say']), b'hi\\n')\nself.assertFalse(os.access('data', os.X_OK))")["test_a.py"].encode()),
             ("say", "100755", b"#!/bin/sh\necho hi\n"), ("data", "100644", b"")]  # fmt: skip
    policy = SuitePolicy(allow=True, command=("python3", "-m", "unittest"), timeout_s=30)

    assert run.run(files, policy, sandbox, found).green


def test_what_is_left_out_is_said(sandbox, found):
    """Links, submodules, and names that lead elsewhere."""
    files = [("l", "120000", b"/etc/passwd"), ("../x", "100644", b""), ("test_a.py", "100644", case("self.assertEqual(os.listdir(), ['test_a.py'])")["test_a.py"].encode())]  # fmt: skip
    policy = SuitePolicy(allow=True, command=("python3", "-m", "unittest"), timeout_s=30)
    done = run.run(files, policy, sandbox, found)

    assert done.green
    assert done.notes == (
        "1 symbolic link of the repository was not there for the tests",
        "1 file whose name could lead elsewhere was not there for the tests",
    )


def test_no_network(tested):
    """A listener of ours hears nothing, and the test fails in words."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        listener.setblocking(False)
        port = listener.getsockname()[1]
        done = tested(case(f"socket.create_connection(('127.0.0.1', {port}), 2)"))
        with pytest.raises(BlockingIOError):
            listener.accept()

    assert [one.name for one in done.failed] == ["test_a.A.test_it"]


def test_nothing_outside_can_be_read_or_written(tested):
    """Not a file of ours, not the home of whoever runs this, not the tree that we laid out."""
    with tempfile.TemporaryDirectory(prefix="canary-") as folder:
        canary = Path(folder) / "canary"
        canary.write_text("secret")
        Path(folder).chmod(0o777)
        done = tested(
            case(f"""
for act in (lambda: open({str(canary)!r}).read(), lambda: open({folder + "/new"!r}, 'w'),
            lambda: open('/etc/shadow').read(), lambda: open('/usr/new', 'w')):
    with self.assertRaises(OSError):
        act()
"""),
        )
        assert done.green, done
        assert [path.name for path in Path(folder).iterdir()] == ["canary"]


def test_the_environment_is_a_constant(tested):
    """Nothing of ours is in it: a token would be there for the taking."""
    name, value = "REVIEWBOT_TEST_CANARY", "not-to-be-seen"
    os.environ[name] = value
    try:
        done = tested(case("print(sorted(os.environ)); self.fail(' '.join(sorted(os.environ)))"))
    finally:
        del os.environ[name]
    names = set(done.failed[0].lines[0].removeprefix("AssertionError: ").split())

    assert names <= {*run._ENVIRONMENT, "HOME", "TMPDIR", "PATH", "LANG", "PWD", "LC_CTYPE"}
    assert names >= {"CI", "PYTHONDONTWRITEBYTECODE"}


def test_it_is_no_shell(tested):
    """Words arrive as they are, also those that the sandbox would fill elsewhere."""
    words = ["$(id)", "{scratch}/x", "{in}/launcher", "a b", "*", ";", "--", "é"]
    code = "import sys, unittest; print('1..1'); print('not ok 1 -', ascii(sys.argv[1:]))"
    done = tested({"a": ""}, command=["python3", "-c", code, *words])

    assert done.failed[0].name == ascii(words)


@pytest.mark.parametrize(
    ("body", "limits", "why"),
    [
        ("time.sleep(60)", {"timeout_s": 1.0}, "the tests did not finish within 1 seconds"),
        ("while True:\n    os.fork()", {}, "the tests started more than 256 processes"),
        ("x = []\nwhile True:\n    x.append(b'x' * 10**7)", {"room": run.Room(memory=200_000_000)}, "the tests used more than 200 MB of memory"),
        ("while True:\n    print('x' * 10**6)", {}, "the tests printed more than 4 MB"),
        ("for n in range(30000):\n    open(f'f{n}', 'w').close()", {}, "the tests wrote more than 512 MB or 10,000 files"),
        ("os.kill(os.getpid(), 9)", {}, "the tests were ended by signal 9"),
        ("os.killpg(0, 15); time.sleep(9)", {}, "the tests were ended by signal 15"),
    ],
    ids=["sleeps", "forks", "eats", "prints", "litters", "kills itself", "kills its group"],
)  # fmt: skip
def test_what_runs_into_a_limit_ends_in_words(tested, body, limits, why):
    """Broken, never green, and none of its processes is left to hold us up."""
    done = tested(case(body), **limits)

    assert done.broken == why
    assert not done.green
    assert done.seconds < 20


def test_killing_the_parent_changes_nothing(tested):
    """Whatever the parent is on this rung, it is not in reach, or the run is broken."""
    done = tested(
        case(
            "try:\n    os.kill(os.getppid(), 9)\nexcept OSError:\n    pass\ntime.sleep(0.2)\nself.fail('alive')"
        )
    )

    assert done.broken or [one.name for one in done.failed] == ["test_a.A.test_it"]
    assert not done.green


def test_what_a_test_leaves_running_ends_with_it(tested, tmp_path):
    """A process in the background does not outlive the run."""
    marker = f"left-{os.getpid()}-{tmp_path.name}"
    body = f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', {marker!r}], stdout=-3, stderr=-3)"
    done = tested(case(body))

    assert done.green, done
    assert not [entry for entry in Path("/proc").glob("[0-9]*/cmdline") if marker in _read(entry)]


def _read(path):
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def test_an_exit_code_without_names(tested):
    """Then only it counts."""
    done = tested({"a": ""}, command=["python3", "-c", "raise SystemExit(4)"])

    assert (done.exit_code, done.named, done.green, done.broken) == (4, False, False, "")


def test_the_last_words_of_a_run_that_names_nothing(tested):
    """Whoever set the command up sees why it ended, without colours and blank lines; what passes repeats nothing."""
    printed = r"import sys; print('a\n\nb'); sys.stderr.write('x\n\x1b[31mNo module\x1b[0m named pytest\n\n'); sys.exit({})"
    failed = tested({"a": ""}, command=["python3", "-c", printed.format(4)])
    assert failed.notes == (
        "the tests ended with exit code 4; last they printed: x / No module named pytest",
    )
    assert not tested({"a": ""}, command=["python3", "-c", printed.format(0)]).notes


def test_the_last_words_of_a_run_that_hangs(tested):
    """They say which test it was; of one that only fails, its own lines are enough."""
    hanging = case("print('before', flush=True); time.sleep(60)")
    done = tested(hanging, timeout_s=1.5)
    assert done.broken
    assert done.notes[0].startswith("the tests did not finish within 1.5 seconds; last they printed: test_it")
    assert not tested(case("self.fail('no')")).notes


def test_names_do_not_outweigh_the_exit_code(tested):
    """A test that prints as if all was well and then fails is not green; nor one that names a failure and exits 0."""
    forged = "print('1..1'); print('ok 1 - fine'); raise SystemExit(1)"
    assert not tested({"a": ""}, command=["python3", "-c", forged]).green
    odd = "print('1..1'); print('not ok 1 - bad')"
    assert not tested({"a": ""}, command=["python3", "-c", odd]).green


def test_a_program_that_is_not_there(tested, sandbox):
    """It is said by name; and again where the sandbox has another view of it than we."""
    assert tested({"a": ""}, command=["nope"]).broken == "nope was not found on PATH"
    lost = Found(("/nonexistent/tool",), ())
    policy = SuitePolicy(allow=True, command=("reviewbot-no-such-tool",), timeout_s=9)
    done = run.run([("a", "100644", b"")], policy, sandbox, lambda _name: lost)
    assert done.broken == "the program of the tests does not start in the sandbox"


@pytest.mark.parametrize("policy", [SuitePolicy(command=("python3",)), SuitePolicy(allow=True)])
def test_nothing_runs_unless_it_is_allowed_and_named(policy, sandbox):
    """Not even the look for a program."""
    assert run.run(iter([]), policy, sandbox, _never).broken == "the policy does not let the tests run"


def test_nothing_runs_in_a_sandbox_that_is_only_declared(tested):
    """The tests could read the environment of whoever runs them, and write the review."""
    done = tested(case("pass"), rung=DeclaredJob())

    assert done.broken.startswith("the tests were not run: the sandbox is only declared")


def _never(_name):
    raise AssertionError


class Rung:
    """A sandbox that answers as it is told."""

    name = "bubblewrap"

    def __init__(self, answer=None):
        self.answer = answer or Completed(Ended.EXITED, 0, b"", b"", {}, 0.1)
        self.job = None

    def run(self, job):
        self.job = job
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


POLICY = SuitePolicy(allow=True, command=("tool", "x"), timeout_s=7)


def ran(rung, files=(("a", "100644", b""),)):
    """Run with a stand-in for the sandbox."""
    return run.run(
        files, POLICY, rung, lambda _name: Found(("/opt/t/bin/tool",), ("/opt/t",)), run.Room(10**9)
    )


def test_the_job_has_the_policys_bounds():
    """Time and memory as asked, room for the copy, and the program's folder first on its PATH."""
    rung = Rung()
    assert ran(rung, [("a", "100644", b"x" * 1000)]).green
    limits = rung.job.limits

    assert (limits.wall_s, limits.memory, limits.output) == (7, 10**9, run.OUTPUT_BYTES)
    assert 512_000_000 < limits.scratch < 513_000_000
    assert rung.job.env["PATH"].startswith("/opt/t/bin:/usr/local/bin:")
    assert "/opt/t" in rung.job.readable
    assert not Path(rung.job.tree).exists()


@pytest.mark.parametrize("rung", [None, LandlockSeccomp])
def test_a_repository_too_large_for_a_copy_is_tested_in_place(tested, rung):
    """Nothing can be written there, and that is said."""
    body = "self.assertEqual(os.listdir('d'), ['f'])\nwith self.assertRaises(OSError):\n    open('new', 'w')"
    done = tested(case(body) | {"d/f": ""}, rung=rung and rung(), room=run.Room(entries=2))

    assert done.green, done
    assert done.notes == (
        "the tests could not write beside their sources: the repository is too large for that",
    )


@pytest.mark.parametrize(
    ("packed", "takes"),
    [(Packed(8_000, 10**9), True), (Packed(8_001, 0), False), (Packed(1, 10**9 + 1), False)],
)
def test_what_a_sandbox_has_room_for(packed, takes):
    """As many files as a job may have, with some left for the tests' own, and a gigabyte."""
    assert run.Room().takes(packed) is takes


def test_a_sandbox_that_breaks_ends_in_words():
    """It is no crash of the review."""
    done = ran(Rung(SandboxError("the sandbox does not start: no")))

    assert (done.broken, done.green) == ("the sandbox does not start: no", False)


def test_files_that_cannot_be_written_end_in_words(found, sandbox):
    """As where the disk is full."""
    before, tempfile.tempdir = tempfile.tempdir, "/nonexistent"
    try:
        done = run.run([], SuitePolicy(allow=True, command=("python3",)), sandbox, found)
    finally:
        tempfile.tempdir = before

    assert done.broken == "the files could not be laid out in /nonexistent: No such file or directory"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Completed(Ended.EXITED, 125, b"", b"", {}, 1.0), "the files of the repository could not be unpacked in the sandbox"),
        (Completed(Ended.EXITED, 127, b"", b"", {}, 1.0), "the program of the tests does not start in the sandbox"),
        (Completed(Ended.SIGNALLED, -11, b"", b"", {}, 1.0), "the tests were ended by signal 11"),
        (Completed(Ended.MEMORY, -9, b"", b"", {}, 1.0), "the tests used more than 1,000 MB of memory"),
    ],
)  # fmt: skip
def test_each_end_has_its_words(answer, why):
    """And what was named until then is kept."""
    assert ran(Rung(answer)).broken == why


def test_what_was_named_before_the_end_is_kept():
    """A run that was stopped tells which tests had failed by then, and is not green for having named none."""
    printed = b"1..3\nok 1 - a\nnot ok 2 - b\n"
    done = ran(Rung(Completed(Ended.TIMEOUT, -9, printed, b"", {}, 7.0)))

    assert (done.passed, [one.name for one in done.failed]) == (("a",), ["b"])
    assert done.broken == "the tests did not finish within 7 seconds"


def test_several_runs_at_once_do_not_meet(tested):
    """Each has its own tree."""
    results = {}

    def one(word):
        results[word] = tested(
            case(f"self.assertEqual(pathlib.Path('w').read_text(), {word!r})") | {"w": word}
        )

    threads = [threading.Thread(target=one, args=(word,)) for word in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(done.green for done in results.values())
