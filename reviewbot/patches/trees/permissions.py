"""What a workflow's token may do, and where it is left lying about."""

import re

from reviewbot.patches.fixing import Asked, Fix, Mended, Unmended
from reviewbot.patches.trees.source import UNCLEAR
from reviewbot.patches.trees.workflow import Key, Step, column, key_on, step_of


def _read_only(asked: Asked) -> Mended | Unmended:
    """Give the job's token the right to read the code, and no other."""
    lines = asked.text.split("\n")
    for number in range(asked.first - 1, min(asked.last, len(lines))):
        key = key_on(lines, number)
        if key is not None and key.name == "runs-on" and not key.item:
            pad = " " * key.column
            lines[number:number] = [f"{pad}permissions:", f"{pad}  contents: read"]
            return Mended("\n".join(lines))
    return UNCLEAR


def _not_kept(asked: Asked) -> Mended | Unmended:
    """Let no checkout of the job leave its token in the tree that is handed out."""
    lines = asked.text.split("\n")
    holder = _list_of_steps(lines, asked.first - 1) if asked.first <= len(lines) else None
    if holder is None:
        return UNCLEAR
    changed = False
    for step in reversed(_steps(lines, holder.line + 1, holder.column)):
        uses = step.key("uses")
        if uses is None or not re.match(r"[\"']?actions/checkout@", uses.rest):
            continue
        if not _with_setting(lines, step, uses.line):
            return UNCLEAR
        changed = True
    return Mended("\n".join(lines)) if changed else UNCLEAR


def _list_of_steps(lines: list[str], number: int) -> Key | None:
    """Find the `steps:` that a line belongs to."""
    limit = column(lines[number])
    for position in range(number - 1, -1, -1):
        line = lines[position]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key = key_on(lines, position)
        if key is not None and key.name == "steps" and not key.item and column(line) <= limit:
            return key
        limit = min(limit, column(line))
    return None


def _steps(lines: list[str], first: int, left: int) -> list[Step]:
    found: list[Step] = []
    position = first
    while position < len(lines):
        key = key_on(lines, position)
        step = step_of(lines, key) if key is not None and key.item else None
        if step is not None:
            found.append(step)
            position = step.end
        elif (
            lines[position].strip()
            and column(lines[position]) <= left
            and not lines[position].lstrip().startswith("#")
        ):
            break
        else:
            position += 1
    return found


def _with_setting(lines: list[str], step: Step, uses: int) -> bool:
    """Add `persist-credentials: false` to a step's `with:`, in the way that it is written."""
    setting = "persist-credentials: false"
    given = step.key("with")
    if given is None:
        pad = " " * step.keys[0].column
        lines[uses + 1 : uses + 1] = [f"{pad}with:", f"{pad}  {setting}"]
        return True
    if given.rest:
        inside = re.fullmatch(r"\{\s*(.*?)\s*\}", given.rest)
        if inside is None or "persist-credentials" in given.rest:
            return False
        head = lines[given.line].index("{")
        lines[given.line] = (
            f"{lines[given.line][:head]}{{{', '.join(one for one in (inside[1], setting) if one)}}}"
        )
        return True
    child = lines[given.line + 1] if given.line + 1 < len(lines) else ""
    body = "\n".join(lines[given.line : step.end])
    if not child.strip() or column(child) <= given.column or "persist-credentials" in body:
        return False
    lines.insert(given.line + 1, " " * column(child) + setting)
    return True


FIXES: dict[str, Fix] = {"job-reads-only": _read_only, "checkout-without-token": _not_kept}
"""Structural fixes by name."""
