"""What rules propose: semgrep's own fix, or a structural one that the rule names."""

from collections.abc import Sequence

from reviewbot.domain.edits import difference
from reviewbot.domain.finding import Fix
from reviewbot.domain.mending import Flaw, HeadFile, Refused
from reviewbot.domain.patch import Edit, Origin, Proposal
from reviewbot.domain.rule import ApprovedLibrary, Rule
from reviewbot.domain.structural import STRUCTURAL
from reviewbot.patches.workroom import Answer, Task, Workroom

MARK = "\ufeff"
"""The byte order mark: part of the file, and of no line that anybody edits."""

_MENDED_BY_SEMGREP = "Replaces the code by what the rule says."


def from_rules(
    flaws: Sequence[Flaw], approved: Sequence[ApprovedLibrary], workroom: Workroom
) -> list[Proposal | Refused]:
    """Propose for each flaw what its rule knows, in order.

    Structural fixes run in one job in the sandbox. Raises `SandboxError` if that breaks.
    """
    found: dict[int, Proposal | Refused] = {}
    tasks: dict[int, Task] = {}
    for number, flaw in enumerate(flaws):
        text = text_of(flaw.file)
        rule = flaw.rule
        if text is None:
            found[number] = Refused("the file is not UTF-8 with one kind of line end")
        elif rule is not None and rule.structural:
            tasks[number] = _task(flaw, rule, text, approved)
        elif rule is not None and flaw.finding.fix is not None:
            found[number] = _by_semgrep(flaw, rule, flaw.finding.fix, text)
        else:
            found[number] = Refused("the rule has no fix")
    for number, answer in zip(tasks, workroom.answers(list(tasks.values())), strict=True):
        found[number] = _read(answer, flaws[number])
    return [found[number] for number in range(len(flaws))]


def text_of(file: HeadFile) -> str | None:
    r"""Give a file's text with `\n` for every line end and without byte order mark.

    None if that could not be put back: it is not UTF-8, its lines end in both ways, or a lone CR ends some.
    """
    try:
        text = file.content.decode("utf-8").removeprefix(MARK)
    except UnicodeDecodeError:
        return None
    bare = text.replace("\r\n", "\n")
    mixed = "\r\n" in text and text.count("\r\n") != bare.count("\n")
    return None if mixed or "\r" in bare or MARK in bare or "\0" in bare else bare


def _task(flaw: Flaw, rule: Rule, text: str, approved: Sequence[ApprovedLibrary]) -> Task:
    span = flaw.finding.span
    uses = [
        {"id": one.id, "purpose": one.purpose, "use": one.use, "instead_of": one.instead_of}
        for one in approved
    ]
    return {
        "do": "fix", "fix": rule.structural, "path": span.path.encode("utf-8", "replace").decode(), "text": text,
        "rule": rule.id, "first": span.first, "last": span.last, "approved": uses,
    }  # fmt: skip


def _read(answer: Answer, flaw: Flaw) -> Proposal | Refused:
    """Read the worker's answer; anything but a text with names of packages is no proposal."""
    rule = flaw.rule
    assert rule is not None
    match answer:
        case {"text": str(text), "needs": list(needs)}:
            sentence = STRUCTURAL[rule.structural].sentence
            return _proposal(
                flaw, rule, text, sentence, tuple(name for name in needs if isinstance(name, str))
            )
        case {"unmended": str(why)}:
            return Refused(why)
    return Refused("the fix could not make sense of the file")


def _by_semgrep(flaw: Flaw, rule: Rule, fix: Fix, text: str) -> Proposal | Refused:
    lines = text.split("\n")
    if not 1 <= fix.first <= fix.last <= len(lines):
        return Refused("the rule's fix reaches outside of the file")
    before, after = lines[fix.first - 1][: fix.first_column - 1], lines[fix.last - 1][fix.last_column - 1 :]
    new = [*lines[: fix.first - 1], before + fix.text + after, *lines[fix.last :]]
    return _proposal(flaw, rule, "\n".join(new), _MENDED_BY_SEMGREP, ())


def _proposal(flaw: Flaw, rule: Rule, text: str, sentence: str, needs: tuple[str, ...]) -> Proposal | Refused:
    before = text_of(flaw.file)
    assert before is not None
    edits = tuple(
        Edit(flaw.file.path, flaw.file.oid, first, last, lines)
        for first, last, lines in difference(_lines(before), _lines(text))
    )
    if not edits:
        return Refused("the fix changes nothing here")
    return Proposal(flaw.finding.fingerprint, rule.id, Origin.RULE, rule.fix_safe, sentence, edits, needs)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]
