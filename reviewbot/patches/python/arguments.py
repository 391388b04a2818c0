"""Arguments of a call, added and taken out so that line breaks, commas and comments of the others stay as they are."""

from collections.abc import Callable, Sequence

import libcst as cst

from reviewbot.patches.python.module import Parsed, code, expression


def keyword(call: cst.Call, *names: str) -> cst.Arg | None:
    """Give the argument that is passed under one of these names."""
    return next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value in names), None)


def positional(call: cst.Call) -> list[cst.Arg]:
    """Give the arguments that are passed by place, up to the first spread one."""
    found: list[cst.Arg] = []
    for arg in call.args:
        if arg.star or arg.keyword is not None:
            break
        found.append(arg)
    return found


def argument(call: cst.Call, name: str, place: int) -> cst.Arg | None:
    """Give the argument that is passed under a name or at a place."""
    placed = positional(call)
    return placed[place] if place < len(placed) else keyword(call, name)


def spreads(call: cst.Call) -> bool:
    """Say whether there are arguments that cannot be seen: `*more` or `**more`."""
    return any(arg.star for arg in call.args)


def added(call: cst.Call, name: str, value: str | cst.BaseExpression) -> cst.Call:
    """Add a keyword argument at the end, laid out as the ones before it are."""
    new = cst.Arg(
        expression(value) if isinstance(value, str) else value,
        cst.Name(name),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if not call.args:
        return call.with_changes(args=[new])
    *before, last = call.args
    gap = _gap(call)
    if isinstance(last.comma, cst.Comma):
        # A trailing comma: what follows it, the closing line, follows the new one's.
        rest = last.comma.whitespace_after
        new = new.with_changes(comma=cst.Comma(whitespace_after=_plain(rest)))
        last = last.with_changes(comma=cst.Comma(whitespace_after=_with_comment_of(rest, gap)))
    else:
        rest = last.whitespace_after_arg
        new = new.with_changes(whitespace_after_arg=_plain(rest))
        last = last.with_changes(
            whitespace_after_arg=cst.SimpleWhitespace(""),
            comma=cst.Comma(whitespace_after=_with_comment_of(rest, gap)),
        )
    return call.with_changes(args=[*before, last, new])


def given(call: cst.Call, arg: cst.Arg, value: str) -> cst.Call:
    """Pass another value for an argument."""
    new = arg.with_changes(value=expression(value))
    return call.with_changes(args=[new if one is arg else one for one in call.args])


def without(call: cst.Call, *gone: cst.Arg) -> cst.Call:
    """Take arguments out, with their commas."""
    args = list(call.args)
    for arg in gone:
        _take_out(args, next(place for place, one in enumerate(args) if one.value is arg.value))
    if args:
        return call.with_changes(args=args)
    return call.with_changes(args=(), whitespace_before_args=cst.SimpleWhitespace(""))


def remarked(call: cst.Call, arg: cst.Arg) -> bool:
    """Say whether a comment stands beside an argument, which would be lost with it."""
    place = next(place for place, one in enumerate(call.args) if one is arg)
    around = call.args[max(0, place - 1) : place + 1]
    return any("#" in _space(one) for one in around) or (
        place == 0 and "#" in _written(call.whitespace_before_args)
    )


def _take_out(args: list[cst.Arg], place: int) -> None:
    arg = args.pop(place)
    if not place:
        return
    before = args[place - 1]
    if place == len(args):
        # It was the last one: the one before it now ends the call.
        args[place - 1] = before.with_changes(comma=arg.comma, whitespace_after_arg=arg.whitespace_after_arg)
    elif (
        isinstance(before.comma, cst.Comma)
        and isinstance(arg.comma, cst.Comma)
        and "\n" not in _space(before)
    ):
        args[place - 1] = before.with_changes(comma=arg.comma)


def _gap(call: cst.Call) -> cst.BaseParenthesizableWhitespace:
    """Give the space between two arguments: that of the last two, or that before the only one."""
    if len(call.args) > 1:
        comma = call.args[-2].comma
        return _plain(comma.whitespace_after) if isinstance(comma, cst.Comma) else cst.SimpleWhitespace(" ")
    before = call.whitespace_before_args
    own_line = isinstance(before, cst.ParenthesizedWhitespace) and isinstance(call.args[0].comma, cst.Comma)
    return _plain(before) if own_line else cst.SimpleWhitespace(" ")


def _with_comment_of(
    old: cst.BaseParenthesizableWhitespace, gap: cst.BaseParenthesizableWhitespace
) -> cst.BaseParenthesizableWhitespace:
    """Give the gap with the comments that stood in another one."""
    if not isinstance(old, cst.ParenthesizedWhitespace) or "#" not in _written(old):
        return gap
    if isinstance(gap, cst.ParenthesizedWhitespace):
        return old.with_changes(indent=gap.indent, last_line=gap.last_line)
    # All arguments stood on one line, and a comment ends it: the new one goes to a line like theirs.
    return old.with_changes(last_line=cst.SimpleWhitespace(_deeper(old.last_line.value)))


def _deeper(indent: str) -> str:
    return indent + ("\t" if indent.endswith("\t") else "    ")


def _plain(space: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    """Give a space without its comments."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    first = space.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
    return space.with_changes(first_line=first, empty_lines=())


def _space(arg: cst.Arg) -> str:
    comma = arg.comma
    after = _written(comma.whitespace_after) if isinstance(comma, cst.Comma) else ""
    return _written(arg.whitespace_after_arg) + after


def _written(space: cst.BaseParenthesizableWhitespace) -> str:
    return code(space)


def rebuilt(
    parsed: Parsed, calls: Sequence[cst.Call], change: Callable[[cst.Call], cst.BaseExpression]
) -> list[tuple[cst.CSTNode, cst.CSTNode]]:
    """Change calls, of which some may stand in the arguments of others. Gives what to replace."""
    wanted = {id(call) for call in calls}

    class Change(cst.CSTTransformer):
        def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802 (libcst's name for it)
            return change(updated_node) if id(original_node) in wanted else updated_node

    outer = [call for call in calls if not _inside(parsed, call, wanted)]
    return [(call, _node(call.visit(Change()))) for call in outer]


def _inside(parsed: Parsed, call: cst.Call, others: set[int]) -> bool:
    above = parsed.parent(call)
    while above is not None and id(above) not in others:
        above = parsed.parent(above)
    return above is not None


def _node(found: object) -> cst.CSTNode:
    assert isinstance(found, cst.CSTNode)
    return found
