"""How the parts of a model's patch stand to each other, in other languages than Python: see `python_shapes`.

Texts that are built from values keep their words and holes, conditions their parts and which of them are turned round,
and texts, numbers and names their order.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reviewbot.patches.checks import remedies_tokens as known
from reviewbot.patches.checks.leaves import NUMBER, TEXT, WORD, Token
from reviewbot.patches.checks.python_patterns import HOLE, numbered, text_pattern

_OPEN = {"(": ")", "[": "]", "{": "}", "${": "}", "#{": "}"}
_CLOSE = frozenset(_OPEN.values())
_JOINTS = frozenset({"&&", "||", "and", "or"})
_TURN = frozenset({"!", "!=", "!==", "not", "unless"})
_COMPARE = frozenset({"==", "===", "!=", "!=="})
_BETWEEN = frozenset({",", ";", "=", ":=", ":", "=>", "return"})


@dataclass(frozen=True, slots=True)
class Group:
    """What stands in brackets."""

    opened: str
    items: list["Token | Group"] = field(default_factory=list)


def texts_alike(had: Sequence[Token], has: Sequence[Token]) -> bool:
    """Say whether each built text is there again, in one piece or as a list of arguments."""
    new = nested(has)
    whole = {tuple(one) for one in _elements(new)}
    lists = [one for one in _lists(new) if HOLE in one]
    wanted = [
        tuple(one) for one in _elements(nested(had)) if HOLE in one and any(word[0].isalnum() for word in one)
    ]
    if not all(one in whole or any(_within(one, each) for each in lists) for one in wanted):
        return False
    old = {one.text for one in had}
    return all(numbered(one.text) for one in has if one.kind == TEXT and one.text not in old)


def nested(tokens: Sequence[Token]) -> Group:
    """Nest tokens by their brackets; one that closes nothing is left out."""
    stack = [Group("")]
    for one in tokens:
        if one.kind != TEXT and one.text in _OPEN:
            stack.append(Group(one.text))
            stack[-2].items.append(stack[-1])
        elif one.kind != TEXT and one.text in _CLOSE:
            if len(stack) > 1 and _OPEN[stack[-1].opened] == one.text:
                stack.pop()
        else:
            stack[-1].items.append(one)
    return stack[0]


def groups(group: Group) -> Iterator[Group]:
    """Give a group and all inside it."""
    stack = [group]
    while stack:
        one = stack.pop()
        yield one
        stack += [item for item in one.items if isinstance(item, Group)]


def parted(items: Sequence[Token | Group], signs: frozenset[str]) -> Iterator[list[Token | Group]]:
    """Part what stands in brackets at signs."""
    part: list[Token | Group] = []
    for one in items:
        if isinstance(one, Token) and one.kind != TEXT and one.text in signs:
            yield part
            part = []
        else:
            part.append(one)
    yield part


def _elements(group: Group) -> Iterator[list[str]]:
    for one in groups(group):
        for part in parted(one.items, _BETWEEN):
            yield _pattern(part)


def _lists(group: Group) -> Iterator[list[str]]:
    for one in groups(group):
        if one.opened in {"(", "["}:
            yield list(_flat(one))


def _flat(group: Group) -> Iterator[str]:
    for part in parted(group.items, frozenset({","})):
        match part:
            case [Group(opened="[") as inner]:
                yield from _flat(inner)
            case _:
                yield from _pattern(part)


def _pattern(items: Sequence[Token | Group]) -> list[str]:
    """Give the words of a text, with the places where values are put in."""
    return [word for part in parted(items, frozenset({"+"})) for word in _operand(part)]


def _operand(items: Sequence[Token | Group]) -> list[str]:
    found: list[str] = []
    for one in items:
        if isinstance(one, Token) and one.kind == TEXT:
            found += text_pattern(one.text)
        elif isinstance(one, Group) and one.opened in {"${", "#{"}:
            found.append(HOLE)
        else:
            return [HOLE]
    return found


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    return any(tuple(whole[at : at + len(part)]) == tuple(part) for at in range(len(whole) - len(part) + 1))


def in_order(had: Sequence[Token], has: Sequence[Token]) -> bool:
    """Say whether names, texts and numbers that are there on both sides have kept their order."""
    old, new = ([one.text for one in side if one.kind in {WORD, TEXT, NUMBER}] for side in (had, has))
    before, after = Counter(old), Counter(new)
    rest = iter(new)
    return all(one in rest for one in old if before[one] <= after[one])


def decided_alike(had: Sequence[Token], has: Sequence[Token]) -> bool:
    """Say whether conditions have the same parts, each turned round as it was."""
    old, new = list(_parts(had)), list(_parts(has))
    if len(old) != len(new):
        return False
    if len(old) == 1:
        return True
    passing = known.DROPPED | known.DANGEROUS
    return all(
        before[0] == after[0] and before[1] == after[1] and not before[2] - after[2] - passing
        for before, after in zip(old, new, strict=True)
    )


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[bool, bool, set[str]]]:
    for joint, group in itertools.groupby(tokens, lambda one: one.kind != TEXT and one.text in _JOINTS):
        if joint:
            continue
        part = [one for one in group if one.kind != TEXT]
        words = {one.text for one in part if one.kind == WORD}
        yield (
            sum(one.text in _TURN for one in part) % 2 == 1,
            any(one.text in _COMPARE | known.COMPARES for one in part),
            words,
        )
