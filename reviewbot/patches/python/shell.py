"""Commands that a shell would run get a list of arguments and no shell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.built import Built, built
from reviewbot.patches.python.kinds import surely_text
from reviewbot.patches.python.module import Parsed, Rewritten, expression, fix
from reviewbot.patches.python.names import imported, imports_any
from reviewbot.patches.python.origins import values
from reviewbot.patches.python.pieces import Hole, Unit
from reviewbot.patches.python.shell_lists import written
from reviewbot.patches.python.shell_words import NotPlainError, may_be_several, words
from reviewbot.patches.python.wording import worded

_RUNS = frozenset(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen"))
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh", "/bin/sh", "/bin/bash"})
_NO_CALL = Unmended("no call that runs a command is understood here")
_NOT_BUILT = Unmended("the place where the command is built is not seen, or is used for something else too")
_USED = Unmended("the result of the call is used in a way that would change its meaning")

Replacements = list[tuple[cst.CSTNode, cst.CSTNode]]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A command as a list: what to replace above the call, and what the call is given."""

    replacements: Replacements
    value: cst.BaseExpression


def _mended(parsed: Parsed) -> Rewritten | Unmended:
    """Mend the one call on the finding's lines that runs a command."""
    answers = [answer for call in parsed.calls() if (answer := _answer(parsed, call)) is not None]
    good = [one for one in answers if isinstance(one, Rewritten)]
    if len(good) == 1:
        return good[0]
    return next((one for one in answers if isinstance(one, Unmended)), _NO_CALL)


def _answer(parsed: Parsed, call: cst.Call) -> Rewritten | Unmended | None:
    mend = _WAYS.get(imported(parsed, call.func))
    if mend is None and isinstance(call.func, cst.Attribute) and call.func.attr.value == "exec_command":
        mend = _remote if imports_any(parsed, "paramiko") else None
    if mend is None:
        return None
    try:
        return mend(parsed, call)
    except NotPlainError as error:
        return Unmended(str(error))


def _subprocess(parsed: Parsed, call: cst.Call) -> Rewritten | Unmended:
    command = arguments.argument(call, "args", 0)
    if command is None or arguments.spreads(call) or arguments.keyword(call, "executable") is not None:
        return Unmended("the arguments of the call are not all seen")
    shell = arguments.keyword(call, "shell")
    if shell is None:
        return _without_shell(parsed, command)
    if imported(parsed, shell.value) != "builtins.True":
        return Unmended("whether a shell runs the command is decided elsewhere")
    if arguments.remarked(call, shell):
        return Unmended("a comment stands beside the argument that has to go")
    listed = _listed(parsed, command.value)
    if listed is None:
        return _NOT_BUILT
    args = [arg.with_changes(value=listed.value) if arg is command else arg for arg in call.args]
    new = arguments.without(call.with_changes(args=args), shell)
    return Rewritten([*listed.replacements, (call, new)])


def _without_shell(parsed: Parsed, command: cst.Arg) -> Rewritten | Unmended:
    """Mend `["sh", "-c", text]` and `shlex.split(text)`."""
    text: cst.BaseExpression | None = None
    match command.value:
        case cst.List(
            elements=[cst.Element(value=first), cst.Element(value=second), cst.Element(value=third)]
        ):
            shell = first.evaluated_value if isinstance(first, cst.SimpleString) else ""
            option = second.evaluated_value if isinstance(second, cst.SimpleString) else ""
            text = third if shell in _SHELLS and option == "-c" else None
        case cst.Call(func=func, args=[cst.Arg(value=value)]) if imported(parsed, func) == "shlex.split":
            text = value
    found = built(parsed, text) if text is not None else None
    if found is None or found.above:
        return _NOT_BUILT
    return Rewritten([(command.value, _list(parsed, found))])


def _system(parsed: Parsed, call: cst.Call) -> Rewritten | Unmended:
    listed = _listed(parsed, call.args[0].value) if len(call.args) == 1 else None
    if listed is None:
        return _NOT_BUILT
    new = _run(listed, "check=False")
    above = parsed.parent(call)
    if isinstance(above, cst.Expr):
        return Rewritten([*listed.replacements, (call, new)], ("subprocess",))
    if _asks_for_success(call, above):
        code = cst.Attribute(new, cst.Name("returncode"))
        return Rewritten([*listed.replacements, (call, code)], ("subprocess",))
    return _USED


def _asks_for_success(call: cst.Call, above: cst.CSTNode | None) -> bool:
    """Say whether of a status only matters whether it is 0: as a wait status it is not the exit code."""
    match above:
        case (
            cst.If(test=test) | cst.While(test=test) | cst.UnaryOperation(operator=cst.Not(), expression=test)
        ):
            return test is call
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=other)]
        ):
            zero = isinstance(other, cst.Integer) and other.value == "0"
            return left is call and zero and isinstance(operator, cst.Equal | cst.NotEqual)
    return False


def _popen(parsed: Parsed, call: cst.Call) -> Rewritten | Unmended:
    listed = _listed(parsed, call.args[0].value) if len(call.args) == 1 else None
    if listed is None:
        return _NOT_BUILT
    above = parsed.parent(call)
    if isinstance(above, cst.Expr):
        new = expression("subprocess.Popen(command, stdout=subprocess.PIPE, text=True)")
        return Rewritten([*listed.replacements, (call, _with_command(new, listed))], ("subprocess",))
    outer = parsed.parent(above) if isinstance(above, cst.Attribute) else None
    if not isinstance(outer, cst.Call) or outer.args or not isinstance(above, cst.Attribute):
        return _USED
    output = cst.Attribute(_run(listed, "check=False, stdout=subprocess.PIPE, text=True"), cst.Name("stdout"))
    if above.attr.value == "read":
        return Rewritten([*listed.replacements, (outer, output)], ("subprocess",))
    return _USED


def _getoutput(parsed: Parsed, call: cst.Call) -> Rewritten | Unmended:
    listed = _listed(parsed, call.args[0].value) if len(call.args) == 1 else None
    if listed is None:
        return _NOT_BUILT
    both = "check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True"
    stdout = cst.Attribute(_run(listed, both), cst.Name("stdout"))
    new = cst.Call(cst.Attribute(stdout, cst.Name("removesuffix")), [cst.Arg(cst.SimpleString('"\\n"'))])
    return Rewritten([*listed.replacements, (call, new)], ("subprocess",))


def _asyncio(parsed: Parsed, call: cst.Call) -> Rewritten | Unmended:
    first, *rest = call.args
    found = built(parsed, first.value) if not first.star and first.keyword is None else None
    if found is None or found.above or not isinstance(call.func, cst.Attribute):
        return _NOT_BUILT
    elements = _list(parsed, found).elements
    separate = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    new = [
        cst.Arg(one.value, star="*" if isinstance(one, cst.StarredElement) else "", comma=separate)
        for one in elements
    ]
    new[-1] = new[-1].with_changes(comma=first.comma, whitespace_after_arg=first.whitespace_after_arg)
    func = call.func.with_changes(attr=cst.Name("create_subprocess_exec"))
    return Rewritten([(call, call.with_changes(func=func, args=[*new, *rest]))])


def _remote(parsed: Parsed, call: cst.Call) -> Rewritten | Unmended:
    """Quote values for the shell of another machine, which cannot be done without."""
    found = built(parsed, call.args[0].value) if call.args else None
    if found is None:
        return _NOT_BUILT
    plain = "".join("\0" if unit.hole is not None else unit.char for unit in found.text.units)
    if " " not in plain.partition("\0")[0].lstrip() or set(plain) & set("'\"`\\$<\n"):
        return Unmended(
            "values stand in quotes, or in a place of the command that quoting does not make safe"
        )
    units = [_quoted(parsed, unit) for unit in found.text.units]
    new = worded(found.text, units)
    return Rewritten([(found.node, new)], ("shlex",)) if new is not None else _NOT_BUILT


def _quoted(parsed: Parsed, unit: Unit) -> Unit:
    hole = unit.hole
    if hole is None:
        return unit
    if hole.how or hole.spec or may_be_several(hole.value, _kept(parsed, hole.value)):
        raise NotPlainError("what is put in may be more than one argument")
    text = surely_text(parsed, hole.value)
    value = hole.value if text else cst.Call(cst.Name("str"), [cst.Arg(hole.value)])
    quote = cst.Attribute(cst.Name("shlex"), cst.Name("quote"))
    return Unit(unit.operand, hole=Hole(cst.Call(quote, [cst.Arg(value)])))


def _listed(parsed: Parsed, argument: cst.BaseExpression) -> _Listed | None:
    found = built(parsed, argument)
    if found is None:
        return None
    new = _list(parsed, found)
    if not found.above:
        return _Listed([], new)
    typed = isinstance(parsed.parent(found.node), cst.AnnAssign)
    return None if typed else _Listed([(found.node, new)], argument)


def _list(parsed: Parsed, found: Built) -> cst.List:
    joined = {id(unit.hole) for unit in found.text.units if not found.text.operands[unit.operand].quote}

    def is_text(hole: Hole) -> bool:
        return surely_text(parsed, hole.value) or (id(hole) in joined and hole.how != "s")

    split = words(found.text.units, lambda hole: may_be_several(hole.value, _kept(parsed, hole.value)))
    return cst.List(written(split, is_text))


def _kept(parsed: Parsed, value: cst.BaseExpression) -> Sequence[cst.BaseExpression]:
    return values(parsed, value) or ()


def _run(listed: _Listed, more: str) -> cst.BaseExpression:
    return _with_command(expression(f"subprocess.run(command, {more})"), listed)


def _with_command(call: cst.BaseExpression, listed: _Listed) -> cst.BaseExpression:
    assert isinstance(call, cst.Call)
    first, *rest = call.args
    return call.with_changes(args=[first.with_changes(value=listed.value), *rest])


_WAYS: dict[str, Callable[[Parsed, cst.Call], Rewritten | Unmended]] = {
    **dict.fromkeys(_RUNS, _subprocess),
    "os.system": _system,
    "os.popen": _popen,
    "subprocess.getoutput": _getoutput,
    "asyncio.create_subprocess_shell": _asyncio,
}

FIXES = {"subprocess-list": fix(_mended)}
