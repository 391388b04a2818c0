"""Checks that take hostile text apart. They run in the worker in the sandbox; see `reviewbot.patches.worker`.

`said` has the sentences for the codes that are answered here.
"""

from typing import Any


def check(task: dict[str, Any]) -> dict[str, Any]:
    """Compare a file with its patched version; see `comparing.Comparison` for the task.

    The answer has a code for each step of the proof that is decided here ("" where all is well), the modules
    that the patched file imports anew, and a code for what is to be known about how it was done.
    """
    from reviewbot.patches.checks.comparing import Comparison  # noqa: PLC0415 (a worker that only mends needs none)
    from reviewbot.patches.checks.judging import judged  # noqa: PLC0415 (as above)

    return judged(Comparison.of(task))
