"""Salts and initialisation vectors that are made anew each time, where the result clearly carries them along."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import argument, keyword, rebuilt, remarked, without
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.names import assignments
from reviewbot.patches.python.origins import enclosing, plain

_LOST = Unmended("the value is not kept with the result, so that nobody could read or check that again")
_MAKE_PASSWORD = "django.contrib.auth.hashers.make_password"  # noqa: S105 (the name of a function)


def made_anew(parsed: Parsed) -> Rewritten | Unmended:
    """Draw the value with `os.urandom` where the function returns it too."""
    return _django(parsed) or _argon2(parsed) or _returned(parsed) or _LOST


def _django(parsed: Parsed) -> Rewritten | None:
    """Django makes a salt by itself, and writes it into the hash."""
    calls = meant(
        parsed, [call for call in parsed.calls(_MAKE_PASSWORD) if keyword(call, "salt") is not None]
    )
    arg = keyword(calls[0], "salt") if len(calls) == 1 else None
    if arg is None or remarked(calls[0], arg):
        return None
    return Rewritten(rebuilt(parsed, calls, _without_salt))


def _without_salt(call: cst.Call) -> cst.Call:
    arg = keyword(call, "salt")
    return without(call, arg) if arg is not None else call


def _argon2(parsed: Parsed) -> Rewritten | None:
    """`hash_secret` writes the salt into the hash."""
    for call in meant(parsed, parsed.calls("argon2.low_level.hash_secret")):
        salt = argument(call, "salt", 1)
        value = plain(salt.value) if salt is not None else None
        if salt is not None and isinstance(value, bytes):
            return Rewritten([(salt.value, expression("os.urandom(16)"))], ("os",))
    return None


def _returned(parsed: Parsed) -> Rewritten | None:
    """`salt = b"…"`, and the function returns `salt + …`, `(salt, …)` or `{"salt": salt, …}`."""
    names = [
        node
        for node in m.findall(parsed.module, m.Name())
        if isinstance(node, cst.Name) and parsed.found(node)
    ]
    for name in names:
        bound = assignments(parsed, name)
        target = bound[0].node if len(bound) == 1 else None
        above = parsed.parent(target) if target is not None else None
        statement = parsed.parent(above) if isinstance(above, cst.AssignTarget) else None
        if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
            continue
        function, size = enclosing(parsed, name), _size(statement.value)
        inside = function is not None and function is enclosing(parsed, statement)
        if inside and size and any(_carries(parsed, access.node) for access in bound[0].references):
            return Rewritten([(statement.value, expression(f"os.urandom({size})"))], ("os",))
    return None


def _size(value: cst.BaseExpression) -> str:
    """Write how many bytes a constant has; "" if it is none."""
    match value:
        case cst.BinaryOperation(left=left, operator=cst.Multiply(), right=right):
            return code(right) if plain(left) is not None and len(str(plain(left))) == len("b'x'") else ""
        case cst.Call(func=cst.Name(value="bytes" | "bytearray"), args=[arg]):
            return (
                code(arg.value)
                if isinstance(plain(arg.value), int) or code(arg.value).endswith("block_size")
                else ""
            )
    known = plain(value)
    return str(len(known)) if isinstance(known, bytes) else ""


def _carries(parsed: Parsed, node: cst.CSTNode) -> bool:
    """Say whether a use stands in what is returned, beside something else and not in a call."""
    at, above = node, parsed.parent(node)
    while isinstance(above, cst.BinaryOperation | cst.Tuple | cst.Dict | cst.Element | cst.DictElement):
        at, above = above, parsed.parent(above)
    return isinstance(above, cst.Return) and at is not node


FIXES = {"made-anew": fix(made_anew)}
