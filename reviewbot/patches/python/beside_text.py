"""Markup and log lines get their values beside the text, so that they are escaped or shown as what they are."""

import re
from collections.abc import Sequence

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.built import Built, built, is_fixed, same_when_moved
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.holes import Slot, formatted, slotted
from reviewbot.patches.python.inputs import Origin, origin
from reviewbot.patches.python.module import Parsed, Rewritten, fix
from reviewbot.patches.python.names import imported, imports_any
from reviewbot.patches.python.pieces import Hole, Text, Unit

_NOT_BUILT = Unmended("the place where the text is built is not seen, or is used for something else too")
_UNCLEAR = Unmended("the text is written in a way that is not understood")
_UNKNOWN = Unmended("no value on the line is seen to come from outside")
_MARKUP = frozenset({"markupsafe.Markup", "flask.Markup", "jinja2.Markup"})
_MARKED = frozenset({"django.utils.safestring.mark_safe", "django.utils.safestring.SafeString"})
_LEVELS = frozenset(["debug", "info", "warning", "warn", "error", "exception", "critical", "fatal"])

Pairs = list[tuple[cst.CSTNode, cst.CSTNode]]


def marking(parsed: Parsed) -> list[cst.Call]:
    """Give the calls on the finding's lines that mark text as safe."""
    return meant(parsed, [one for one in parsed.calls(*_MARKUP, *_MARKED) if len(one.args) == 1])


def markup(parsed: Parsed) -> Rewritten | Unmended:
    """Let `Markup.format` or `format_html` escape what is put in."""
    calls = marking(parsed)
    if len(calls) != 1:
        return Unmended("no call that marks text as safe is understood here")
    call = calls[0]
    found = built(parsed, call.args[0].value)
    if found is None or not found.text.holes:
        return _NOT_BUILT
    holes = found.text.holes
    if any(hole.how not in {"", "s"} or hole.spec for hole in holes) or not same_when_moved(
        parsed, found, call.args[0].value, holes
    ):
        return _UNCLEAR
    if any(origin(parsed, hole) is Origin.UNKNOWN for hole in holes):
        return Unmended("it is not seen whether a value that is put in is HTML already")
    text = slotted(
        _with_doubled_braces(found),
        [Slot(at, at, "{}") for at, one in enumerate(_doubled(found)) if one.hole],
    )
    if text is None:
        return _UNCLEAR
    return _filled_in(parsed, call, found, text, [hole.alone for hole in holes])


def _filled_in(
    parsed: Parsed,
    call: cst.Call,
    found: Built,
    text: cst.BaseExpression,
    values: Sequence[cst.BaseExpression],
) -> Rewritten:
    pairs: Pairs = [(found.node, text)] if found.above else []
    first = call.args[0] if found.above else call.args[0].with_changes(value=text)
    placed = [cst.Arg(value) for value in values]
    if imported(parsed, call.func) in _MARKUP:
        new = cst.Call(cst.Attribute(call.with_changes(args=[first]), cst.Name("format")), placed)
        return Rewritten([*pairs, (call, new)])
    alone = first.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace(""))
    new = cst.Call(cst.Name("format_html"), [alone, *placed])
    return Rewritten([*pairs, (call, new)], ("django.utils.html:format_html",))


def _with_doubled_braces(found: Built) -> Built:
    text = found.text
    return Built(Text(text.operands, tuple(_doubled(found)), text.lpar, text.rpar), found.node, found.above)


def _doubled(found: Built) -> list[Unit]:
    return [one for unit in found.text.units for one in ([unit, unit] if unit.char in {"{", "}"} else [unit])]


def _log(parsed: Parsed) -> Rewritten | Unmended:
    calls = [
        one
        for one in parsed.calls()
        if isinstance(one.func, cst.Attribute) and one.func.attr.value in _LEVELS
    ]
    calls = [one for one in meant(parsed, calls) if arguments.positional(one) and not arguments.spreads(one)]
    if len(calls) != 1 or imports_any(parsed, "loguru", "structlog"):
        return Unmended("no call of `logging` is understood here")
    call = calls[0]
    placed = arguments.positional(call)
    message = placed[0].value
    if len(placed) > 1:
        return _shown(parsed, placed)
    found = built(parsed, message)
    if found is None:
        alone = origin(parsed, Hole(message)) is Origin.OUTSIDE
        return (
            Rewritten([(call, _with_values(call, cst.SimpleString('"%r"'), [message]))])
            if alone
            else _NOT_BUILT
        )
    return _lazily(parsed, call, found)


def _shown(parsed: Parsed, placed: Sequence[cst.Arg]) -> Rewritten | Unmended:
    """Write `%r` for `%s` where a value from outside goes."""
    message = placed[0].value
    raw = message.value if isinstance(message, cst.SimpleString) else ""
    marks = list(re.finditer(r"%(?:%|[a-zA-Z])", raw))
    marks = [one for one in marks if one[0] != "%%"]
    if len(marks) != len(placed) - 1 or len(re.findall(r"%%|%", raw)) != raw.count("%%") + len(marks):
        return _UNCLEAR
    outside = [origin(parsed, Hole(arg.value)) is Origin.OUTSIDE for arg in placed[1:]]
    for mark, chosen in reversed(list(zip(marks, outside, strict=True))):
        if chosen and mark[0] == "%s":
            raw = raw[: mark.start()] + "%r" + raw[mark.end() :]
    if not any(outside) or not isinstance(message, cst.SimpleString) or raw == message.value:
        return _UNKNOWN
    return Rewritten([(message, message.with_changes(value=raw))])


def _lazily(parsed: Parsed, call: cst.Call, found: Built) -> Rewritten | Unmended:
    """Hand the values over as arguments of the message."""
    units = [one for unit in found.text.units for one in ([unit, unit] if unit.char == "%" else [unit])]
    holes = [
        (at, unit.hole)
        for at, unit in enumerate(units)
        if unit.hole is not None and not is_fixed(parsed, unit.hole)
    ]
    marks = [formatted(hole) for _, hole in holes]
    came = [origin(parsed, hole) for _, hole in holes]
    constants = len(holes) < len(found.text.holes)
    if None in marks or Origin.OUTSIDE not in came or found.above or constants:
        return _UNCLEAR
    slots = [
        Slot(at, at, "%r" if one is Origin.OUTSIDE and mark == "%s" else mark or "")
        for (at, _), mark, one in zip(holes, marks, came, strict=True)
    ]
    doubled = Built(
        Text(found.text.operands, tuple(units), found.text.lpar, found.text.rpar), found.node, found.above
    )
    text = slotted(doubled, slots)
    if text is None:
        return _UNCLEAR
    return Rewritten([(call, _with_values(call, text, [hole.alone for _, hole in holes]))])


def _with_values(call: cst.Call, text: cst.BaseExpression, values: Sequence[cst.BaseExpression]) -> cst.Call:
    first, *rest = call.args
    apart = isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace) and isinstance(
        first.comma, cst.Comma
    )
    space = call.whitespace_before_args if apart else cst.SimpleWhitespace(" ")
    between = cst.Comma(whitespace_after=space)
    placed = [cst.Arg(value, comma=between) for value in values]
    last = placed[-1].with_changes(comma=first.comma, whitespace_after_arg=first.whitespace_after_arg)
    bare = first.with_changes(value=text, comma=between, whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[bare, *placed[:-1], last, *rest])


FIXES = {"markup-format": fix(markup), "log-arguments": fix(_log)}
