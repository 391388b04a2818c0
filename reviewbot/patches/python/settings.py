"""Settings that are given as a constant: `NAME = False`, `config["NAME"] = False`, `call(name=False)`."""

from collections.abc import Collection, Iterator

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.origins import plain


def settings(parsed: Parsed, names: Collection[str]) -> list[tuple[str, cst.BaseExpression]]:
    """Give the settings of these names on the finding's lines, each with its value."""
    found = list(_all(parsed))
    fitting = [(name, node) for name, node in found if name in names and parsed.found(node)]
    chosen = meant(parsed, [node for _, node in fitting])
    return [(name, node) for name, node in fitting if any(node is one for one in chosen)]


def switched(
    parsed: Parsed, names: Collection[str], old: str, new: str
) -> list[tuple[cst.CSTNode, cst.CSTNode]]:
    """Give what to replace so that settings that are `old` become `new`."""
    return [(node, cst.parse_expression(new)) for _, node in settings(parsed, names) if code(node) == old]


def _all(parsed: Parsed) -> Iterator[tuple[str, cst.BaseExpression]]:
    wanted = m.Assign() | m.AnnAssign() | m.Arg() | m.DictElement()
    for node in m.findall(parsed.module, wanted):
        match node:
            case cst.Assign():
                for target in node.targets:
                    yield name_of(target.target), node.value
            case cst.AnnAssign(value=cst.BaseExpression() as value):
                yield name_of(node.target), value
            case cst.Arg(keyword=cst.Name(value=name)):
                yield name, node.value
            case cst.DictElement():
                yield text_of(node.key), node.value


def name_of(target: cst.BaseExpression) -> str:
    """Give the last name of what is assigned to: `NAME`, `app.name`, `config["NAME"]`; "" if it has none."""
    match target:
        case cst.Name():
            return target.value
        case cst.Attribute():
            return target.attr.value
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return text_of(key)
    return ""


def text_of(node: cst.BaseExpression) -> str:
    """Give the text of a literal; "" if it is none."""
    value = plain(node)
    return value if isinstance(value, str) else ""
