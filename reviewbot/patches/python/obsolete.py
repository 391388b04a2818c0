"""Functions that Python has taken away, and what does the same now."""

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import added, keyword, positional, rebuilt
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, expression, fix
from reviewbot.patches.python.names import imported, sibling

_SAME_PLACE = {
    "time.clock": "perf_counter",
    "base64.encodestring": "encodebytes",
    "base64.decodestring": "decodebytes",
    "os.getcwdu": "getcwd",
}


def current(parsed: Parsed) -> Rewritten | Unmended:
    """Call what does the same."""
    calls = meant(parsed, [call for call in parsed.calls() if imported(parsed, call.func) in _KNOWN])
    if not calls:
        return Unmended("nothing does the same as this function did")
    name = imported(parsed, calls[0].func)
    if name in _SAME_PLACE:
        renamed = sibling(parsed, calls[0].func, _SAME_PLACE[name])
        return Rewritten(renamed.replacements, renamed.imports) if renamed is not None else _UNSEEN
    if name == "string.maketrans":
        return Rewritten([(calls[0].func, expression("str.maketrans"))])
    return Rewritten(rebuilt(parsed, calls, _escaped), ("html",))


_UNSEEN = Unmended("how the function is imported cannot be seen")
_KNOWN = {*_SAME_PLACE, "string.maketrans", "cgi.escape"}


def _escaped(call: cst.Call) -> cst.Call:
    """`html.escape` escapes quotation marks by itself, `cgi.escape` did not."""
    new = call.with_changes(func=expression("html.escape"))
    said = len(positional(call)) > 1 or keyword(call, "quote") is not None
    return new if said else added(new, "quote", "False")


FIXES = {"current-function": fix(current)}
