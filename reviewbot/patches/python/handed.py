"""Templates get their values as variables."""

import re
from collections.abc import Sequence

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.built import Built, built, is_fixed, same_when_moved
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.holes import Slot, keywords, named, slotted, text_given, with_named
from reviewbot.patches.python.inputs import Origin, origin
from reviewbot.patches.python.module import Parsed, Rewritten, fix
from reviewbot.patches.python.names import imported, imports_any
from reviewbot.patches.python.pieces import Text
from reviewbot.patches.python.xpath import xpath

_NOT_BUILT = Unmended("the place where the text is built is not seen, or is used for something else too")
_UNCLEAR = Unmended("the text is written in a way that is not understood")
_MOVED = Unmended("a value may change between the place where the text is built and its use")
_UNKNOWN = Unmended("a value that is put in may be a part of the text itself")
_JINJA_TAKEN = (
    "request",
    "session",
    "g",
    "config",
    "self",
    "loop",
    "range",
    "dict",
    "url_for",
    "caller",
    "source",
    "context",
)

Pairs = list[tuple[cst.CSTNode, cst.CSTNode]]


def _template(parsed: Parsed) -> Rewritten | Unmended:
    """Hand values over as variables of the template."""
    calls = [one for one in parsed.calls() if arguments.positional(one) and not arguments.spreads(one)]
    direct = meant(
        parsed, [one for one in calls if imported(parsed, one.func) == "flask.render_template_string"]
    )
    made = meant(parsed, [one for one in calls if _makes_template(parsed, one)])
    if len(direct) + len(made) != 1:
        return Unmended("no template is understood here")
    call = (direct or made)[0]
    rendered = call if direct else _rendered(parsed, call)
    if rendered is None:
        return Unmended("the place where the template is rendered is not seen")
    found = built(parsed, call.args[0].value)
    return _NOT_BUILT if found is None else _with_variables(parsed, call, rendered, found)


def _with_variables(parsed: Parsed, call: cst.Call, rendered: cst.Call, found: Built) -> Rewritten | Unmended:
    slots, values = _variables(parsed, found.text, [*_JINJA_TAKEN, *keywords(rendered)])
    text = slotted(found, slots) if slots else None
    if text is None:
        return _UNCLEAR if slots else _UNKNOWN
    if not same_when_moved(parsed, found, call.args[0].value, found.text.holes):
        return _MOVED
    names = [slot.mark.strip("{} ") for slot in slots]
    if rendered is call:
        return Rewritten(text_given(call, found, text, lambda one: with_named(one, names, values)))
    pairs: Pairs = [(found.node, text)] if found.above else []
    whole = rendered if found.above else rendered.deep_replace(call.args[0].value, text)
    assert isinstance(whole, cst.Call)
    return Rewritten([*pairs, (rendered, with_named(whole, names, values))])


def _makes_template(parsed: Parsed, call: cst.Call) -> bool:
    if imported(parsed, call.func) == "jinja2.Template":
        return True
    from_text = isinstance(call.func, cst.Attribute) and call.func.attr.value == "from_string"
    return from_text and imports_any(parsed, "jinja2")


def _rendered(parsed: Parsed, call: cst.Call) -> cst.Call | None:
    """Give the call of `render` right behind."""
    above = parsed.parent(call)
    outer = (
        parsed.parent(above) if isinstance(above, cst.Attribute) and above.attr.value == "render" else None
    )
    plain = isinstance(outer, cst.Call) and not arguments.spreads(outer) and not arguments.positional(outer)
    return outer if isinstance(outer, cst.Call) and plain else None


def _variables(
    parsed: Parsed, text: Text, taken: Sequence[str]
) -> tuple[list[Slot], list[cst.BaseExpression]]:
    """Find the values from outside; nothing if one may be a part of the template, or stands in a tag of it."""
    inside = "".join(unit.char for unit in text.units)
    found = [
        (at, unit.hole)
        for at, unit in enumerate(text.units)
        if unit.hole is not None and not is_fixed(parsed, unit.hole)
    ]
    plain = all(hole.how in {"", "s"} and not hole.spec for _, hole in found)
    outside = all(origin(parsed, hole) is Origin.OUTSIDE for _, hole in found)
    if not plain or not outside or re.search(r"\{\{|\{%|\{#|<script|<style", inside):
        return [], []
    values = [hole.alone for _, hole in found]
    names = named(values, taken)
    slots = [Slot(at, at, "{{ " + name + " }}") for (at, _), name in zip(found, names, strict=True)]
    return slots, values


FIXES = {"lxml-variables": fix(xpath), "template-variables": fix(_template)}
