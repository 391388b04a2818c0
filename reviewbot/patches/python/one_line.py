"""Values for headers of answers and mails lose their line breaks."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.built import built
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.inputs import Origin, origin
from reviewbot.patches.python.kinds import surely_text
from reviewbot.patches.python.module import Parsed, Rewritten, fix
from reviewbot.patches.python.pieces import Hole, Text
from reviewbot.patches.python.wrapping import places

_ADDS = frozenset({"add", "set", "setdefault", "add_header", "send_header", "set_header"})
_UNKNOWN = Unmended("it is not seen where a value that is put in comes from, or that it is text")


def _header(parsed: Parsed) -> Rewritten | Unmended:
    found = _assigned(parsed)
    for call in meant(parsed, parsed.calls()):
        placed = arguments.positional(call)
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in _ADDS and len(placed) == 2:
            found.append(placed[1].value)
    return _one_line(parsed, found[0]) if len(found) == 1 else Unmended("no header is understood here")


def _assigned(parsed: Parsed) -> list[cst.BaseExpression]:
    found = [
        one
        for one in m.findall(parsed.module, m.Assign())
        if isinstance(one, cst.Assign) and parsed.found(one)
    ]
    return [
        one.value
        for one in found
        if len(one.targets) == 1 and isinstance(one.targets[0].target, cst.Subscript)
    ]


def _mail(parsed: Parsed) -> Rewritten | Unmended:
    sent = [
        call
        for call in parsed.calls()
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "sendmail"
    ]
    sent = [call for call in meant(parsed, sent) if len(arguments.positional(call)) > 2]
    if len(sent) != 1:
        return Unmended("no call that sends a mail is understood here")
    return _one_line(parsed, sent[0].args[2].value)


def _one_line(parsed: Parsed, value: cst.BaseExpression) -> Rewritten | Unmended:
    """Take line breaks out of the values from outside."""
    found = built(parsed, value, loosely=True)
    if found is None:
        if origin(parsed, Hole(value)) is not Origin.OUTSIDE or not surely_text(parsed, value):
            return _UNKNOWN
        return Rewritten([(value, _joined(value))])
    pairs: list[tuple[cst.CSTNode, cst.CSTNode]] = []
    for hole, before, _ in places(found.text.units):
        came = origin(parsed, hole)
        if came is Origin.HARMLESS or "\n\n" in before.replace("\r", ""):
            # A number, or below the headers of a mail.
            continue
        if came is Origin.UNKNOWN or hole.how not in {"", "s"} or hole.spec:
            return _UNKNOWN
        if _in_f_string(found.text, hole):
            return Unmended("Pythons before 3.12 allow no line break to be named inside of an f-string")
        if not surely_text(parsed, hole.value) and not _is_operand(found.text, hole):
            return _UNKNOWN
        pairs.append((hole.value, _joined(hole.value)))
    return Rewritten(pairs) if pairs else _UNKNOWN


def _in_f_string(text: Text, hole: Hole) -> bool:
    """Say whether a hole stands in braces: `%` and `format` take their values from beside the text."""
    return any(unit.hole is hole and hole.braced for unit in text.units)


def _is_operand(text: Text, hole: Hole) -> bool:
    return any(
        unit.hole is hole and not text.operands[unit.operand].quote and hole.how != "s" for unit in text.units
    )


def _joined(value: cst.BaseExpression) -> cst.BaseExpression:
    if not isinstance(value, cst.Name | cst.Attribute | cst.Subscript | cst.Call):
        value = value.with_changes(lpar=[cst.LeftParen(), *value.lpar], rpar=[*value.rpar, cst.RightParen()])
    for sign in ("\\r", "\\n"):
        empty = [cst.Arg(cst.SimpleString(f'"{sign}"')), cst.Arg(cst.SimpleString('""'))]
        value = cst.Call(cst.Attribute(value, cst.Name("replace")), empty)
    return value


FIXES = {"header-one-line": fix(_header), "mail-one-line": fix(_mail)}
