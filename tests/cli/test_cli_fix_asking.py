"""`reviewbot fix` on a terminal: what a person sees, and what each answer does."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import pytest
from fix_ground import CLEAN, SQL, USERS, YAML, edit, git, repository, three_flaws, write

PATH = "src/users.py"
QUESTION = "[q]uit: "


def _interruptible():
    """Take Ctrl-C as on a terminal, whoever runs the tests: what is started in the background inherits that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """The program on a terminal of its own, and somebody who answers each question."""

    def __init__(self, place, *arguments, **environ):
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "reviewbot", "fix", *arguments], cwd=place, stdin=theirs, stdout=theirs, stderr=theirs,
            env=CLEAN | {"COLUMNS": "100", "TERM": "xterm"} | environ, start_new_session=True,
            preexec_fn=_interruptible,  # noqa: PLW1509 (no other thread is running)
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def until_asked(self):
        """Read on until there is a question, or the end; say whether it is a question."""
        start, late = len(self.seen), time.monotonic() + 30
        while QUESTION not in self.seen[start:]:
            assert time.monotonic() < late, self.seen
            if not select.select([self.ours], [], [], 1)[0]:
                continue
            try:
                raw = os.read(self.ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                raw = b""
            if not raw:
                return False
            self.seen += raw.decode().replace("\r\n", "\n")
        return True

    def answer(self, *words):
        """Give one answer to each question, and the exit code at the end."""
        for word in words:
            assert self.until_asked(), self.seen
            os.write(self.ours, word.encode() + b"\n")
        assert not self.until_asked(), self.seen
        return self.left()

    def interrupt(self):
        """Press Ctrl-C, and again where it came in the moment before Python's readline waits for a key."""
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(3)

    def left(self):
        os.close(self.ours)
        return self.process.wait(30)


@pytest.fixture
def place(tmp_path):
    """A repository with a reviewed file."""
    made = repository(tmp_path / "repo", {PATH: USERS})
    three_flaws().of_run(made)
    return made


def held(place):
    return (place / PATH).read_bytes()


def test_what_a_person_sees(place, golden):
    """Each fix with its diff, its proof, whose it is, whether it wants a look, and what it needs."""
    terminal = Terminal(place, NO_COLOR="1")
    assert terminal.answer("what?", "y", "NO", "yes") == 0
    golden("cli/fix-asking-out.txt", re.sub(r"fixes/\S+", "fixes/….patch", terminal.seen))
    assert b'name = %s", (name,))' in held(place)
    assert b"import secrets" not in held(place)
    assert b"safe_load" in held(place)


def test_colours(place):
    """Added lines are green, removed ones red; nothing of the review brings colours of its own."""
    review = three_flaws()
    review.findings[0]["title"] = "red: \x1b[31mred"
    review.patches[0]["sentence"] = "title: \x1b]0;owned\x07"
    review.of_run(place, "02RUN")
    terminal = Terminal(place, SQL[:4])
    terminal.answer("n")
    assert "\x1b[32m+    return db.execute" in terminal.seen
    assert "\x1b[31m-    return db.execute" in terminal.seen
    assert "red: <U+001B>[31mred" in terminal.seen
    assert "title: <U+001B>]0;owned<U+0007>" in terminal.seen


def test_all_safe_of_the_rest(place):
    """What wants a look is left, the one at hand too."""
    terminal = Terminal(place)
    assert terminal.answer("a") == 0
    assert b'name = %s", (name,))' not in held(place)
    assert b"import secrets" in held(place)
    assert b"safe_load" in held(place)


def test_all_safe_is_no_answer_where_none_is_safe(place):
    """Neither this one nor one behind it: then the question does not offer it, and `a` is asked again."""
    review = three_flaws()
    for one in review.patches:
        one["safe"] = one is review.patches[1]
    review.of_run(place, "02RUN")
    terminal = Terminal(place)
    assert terminal.answer("n", "n", "a", "n") == 0
    assert [question.split("[q]")[0] for question in terminal.seen.split("apply? ")[1:]] == [
        "[y]es [n]o [a]ll safe of the rest ",
        "[y]es [n]o [a]ll safe of the rest ",
        "[y]es [n]o ",
        "[y]es [n]o ",
    ]
    assert held(place) == USERS


def test_a_file_with_uncommitted_changes_is_always_asked_about(place):
    """Even after "all safe of the rest": the warning stands with the question."""
    mine = b"import yaml\n\nyaml.load(1)\n"
    write(place, "z.py", mine)
    review = three_flaws().offer("ffff000011112222", "z.py", 3, edit("z.py", mine, 3, 3, "yaml.safe_load(1)"))
    review.of_run(place, "02RUN")
    terminal = Terminal(place)
    assert terminal.answer("a", "n") == 0
    assert "careful   z.py is not committed" in terminal.seen
    assert (place / "z.py").read_bytes() == mine
    assert b"safe_load" in held(place)


def test_quitting_keeps_what_was_said(place):
    """As with git add -p: what had a yes is applied, the rest is not asked about."""
    assert Terminal(place).answer("n", "y", "q") == 0
    assert b"import secrets" in held(place)
    assert b"yaml.load(" in held(place)


@pytest.mark.parametrize("how", ["interrupt", "end of input"])
def test_breaking_off_changes_nothing(place, how):
    """Whatever was said before: nothing is written until all is asked."""
    terminal = Terminal(place)
    assert terminal.until_asked()
    os.write(terminal.ours, b"y\n")
    assert terminal.until_asked()
    if how == "interrupt":
        terminal.interrupt()
    else:
        os.write(terminal.ours, b"\x04")
    assert not terminal.until_asked()
    assert terminal.left() == 130
    assert terminal.seen.endswith(
        "\nnothing was changed\nreviewbot: interrupted; run it again whenever you like\n"
    )
    assert held(place) == USERS
    assert git(place, "status", "--porcelain") == b""


def test_what_cannot_be_applied_is_not_asked_about(place):
    """It is said where its turn comes, and a name makes it an error."""
    review = three_flaws()
    review.patches[1]["edits"][0]["exact"] = False
    review.of_run(place, "02RUN")
    terminal = Terminal(place, "81b2", YAML[:5])
    assert terminal.answer("y") == 2
    assert "the review holds its text only masked" in terminal.seen
    assert b"safe_load" in held(place)


def test_secrets_are_masked_on_the_screen_and_kept_in_the_file(tmp_path):
    """The person at the terminal may have somebody behind them; the diff of a pipe has the bytes."""
    secret = "ghp_" + "".join(chr(97 + (7 * at) % 26) for at in range(36))
    content = f"import os\n\nTOKEN = '{secret}'\nx = 1\n".encode()
    place = repository(tmp_path / "repo", {"a.py": content})
    review = three_flaws("a.py", content)
    review.findings, review.patches = [], []
    review.offer(SQL, "a.py", 4, edit("a.py", content, 4, 4, "x = 2")).of_run(place)
    terminal = Terminal(place)
    assert terminal.answer("y") == 0
    assert secret not in terminal.seen
    assert "TOKEN = '[secret:" in terminal.seen
    assert (place / "a.py").read_bytes() == content.replace(b"x = 1", b"x = 2")


def test_the_safe_ones_after_a_warning(place):
    """Whoever says "all" to a file with uncommitted changes has seen the warning for this one."""
    mine = b"import yaml\n\nyaml.load(1)\n"
    write(place, "a.py", mine)
    review = three_flaws().offer("ffff000011112222", "a.py", 3, edit("a.py", mine, 3, 3, "yaml.safe_load(1)"))
    review.of_run(place, "02RUN")
    terminal = Terminal(place)
    assert terminal.answer("a") == 0
    assert "left      3f9a0c" in terminal.seen
    assert (place / "a.py").read_bytes() == mine.replace(b"yaml.load", b"yaml.safe_load")
