"""The words of a command as a list for `subprocess`."""

from collections.abc import Callable, Sequence

import libcst as cst

from reviewbot.patches.python.pieces import Hole
from reviewbot.patches.python.shell_words import FLAGS, NotPlainError, Word
from reviewbot.patches.python.wording import braced


def written(found: Sequence[Word], is_text: Callable[[Hole], bool]) -> list[cst.Element | cst.StarredElement]:
    """Write the words as elements of a list, with `--` where the program knows it. Raises `NotPlainError`."""
    program = (found[0].text or "").rpartition("/")[2]
    return [
        cst.StarredElement(one.several) if one.several is not None else cst.Element(_word(one, is_text))
        for one in _separated(program, found)
    ]


def _separated(program: str, found: Sequence[Word]) -> Sequence[Word]:
    """Put `--` before the first value that is an operand, where the program surely knows it."""
    flags = FLAGS.get(program)
    place = next((number for number, one in enumerate(found) if one.text is None), None)
    if flags is None or place is None:
        return found
    before = [one.text or "" for one in found[1:place]]
    behind = [one.text or "" for one in found[place:]]
    last = before[-1] if before else ""
    operand = not last.startswith("-") or (len(last) > 1 and set(last[1:]) <= set(flags))
    if (
        "--" in before
        or not operand
        or not _begins_with_hole(found[place])
        or any(one.startswith("-") for one in behind)
    ):
        return found
    return [*found[:place], Word(["--"]), *found[place:]]


def _begins_with_hole(word: Word) -> bool:
    parts = [part for part in word.parts if part != ""]
    return word.several is not None or isinstance(parts[0], Hole)


def _word(word: Word, is_text: Callable[[Hole], bool]) -> cst.BaseExpression:
    text = word.text
    if text is not None:
        return cst.SimpleString(f'"{text}"' if '"' not in text and "\\" not in text else repr(text))
    parts = [part for part in word.parts if part != ""]
    if len(parts) == 1 and isinstance(parts[0], Hole) and not parts[0].spec and parts[0].how != "d":
        hole = parts[0]
        return hole.alone if is_text(hole) else cst.Call(cst.Name("str"), [cst.Arg(hole.alone)])
    for quote in ('"', "'"):
        made = [_piece(part, quote) for part in parts]
        if all(one is not None for one in made):
            return cst.parse_expression(f"f{quote}{''.join(one or '' for one in made)}{quote}")
    raise NotPlainError("the text around a value is not understood")


def _piece(part: str | Hole, quote: str) -> str | None:
    if isinstance(part, Hole):
        return braced(Hole(part.value, "" if part.how == "s" else part.how, part.spec), quote)
    return None if quote in part or "\\" in part else part.replace("{", "{{").replace("}", "}}")
