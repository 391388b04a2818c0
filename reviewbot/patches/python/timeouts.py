"""Requests that wait for ever get a time-out."""

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import added, given, keyword, rebuilt, spreads
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import imported

_SECONDS = "10"
_PACKAGES = ("requests.", "httpx.")
_VERBS = ("get", "options", "head", "post", "put", "patch", "delete", "request")
_SENDS = frozenset(f"{module}.{verb}" for module in ("requests", "requests.api") for verb in _VERBS)


def limited(parsed: Parsed) -> Rewritten | Unmended:
    """Give each request on the finding's lines `timeout=10`, seconds without an answer."""
    calls = meant(parsed, [call for call in parsed.calls() if _endless(parsed, call)])
    if not calls:
        return Unmended("no request of a known library is on these lines")
    if any(spreads(call) for call in calls):
        return Unmended("the request takes arguments that cannot be seen, and a time-out may be among them")
    return Rewritten(rebuilt(parsed, calls, _with_time_out))


def _with_time_out(call: cst.Call) -> cst.Call:
    arg = keyword(call, "timeout")
    return added(call, "timeout", _SECONDS) if arg is None else given(call, arg, _SECONDS)


def _endless(parsed: Parsed, call: cst.Call) -> bool:
    """Say whether a call sends something and waits without end. Those of httpx have a time-out by themselves."""
    name = imported(parsed, call.func)
    arg = keyword(call, "timeout")
    if arg is not None:
        return name.startswith(_PACKAGES) and code(arg.value) == "None"
    return name in _SENDS


FIXES = {"request-timeout": fix(limited)}
