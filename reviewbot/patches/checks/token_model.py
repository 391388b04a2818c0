"""How a model's patch of a file in another language than Python is judged, by its tokens on edited lines.

Only the lines that the finding stands on may change. Every word, text and value that is new must be on the lists of
`remedies_tokens`, and every one that is gone too; the words that stay keep their order, once new variables are seen
through.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewbot.patches.checks import remedies_tokens as known
from reviewbot.patches.checks.comparing import Comparison
from reviewbot.patches.checks.leaves import COMMENT, SIGN, TEXT, WORD, Token
from reviewbot.patches.checks.token_details import wrong
from reviewbot.patches.checks.token_shapes import decided_alike, in_order, texts_alike
from reviewbot.patches.checks.token_values import TRUTHS, brought, gone
from reviewbot.patches.checks.token_work import called
from reviewbot.patches.checks.tree_places import Lines

_DECLARES = frozenset({"const", "let", "var", "val", "final", "auto", "String", "local"})
_DECIDE = frozenset(
    {"||", "&&", "!", "==", "===", "!=", "!==", "<", ">", "<=", ">=", "?", "??", "=>", "|", "&", "^", "~", "-", "*", "/", "<<", ">>",
     "and", "or", "not", "in", "is", "instanceof", "typeof", "delete", "void", "await", "async", "yield", "new", "unless", "->", "++", "--",
     "+=", "-=", "*=", "/=", "|=", "&=", "??=", "||=", "&&=", "...", "goto", ":=", "<-", "throw", "raise", "panic", "return"}
)  # fmt: skip
_COMPARE = frozenset({"==", "===", "!=", "!=="})
_TURN = frozenset({"!", "!=", "!==", "not", "unless"})
_ACTS = frozenset({"=", "=>", "++", "--", "+=", "-=", "await", "delete"})
_IF = frozenset({"if", "unless"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """The codes of the two steps; "" where all is well."""

    forbidden: str = ""
    work: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the edited lines. `tests` are the conditions of new guards, which are no part of `has`.

    `file` are all tokens of the file as it was.
    """

    had: Lines
    has: Lines
    tests: Sequence[Token]
    file: Sequence[Token]

    @property
    def everywhere(self) -> set[str]:
        """All words of the file as it was."""
        return {one.text for one in self.file if one.kind == WORD}

    @property
    def fresh(self) -> set[str]:
        """The variables that are new."""
        pairs = itertools.pairwise(self.has.tokens)
        declared = {after.text for one, after in pairs if one.text in _DECLARES and after.kind == WORD}
        return declared - self.everywhere


def judged(asked: Comparison, change: Change, statements: Sequence[tuple[int, int]]) -> Judgement:
    """Hold a model's edit to the lists of remedies; `statements` are the lines of those that it touches."""
    had, has = change.had, change.has
    if any(not asked.found(first, last) for first, last in statements):
        return Judgement(work="elsewhere")
    if has.kinds != had.kinds:
        return Judgement(work="guard" if set(has.kinds - had.kinds) & _IF else "flow")
    said, says = (Counter(one.text for one in side.tokens if one.kind == COMMENT) for side in (had, has))
    if says - said:
        return Judgement(forbidden="comment")
    if said - says or asked.moves_blanks():
        return Judgement(work="comment" if said - says else "blank")
    forbidden = (
        _words_brought(asked, change)
        or brought(had.tokens, has.tokens, change.tests)
        or wrong(had.tokens, has.tokens, asked.language.family)
    )
    if forbidden:
        return Judgement(forbidden)
    return Judgement(
        work=_order_kept(asked, change) or gone(had.tokens, has.tokens) or _shapes_kept(asked, change)
    )


def _shapes_kept(asked: Comparison, change: Change) -> str:
    had, has = change.had.tokens, change.has.tokens
    inlined = list(_inlined(change))
    if not decided_alike(had, inlined):
        return "operator"
    if not in_order(had, inlined):
        return "name"
    return "moved" if asked.language.family != "bash" and not texts_alike(had, has) else ""


def _words_brought(asked: Comparison, change: Change) -> str:
    has = change.has.tokens
    approved = {part for name in asked.approved for part in re.split(r"[.:/]+", name)}
    remedies = known.WORDS.get(asked.language.family, frozenset()) | approved
    new = Counter(one.text for one in has if one.kind == WORD and one.text not in TRUTHS)
    new -= Counter(one.text for one in change.had.tokens if one.kind == WORD)
    calls = set(called(has))
    for word in new:
        if word in remedies or (word in change.fresh and word not in calls):
            continue
        if word in _DECIDE | calls | _acting(asked, change) or word not in change.everywhere:
            return "call" if word in calls else "name"
    tested = {one.text for one in change.tests if one.kind == WORD}
    if ((tested - change.everywhere - change.fresh) | set(called(change.tests))) - remedies - known.ASKED:
        return "call"
    return _signs_brought(change)


def _acting(asked: Comparison, change: Change) -> set[str]:
    """Name what the file calls, and what it reaches for in something else; in a shell every word can be a command."""
    if asked.language.family == "bash":
        return change.everywhere
    pairs = itertools.pairwise(change.file)
    return {after.text for one, after in pairs if one.text in {".", "?.", "::", "->"}} | set(
        called(change.file)
    )


def _signs_brought(change: Change) -> str:
    had, has = change.had.tokens, change.has.tokens
    if any(sum(one.text == name for one in (*has, *change.tests)) < 2 for name in change.fresh):
        return "name"
    more = _decided(has) - _decided(had) - Counter({"=": len(change.fresh)})
    if more or not _compares_alike(had, has) or _turned(has) % 2 != _turned(had) % 2:
        return "operator"
    return "operator" if any(one.text in _ACTS for one in change.tests) else ""


def _decided(tokens: Sequence[Token]) -> Counter[str]:
    return Counter(
        one.text
        for one in tokens
        if one.kind in {SIGN, WORD} and one.text in _DECIDE | {"="} and one.text not in _COMPARE
    )


def _compares_alike(had: Sequence[Token], has: Sequence[Token]) -> bool:
    """Say whether there are as many comparisons, as strict: only one in constant time takes another's place."""
    old, new = (Counter(one.text for one in side if one.kind != TEXT) for side in (had, has))
    safer = sum(new[name] - old[name] for name in known.COMPARES)
    more = {sign: new[sign] - old[sign] for sign in _COMPARE}
    return all(count <= 0 for count in more.values()) and sum(more.values()) + safer == 0


def _turned(tokens: Sequence[Token]) -> int:
    return sum(one.text in _TURN for one in tokens if one.kind != TEXT)


def _order_kept(asked: Comparison, change: Change) -> str:
    """Say what is wrong if a word that was there is gone, or stands somewhere else."""
    passing = known.DROPPED | TRUTHS | known.LOSABLE
    if asked.language.family != "bash":
        passing |= known.DANGEROUS
    had = change.had.tokens
    rest = (one.text for one in _inlined(change) if one.kind == WORD)
    if any(one.text not in rest for one in had if one.kind == WORD and one.text not in passing):
        return "name"
    lost = _decided(had) - _decided(change.has.tokens)
    return "flow" if any(lost[sign] for sign in _DECIDE - {"new"}) else ""


def _inlined(change: Change) -> Iterator[Token]:
    """Give the tokens with what a new variable was given in its place."""
    meant: dict[str, list[Token]] = {}
    tokens = change.has.tokens
    at = 0
    while at < len(tokens):
        name = tokens[at + 1].text if at + 2 < len(tokens) else ""
        if tokens[at].text in _DECLARES and name in change.fresh and tokens[at + 2].text == "=":
            end = _end(tokens, at + 3)
            meant[name] = [part for one in tokens[at + 3 : end] for part in meant.get(one.text, [one])]
            at = end
            continue
        yield from meant.get(tokens[at].text, [tokens[at]])
        at += 1


def _end(tokens: Sequence[Token], at: int) -> int:
    """Find where a statement ends: at a semicolon, or with its line, outside of all brackets."""
    depth, start = 0, at
    while at < len(tokens):
        text = tokens[at].text
        if depth == 0 and (text == ";" or (at > start and tokens[at].line > tokens[at - 1].line)):
            return at
        depth += (text in {"(", "[", "{", "${"}) - (text in {")", "]", "}"})
        at += 1
    return at
