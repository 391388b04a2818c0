"""Secrets come from the system's generator instead of one that can be predicted."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import positional, spreads
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.origins import assigned, enclosing, plain
from reviewbot.patches.python.statements import below

_SAME = {"choice": "choice", "getrandbits": "randbits", "randbytes": "token_bytes", "randrange": "randbelow"}
"""Functions of `random`, and those of `secrets` that take the same single argument."""

_DRAWS = frozenset(
    {
        "random", "randint", "randrange", "getrandbits", "randbytes", "uniform", "triangular", "gauss",
        "normalvariate", "betavariate", "choice", "choices", "sample",
    }
)  # fmt: skip
_CLOCKS = ("time.time", "time.time_ns")
_KNOWN_TO_OTHERS = (*_CLOCKS, "os.getpid")
_WRITES = ("builtins.str", "builtins.repr", "builtins.int")
_DEEPEST = 4


def unguessable(parsed: Parsed) -> Rewritten | Unmended:
    """Replace the draws on the finding's lines, or else those behind the names on them."""
    draws = _drawn(parsed)
    if not draws:
        return Unmended("which generator the value comes from cannot be seen")
    if _seeded(parsed):
        return Unmended("the generator is seeded: somebody seems to count on the same values each time")
    # What is inside another draw goes with it.
    draws = [
        one for one in draws if not any(one is not other and below(parsed, one, other) for other in draws)
    ]
    made = [(call, _instead(parsed, call)) for call in draws]
    pairs = [(call, new) for call, new in made if new is not None]
    if len(pairs) < len(made):
        return Unmended("the value is drawn in a way that has no like among the safe ones")
    return Rewritten(pairs, tuple(sorted({code(new).partition(".")[0] for _, new in pairs})))


def _calls_in(node: cst.CSTNode) -> list[cst.Call]:
    return [one for one in m.findall(node, m.Call()) if isinstance(one, cst.Call)]


def _drawn(parsed: Parsed) -> list[cst.Call]:
    """Find the draws on the lines, else in what is assigned to the names on them, and so on for a few steps."""
    nodes: list[cst.CSTNode] = [
        node for node in m.findall(parsed.module, m.Name() | m.Call()) if parsed.found(node)
    ]  # fmt: skip
    for _ in range(_DEEPEST):
        draws = [node for node in nodes if isinstance(node, cst.Call) and _guessable(parsed, node)]
        if draws:
            return draws
        kept = [_given(parsed, node) for node in nodes if isinstance(node, cst.Name)]
        nodes = [node for found in kept for value in found for node in m.findall(value, m.Name() | m.Call())]
    return []


def _given(parsed: Parsed, name: cst.Name) -> list[cst.BaseExpression]:
    """Give what is assigned to a name in its function, or added to what it has."""
    more = m.findall(enclosing(parsed, name) or parsed.module, m.AugAssign(target=m.Name(name.value)))
    return [*assigned(parsed, name), *(one.value for one in more if isinstance(one, cst.AugAssign))]


def _guessable(parsed: Parsed, call: cst.Call) -> bool:
    package, _, last = imported(parsed, call.func).rpartition(".")
    if package in {"random", "random.Random"}:
        return last in _DRAWS
    if f"{package}.{last}" in _CLOCKS:
        return _hashed(parsed, call)
    return (package, last) in {("numpy.random", "bytes"), ("uuid", "uuid1")}


def _hashed(parsed: Parsed, clock: cst.Call) -> bool:
    """`hashlib.sha256(str(time.time()).encode())`: say whether a time becomes text, and that a hash."""
    at = parsed.parent(clock)
    while at is not None:
        if isinstance(at, cst.Call):
            name = imported(parsed, at.func)
            if name.startswith("hashlib."):
                return True
            if name not in _WRITES and not m.matches(at.func, m.Attribute(attr=m.Name("encode"))):
                return False
        elif not isinstance(at, cst.Arg | cst.Attribute | cst.BinaryOperation | cst.FormattedString) and (
            not isinstance(at, cst.FormattedStringExpression) or at.format_spec is not None
        ):
            return False
        at = parsed.parent(at)
    return False


def _instead(parsed: Parsed, call: cst.Call) -> cst.BaseExpression | None:
    """Give what is drawn in place of a call, or of the time."""
    package, _, last = imported(parsed, call.func).rpartition(".")
    match package, last:
        case "uuid", "uuid1":
            return None if call.args else expression("uuid.uuid4()")
        case "numpy.random", "bytes":
            return _by(call, "secrets.token_bytes") if len(positional(call)) == 1 else None
        case "random.Random", _ if not _unseeded(call):
            return None
        case (("random" | "random.Random"), _):
            return _of_random(call, last)
    return expression("secrets.randbits(256)")


def _of_random(call: cst.Call, last: str) -> cst.BaseExpression:
    placed = [] if spreads(call) else positional(call)
    if len(placed) == len(call.args) == 1 and last in _SAME:
        return _by(call, f"secrets.{_SAME[last]}")
    if len(placed) == 2 and last == "randint" and plain(placed[0].value) == 0 and "#" not in code(call):
        top, text = plain(placed[1].value), code(placed[1].value)
        if isinstance(top, int):
            return expression(f"secrets.randbelow({top + 1 if text.isdecimal() else f'{text} + 1'})")
    return _by(call, f"secrets.SystemRandom().{last}")


def _by(call: cst.Call, function: str) -> cst.Call:
    return call.with_changes(func=expression(function))


def _unseeded(call: cst.Call) -> bool:
    made = call.func.value if isinstance(call.func, cst.Attribute) else None
    return isinstance(made, cst.Call) and not made.args


def _seeded(parsed: Parsed) -> bool:
    """Say whether the file gives the generator a fixed beginning."""
    seeds = [
        call
        for call in _calls_in(parsed.module)
        if imported(parsed, call.func) == "random.seed" and call.args
    ]
    return any(plain(call.args[0].value) is not None for call in seeds)


def random_seed(parsed: Parsed) -> Rewritten | Unmended:
    """Seed with random bits of the system in place of the clock or the number of the process."""
    inside = [one for call in parsed.calls("random.seed") for arg in call.args for one in _calls_in(arg)]
    clocks = [one for one in inside if imported(parsed, one.func) in _KNOWN_TO_OTHERS and not one.args]
    if len(clocks) != 1:
        return Unmended("what the generator is seeded with cannot be seen")
    return Rewritten([(clocks[0], expression("secrets.randbits(128)"))], ("secrets",))


FIXES = {"unguessable": fix(unguessable), "random-seed": fix(random_seed)}
