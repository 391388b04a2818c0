"""Packs written for the tests: a rule that is right, to be spoiled or added to."""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from reviewbot import wiring_rules
from reviewbot.domain.policy import Policy
from reviewbot.workbench import shelf
from reviewbot.workbench.shelf import Shelf

PACK = "id: {id}\nversion: 1.0.0\nowner: appsec\ndescription: For tests\n"
HEAD = """\
id: {id}
title: Something dangerous is called
why: It breaks. Use the safe one.
cwe: [{cwe}]
severity: error
confidence: high
owner: appsec
since: 1.0.0
"""
EXAMPLES = """\
bad: |
  {bad}
good: |
  {good}
clean: |
  {clean}
"""


def rule(
    name, detect="  semgrep:\n    pattern: dangerous(...)", *, cwe=95, languages="python", applies="**/*.py", bad="dangerous(x)", good="safe(x)",
    clean='note = "dangerous"', more="",
):  # fmt: skip
    head = HEAD.format(id=name, cwe=cwe)
    if languages:
        head += f"languages: [{languages}]\n"
    if applies:
        head += f'applies_to: ["{applies}"]\n'
    texts = [text.replace("\n", "\n  ") for text in (bad, good, clean)]
    return f"{head}{more}detect:\n{detect}\n" + EXAMPLES.format(bad=texts[0], good=texts[1], clean=texts[2])


QUESTION = """\
  review:
    question: Does a line store money as a float?
    evidence: Quote the line.
    violations: ["total = float(price)"]
    not_violations: ["ratio = float(hits)"]"""
TAINT = """\
  semgrep:
    mode: taint
    pattern-sources: [{pattern: read_input(...)}]
    pattern-sinks: [{pattern: run_statement(...)}]
    pattern-sanitizers: [{pattern: cleaned(...)}]"""


def write_pack(folder: Path, files: dict[str, str], *, name: str = "corp") -> Path:
    """Write a pack; a file's name without an ending is a rule's."""
    pack = folder / name
    for path, text in {"pack.yml": PACK.format(id=name), **files}.items():
        place = pack / (path if "." in path else f"{path}.yml")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return pack


@dataclass
class Bench:
    """Opened packs, and the real scanners in the real sandbox for them."""

    stack: ExitStack

    def open(self, *packs: Path) -> Shelf:
        return shelf.opened([pack.resolve() for pack in packs])

    def tools(self, opened: Shelf):
        return self.stack.enter_context(wiring_rules.opened(Policy(), opened.rules, os.environ))


def quiet(_words: str) -> None:
    """Say nothing of what is going on."""
