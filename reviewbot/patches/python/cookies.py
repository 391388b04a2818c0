"""Cookies that only encrypted connections carry, and that scripts in the page cannot read."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import added, keyword, positional, rebuilt, spreads
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, fix
from reviewbot.patches.python.names import imports_any
from reviewbot.patches.python.settings import switched

_FRAMEWORKS = (
    "flask", "django", "fastapi", "starlette", "werkzeug", "quart", "aiohttp", "bottle", "tornado", "pyramid", "webob",
    "rest_framework", "litestar",
)  # fmt: skip
_OTHERS = ("falcon", "sanic")
"""Frameworks whose `set_cookie` takes other words."""

_FEWEST = 5
"""So many arguments may go by place before one of them can be a flag: Tornado's and Flask's come later."""

_SECURE = {
    "secure", "https_only", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "REMEMBER_COOKIE_SECURE",
    "LANGUAGE_COOKIE_SECURE", "JWT_COOKIE_SECURE",
}  # fmt: skip
_HIDDEN = {"httponly", "SESSION_COOKIE_HTTPONLY", "REMEMBER_COOKIE_HTTPONLY"}


def secured(parsed: Parsed) -> Rewritten | Unmended:
    """Have the cookie sent over encrypted connections only."""
    return _flagged(parsed, "secure", _SECURE)


def hidden(parsed: Parsed) -> Rewritten | Unmended:
    """Keep the cookie from scripts."""
    return _flagged(parsed, "httponly", _HIDDEN)


def _flagged(parsed: Parsed, word: str, names: set[str]) -> Rewritten | Unmended:
    off = switched(parsed, names, "False", "True")
    if off:
        return Rewritten(off)
    calls = meant(parsed, [call for call in parsed.calls() if _sets(call) and keyword(call, word) is None])
    if not calls:
        return Unmended("no cookie is set on these lines in a way that is known")
    if not imports_any(parsed, *_FRAMEWORKS) or imports_any(parsed, *_OTHERS):
        return Unmended("which framework sets the cookie cannot be seen")
    if any(spreads(call) or len(positional(call)) > _FEWEST for call in calls):
        return Unmended("the flags of the cookie are passed in a way that cannot be seen")
    return Rewritten(rebuilt(parsed, calls, lambda call: added(call, word, "True")))


def _sets(call: cst.Call) -> bool:
    return m.matches(call.func, m.Attribute(attr=m.Name("set_cookie")))


FIXES = {"cookie-secure": fix(secured), "cookie-httponly": fix(hidden)}
