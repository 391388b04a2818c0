"""What can be said of a rule's fix by reading it; whether it mends the rule's `bad` is for `mended` to try."""

import re
from collections.abc import Iterator
from typing import Any

from reviewbot.domain.rule import ReviewDetector, Rule, SemgrepDetector, TouchDetector
from reviewbot.domain.structural import STRUCTURAL
from reviewbot.workbench.remarks import Remark, Weight
from reviewbot.workbench.shelf import OpenFile

_ANY = "*"
_METAVARIABLE = re.compile(r"\$(?:\.\.\.)?[A-Z_][A-Z0-9_]*")


def checked(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    """Name a structural fix for another language, and names of code that no pattern of the rule gives."""
    if (rule.structural or rule.fix) and isinstance(rule.detector, ReviewDetector | TouchDetector):
        yield Remark(
            file.name, file.line("fix"), "fix", "no scanner could say that the finding is gone, so this fix is never tried",
            "take it out, and say in why: what to do", Weight.ERROR, rule.id,
        )  # fmt: skip
    elif rule.structural:
        yield from _language(rule, file)
    elif rule.fix and isinstance(rule.detector, SemgrepDetector):
        yield from _names(rule, file, rule.detector)


def _language(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    known = STRUCTURAL[rule.structural].languages
    if not rule.languages or _ANY in known or set(known) & set(rule.languages):
        return
    yield Remark(
        file.name, file.line("fix", "structural"), "fix.structural",
        f"{rule.structural} mends {', '.join(known)}, and the rule is for {', '.join(rule.languages)}",
        "name a fix for the rule's language; `reviewbot rules fixes` lists them", Weight.ERROR, rule.id,
    )  # fmt: skip


def _names(rule: Rule, file: OpenFile, detector: SemgrepDetector) -> Iterator[Remark]:
    given = sorted({name for text in _texts(detector.body) for name in _METAVARIABLE.findall(text)})
    for name in dict.fromkeys(_METAVARIABLE.findall(rule.fix)):
        if name not in given:
            yield Remark(
                file.name, file.line("fix", "semgrep"), "fix.semgrep",
                f"no pattern of the rule gives {name}",
                f"write one of {', '.join(given)}" if given else "give it a name in the pattern", Weight.ERROR, rule.id,
            )  # fmt: skip


def _texts(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, list | tuple):
        for value in body:
            yield from _texts(value)
    elif hasattr(body, "values"):
        for value in body.values():
            yield from _texts(value)
