"""Query values that are text by their name are made text, and addresses are compared by their whole host."""

import re

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.origins import plain

_IS_TEXT = re.compile(
    r"(?i)^(.*_)?(name|user|username|login|e?mail|password|passwd|token|title|slug|text|city|country|address|phone|key|"
    r"nickname|language|colou?r|comment|query|word)$"
)
_QUERIES = frozenset(
    [
        "find",
        "find_one",
        "find_one_and_update",
        "find_one_and_delete",
        "find_one_and_replace",
        "count_documents",
        "delete_one",
        "delete_many",
        "update_one",
        "update_many",
        "replace_one",
    ]
)
_HOST = re.compile(r"(?i)^[a-z0-9][a-z0-9.-]*\.[a-z]+$")
_ADDRESS = re.compile(
    r"(?i)url|uri|next|target|redirect|referr?er|origin|return|link|callback|continue|goto|dest"
)
_ORIGIN = re.compile(r"(?i)^https?://[^/]+$")

Pairs = list[tuple[cst.CSTNode, cst.CSTNode]]


def _query(parsed: Parsed) -> Rewritten | Unmended:
    calls = [
        one
        for one in parsed.calls()
        if isinstance(one.func, cst.Attribute) and one.func.attr.value in _QUERIES
    ]
    calls = [one for one in meant(parsed, calls) if one.args and isinstance(one.args[0].value, cst.Dict)]
    query = calls[0].args[0].value if len(calls) == 1 else None
    if not isinstance(query, cst.Dict):
        return Unmended("the query is no dictionary that is written here")
    pairs: Pairs = []
    for one in query.elements:
        name = plain(one.key) if isinstance(one, cst.DictElement) else None
        if not isinstance(one.value, cst.Subscript | cst.Call | cst.Name) or _is_str(one.value):
            continue
        if not isinstance(name, str) or not _IS_TEXT.match(name):
            return Unmended("whether a value of the query is a text or a number is not seen here")
        pairs.append((one.value, cst.Call(cst.Name("str"), [cst.Arg(one.value)])))
    return Rewritten(pairs) if pairs else Unmended("no value of the query can be made text")


def _is_str(value: cst.BaseExpression) -> bool:
    return m.matches(
        value, m.Call(func=m.Name("str") | m.Name("ObjectId") | m.Attribute(attr=m.Name("ObjectId")))
    )


def _host(parsed: Parsed) -> Rewritten | Unmended:
    pairs: Pairs = []
    for node in m.findall(parsed.module, m.Comparison()):
        if isinstance(node, cst.Comparison) and parsed.found(node):
            pairs += _contained(node)
    split = bool(pairs)
    for call in meant(parsed, parsed.calls()):
        pairs += _begins(call)
    if len(pairs) != 1:
        return Unmended("which part of the address is meant is not seen, or it is compared in several ways")
    return Rewritten(pairs, ("urllib.parse:urlsplit",) if split else ())


def _contained(node: cst.Comparison) -> Pairs:
    """Compare the host instead of looking for it anywhere."""
    site = plain(node.left)
    if len(node.comparisons) != 1 or not isinstance(site, str) or not _HOST.match(site):
        return []
    other = node.comparisons[0]
    if not isinstance(other.operator, cst.In | cst.NotIn) or not _ADDRESS.search(code(other.comparator)):
        return []
    same: cst.BaseCompOp = cst.Equal() if isinstance(other.operator, cst.In) else cst.NotEqual()
    host = cst.Attribute(cst.Call(expression("urlsplit"), [cst.Arg(other.comparator)]), cst.Name("hostname"))
    return [(node, node.with_changes(left=host, comparisons=[cst.ComparisonTarget(same, node.left)]))]


def _begins(call: cst.Call) -> Pairs:
    """Let the host end where it is compared."""
    match call:
        case cst.Call(
            func=cst.Attribute(attr=cst.Name("startswith")), args=[cst.Arg(value=cst.SimpleString() as site)]
        ):
            if _ORIGIN.match(site.raw_value) and not site.prefix:
                return [(site, site.with_changes(value=f"{site.quote}{site.raw_value}/{site.quote}"))]
    return []


FIXES = {"query-text": fix(_query), "host-compared": fix(_host)}
