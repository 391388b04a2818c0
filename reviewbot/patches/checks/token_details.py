"""Small things of a model's patch that undo it, in other languages than Python: see `python_details`."""

from collections import Counter
from collections.abc import Iterator, Sequence

from reviewbot.patches.checks import remedies_tokens as known
from reviewbot.patches.checks.leaves import NUMBER, TEXT, WORD, Token
from reviewbot.patches.checks.token_shapes import Group, groups, nested, parted

_QUOTES = "'\"`"
_COMMA = frozenset({","})
_IN_COMPARED = frozenset(
    {"Buffer", "from", "String", "toString", "crypto", "createHash", "createHmac", "update", "digest", "getBytes", "StandardCharsets",
     "UTF_8", "byte", "utf8", "utf-8", "sha256"}
)  # fmt: skip
"""What a comparison may bring: it keeps apart what is not equal."""
_READ = frozenset({"textContent", "sep", "origin", "stdin", "env"})
_TO_TEXT = frozenset(
    {
        "randomBytes",
        "digest",
        "update",
        "scryptSync",
        "pbkdf2Sync",
        "randomUUID",
        "getRandomValues",
        "randomInt",
    }
)
_RANDOM = frozenset({"randomBytes", "urlsafe_base64"})
_FEWEST = 12
_STARTS = frozenset({"execFile", "execFileSync", "spawn", "spawnSync"})
_JOINS = frozenset({"join", "resolve", "Join"})
_VALUES = known.PAIRS | {("samesite", "lax"), ("samesite", "strict")}
_NAMES = {name for name, _ in known.PAIRS} | {"sameSite", "samesite"}
_BEFORE_LIST = frozenset({"(", ",", ":", "[", "..."})

_Items = Sequence[Token | Group]


def wrong(had: Sequence[Token], has: Sequence[Token], family: str) -> str:
    """Give the code of what a remedy would not do so."""
    old, new = nested(had), nested(has)
    words = {one.text.strip(_QUOTES) for one in had}
    if any(not _compares_well(one, words) for one in _calls(new, known.COMPARES)):
        return "call"
    if _set(has) - _set(had) - _VALUES or any(_is_short(one) for one in _calls(new, _RANDOM)):
        return "value"
    if any(_is_rooted(one, words) for one in _calls(new, _JOINS)):
        return "word"
    if family != "script":
        return ""
    if Counter(_odd(new)) - Counter(_odd(old)) or any(not _starts_well(one) for one in _calls(new, _STARTS)):
        return "operator"
    return "name" if Counter(_read(new)) - Counter(_read(old)) else ""


def _set(tokens: Sequence[Token]) -> set[tuple[str, str]]:
    """Pair the settings that a remedy knows with what they are set to."""
    return {
        (name if name != "sameSite" else "samesite", value.text.strip(_QUOTES).lower())
        for one, sign, value in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if (name := one.text.strip(_QUOTES)) in _NAMES and sign.text in {":", "="}
    }


def _calls(group: Group, names: frozenset[str]) -> Iterator[tuple[_Items, Group]]:
    """Give what stands before a call of one of these names, and its brackets."""
    for one in groups(group):
        for at, item in enumerate(one.items):
            before = one.items[at - 1] if at else None
            if (
                isinstance(item, Group)
                and item.opened == "("
                and isinstance(before, Token)
                and before.text in names
            ):
                yield one.items[: at - 1], item


def _compares_well(call: tuple[_Items, Group], words: set[str]) -> bool:
    """Say whether two values are compared as they are: each whole, with nothing but how it becomes bytes."""
    brackets = call[1]
    parts = list(parted(brackets.items, _COMMA))
    tokens = [item for one in groups(brackets) for item in one.items if isinstance(item, Token)]
    fresh = {one.text.strip(_QUOTES) for one in tokens if one.kind in {WORD, TEXT}} - words
    filled = any(one.opened == "[" and one.items for one in groups(brackets)) and "[" not in words
    return (
        len(parts) == 2
        and all(_names(part) & words for part in parts)
        and fresh <= _IN_COMPARED
        and not filled
        and not any(_is_list(one) for one in groups(brackets) if one is not brackets)
    )


def _is_list(brackets: Group) -> bool:
    """Say whether more is given than a value and its encoding."""
    later = list(parted(brackets.items, _COMMA))[1:]
    return any(not _is_constant(part) for part in later)


def _is_constant(part: _Items) -> bool:
    return all(isinstance(one, Token) and one.kind == TEXT for one in part)


def _names(part: _Items) -> set[str]:
    return {
        item.text for one in groups(Group("", list(part))) for item in one.items
        if isinstance(item, Token) and item.kind == WORD and item.text not in _IN_COMPARED
    }  # fmt: skip


def _is_rooted(call: tuple[_Items, Group], words: set[str]) -> bool:
    """Say whether a path is joined with a part that begins anew, or leads up."""
    later = list(parted(call[1].items, _COMMA))[1:]
    return any(
        isinstance(one, Token) and one.kind == TEXT and one.text.strip(_QUOTES) not in words
        and (one.text.strip(_QUOTES).startswith(("/", "\\")) or ".." in one.text)
        for part in later for one in part
    )  # fmt: skip


def _is_short(call: tuple[_Items, Group]) -> bool:
    """Say whether a secret has fewer bytes than nobody guesses."""
    return any(
        isinstance(one, Token) and one.kind == NUMBER and one.text.isdigit() and int(one.text) < _FEWEST
        for one in call[1].items
    )


def _starts_well(call: tuple[_Items, Group]) -> bool:
    """Say whether the program is named by a word of its own."""
    first = next(parted(call[1].items, _COMMA))
    return (
        len(first) == 1 and isinstance(first[0], Token) and first[0].kind == TEXT and " " not in first[0].text
    )


def _odd(group: Group) -> Iterator[str]:
    """Name what puts a value into something else: a list that is no argument, brackets round two values, `?.`."""
    for one in groups(group):
        for at, item in enumerate(one.items):
            before = one.items[at - 1] if at else None
            if isinstance(item, Token):
                if item.text == "?.":
                    yield "?."
                continue
            word = before.text if isinstance(before, Token) and before.kind == WORD else ""
            called = isinstance(before, Group) or (word and word not in known.CONTROL and word != "async")
            if item.opened == "[" and not called and not _is_argument(one, before):
                yield "["
            if item.opened == "(" and not called and _is_pair(one, at):
                yield "("
            if (
                item.opened in {"[", "${", "("}
                and any(isinstance(part, Token) and part.text in known.COMPARES for part in item.items)
                and (called or item.opened != "(")
            ):
                yield "compared"


def _is_argument(group: Group, before: Token | Group | None) -> bool:
    if before is None:
        return group.opened in {"(", "["}
    return isinstance(before, Token) and before.text in _BEFORE_LIST


def _is_pair(group: Group, at: int) -> bool:
    item, after = group.items[at], group.items[at + 1] if at + 1 < len(group.items) else None
    arrow = isinstance(after, Token) and after.text == "=>"
    assert isinstance(item, Group)
    return not arrow and any(isinstance(one, Token) and one.text == "," for one in item.items)


def _read(group: Group) -> Iterator[str]:
    """Give the properties that are read by the words of remedies, and texts that are made of results."""
    remedies = known.WORDS["script"]
    for one in groups(group):
        for at, item in enumerate(one.items):
            before = one.items[at - 1] if at else None
            after = one.items[at + 1] if at + 1 < len(one.items) else None
            if (
                not isinstance(item, Token)
                or not isinstance(before, Token)
                or before.text != "."
                or item.text not in remedies
            ):
                continue
            called = isinstance(after, Group) and after.opened == "("
            if not called and item.text not in _READ:
                yield item.text
            if called and item.text == "toString" and not _of_random(one.items, at - 2):
                yield item.text


def _of_random(items: _Items, at: int) -> bool:
    callee = items[at - 1] if at > 0 else None
    return isinstance(callee, Token) and callee.text in _TO_TEXT
