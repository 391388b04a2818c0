"""Debuggers and debug pages are switched off."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.settings import switched

_FLAGS = {"debug", "evalex", "DEBUG"}


def debug_off(parsed: Parsed) -> Rewritten | Unmended:
    """Set the flag to False."""
    found = switched(parsed, _FLAGS, "True", "False")
    found += [
        (call.args[0].value, cst.Name("False"))
        for call in parsed.calls()
        if imported(parsed, call.func) == "bottle.debug"
        and [code(arg.value) for arg in call.args] == ["True"]
    ]
    if not found:
        return Unmended("no flag on these lines is known to switch a debugger on")
    if _django(parsed) and not _hosts(parsed):
        return Unmended(
            "without its debug mode Django asks for the names of its hosts, and the file names none"
        )
    return Rewritten(found)


def _django(parsed: Parsed) -> bool:
    return bool(m.findall(parsed.module, m.AssignTarget(target=m.Name("INSTALLED_APPS"))))


def _hosts(parsed: Parsed) -> bool:
    """Say whether `ALLOWED_HOSTS` is set to anything but an empty list."""
    assigned = m.findall(parsed.module, m.Assign(targets=[m.AssignTarget(target=m.Name("ALLOWED_HOSTS"))]))
    return any(isinstance(one, cst.Assign) and code(one.value) not in {"[]", "()"} for one in assigned)


FIXES = {"debug-off": fix(debug_off)}
