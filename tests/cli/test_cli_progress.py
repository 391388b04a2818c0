"""Progress: silent when quick, a line when something takes longer than a second, never a live control character."""

import io
import time
from contextlib import redirect_stderr

from reviewbot.cli.progress import PATIENCE_S, StderrProgress


def watched(*, quiet, words, seconds):
    err = io.StringIO()
    with redirect_stderr(err), StderrProgress(quiet=quiet) as progress:
        progress(words)
        time.sleep(seconds)
    return err.getvalue()


def test_quick_work_says_nothing():
    """What is done within a second leaves stderr empty."""
    assert watched(quiet=False, words="reading the change", seconds=PATIENCE_S / 3) == ""


def test_slow_work_says_what_it_does():
    """After a second the words appear once, on a line of their own where stderr is not a terminal."""
    assert watched(quiet=False, words="scanning", seconds=PATIENCE_S + 0.4) == "scanning\n"


def test_quiet_is_quiet():
    """With `--quiet` nothing appears however long it takes."""
    assert watched(quiet=True, words="scanning", seconds=PATIENCE_S + 0.4) == ""


def test_words_from_outside_are_inert():
    """A control sequence in the words is shown, not obeyed."""
    assert watched(quiet=False, words="\x1b[31m##vso[x]", seconds=PATIENCE_S + 0.4).startswith("<U+001B>[31m")
