"""Jinja templates escape what is put into pages."""

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import added, given, keyword, rebuilt, spreads
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import beside, imported


def escaping(parsed: Parsed) -> Rewritten | Unmended:
    """Pass `autoescape=select_autoescape()`: HTML and XML are escaped, plain text is not."""
    calls = [call for call in parsed.calls() if imported(parsed, call.func) == "jinja2.Environment"]
    calls = meant(parsed, [call for call in calls if _escapes_not(call)])
    if len(calls) != 1:
        return Unmended("which environment of Jinja is meant cannot be seen")
    if spreads(calls[0]):
        return Unmended("the environment takes settings that cannot be seen")
    name = beside(parsed, calls[0].func, "select_autoescape")
    if name is None:
        return Unmended("how Jinja is imported cannot be seen")
    return Rewritten(rebuilt(parsed, calls, lambda call: _with(call, f"{name[0]}()")), name[1])


def _escapes_not(call: cst.Call) -> bool:
    arg = keyword(call, "autoescape")
    return arg is None or code(arg.value) == "False"


def _with(call: cst.Call, value: str) -> cst.Call:
    arg = keyword(call, "autoescape")
    return given(call, arg, value) if arg is not None else added(call, "autoescape", value)


FIXES = {"autoescape": fix(escaping)}
