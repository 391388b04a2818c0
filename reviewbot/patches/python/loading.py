"""YAML is read by the safe loader, text by `ast.literal_eval`, archives with the filter for data."""

import ast
import re

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.names import Renamed, imported, sibling
from reviewbot.patches.python.origins import made_by, plain, values
from reviewbot.patches.python.statements import below, changed
from reviewbot.patches.python.texts import read

_SAFE = {
    "yaml.load": "safe_load", "yaml.unsafe_load": "safe_load", "yaml.full_load": "safe_load",
    "yaml.load_all": "safe_load_all", "yaml.unsafe_load_all": "safe_load_all", "yaml.full_load_all": "safe_load_all",
}  # fmt: skip
_LOADER = re.compile(r"yaml\.(?:loader\.|cyaml\.)?(C?)(?:Unsafe|Full)?Loader")
_OWN_TAGS = (
    "add_constructor",
    "add_multi_constructor",
    "add_implicit_resolver",
    "add_path_resolver",
    "YAMLObject",
)
_NO_LITERAL = re.compile(r"(?i)func|class|module|lambda|callback|attr|condition|predicate|code|script|source")


def _safely_loaded(parsed: Parsed) -> Rewritten | Unmended:
    calls = [call for call in parsed.calls(*_SAFE) if not arguments.spreads(call)]
    calls = [one for one in meant(parsed, calls) if _loader(parsed, one) is not None]
    if len(calls) != 1:
        return Unmended("it is not seen which loader reads the document")
    if m.findall(parsed.module, m.Name(value=m.MatchIfTrue(lambda name: name in _OWN_TAGS))):
        return Unmended("the file teaches the loader tags of its own, which the safe loader does not know")
    call = calls[0]
    loader = arguments.argument(call, "Loader", 1)
    if loader is not None and _loader(parsed, call) == "C":
        renamed = sibling(parsed, loader.value, "CSafeLoader")
        return Rewritten(renamed.replacements, renamed.imports) if renamed is not None else _unclear()
    if loader is not None and arguments.remarked(call, loader):
        return Unmended("a comment stands beside the argument that has to go")
    renamed = sibling(parsed, call.func, _SAFE[imported(parsed, call.func)])
    return _unclear() if renamed is None else Rewritten(*_renamed_call(parsed, call, loader, renamed))


def _unclear() -> Unmended:
    return Unmended("the name of the function is bound in a way that is not understood")


def _renamed_call(
    parsed: Parsed, call: cst.Call, gone: cst.Arg | None, renamed: Renamed
) -> tuple[list[tuple[cst.CSTNode, cst.CSTNode]], tuple[str, ...]]:
    inside = [pair for pair in renamed.replacements if below(parsed, pair[0], call)]
    outside = [pair for pair in renamed.replacements if not below(parsed, pair[0], call)]
    new = arguments.without(call, gone) if gone is not None else call
    return [*outside, (call, changed(new, *inside))], renamed.imports


def _loader(parsed: Parsed, call: cst.Call) -> str | None:
    """Say whether the loader is of the kind in C (`C`) or not (""); None if it is no unsafe one of the library."""
    loader = arguments.argument(call, "Loader", 1)
    if loader is None:
        return "" if len(call.args) == 1 else None
    found = [_LOADER.fullmatch(one.name) for one in parsed.names(loader.value)]
    kinds = {one[1] if one is not None else None for one in found}
    if not kinds or None in kinds or len(call.args) != 2:
        return None
    return "C" if kinds == {"C"} else ""


def _literally_read(parsed: Parsed) -> Rewritten | Unmended:
    calls = meant(parsed, parsed.calls("builtins.eval"))
    if len(calls) != 1:
        return Unmended("code is run here that is no single expression")
    call = calls[0]
    if len(call.args) != 1 or call.args[0].star:
        return Unmended("the expression is given names of its own, so it is more than a value")
    above = parsed.parent(call)
    if (isinstance(above, cst.Call) and above.func is call) or isinstance(above, cst.Attribute):
        return Unmended("what comes out is called or has members, so it is no plain value")
    text = call.args[0].value
    kept = [text, *(values(parsed, text) or ())]
    if any(_is_more(one) or _NO_LITERAL.search(code(one)) for one in kept):
        return Unmended("the text is built here, or its name says that it is more than a value")
    return Rewritten([(call.func, expression("ast.literal_eval"))], ("ast",))


def _is_more(node: cst.BaseExpression) -> bool:
    """Say whether a text is built here, or is an expression that is more than a value. Both functions refuse what is none."""
    text = plain(node)
    if not isinstance(text, str):
        return read(node) is not None
    try:
        ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return False
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return True
    return False


def _filtered(parsed: Parsed) -> Rewritten | Unmended:
    found = []
    for call in parsed.calls():
        func = call.func
        if not isinstance(func, cst.Attribute) or func.attr.value not in {"extract", "extractall"}:
            continue
        opened = {imported(parsed, one.func) for one in made_by(parsed, func.value)}
        if opened and opened <= {"tarfile.open", "tarfile.TarFile", "tarfile.TarFile.open"}:
            found.append(call)
    found = [one for one in meant(parsed, found) if not arguments.spreads(one)]
    if len(found) != 1 or arguments.keyword(found[0], "filter") is not None:
        return Unmended("it is not seen that this is an archive of `tarfile`")
    return Rewritten([(found[0], arguments.added(found[0], "filter", '"data"'))])


FIXES = {
    "yaml-safe-load": fix(_safely_loaded),
    "literal-eval": fix(_literally_read),
    "tar-filter": fix(_filtered),
}
