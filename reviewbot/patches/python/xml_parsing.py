"""XML is parsed without entities: by `defusedxml`, or by parsers that resolve none."""

from collections.abc import Sequence

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.names import assignments, beside, imported
from reviewbot.patches.python.origins import values

_PLACES = {
    "xml.etree.ElementTree": "defusedxml.ElementTree",
    "xml.dom.minidom": "defusedxml.minidom",
    "xml.dom.pulldom": "defusedxml.pulldom",
    "xml.sax": "defusedxml.sax",
}
# What `defusedxml` takes in the same way, with the most arguments that mean the same.
# Source: defusedxml 0.7.1, ElementTree.py, minidom.py, pulldom.py, sax.py.
_SAME = {
    "xml.etree.ElementTree": {
        "fromstring": 1,
        "XML": 1,
        "parse": 1,
        "iterparse": 2,
        "tostring": 9,
        "ParseError": 9,
    },
    "xml.dom.minidom": {"parse": 1, "parseString": 1},
    "xml.dom.pulldom": {"parse": 1, "parseString": 1},
    "xml.sax": {"parse": 3, "parseString": 3},
}
_CALLS = {f"{module}.{name}": most for module, names in _SAME.items() for name, most in names.items()}
_NEEDS = ("defusedxml",)
_CLOSED = {"resolve_entities": "False", "no_network": "True", "load_dtd": "False"}
_OPEN_VALUES = {"resolve_entities": {"True"}, "no_network": {"False"}, "load_dtd": {"True"}}
_LOADING = frozenset({"dtd_validation", "attribute_defaults"})
"""Options that load a document's DTD whatever `load_dtd` says."""
_PARSERS = frozenset({"lxml.etree.XMLParser", "lxml.etree.ETCompatXMLParser"})
_READS = frozenset({"lxml.etree.fromstring", "lxml.etree.XML", "lxml.etree.parse"})
_EXTERNAL = (
    "feature_external_ges",
    "feature_external_pes",
    "external-general-entities",
    "external-parameter-entities",
)

Replacements = list[tuple[cst.CSTNode, cst.CSTNode]]


def _defused(parsed: Parsed) -> Rewritten | Unmended:
    calls = [call for call in parsed.calls(*_CALLS) if _fits(parsed, call)]
    calls = meant(parsed, calls)
    if len(calls) != 1:
        return Unmended("the call is given something that `defusedxml` does not take in the same way")
    call = calls[0]
    module, _, name = imported(parsed, call.func).rpartition(".")
    place = _import_of(parsed, call.func)
    if place is not None:
        whole = code(place) in _PLACES
        return Rewritten([(place, expression(_PLACES[module] if whole else "defusedxml"))], (), _NEEDS)
    return Rewritten([(call.func, expression(f"{_PLACES[module]}.{name}"))], (_PLACES[module],), _NEEDS)


def _fits(parsed: Parsed, call: cst.Call) -> bool:
    name = imported(parsed, call.func)
    return not arguments.spreads(call) and len(call.args) <= _CALLS.get(name, 0)


def _import_of(parsed: Parsed, func: cst.BaseExpression) -> cst.CSTNode | None:
    """Give the module's name in the import, if all that the file uses of it is the same in `defusedxml`."""
    root = func.value if isinstance(func, cst.Attribute) else func
    bound = assignments(parsed, root) if isinstance(root, cst.Name) else []
    if len(bound) != 1 or not all(_replaceable(parsed, one.node) for one in bound[0].references):
        return None
    match bound[0].node:
        case cst.Import(names=[cst.ImportAlias(name=cst.Attribute() as name, asname=cst.AsName())]):
            return name
        case cst.ImportFrom(module=cst.Attribute() as module, names=[cst.ImportAlias()]):
            # `from xml.etree.ElementTree import fromstring`, or `from xml.etree import ElementTree`
            return module if code(module) in {*_PLACES, "xml.etree", "xml.dom"} else None
    return None


def _replaceable(parsed: Parsed, node: cst.CSTNode) -> bool:
    above = parsed.parent(node)
    member = above if isinstance(above, cst.Attribute) and above.value is node else node
    user = parsed.parent(member)
    name = imported(parsed, member)
    if name not in _CALLS:
        return False
    called = isinstance(user, cst.Call) and user.func is member
    return (called and _fits(parsed, cst.ensure_type(user, cst.Call))) or _CALLS[name] == 9


def _closed(parsed: Parsed) -> Rewritten | Unmended:
    """Close the parser that is made or opened here, or that reads here."""
    calls = parsed.calls()
    found = [pair for call in calls for pair in _options(parsed, call)]
    found += [pair for call in calls for pair in _feature(call)]
    if not found:
        found = [pair for call in calls for arg in call.args for pair in _parser(parsed, arg.value)]
    if not found:
        found = [
            pair
            for call in calls
            if isinstance(call.func, cst.Attribute)
            for pair in _parser(parsed, call.func.value)
        ]
    if found:
        return Rewritten(found)
    return _given_parser(parsed, [call for call in calls if imported(parsed, call.func) in _READS])


def _given_parser(parsed: Parsed, calls: Sequence[cst.Call]) -> Rewritten | Unmended:
    """Give a parser to a call that has none."""
    bare = meant(parsed, [call for call in calls if len(call.args) == 1 and not arguments.spreads(call)])
    maker = beside(parsed, bare[0].func, "XMLParser") if len(bare) == 1 else None
    if maker is None:
        return Unmended("the place where the parser is made is not seen")
    name, imports = maker
    return Rewritten(
        [(bare[0], arguments.added(bare[0], "parser", f"{name}(resolve_entities=False)"))], imports
    )


def _parser(parsed: Parsed, node: cst.BaseExpression) -> Replacements:
    """Close the parser that a name stands for."""
    kept = values(parsed, node) if isinstance(node, cst.Name) else None
    if not kept or len(kept) != 1 or not isinstance(kept[0], cst.Call):
        return []
    opened = [
        pair
        for bound in assignments(parsed, cst.ensure_type(node, cst.Name))
        for use in bound.references
        for pair in _feature(_method_call(parsed, use.node))
    ]
    return [*_options(parsed, kept[0]), *opened]


def _method_call(parsed: Parsed, name: cst.CSTNode) -> cst.CSTNode | None:
    above = parsed.parent(name)
    return parsed.parent(above) if isinstance(above, cst.Attribute) and above.value is name else None


def _options(parsed: Parsed, call: cst.Call) -> Replacements:
    if imported(parsed, call.func) not in _PARSERS:
        return []
    named = [(arg, arg.keyword.value) for arg in call.args if arg.keyword is not None]
    if any(name in _LOADING and code(arg.value) != "False" for arg, name in named):
        return []
    return [
        (arg.value, cst.Name(_CLOSED[name]))
        for arg, name in named
        if name in _CLOSED and code(arg.value) in _OPEN_VALUES[name]
    ]


def _feature(call: cst.CSTNode | None) -> Replacements:
    """Close `setFeature(feature_external_ges, True)`."""
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name("setFeature")), args=[feature, cst.Arg(value=value)]):
            external = code(feature.value).strip("\"'").rpartition(".")[2].rpartition("/")[2] in _EXTERNAL
            if external and m.matches(value, m.Name("True") | m.Integer("1")):
                return [(value, cst.Name("False"))]
    return []


FIXES = {"defused-xml": fix(_defused), "closed-xml-parser": fix(_closed)}
