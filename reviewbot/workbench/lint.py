"""`rules lint`: everything that is wrong with packs, or might be, with file, line and the mend."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from reviewbot.domain.cwe import families
from reviewbot.domain.globs import first_match
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import Rule, SemgrepDetector
from reviewbot.domain.visible import visible
from reviewbot.errors import PolicyError
from reviewbot.policy.yaml_source import Key
from reviewbot.scanners.base import ScannerPaths
from reviewbot.workbench import fix_checks, reach, rule_checks
from reviewbot.workbench.fixtures import fixtures
from reviewbot.workbench.house import answers_of
from reviewbot.workbench.looking import Tools
from reviewbot.workbench.places import candidates
from reviewbot.workbench.remarks import Remark, Weight, of_error, ordered
from reviewbot.workbench.semgrep_trial import LONG_LINES, SLOW_S, Hit, Trial, tried
from reviewbot.workbench.shelf import ANSWERS, OpenFile, Shelf


def read(shelf: Shelf, today: date) -> tuple[Remark, ...]:
    """Give what reading alone shows: nothing is run."""
    remarks: list[Remark] = []
    for rule in shelf.rules.rules:
        file = shelf.file(rule)
        remarks += rule_checks.checked(rule, file, today)
        remarks += reach.checked(rule, file)
        remarks += fix_checks.checked(rule, file)
    remarks += _beside(shelf)
    remarks += _unused(shelf)
    return ordered(remarks)


def run(shelf: Shelf, policy: Policy, tools: Tools, paths: ScannerPaths) -> tuple[Remark, ...]:
    """Give what one run of semgrep shows. Raises `ScannerError` or `SandboxError` where it cannot run."""
    trial = tried(shelf.rules.semgrep, policy, tools, paths)
    return ordered([*_broken(shelf, trial), *_slow(shelf, trial), *_overlaps(shelf, trial.hits)])


def _broken(shelf: Shelf, trial: Trial) -> Iterator[Remark]:
    for name, said in trial.broken.items():
        rule = _rule(shelf, name)
        file = shelf.file(rule)
        line = _where(file, said)
        first = visible(" ".join(said.split("----- pattern")[0].split())).removesuffix(
            ": Stdlib.Parsing.Parse_error"
        )
        yield Remark(
            file.name, line, "detect.semgrep", f"semgrep cannot use it: {first}",
            _mend(file, rule, first), Weight.ERROR, name,
        )  # fmt: skip


def _mend(file: OpenFile, rule: Rule, said: str) -> str:
    if "invalid regex" in said:
        return "correct the regular expression"
    if "invalid language" in said:
        return "correct languages:, in semgrep's names: python, javascript, typescript, go, java, …"
    if "unexpected key" in said or "Missing required field" in said:
        return "correct the keys under semgrep:, which are semgrep's own"
    shared = " (it may stand in a list under shared:)" if file.source.data.get("shared") else ""
    return f"correct the pattern{shared}; it is written in {', '.join(rule.languages)}, with ... and $NAMES"


def _where(file: OpenFile, said: str) -> int:
    """Find the line of the very pattern that semgrep names, else of the detector."""
    body = file.source.data["detect"].get("semgrep")
    if body is not None:
        for key, text in _texts(body, ("detect", "semgrep")):
            if text.strip() and text.strip() in said:
                return file.line(*key)
    return file.line("detect", "semgrep" if body is not None else "approved")


def _texts(body: Any, at: Key) -> Iterator[tuple[Key, str]]:
    if isinstance(body, str):
        if str(at[-1]).startswith("pattern") or at[-1] == "regex":
            yield at, body
    elif isinstance(body, dict | tuple):
        parts = body.items() if isinstance(body, dict) else enumerate(body)
        for key, value in parts:
            yield from _texts(value, (*at, key))


def _slow(shelf: Shelf, trial: Trial) -> Iterator[Remark]:
    for name, seconds in trial.slow.items():
        file = shelf.file(_rule(shelf, name))
        yield Remark(
            file.name, file.line("detect"), "detect.semgrep",
            f"the rule is slow: {seconds:.1f} s on a file of {LONG_LINES} lines, where {SLOW_S:.0f} s is the most",
            "anchor it on a call, and use fewer `...` between statements", Weight.ERROR, name,
        )  # fmt: skip


def _overlaps(shelf: Shelf, hits: tuple[Hit, ...]) -> Iterator[Remark]:
    """Name pairs of rules of one family, each of which finds the very lines of the other's example."""
    seen = {(hit.rule, hit.example): (hit.first, hit.last) for hit in reversed(hits)}
    for (name, other), (first, last) in sorted(seen.items()):
        own = seen.get((other, other))
        if name >= other or own is None or not (first <= own[1] and own[0] <= last):
            continue
        back, mine = seen.get((other, name)), seen.get((name, name))
        if back is None or mine is None or not (back[0] <= mine[1] and mine[0] <= back[1]):
            continue
        one, two = _rule(shelf, name), _rule(shelf, other)
        if families(one.cwe) & families(two.cwe) and _same_files(one, two):
            file = shelf.file(two)
            yield Remark(
                file.name, file.line("detect"), "detect.semgrep",
                f"it finds what {name} finds: each fires on the other's bad example",
                "make one of them of the two, or let one exclude the other's lines", rule=other,
            )  # fmt: skip


def _same_files(one: Rule, two: Rule) -> bool:
    def takes(rule: Rule, other: Rule) -> bool:
        return any(
            not rule.applies_to or first_match(rule.applies_to, path) for path in candidates(other, "a/b")[:1]
        )

    return takes(one, two) and takes(two, one)


def _beside(shelf: Shelf) -> Iterator[Remark]:
    """Remark on fixtures and recorded answers."""
    with_fixture = set()
    for fixture in fixtures(shelf):
        name = shelf.place(fixture.pack, fixture.path)
        rule = shelf.rules.find(fixture.rule)
        if rule is None or rule.pack != fixture.pack:
            yield Remark(
                name,
                1,
                "",
                f"there is no rule {fixture.rule} in this pack",
                "rename the fixture after its rule",
                Weight.ERROR,
            )
            continue
        with_fixture.add(rule.id)
        for mark in fixture.marks:
            if shelf.rules.find(mark.rule) is None:
                yield Remark(
                    name,
                    mark.at,
                    "",
                    f"the mark names {mark.rule}, and there is no such rule",
                    "correct the name",
                    Weight.ERROR,
                    fixture.rule,
                )
        if not any(mark.word == "ruleid" and mark.rule == rule.id for mark in fixture.marks):
            yield Remark(
                name,
                1,
                "",
                "no line is marked `ruleid:`, so nothing is tested",
                f"put a comment `ruleid: {rule.id}` above what must be found",
                rule=rule.id,
            )
    yield from _missing(shelf, with_fixture)
    yield from _answers(shelf)


def _missing(shelf: Shelf, with_fixture: set[str]) -> Iterator[Remark]:
    for rule in shelf.rules.semgrep:
        assert isinstance(rule.detector, SemgrepDetector)
        if rule.detector.body.get("mode") == "taint" and rule.id not in with_fixture:
            file = shelf.file(rule)
            yield Remark(
                file.name, file.line("detect", "semgrep", "mode"), "detect.semgrep.mode", "a taint rule without a fixture",
                f"write {rule.id}.test.<ext> with a line for each source and each sanitizer", rule=rule.id,
            )  # fmt: skip


def _answers(shelf: Shelf) -> Iterator[Remark]:
    for pack, contents in shelf.beside.items():
        for path in contents:
            if not path.endswith(ANSWERS):
                continue
            rule = shelf.rules.find(path.removesuffix(ANSWERS))
            if rule is None or rule.pack != pack:
                yield Remark(
                    shelf.place(pack, path),
                    1,
                    "",
                    "answers for a rule that is not in this pack",
                    "rename or remove the file",
                    Weight.ERROR,
                )
                continue
            try:
                answers_of(shelf, rule)
            except PolicyError as error:
                yield from of_error(error)


def _unused(shelf: Shelf) -> Iterator[Remark]:
    """Name shared lists of a pack that no rule uses. An approved list needs no rule: fixes and the model go by it."""
    used = {
        (rule.pack, name)
        for rule in shelf.rules.rules
        for name in shelf.file(rule).source.data.get("shared", ())
    }
    for pack, contents in shelf.beside.items():
        for path in contents:
            folder, _, name = path.partition("/")
            stem = name.removesuffix(".yml")
            if folder == "shared" and name.endswith(".yml") and (pack, stem) not in used:
                yield Remark(
                    shelf.place(pack, path), 1, "", "no rule of the pack uses this list",
                    f"write a rule with shared: [{stem}], or remove the list",
                )  # fmt: skip


def _rule(shelf: Shelf, name: str) -> Rule:
    rule = shelf.rules.find(name)
    assert rule is not None  # the run was given rules of the shelf only
    return rule
