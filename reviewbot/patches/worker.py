"""The process in the sandbox that parses the change's files: structural fixes, and checks that need a tree.

Started as `python -I -S -B <this file> <the package's folder> <folders of its libraries>`. A task is one line of
JSON on standard input, its answer one line on standard output, in order. A task that breaks is answered by
`{"broken": …}`. One that takes the process down, or takes too long, ends it; `workroom` goes on behind it.
"""

import json
import signal
import sys
import types
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

_DEEPEST = 5_000
_SECONDS = 30
"""For one task; an ordinary one takes hundredths."""

Task = dict[str, Any]


def answered(task: Task, tasks: Mapping[str, Callable[[Task], Task]] | None = None) -> Task:
    """Answer one task, out of these or all that there are. What goes wrong in it is its own failure."""
    try:
        return (_DO if tasks is None else tasks)[task["do"]](task)
    # Parsers raise all kinds for text that nobody prepared; what is not here ends the process, and `workroom` copes.
    except _breaks() as error:
        return {"broken": type(error).__name__}


def _breaks() -> tuple[type[Exception], ...]:
    """Give what a task may raise. A parser's own errors are known only once it was imported, and raised only then."""
    libcst = sys.modules.get("libcst")
    names = ("ParserSyntaxError", "CSTLogicError", "MetadataException")
    its_own = tuple(getattr(libcst, name) for name in names) if libcst is not None else ()
    return (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        SyntaxError,
        RecursionError,
        MemoryError,
        *its_own,
    )


def _fix(task: Task) -> Task:
    from reviewbot.patches.fixing import ApprovedUse, Asked, Unmended  # noqa: PLC0415 (the path is known only now)

    asked = Asked(
        task["path"], task["text"], task["rule"], task["first"], task["last"],
        tuple(ApprovedUse(one["id"], one["purpose"], tuple(one["use"]), tuple(one["instead_of"])) for one in task["approved"]),
    )  # fmt: skip
    found = fix_named(task["fix"])(asked)
    if isinstance(found, Unmended):
        return {"unmended": found.why}
    return {"text": found.text, "needs": list(found.needs)}


def fix_named(name: str) -> Callable[[Any], Any]:
    """Load a structural fix, a `fixing.Fix`: its module has a table `FIXES` of fixes by name."""
    from reviewbot.domain.structural import STRUCTURAL  # noqa: PLC0415 (as above)

    module = import_module(f"reviewbot.patches.{STRUCTURAL[name].module}")
    found: Callable[[Any], Any] = module.FIXES[name]
    return found


def _check(task: Task) -> Task:
    from reviewbot.patches.checks import check  # noqa: PLC0415 (as above)

    return check(task)


_DO = {"fix": _fix, "check": _check}


def main(package_folder: str, libraries: list[str]) -> None:
    """Answer every line of standard input."""
    # The folder above may not be listed here, so the package is put together from its own folder alone.
    package = types.ModuleType("reviewbot")
    package.__path__ = [package_folder]
    sys.modules["reviewbot"] = package
    sys.path += libraries
    sys.setrecursionlimit(_DEEPEST)
    for line in sys.stdin.buffer:
        # Nobody handles it, so that it ends the process wherever that is, in a parser of C too.
        signal.alarm(_SECONDS)
        sys.stdout.write(json.dumps(answered(json.loads(line))) + "\n")
        signal.alarm(0)
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
