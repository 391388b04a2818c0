"""Headers that tell a browser what to refuse are sent again."""

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import keyword, rebuilt, remarked, without
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import imported, sibling
from reviewbot.patches.python.settings import settings, switched
from reviewbot.patches.python.statements import decorators

_FLAGS = {
    "SECURE_SSL_REDIRECT", "SECURE_CONTENT_TYPE_NOSNIFF", "SECURE_BROWSER_XSS_FILTER", "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "force_https",
}  # fmt: skip
_EXEMPT = "django.views.decorators.clickjacking.xframe_options_exempt"


def sent(parsed: Parsed) -> Rewritten | Unmended:
    """Switch the flag on, or allow frames of the same site alone."""
    found = switched(parsed, _FLAGS, "False", "True")
    found += [
        (node, cst.SimpleString('"SAMEORIGIN"'))
        for _, node in settings(parsed, {"X_FRAME_OPTIONS"})
        if code(node).strip("'\"") == "ALLOWALL"
    ]
    if found:
        return Rewritten(found)
    return _frames(parsed) or _talisman(parsed) or Unmended("which hosts or pages are meant cannot be seen")


def _frames(parsed: Parsed) -> Rewritten | None:
    for one in decorators(parsed):
        if imported(parsed, one.decorator) == _EXEMPT and not isinstance(one.decorator, cst.Call):
            renamed = sibling(parsed, one.decorator, "xframe_options_sameorigin")
            return Rewritten(renamed.replacements, renamed.imports) if renamed is not None else None
    return None


def _talisman(parsed: Parsed) -> Rewritten | None:
    calls = meant(
        parsed, [call for call in parsed.calls("flask_talisman.Talisman") if _unframed(call) is not None]
    )
    return Rewritten(rebuilt(parsed, calls, _framed)) if calls else None


def _unframed(call: cst.Call) -> cst.Arg | None:
    arg = keyword(call, "frame_options")
    return arg if arg is not None and code(arg.value) == "None" and not remarked(call, arg) else None


def _framed(call: cst.Call) -> cst.Call:
    arg = _unframed(call)
    return without(call, arg) if arg is not None else call


FIXES = {"protection-headers": fix(sent)}
