"""Checks of files without a grammar: JSON and YAML are read strictly, of all else brackets and quotes are compared.

Indentation is looked at in all of them: it must nest what no edit touches as before.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from reviewbot.domain import strict_json
from reviewbot.patches.checks import texts, token_forbidden, token_model
from reviewbot.patches.checks.answering import Found
from reviewbot.patches.checks.comparing import Comparison, Key, Side
from reviewbot.patches.checks.leaves import WORD, Token, lexed
from reviewbot.patches.checks.tree_places import Lines, edited_lines

_DEEPEST = 100
_PAIRS = ("()", "[]", "{}")
_QUOTES = "\"'`"
_CONTROL = re.compile(
    r"(?i)if|else|elif|elsif|elseif|endif|unless|for|foreach|while|until|do|done|loop|return|throw|throws|raise|try|catch|except|finally|rescue|ensure|function|fn|func|fun|def|sub|class|interface|trait|struct|enum|switch|match|case|when|default|break|continue|goto|new|end|begin|use|using|include|require|import|echo|print|die|exit|yield|await|async|lambda|var|let|const|global|static|public|private|protected|local|declare|set|export|unset|eval|then|fi|esac|in|from|as|run|copy|add|user|entrypoint|cmd|shell|env|arg|workdir|expose|label|volume|healthcheck|stopsignal|onbuild"
)

_Chain = tuple[tuple[object, str], ...]
_Stand = tuple[Key | None, str, _Chain]
"""Where an untouched line is, what a line is called, and what it stands under."""


def judged(asked: Comparison) -> Found:
    """Compare both versions as text."""
    note = "text"
    read = _READERS.get(asked.language.name)
    if read is not None and read(asked.before.text):
        if not read(asked.after.text):
            return Found(parses="syntax")
        note = ""
    wrong = _parses(asked)
    if wrong:
        return Found(parses=wrong)
    had, has = _touched(asked.before), _touched(asked.after)
    forbidden = texts.forbidden(asked) or token_forbidden.forbidden(asked)
    work = "" if _nesting_kept(asked) else "structure"
    if asked.model:
        lines = [(line, line) for line in sorted(edited_lines(asked.before))]
        change = token_model.Change(had, has, (), lexed(asked.before.text))
        model = token_model.judged(asked, change, lines)
        forbidden, work = forbidden or model.forbidden, work or model.work
    return Found(
        in_place="beside" if asked.beside else "", nothing_forbidden=forbidden, work_kept=work, note=note
    )


def _is_json(text: str) -> bool:
    try:
        strict_json.loads(text, limit=4 * len(text) + 4, depth=_DEEPEST)
    except strict_json.BadJson:
        return False
    return True


def _is_yaml(text: str) -> bool:
    """Say whether this is YAML without the marks of a template. It is only taken apart: no value is made of it."""
    import yaml  # noqa: PLC0415 (a worker takes in what its files need)

    try:
        for _ in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except (yaml.YAMLError, RecursionError):
        return False
    return True


_READERS = {"json": _is_json, "yaml": _is_yaml}


def _touched(side: Side) -> Lines:
    """Choose the tokens of edited lines; words of control stand for the statements that a grammar would show."""
    lines = edited_lines(side)
    tokens: tuple[Token, ...] = tuple(one for one in lexed(side.text) if one.line in lines)
    return Lines(
        tokens,
        Counter(one.text.lower() for one in tokens if one.kind == WORD and _CONTROL.fullmatch(one.text)),
    )


def _parses(asked: Comparison) -> str:
    if _balance(asked.before) != _balance(asked.after):
        return "brackets"
    if asked.language.name != "yaml":
        return ""
    indented = [line for line in asked.after.edited() if line.strip()]
    if any("\t" in line[: len(line) - len(line.lstrip())] for line in indented):
        return "tabs"
    used = {_width(line) for line in asked.before.lines if line.strip()}
    steps = {one for one in used if one}
    step = min(steps) if steps else 1
    return "" if all(_width(line) in used or _width(line) % step == 0 for line in indented) else "indent"


def _balance(side: Side) -> list[int]:
    """Count what edited lines open and leave open, and whether they end inside of quotes."""
    text = "\n".join(side.edited())
    return [text.count(pair[0]) - text.count(pair[1]) for pair in _PAIRS] + [
        text.count(quote) % 2 for quote in _QUOTES
    ]


def _nesting_kept(asked: Comparison) -> bool:
    """Say whether every line stands under the same lines as before, as far as indentation tells.

    Of an edited line only what it is called can tell that it is the same, and only in YAML that matters.
    """
    had, has = list(_standing(asked.before)), list(_standing(asked.after))
    if Counter(one for one in had if one[0]) != Counter(one for one in has if one[0]):
        return False
    before, after = _edited(had), _edited(has)
    return asked.language.name != "yaml" or all(
        before[name] & after[name] for name in before.keys() & after.keys()
    )


def _edited(standing: Iterable[_Stand]) -> dict[str, set[_Chain]]:
    found: dict[str, set[_Chain]] = {}
    for key, name, chain in standing:
        if key is None:
            found.setdefault(name, set()).add(chain)
    return found


def _standing(side: Side) -> Iterator[_Stand]:
    edited = edited_lines(side)
    above: list[tuple[int, tuple[object, str]]] = []
    for number, line in enumerate(side.lines, 1):
        if not line.strip():
            continue
        key = None if number in edited else side.key(number, number)
        levels = list(_levels(line))
        while above and above[-1][0] >= levels[0][0]:
            above.pop()
        yield (
            key,
            levels[-1][1],
            tuple(name for _, name in (*above, *((0, (key, name)) for _, name in levels[:-1]))),
        )
        above += [(width, (key, name)) for width, name in levels]


def _levels(line: str) -> Iterator[tuple[int, str]]:
    """Give what a line opens for those below it: an item of a list, and a setting or a block by its name."""
    width, rest = _width(line), line.strip()
    while rest.startswith("- "):
        yield width, "-"
        width, rest = width + 2, rest[2:].lstrip()
    yield width, rest.partition(":")[0].partition("=")[0].strip().partition(" ")[0]


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())
