"""Values of an event that a CI job puts into a script: handed over in variables, which no shell reads as code."""

import re
from collections.abc import Sequence

from reviewbot.patches.fixing import Asked, Fix, Mended, Unmended
from reviewbot.patches.trees.shell_quotes import Place, place_of
from reviewbot.patches.trees.source import UNCLEAR
from reviewbot.patches.trees.workflow import Key, Step, block_above, column, key_above, key_on, step_of

_CHOSEN = (
    r"github\.event\.(?:issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|comment\.body|"
    r"review\.body|review_comment\.body|discussion\.(?:title|body)|pages[\w.*\[\]]*page_name|"
    r"commits[\w.*\[\]]*\.(?:message|author\.(?:email|name))|head_commit\.(?:message|author\.(?:email|name))|"
    r"workflow_run\.(?:head_branch|head_commit\.message|display_title|head_commit\.author\.(?:name|email))|"
    r"client_payload\.[\w.-]+)|github\.head_ref"
)
_HOLE = re.compile(rf"\$\{{\{{\s*(?P<value>[^{{}}#:\"]*?(?P<name>{_CHOSEN})\b[^{{}}#:\"]*?)\s*\}}\}}")
_AZURE = re.compile(
    r"\$\((?P<plain>[\w.]+)\)|\$\{\{\s*variables(?:\.(?P<dotted>[\w.]+)|\['(?P<quoted>[\w.]+)'\])\s*\}\}"
)
_AZURE_CHOSEN = re.compile(
    r"(?i)Build\.(?:SourceVersionMessage|SourceVersionAuthor|SourceBranchName|SourceBranch|RequestedFor)|"
    r"System\.PullRequest\.SourceBranch(?:Name)?"
)
_AZURE_SHELLS = ("script", "bash")
# What such a command is given it may read as code again, however it got there.
_READS_CODE = re.compile(
    r"\b(?:eval|python[\d.]*|node|perl|ruby|php|awk|gawk|jq|sed|ssh|bash|sh|zsh|pwsh|psql|mysql|sqlite3|xargs|envsubst)\b|"
    r"GITHUB_(?:ENV|PATH)|<<"
)
_OTHER_SHELL = re.compile(r"(?i)windows|\bshell:(?!\s*[\"']?(?:bash|sh)\b)")
_SHELL = Unmended("in which shell, or how quoted, the value stands is not clear")


def _by_variable(asked: Asked) -> Mended | Unmended:
    """Hand the value over in `env:`, and write `"$NAME"` in the script."""
    lines = asked.text.split("\n")
    numbers = [
        number
        for number in range(asked.first - 1, min(asked.last, len(lines)))
        if _HOLE.search(lines[number])
    ]
    if len(numbers) != 1:
        return UNCLEAR
    number = numbers[0]
    script = _script_key(lines, number)
    step = _step_with(lines, script) if script is not None else None
    if script is None or step is None:
        return UNCLEAR
    values: dict[str, str] = {}
    new = _replaced(lines, number, script, step, values)
    if new is None:
        return _SHELL
    lines[number] = new
    return Mended("\n".join(lines)) if _with_variables(lines, step, values) else _SHELL


def _script_key(lines: Sequence[str], number: int) -> Key | None:
    """Find the `run:` or `script:` that a line belongs to."""
    own = key_on(lines, number)
    if own is not None and own.name in {"run", "script"}:
        plain = not re.match(r"[|>\"'&*!{\[]", own.rest)
        following = (
            number + 1 < len(lines) and lines[number + 1].strip() and column(lines[number + 1]) > own.column
        )
        return own if plain and not following else None
    inside = block_above(lines, number, ("run", "script"))
    return inside if inside is not None and re.fullmatch(r"[|>][-+]?", inside.rest) else None


def _step_with(lines: Sequence[str], script: Key) -> Step | None:
    if script.name == "run":
        return step_of(lines, script)
    outer = key_above(lines, script.line - 1, script.column)
    step = step_of(lines, outer) if outer is not None and outer.name == "with" else None
    uses = step.key("uses") if step is not None else None
    return step if uses is not None and uses.rest.startswith("actions/github-script@") else None


def _replaced(
    lines: Sequence[str], number: int, script: Key, step: Step, values: dict[str, str]
) -> str | None:
    """Write the line anew, and put the variables that it needs into `values`."""
    text = lines[number]
    if script.name == "run" and (_READS_CODE.search(text) or _OTHER_SHELL.search("\n".join(lines))):
        return None
    for found in reversed(list(_HOLE.finditer(text))):
        name = _name(lines, step, found, values)
        if name is None:
            return None
        written = (
            _in_script(text, found) if script.name == "script" else _in_shell(lines, number, script, found)
        )
        if written is None:
            return None
        start, end, new = written
        text = text[:start] + new.replace("\0", name) + text[end:]
        values[name] = found["value"]
    key = key_on([text], 0) if script.line == number else None
    return None if key is not None and key.rest.startswith(('"', "'")) else text


def _in_script(text: str, found: re.Match[str]) -> tuple[int, int, str] | None:
    """A whole string of JavaScript becomes the variable; a piece of one stays, as it may be code."""
    mark = text[found.start() - 1 : found.start()]
    if (
        mark not in {'"', "'", "`"}
        or text[found.end() : found.end() + 1] != mark
        or text[: found.start() - 1].count(mark) % 2
    ):
        return None
    return found.start() - 1, found.end() + 1, "process.env.\0"


def _in_shell(
    lines: Sequence[str], number: int, script: Key, found: re.Match[str]
) -> tuple[int, int, str] | None:
    if script.line == number:
        before = lines[number][lines[number].index(":", script.column) + 1 : found.start()]
    else:
        before = "\n".join([*lines[script.line + 1 : number], lines[number][: found.start()]])
    return variable(lines[number], found.start(), found.end(), place_of(before))


def variable(text: str, start: int, end: int, place: Place | None) -> tuple[int, int, str] | None:
    """Write a variable, NUL for its name, in the place of a piece of shell; None where that cannot be said."""
    match place:
        case Place.DOUBLE:
            follows = re.match(r"\w", text[end : end + 1])
            return start, end, "${\0}" if follows else "$\0"
        case Place.BARE:
            return start, end, '"$\0"'
        case Place.SINGLE:
            # The text is closed before it and opened again behind it, where there is any text.
            opens, closes = text[start - 1 : start] == "'", text[end : end + 1] == "'"
            new = ("" if opens else "'") + '"$\0"' + ("" if closes else "'")
            return start - opens, end + closes, new
    return None


def _name(lines: Sequence[str], step: Step, found: re.Match[str], values: dict[str, str]) -> str | None:
    """Choose the variable's name: one that has the value already, else the value's last words."""
    env = step.key("env")
    body = "\n".join(lines[step.keys[0].line : step.end])
    if env is not None:
        held = re.search(
            rf"(?m)^\s+([A-Za-z_]\w*):\s+\$\{{\{{\s*{re.escape(found['value'])}\s*\}}\}}\s*$", body
        )
        if held:
            return held[1]
    words = (
        re.sub(r"[^A-Za-z0-9_.]+", "", found["name"])
        .removeprefix("github.")
        .removeprefix("event.")
        .split(".")
    )
    name = re.sub(r"_+", "_", "_".join(words[-2:])).upper()
    if values.get(name, found["value"]) != found["value"]:
        return None
    return None if re.search(rf"\b{name}\b", body) else name


def _with_variables(lines: list[str], step: Step, values: dict[str, str]) -> bool:
    """Put the variables into the step's `env:`, made before its script where there is none."""
    env = step.key("env")
    body = lines[step.keys[0].line : step.end]
    entries = [f"{name}: ${{{{ {value} }}}}" for name, value in reversed(values.items())]
    if env is not None:
        child = lines[env.line + 1] if env.line + 1 < len(lines) else ""
        if env.rest or not child.strip() or column(child) <= env.column:
            return False
        missing = [one for one in entries if not any(one == line.strip() for line in body)]
        lines[env.line + 1 : env.line + 1] = [" " * column(child) + one for one in missing]
        return True
    before = step.key("run") or step.key("with")
    if before is None:
        return False
    pad = " " * before.column
    new = [f"{pad}env:", *(f"{pad}  {one}" for one in entries)]
    if before.item:
        lead = lines[before.line][: before.column]
        new[0] = f"{lead}env:"
        lines[before.line] = pad + lines[before.line][before.column :]
    lines[before.line : before.line] = new
    return True


def _by_environment(asked: Asked) -> Mended | Unmended:
    """Read the variable that the agent puts into the environment of every script."""
    lines = asked.text.split("\n")
    if re.search(r"(?i)windows|vs20", asked.text):
        return _SHELL
    changed = False
    for number in range(asked.first - 1, min(asked.last, len(lines))):
        own = key_on(lines, number)
        script = own is not None and own.name in _AZURE_SHELLS
        key = own if script else block_above(lines, number, _AZURE_SHELLS)
        if key is None or _READS_CODE.search(key.rest if key.line == number else lines[number]):
            return _SHELL
        new = _azure_line(lines, number, key)
        if new is None:
            return _SHELL
        changed |= new != lines[number]
        lines[number] = new
    return Mended("\n".join(lines)) if changed else UNCLEAR


def _azure_line(lines: Sequence[str], number: int, key: Key) -> str | None:
    text = lines[number]
    if key.line == number and re.match(r"[\"'&*!{\[]", key.rest):
        return None
    for found in reversed(list(_AZURE.finditer(text))):
        value = found["plain"] or found["dotted"] or found["quoted"]
        if not _AZURE_CHOSEN.fullmatch(value):
            continue
        start = lines[number].index(":", key.column) + 1 if key.line == number else 0
        earlier = [] if key.line == number else list(lines[key.line + 1 : number])
        # Other macros are put in before the shell reads the line; they are no commands of the shell.
        before = _AZURE.sub("x", "\n".join([*earlier, lines[number][start : found.start()]]))
        written = variable(text, found.start(), found.end(), place_of(before))
        if written is None:
            return None
        first, last, new = written
        text = text[:first] + new.replace("\0", value.upper().replace(".", "_")) + text[last:]
    key_now = key_on([text], 0) if key.line == number else None
    return None if key_now is not None and key_now.rest.startswith(('"', "'")) else text


FIXES: dict[str, Fix] = {"script-value-in-variable": _by_variable, "agent-variable": _by_environment}
"""Structural fixes by name."""
