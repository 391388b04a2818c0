"""What the worker in the sandbox is asked of a patch, and how its answer is read.

Its answer comes from a process that took hostile text apart. It may only choose among our own sentences.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from reviewbot.domain.patch import Origin, State, Step, StepResult
from reviewbot.domain.rule import ApprovedLibrary
from reviewbot.patches.checks import said
from reviewbot.patches.steps.placing import beside
from reviewbot.patches.steps.subject import Subject

STEPS = (Step.IN_PLACE, Step.PARSES, Step.KNOWN_IMPORTS, Step.NOTHING_FORBIDDEN, Step.WORK_KEPT)
"""The steps that need a tree, in order."""

_SENTENCES = {
    Step.IN_PLACE: said.IN_PLACE,
    Step.PARSES: said.PARSES,
    Step.KNOWN_IMPORTS: said.KNOWN_IMPORTS,
    Step.NOTHING_FORBIDDEN: said.FORBIDDEN,
    Step.WORK_KEPT: said.WORK_KEPT,
}
_MOST_MODULES = 100

Known = Callable[[str], bool]
"""Says whether a module may be imported that is neither in the file nor in the standard library."""


def task(subject: Subject, approved: Sequence[ApprovedLibrary]) -> dict[str, Any]:
    """Put the question to `checks.check`."""
    finding = subject.flaw.finding
    return {
        "do": "check",
        "path": subject.path.encode("utf-8", "replace").decode(),
        "model": subject.proposal.origin is Origin.MODEL,
        "before": subject.before,
        "after": subject.after,
        "edits": [[one.edit.first, one.edit.last, one.first, one.last] for one in subject.places],
        "beside": list(beside(subject)),
        "finding": [finding.span.first, finding.span.last],
        "approved": sorted({name for library in approved for name in library.use}),
    }


def read(answer: Mapping[str, Any], known: Known, steps: Collection[Step]) -> list[StepResult]:
    """Turn an answer into results. What is not an answer to our question fails the first of the steps asked for."""
    if "broken" in answer or not all(isinstance(answer.get(step.value), str) for step in STEPS):
        first = next(step for step in (Step.PARSES, *STEPS) if step in steps)
        return [StepResult(first, State.FAILED, said.BROKEN)]
    found = []
    for step in STEPS:
        code = answer[step.value]
        if step is Step.KNOWN_IMPORTS and not code:
            code = _imports(answer.get("imports"), known)
        if code:
            found.append(StepResult(step, State.FAILED, _SENTENCES[step].get(code, said.BROKEN)))
        else:
            note = said.NOTES.get(str(answer.get("note")), "") if step is Step.PARSES else ""
            found.append(StepResult(step, State.PASSED, note))
    return [one for one in found if one.step in steps]


def _imports(modules: object, known: Known) -> str:
    if not isinstance(modules, list) or len(modules) > _MOST_MODULES:
        return "unknown"
    return "" if all(isinstance(name, str) and known(name) for name in modules) else "unknown"


def is_approved(module: str, approved: Sequence[ApprovedLibrary]) -> bool:
    """Say whether a list of approved libraries names something of this module, or of one above or below it.

    Lists name what is to be used, such as `argon2.PasswordHasher`; so `argon2` may be imported.
    """
    names = {name for library in approved for name in library.use}
    return any(name == module or name.startswith((f"{module}.", f"{module}/")) for name in names)
