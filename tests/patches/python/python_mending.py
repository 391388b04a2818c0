"""Findings in a few lines of Python, mended in this process by a structural fix.

The cases lie in `injection/<fix>.txt`: each begins with a line `===`, and the line of the finding begins with `>`.
"""

import difflib
from dataclasses import dataclass
from pathlib import Path

from reviewbot.patches.fixing import Asked, Mended, Unmended
from reviewbot.patches.worker import fix_named

CASES = Path(__file__).parent / "injection"


@dataclass(frozen=True)
class Case:
    """A file and the line of its finding, from 1."""

    fix: str
    text: str
    line: int

    def mended(self) -> Mended | Unmended:
        return fix_named(self.fix)(Asked("app/code.py", self.text, "a-rule", self.line, self.line))


def cases(fix: str) -> list[Case]:
    """Read the cases of a fix."""
    pieces = (CASES / f"{fix}.txt").read_text("utf-8").split("=== ")[1:]
    return [marked(fix, piece.partition("\n")[2]) for piece in pieces]


def marked(fix: str, text: str) -> Case:
    """Give the case of a text in which the finding's line begins with `>`, which stands for a space of its indent."""
    lines = text.split("\n")
    (at,) = [number for number, line in enumerate(lines) if line.startswith(">")]
    indent = "\t" if lines[at - 1].startswith("\t") else " "
    lines[at] = indent + lines[at][1:]
    return Case(fix, "\n".join(lines), at + 1)


def mended(fix: str, text: str) -> str:
    """Mend a marked text, which has to work."""
    answer = marked(fix, text).mended()
    assert isinstance(answer, Mended), answer
    return answer.text


def refused(fix: str, text: str) -> str:
    """Give the sentence of a refusal."""
    answer = marked(fix, text).mended()
    assert isinstance(answer, Unmended), answer
    return answer.why


def shown(case: Case, answer: Mended | Unmended) -> str:
    """Write down what becomes of a case, for a person to read."""
    if isinstance(answer, Unmended):
        return f"{case.text.split(chr(10))[case.line - 1].strip()}\n    refused: {answer.why}\n"
    needs = f"needs {', '.join(answer.needs)}\n" if answer.needs else ""
    lines = difflib.unified_diff(case.text.split("\n"), answer.text.split("\n"), lineterm="", n=0)
    return needs + "".join(f"{line}\n" for line in list(lines)[2:] if not line.startswith("@@"))


def loaded(text: str, **names) -> dict:
    """Run the text of a module and give what it defines."""
    found = dict(names)
    exec(compile(text, "code.py", "exec"), found)
    return found


def both(fix: str, text: str, **names) -> tuple[dict, dict]:
    """Give the module before and after."""
    return loaded(text.replace("\n>", "\n "), **names), loaded(mended(fix, text), **names)
