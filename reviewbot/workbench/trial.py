"""`rules try`: what would fire on files as if they were newly added, and why a rule does not."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewbot.change.classes import class_of
from reviewbot.domain.change import FileClass
from reviewbot.domain.coverage import Coverage, Read
from reviewbot.domain.finding import Judged, Outcome
from reviewbot.domain.globs import first_match
from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Progress
from reviewbot.domain.rule import ReviewDetector, Rule, RuleSet, SemgrepDetector, ToolDetector, TouchDetector
from reviewbot.errors import UsageError
from reviewbot.scanners import dependencies, languages
from reviewbot.verdict.settle import settle
from reviewbot.workbench.imagined import imagine
from reviewbot.workbench.looking import Tools, scan, scanner_of
from reviewbot.workbench.places import extensions

MOST_FILES = 5_000
_LEFT_OUT = frozenset({".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv"})


@dataclass(frozen=True, slots=True)
class Trial:
    """What would be said of the files; `coverage` is (scanner, path, word)."""

    files: Mapping[str, bytes]
    rules: RuleSet
    judged: tuple[Judged, ...]
    coverage: tuple[tuple[str, str, Coverage], ...]

    def firing(self) -> tuple[Judged, ...]:
        """Give what a reader would get to see, by place."""
        kept = {Outcome.INLINE, Outcome.SUMMARY}
        return tuple(one for one in self.judged if one.outcome in kept and one.finding.catalogued)

    def failures(self) -> Iterator[tuple[str, str, str]]:
        """Give (path, scanner, reason) of what could not be looked at."""
        for scanner, path, word in self.coverage:
            if word.state is Read.FAILED:
                yield path, scanner, word.reason


def files_in(asked: Sequence[Path], limit: int) -> dict[str, bytes]:
    """Read files and folders, by their path in their repository, or else from here.

    Links are not followed. Raises `UsageError` for what is not there or is too much.
    """
    found: dict[str, bytes] = {}
    for path in asked:
        top = _top(path)
        for file in _walk(path):
            if len(found) >= MOST_FILES:
                raise UsageError(f"there are more than {MOST_FILES:,} files", hint="name a smaller folder")
            try:
                with file.open("rb") as opened:
                    # One byte over the limit is enough for the scanners to refuse it with their reason.
                    found[_path_in(file, top)] = opened.read(limit + 1)
            except OSError as error:
                raise UsageError(
                    f"{quoted(str(file))} cannot be read: {(error.strerror or '').lower()}"
                ) from None
    return found


def _top(path: Path) -> Path:
    """Find the repository that a file lies in: patterns of paths count from its top."""
    start = path.resolve()
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    here = Path.cwd()
    return here if start.is_relative_to(here) else (start if start.is_dir() else start.parent)


def _path_in(file: Path, top: Path) -> str:
    return (file.parent.resolve() / file.name).relative_to(top).as_posix()


def _walk(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise UsageError(f"there is no file or folder {quoted(str(path))}")
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if name not in _LEFT_OUT)
        yield from (
            Path(folder, name)
            for name in sorted(files)
            if Path(folder, name).is_file() and not Path(folder, name).is_symlink()
        )


def tried(
    files: Mapping[str, bytes], rules: RuleSet, policy: Policy, tools: Tools, progress: Progress
) -> Trial:
    """Scan the files as newly added ones, and settle what is found as a review would."""
    report = scan(files, rules, policy, tools, progress)
    made = imagine(files)
    judged = settle(
        new=report.new, existing=(), report=None, excerpts=(), change=made.change, read=made.read,
        rules=rules, policy=policy,
    )  # fmt: skip
    return Trial(files, rules, judged, report.coverage)


def questions(files: Mapping[str, bytes], rules: RuleSet) -> dict[str, int]:
    """Say for each house rule of how many files the model would be asked about it."""
    read = [
        path for path, content in files.items() if class_of(path, content) in {FileClass.CODE, FileClass.TEXT}
    ]
    asked = {
        rule.id: sum(not rule.applies_to or first_match(rule.applies_to, path) is not None for path in read)
        for rule in rules.review
    }
    return {name: count for name, count in asked.items() if count}


def why(rule: Rule, path: str, trial: Trial, policy: Policy) -> str:
    """Say in a sentence what a rule makes of a file, and if nothing, why not."""
    kept_out = _kept_out(rule, path, trial, policy)
    if kept_out:
        return kept_out
    if isinstance(rule.detector, ReviewDetector):
        asked = "would be asked" + (
            "" if policy.model.url or policy.model.gguf else ", but none is configured"
        )
        return f"it is a question to the model, which {asked}; `reviewbot rules test --live` puts its examples to it"
    own = [one for one in trial.judged if one.finding.rule == rule.id and one.finding.span.path == path]
    if own:
        return "; ".join(_fires(one, policy, trial.rules) for one in own)
    word = _words(trial, path).get(scanner_of(rule))
    if word is not None and word.state is Read.FAILED:
        return f"{scanner_of(rule)} could not look at this file: {word.reason}"
    return _silent(rule)


def _kept_out(rule: Rule, path: str, trial: Trial, policy: Policy) -> str:
    """Say what keeps a rule from looking at a file at all; nothing if nothing does."""
    pattern = first_match(policy.exclude, path)
    if pattern is not None and not isinstance(rule.detector, TouchDetector):
        return f"the operator's policy leaves this file out (coverage: exclude: {pattern})"
    if rule.applies_to and first_match(rule.applies_to, path) is None:
        return f"it is not for this path; applies_to has {', '.join(rule.applies_to[:6])}"
    known = extensions(rule)
    if known and languages.kind(path, trial.files[path]) not in known:
        named = ", ".join(rule.languages) or "python"
        return f"it is not for this language: it is for {named} ({', '.join(sorted(known))})"
    scanner = scanner_of(rule)
    if scanner not in {"", dependencies.NAME} and scanner not in _words(trial, path):
        return f"the policy does not run {scanner} (scanners:)"
    return ""


def _words(trial: Trial, path: str) -> dict[str, Coverage]:
    return {name: word for name, place, word in trial.coverage if place == path}


def _fires(one: Judged, policy: Policy, rules: RuleSet) -> str:
    line = f"line {one.finding.span.first}"
    if one.outcome is Outcome.DUPLICATE:
        return f"it finds {line}, but is taken over: {one.why}"
    if one.outcome is Outcome.BELOW_THRESHOLD:
        return f"it finds {line}, but is not shown: {one.why} (gate: confidence)"
    fails = policy.gate.counts(one.finding, rules.threshold(one.finding.rule))
    over = (
        "and makes the result red"
        if fails
        else f"as {one.finding.severity}; the result stays green (gate: fail_on)"
    )
    return f"it fires on {line} {over}"


def _silent(rule: Rule) -> str:
    if isinstance(rule.detector, SemgrepDetector):
        if rule.detector.body.get("mode") == "taint":
            return "its detector matches nothing: no source reaches a sink within one function here, or a sanitizer stands between"
        return "its detector matches nothing here: no code has the form of its pattern"
    if isinstance(rule.detector, ToolDetector):
        return f"its detector matches nothing: {rule.detector.tool} reports none of {', '.join(rule.detector.tool_rules)} here"
    return "its detector matches nothing here"
