"""Values are escaped for HTML, regular expressions and LDAP, with what the file has at hand for it."""

import re

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.beside_text import marking, markup
from reviewbot.patches.python.built import built
from reviewbot.patches.python.collected import collected
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.inputs import Origin, origin
from reviewbot.patches.python.module import Parsed, Rewritten, expression, fix, free
from reviewbot.patches.python.names import beside, imported, imports_any
from reviewbot.patches.python.origins import values
from reviewbot.patches.python.pieces import Hole
from reviewbot.patches.python.wrapping import Escape, all_wrapped, wrapped

_RESPONSES = {
    "flask.make_response": ("", 0), "flask.Response": ("response", 0), "django.http.HttpResponse": ("content", 0),
    "django.http.HttpResponseBadRequest": ("content", 0), "django.http.HttpResponseNotFound": ("content", 0),
    "fastapi.responses.HTMLResponse": ("content", 0), "starlette.responses.HTMLResponse": ("content", 0),
    "sanic.response.html": ("body", 0), "aiohttp.web.Response": ("text", 9),
}  # fmt: skip
_WRITES = frozenset({"write", "finish"})
_UNSAFE_ATTRIBUTE = re.compile(
    r"(?i)(?:^|[\s\"'])(on\w+|href|src|srcset|srcdoc|action|formaction|style|data|xlink:href)\s*=\s*[\"'][^\"']*$"
)
_QUOTED_ATTRIBUTE = re.compile(r"=\s*(?:\"[^\"]*|'[^']*)$")
_RAW = re.compile(r"(?is)<(script|style|textarea|title|iframe|noscript)\b(?!.*</\1)|<!--(?!.*-->)")
_RAW_END = re.compile(
    r"(?is)^(?:(?!<(?:script|style|textarea|title|iframe|noscript)\b).)*</(?:script|style|textarea|title)\b|^[^<]*-->"
)
_NO_MARKUP = re.compile(r"[^<&]*")
_NO_FILTER = re.compile(r"[^()*\\=,+\"<>;#\0]*")
_REGEX = frozenset(["compile", "search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn"])
_SEARCHES = frozenset({"search", "search_s", "search_st", "search_ext", "search_ext_s", "paged_search"})
_FILTER_VALUE = re.compile(r"\([A-Za-z][\w;.-]*[~<>]?=[^()]*$")
_DN_VALUE = re.compile(r"(^|,)\s*[A-Za-z][\w.-]*=$")


def _html(parsed: Parsed) -> Rewritten | Unmended:
    if marking(parsed):
        return markup(parsed)
    escape, name = next(
        (
            (one, name)
            for one, name in (("html.escape", "html"), ("escape", "html:escape"))
            if free(parsed, name)
        ),
        ("", ""),
    )
    found = _answers(parsed)
    if len(found) != 1 or not escape:
        return Unmended("the place where the page is answered is not seen, or there are several")

    def wrap(_: Hole, before: str, __: str) -> str | None:
        return escape if _is_text_of_page(before) else None

    how = Escape(wrap, (name,), _NO_MARKUP)
    pieces = collected(parsed, found[0]) if isinstance(found[0], cst.Name) else None
    if pieces is not None and len(pieces) > 1:
        return all_wrapped(parsed, pieces, how, _is_whole)
    return wrapped(parsed, found[0], how)


def _is_whole(piece: str) -> bool:
    """Say whether a piece of a page ends in its text, as it begins."""
    return not _RAW.search(piece) and piece.rfind("<") <= piece.rfind(">") and not _RAW_END.search(piece)


def _is_text_of_page(before: str) -> bool:
    """Say whether what comes next is text of a page or the value of a harmless attribute."""
    if _RAW.search(before):
        return False
    inside = before.rpartition("<")
    if "<" not in before or ">" in inside[2]:
        return True
    return bool(_QUOTED_ATTRIBUTE.search(inside[2])) and not _UNSAFE_ATTRIBUTE.search(inside[2])


def _answers(parsed: Parsed) -> list[cst.BaseExpression]:
    """Give the pages that are answered on the finding's lines."""
    calls = [arg.value for call in meant(parsed, parsed.calls()) if (arg := _page(parsed, call)) is not None]
    if calls:
        return [_without_encode(one) for one in calls]
    returned: list[cst.BaseExpression] = []

    class Returns(cst.CSTVisitor):
        def visit_Return(self, node: cst.Return) -> None:  # noqa: N802 (libcst's name for it)
            if parsed.found(node) and node.value is not None:
                returned.append(node.value)

    parsed.module.visit(Returns())
    first = [one.elements[0].value if isinstance(one, cst.Tuple) else one for one in returned]
    return [_without_encode(one) for one in first]


def _page(parsed: Parsed, call: cst.Call) -> cst.Arg | None:
    name, place = _RESPONSES.get(imported(parsed, call.func), ("", -1))
    if place >= 0:
        return arguments.argument(call, name, place) or arguments.keyword(call, "body")
    writes = isinstance(call.func, cst.Attribute) and call.func.attr.value in _WRITES
    return call.args[0] if writes and len(call.args) == 1 else None


def _without_encode(node: cst.BaseExpression) -> cst.BaseExpression:
    match node:
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name("encode"))):
            return inner
    return node


def _regex(parsed: Parsed) -> Rewritten | Unmended:
    found = []
    for call in parsed.calls():
        module, _, name = imported(parsed, call.func).rpartition(".")
        if module in {"re", "regex"} and name in _REGEX and arguments.positional(call):
            found.append(call)
    found = meant(parsed, found)
    escape = beside(parsed, found[0].func, "escape") if len(found) == 1 else None
    if escape is None:
        return Unmended("no call of a regular expression is understood here")
    function, imports = escape
    return wrapped(parsed, found[0].args[0].value, Escape(lambda *_: function, imports))


def _ldap(parsed: Parsed) -> Rewritten | Unmended:
    calls = [
        call
        for call in parsed.calls()
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in _SEARCHES
    ]
    calls = meant(parsed, calls)
    library = _library(parsed, calls[0]) if len(calls) == 1 else ""
    if not library:
        return Unmended("which library of LDAP is used is not seen")
    by_filter, by_name = _LDAP[library]
    used: list[str] = []

    def wrap(_: Hole, before: str, behind: str) -> str | None:
        if _FILTER_VALUE.search(before) and re.match(r"[^()]*\)", behind):
            used.append(by_filter)
        elif "(" not in before and _DN_VALUE.search(before) and re.match(r"$|,", behind):
            used.append(by_name)
        else:
            return None
        return used[-1].partition(":")[2]

    put = [arg.value for arg in calls[0].args if not arg.star and _is_put_together(parsed, arg.value)]
    answers = [wrapped(parsed, one, Escape(wrap, own=_NO_FILTER, shared=True)) for one in put]
    good = [one for one in answers if isinstance(one, Rewritten)]
    if not good or len(good) < len(answers):
        return next(
            (one for one in answers if isinstance(one, Unmended)),
            Unmended("the place where the filter is built is not seen"),
        )
    pairs = [pair for one in good for pair in one.replacements]
    return Rewritten(pairs, tuple(sorted(set(used))))


def _is_put_together(parsed: Parsed, value: cst.BaseExpression) -> bool:
    found = built(parsed, value, loosely=True, shared=True)
    return (
        bool(found.text.holes)
        if found is not None
        else origin(parsed, Hole(value), _NO_FILTER) is Origin.OUTSIDE
    )


def _library(parsed: Parsed, search: cst.Call) -> str:
    """Tell by the method, where the file imports both: `search_s` and its like are python-ldap's alone."""
    assert isinstance(search.func, cst.Attribute)
    likely = "ldap" if "_" in search.func.attr.value.replace("paged_search", "") else "ldap3"
    other = "ldap" if imports_any(parsed, "ldap") and not imports_any(parsed, "ldap3") else ""
    return likely if imports_any(parsed, likely) else other


_LDAP = {
    "ldap3": ("ldap3.utils.conv:escape_filter_chars", "ldap3.utils.dn:escape_rdn"),
    "ldap": ("ldap.filter:escape_filter_chars", "ldap.dn:escape_dn_chars"),
}


def _uploaded(parsed: Parsed) -> Rewritten | Unmended:
    if not imports_any(parsed, "flask", "werkzeug"):
        return Unmended("the file uses no framework whose function for this is known")
    names = [
        one for one in m.findall(parsed.module, m.Attribute(attr=m.Name("filename"))) if parsed.found(one)
    ]
    names = names or _named_above(parsed)
    if len(names) != 1:
        return Unmended("the place where the name is taken from the upload is not seen")
    (name,) = names
    assert isinstance(name, cst.Attribute)
    new = cst.Call(expression("secure_filename"), [cst.Arg(name)])
    return Rewritten([(name, new)], ("werkzeug.utils:secure_filename",))


def _named_above(parsed: Parsed) -> list[cst.CSTNode]:
    """Give `upload.filename` where it is all that a variable on the finding's lines ever is."""
    used = [one for one in m.findall(parsed.module, m.Name()) if parsed.found(one)]
    kept = [values(parsed, one) or [] for one in used if isinstance(one, cst.Name)]
    taken = [one[0] for one in kept if len(one) == 1]
    return list(
        dict.fromkeys(one for one in taken if isinstance(one, cst.Attribute) and one.attr.value == "filename")
    )


FIXES = {
    "html-escape": fix(_html),
    "regex-escape": fix(_regex),
    "ldap-escape": fix(_ldap),
    "secure-filename": fix(_uploaded),
}
