"""Secrets are compared in the same time wherever they differ: `hmac.compare_digest`."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.text_or_bytes import Kind, kind

_UNSEEN = Unmended("whether text or bytes are compared cannot be seen")


def constant_time(parsed: Parsed) -> Rewritten | Unmended:
    """Compare with `hmac.compare_digest`, as bytes where both are surely text: it refuses other letters than ASCII."""
    found = [
        one
        for one in m.findall(parsed.module, m.Comparison())
        if isinstance(one, cst.Comparison) and _compares(parsed, one)
    ]
    chosen = meant(parsed, found)
    if len(chosen) != 1:
        return Unmended("which comparison is meant cannot be seen")
    comparison = chosen[0]
    target = comparison.comparisons[0]
    texts = _sides(parsed, comparison.left, target.comparator)
    if texts is None:
        return _UNSEEN
    equal = f"hmac.compare_digest({texts[0]}, {texts[1]})"
    if isinstance(target.operator, cst.Equal):
        return Rewritten([(comparison, _with_brackets_of(comparison, equal))], ("hmac",))
    above = parsed.parent(comparison)
    if isinstance(above, cst.UnaryOperation) and isinstance(above.operator, cst.Not):
        return Rewritten([(above, _with_brackets_of(above, equal))], ("hmac",))
    return Rewritten([(comparison, _with_brackets_of(comparison, f"not {equal}"))], ("hmac",))


def _with_brackets_of(old: cst.BaseExpression, text: str) -> cst.BaseExpression:
    return expression(text).with_changes(lpar=old.lpar, rpar=old.rpar)


def _compares(parsed: Parsed, one: cst.Comparison) -> bool:
    if len(one.comparisons) != 1 or not parsed.found(one):
        return False
    target = one.comparisons[0]
    if not isinstance(target.operator, cst.Equal | cst.NotEqual):
        return False
    sides = (one.left, target.comparator)
    return not any(code(side) in {"None", '""', "''"} or _measures(parsed, side) for side in sides)


def _measures(parsed: Parsed, side: cst.BaseExpression) -> bool:
    name = imported(parsed, side.func) if isinstance(side, cst.Call) else ""
    return name in {"builtins.len", "hmac.compare_digest", "secrets.compare_digest"} or _number(side)


def _number(side: cst.BaseExpression) -> bool:
    return isinstance(side, cst.Integer | cst.Float) or code(side) in {"True", "False"}


def _sides(parsed: Parsed, left: cst.BaseExpression, right: cst.BaseExpression) -> tuple[str, str] | None:
    """Write both sides so that `compare_digest` takes them, and says of them what `==` said."""
    kinds = (kind(parsed, left), kind(parsed, right))
    if "#" in code(left) + code(right):
        return None
    match kinds:
        case (Kind.TEXT | Kind.MAYBE_TEXT, Kind.TEXT | Kind.MAYBE_TEXT):
            return _encoded(left, kinds[0]), _encoded(right, kinds[1])
        case (Kind.BYTES, Kind.BYTES | Kind.UNKNOWN) | (Kind.UNKNOWN, Kind.BYTES):
            return code(left), code(right)
        case (Kind.TEXT, Kind.UNKNOWN) | (Kind.UNKNOWN, Kind.TEXT):
            return code(left), code(right)
    return None


def _encoded(side: cst.BaseExpression, of: Kind) -> str:
    text = code(side)
    if of is Kind.MAYBE_TEXT:
        if isinstance(side, cst.Call) and len(side.args) == 1:
            return f'{code(side.func)}({code(side.args[0].value)}, "").encode()'
        return f'({text} or "").encode()'
    return f"{text}.encode()" if _tight(side) else f"({text}).encode()"


def _tight(side: cst.BaseExpression) -> bool:
    whole = isinstance(
        side, cst.Name | cst.Attribute | cst.Call | cst.Subscript | cst.SimpleString | cst.FormattedString
    )
    return whole or bool(side.lpar)


FIXES = {"constant-time": fix(constant_time)}
