"""Checks that cannot be switched off, and failed ones that are not passed over."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, fix
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.statements import line_of

_OPPOSITE: dict[type[cst.BaseCompOp], cst.BaseCompOp] = {
    cst.Is: cst.IsNot(),
    cst.IsNot: cst.Is(),
    cst.In: cst.NotIn(),
    cst.NotIn: cst.In(),
}
"""Of the others, the opposite is no `not` for every value."""


def raised(parsed: Parsed) -> Rewritten | Unmended:
    """`assert check, text` becomes `if not check: raise AssertionError(text)`, which runs with `-O` too."""
    found = [
        one
        for one in m.findall(parsed.module, m.Assert())
        if isinstance(one, cst.Assert) and parsed.found(one)
    ]
    chosen = meant(parsed, found)
    line = line_of(parsed, chosen[0]) if len(chosen) == 1 else None
    if line is None:
        return Unmended("the assert does not stand on a line of its own")
    if any(_elsewhere(parsed, name) for name in m.findall(parsed.module, m.Name("AssertionError"))):
        return Unmended("the file gives the error's name another meaning")
    check, text = chosen[0].test, chosen[0].msg
    error: cst.BaseExpression = cst.Name("AssertionError")
    if text is not None:
        error = cst.Call(error, [cst.Arg(text)])
    new = cst.If(
        _not(check),
        cst.IndentedBlock([cst.SimpleStatementLine([cst.Raise(error)])], header=line.trailing_whitespace),
        leading_lines=line.leading_lines,
        whitespace_before_test=cst.SimpleWhitespace(" "),
    )
    return Rewritten([(line, new)])


def _elsewhere(parsed: Parsed, name: cst.CSTNode) -> bool:
    return imported(parsed, name) != "builtins.AssertionError"


def _not(check: cst.BaseExpression) -> cst.BaseExpression:
    match check:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return inner
        case cst.Comparison(comparisons=[target]) if type(target.operator) in _OPPOSITE:
            opposite = _OPPOSITE[type(target.operator)]
            return check.with_changes(comparisons=[target.with_changes(operator=opposite)])
    loose = isinstance(check, cst.BooleanOperation | cst.IfExp | cst.Lambda | cst.NamedExpr | cst.Tuple)
    if loose and not check.lpar:
        check = check.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.UnaryOperation(cst.Not(), check)


def let_through(parsed: Parsed) -> Rewritten | Unmended:
    """Raise the error of a failed check again in place of passing it over."""
    found = [
        one for one in m.findall(parsed.module, m.Try()) if isinstance(one, cst.Try) and parsed.found(one)
    ]
    chosen = meant(parsed, found)
    if len(chosen) != 1:
        return Unmended("which check is meant cannot be seen")
    bodies = [handler.body for handler in chosen[0].handlers]
    changes = [
        (passed, cst.Raise())
        for body in bodies
        for passed in m.findall(body, m.Pass())
        if body in (parsed.parent(passed), parsed.parent(parsed.parent(passed) or passed))
    ]
    return Rewritten(changes) if changes else Unmended("what is done about the failure cannot be seen")


FIXES = {"raised-check": fix(raised), "error-let-through": fix(let_through)}
