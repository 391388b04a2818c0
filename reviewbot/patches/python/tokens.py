"""Signed tokens are verified when they are read, where the key is there to do it."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import added, argument, given, keyword, positional, spreads, without
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.origins import plain

_DECODES = {"jwt.decode", "jose.jwt.decode"}
_ENCODES = {"jwt.encode", "jose.jwt.encode"}
_NO_KEY = Unmended("the key that the token is verified with cannot be seen")
_NO_ALGORITHM = Unmended("the algorithm that the tokens are signed with cannot be seen")


def verified(parsed: Parsed) -> Rewritten | Unmended:
    """Take away what switches the check off, and name the algorithms that the file signs with."""
    calls = meant(parsed, [call for call in parsed.calls() if imported(parsed, call.func) in _DECODES])
    if len(calls) != 1 or spreads(calls[0]) or "#" in code(calls[0]):
        return Unmended("how the token is read cannot be seen")
    call = calls[0]
    key = argument(call, "key", 1)
    if key is None or code(key.value) in {"None", '""', "''", 'b""'}:
        return _NO_KEY
    algorithms = _algorithms(parsed, call)
    if algorithms is None:
        return _NO_ALGORITHM
    new = _without_switch(call)
    if new is None:
        return Unmended("what switches the check off cannot be seen")
    said = _said(new)
    if said is None:
        new = added(new, "algorithms", algorithms)
    elif code(said.value) != algorithms:
        new = given(new, said, algorithms)
    return Rewritten([(call, new)]) if code(new) != code(call) else _NO_ALGORITHM


def _said(call: cst.Call) -> cst.Arg | None:
    named = keyword(call, "algorithms")
    placed = positional(call)
    return named or (
        placed[2] if len(placed) > 2 and code(placed[2].value) not in {"False", "True"} else None
    )


def _algorithms(parsed: Parsed, call: cst.Call) -> str | None:
    """Write the algorithms: the call's own but for `none`, else those that the file signs with."""
    said = _said(call)
    if said is not None and isinstance(said.value, cst.List | cst.Tuple):
        kept = [one for one in said.value.elements if isinstance(plain(one.value), str)]
        if len(kept) != len(said.value.elements):
            return _signed_with(parsed)
        good = [code(one.value) for one in kept if str(plain(one.value)).lower() != "none"]
        if len(good) == len(kept):
            return code(said.value)
        return f"[{', '.join(good)}]" if good else _signed_with(parsed)
    if said is not None and code(said.value) != "None":
        return code(said.value)
    return _signed_with(parsed)


def _signed_with(parsed: Parsed) -> str | None:
    found = set()
    for call in m.findall(parsed.module, m.Call()):
        if isinstance(call, cst.Call) and imported(parsed, call.func) in _ENCODES:
            said = argument(call, "algorithm", 2)
            found.add(str(plain(said.value)) if said is not None else "")
    known = {name for name in found if name[:2] in {"HS", "RS", "ES", "PS", "Ed"}}
    return f'["{known.pop()}"]' if len(found) == len(known) == 1 else None


def _without_switch(call: cst.Call) -> cst.Call | None:
    """Take out `verify=False`, the third argument False, and `"verify_signature": False`."""
    verify, placed, options = keyword(call, "verify"), positional(call), keyword(call, "options")
    if verify is not None and code(verify.value) == "False":
        call = without(call, verify)
    if len(placed) > 2 and code(placed[2].value) == "False":
        call = without(call, placed[2])
    if options is None:
        return call
    if not isinstance(options.value, cst.Dict):
        return None if "verify" in code(options.value) else call
    off = m.DictElement(key=m.SimpleString(), value=m.Name("False"))
    kept = [one for one in options.value.elements if not (m.matches(one, off) and _is_switch(one))]
    if len(kept) == len(options.value.elements):
        return call
    if not kept:
        return without(call, options)
    kept[-1] = kept[-1].with_changes(comma=options.value.elements[-1].comma)
    new = options.with_changes(value=options.value.with_changes(elements=kept))
    return call.with_changes(args=[new if one is options else one for one in call.args])


def _is_switch(element: cst.BaseDictElement) -> bool:
    return isinstance(element, cst.DictElement) and plain(element.key) == "verify_signature"


FIXES = {"token-verified": fix(verified)}
