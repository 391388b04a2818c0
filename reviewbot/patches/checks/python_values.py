"""Texts, numbers and arguments of a model's patch: what it brings and what it loses."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewbot.patches.checks import remedies_python as known
from reviewbot.patches.checks.python_atoms import Atoms, atoms, words
from reviewbot.patches.checks.python_places import Entry
from reviewbot.patches.checks.python_tree import Names, head_parts, is_compound

_FOLDER = re.compile(r"/[\w./-]+")
_SETTINGS = frozenset(name for name, _ in known.SETTINGS)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,60}")


@dataclass(frozen=True, slots=True)
class Part:
    """Statements of one version, with what they consist of. `names` are those of the version's imports."""

    entries: tuple[Entry, ...]
    names: Names
    atoms: Atoms

    @classmethod
    def of(cls, entries: Iterable[Entry], names: Names) -> "Part":
        """Take statements apart."""
        chosen = tuple(entries)
        return cls(chosen, names, atoms([one.node for one in chosen], names))


def brought(old: Part, new: Part, tests: Atoms) -> str:
    """Give the code of what a remedy has no use for; `tests` are the conditions of new guards."""
    had, has = old.atoms, new.atoms
    outside = Counter(word for name in (*_variables(new), *_folders(has, had)) for word in words(name))
    if any(word not in known.WORDS for word in has.words - had.words - outside):
        return "word"
    if any(word not in known.WORDS and word not in had.words for word in tests.words):
        return "word"
    if _set_wrongly(new):
        return "value"
    fresh = has.keywords - had.keywords
    args = {arg for arg, _ in had.keywords}
    for call, arg, value in has.given - had.given:
        if (
            (arg, value) in fresh
            and not (value == "…" and arg in args)
            and not _may_be_given(call, arg, value)
        ):
            return "value"
    free = Counter(_free(new)) + Counter(value for _, value in fresh.elements())
    return "value" if has.values - had.values - free else ""


def _folders(has: Atoms, had: Atoms) -> Iterator[str]:
    """Give the texts that are the beginning of a path that was there."""
    for text in set(has.texts):
        if _FOLDER.fullmatch(text) and any(one.startswith(text) for one in had.texts):
            yield text


def _may_be_given(call: str, arg: str, value: str) -> bool:
    of, pattern = known.KEYWORDS.get(arg, (None, None))
    return of is not None and pattern is not None and bool(of.fullmatch(call) and pattern.fullmatch(value))


def gone(old: Part, new: Part) -> str:
    """Give the code of what is lost and should not be."""
    had, has = old.atoms, new.atoms
    lost = had.keywords - has.keywords
    still = {arg for arg, _ in has.keywords}
    if any(arg not in known.DROPPED_KEYWORDS and arg not in still for arg, _ in lost):
        return "argument"
    free = Counter(_free(old)) + Counter(value for _, value in lost.elements())
    if had.values - has.values - free:
        return "value"
    shelled = any(call.startswith(("os.", "subprocess.", "commands.")) for call in had.calls)
    return (
        "" if _texts_kept(had.texts, has.texts, apart=shelled, spare=len(list(_variables(new)))) else "word"
    )


def _texts_kept(old: Sequence[str], new: Sequence[str], *, apart: bool, spare: int) -> bool:
    """Hold texts to their words, each in one piece; where a shell's line becomes a list, its words may be `apart`.

    As many texts without a space as `spare` may be read from outside now.
    """
    wholes = [[word for text in new for word in words(text)]] if apart else [words(text) for text in new]
    for text in old:
        if any(_within(words(text), whole) for whole in wholes) or known.LOST_TEXTS.fullmatch(text):
            continue
        spare -= 1
        if spare < 0 or " " in text:
            return False
    return True


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    return any(list(whole[at : at + len(part)]) == list(part) for at in range(len(whole) - len(part) + 1))


def _variables(part: Part) -> Iterator[str]:
    """Give the names of environment variables that are read."""
    for node in nodes(part.entries):
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str(name))) if (
                part.names.dotted(value) == "os.environ"
            ):
                pass
            case ast.Call(func=func, args=[ast.Constant(value=str(name))]) if part.names.dotted(func) in {
                "os.getenv",
                "os.environ.get",
            }:
                pass
            case _:
                continue
        if _VARIABLE.fullmatch(name):
            yield name


def _free(part: Part) -> Iterator[str]:
    """Give the values that are the business of the call that they are given to, or of the setting that gets them."""
    for node in nodes(part.entries):
        if isinstance(node, ast.Call) and part.names.dotted(node.func) in known.COUNTED:
            inside = (one for argument in node.args for one in ast.walk(argument))
            yield from (
                repr(one.value) for one in inside if isinstance(one, ast.Constant) and type(one.value) is int
            )
        elif isinstance(node, ast.Assign) and any(_called(target) in _SETTINGS for target in node.targets):
            yield repr(node.value.value) if isinstance(node.value, ast.Constant) else ""


def _set_wrongly(part: Part) -> bool:
    """Say whether a known setting gets another value than a remedy gives it."""
    given = {
        (_called(target), repr(node.value.value))
        for node in nodes(part.entries)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
    }
    return any(name in _SETTINGS and (name, value) not in known.SETTINGS for name, value in given)


def _called(target: ast.expr) -> str:
    """Give the name under which something is set."""
    match target:
        case (
            ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name)))
        ):
            return name
    return ""


def nodes(entries: Sequence[Entry]) -> Iterator[ast.AST]:
    """Walk over statements; of compound ones only over what stands before their blocks."""
    for one in entries:
        for part in head_parts(one.node) if is_compound(one.node) else [one.node]:
            yield from ast.walk(part)
