"""Path filters that let nothing through: patterns that no file of the rule's languages can match."""

from collections.abc import Iterator

from reviewbot.domain.globs import matches
from reviewbot.domain.rule import Rule
from reviewbot.scanners import languages
from reviewbot.workbench.places import extensions, filled
from reviewbot.workbench.remarks import Remark, Weight
from reviewbot.workbench.shelf import OpenFile

_STEMS = ("a", "b/c", "src/app/deep/er")


def checked(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    """Remark on patterns of `applies_to` that add nothing."""
    known = extensions(rule)
    dead = [pattern for pattern in rule.applies_to if known and not _reaches(pattern, known)]
    every = len(dead) == len(rule.applies_to)
    spoken = ", ".join(sorted(known))
    for at, pattern in enumerate(rule.applies_to):
        line = file.line("applies_to", at)
        if pattern in dead:
            yield Remark(
                file.name, line, f"applies_to[{at}]",
                f"no file that matches {pattern} is of the rule's languages ({', '.join(rule.languages) or 'python'})",
                f"name files that end in {spoken}, or correct languages:",
                Weight.ERROR if every else Weight.ADVICE, rule.id,
            )  # fmt: skip
            continue
        over = next(
            (one for n, one in enumerate(rule.applies_to) if n != at and _covers(one, pattern, n < at)), None
        )
        if over is not None:
            yield Remark(
                file.name, line, f"applies_to[{at}]", f"{pattern} adds nothing: {over} matches all of it",
                "take one of them out", rule=rule.id,
            )  # fmt: skip


def _reaches(pattern: str, known: frozenset[str]) -> bool:
    """Say whether a file of a known extension can match; a name without any may be told by its first line."""
    for extension in known:
        for path in filled(pattern, "a", extension):
            kind = languages.kind(path, b"")
            if kind in known or (kind is None and not languages.extension(path)):
                return True
    return False


def _covers(wide: str, narrow: str, earlier: bool) -> bool:
    """Say whether all that `narrow` matches is matched by `wide`; of two equal ones the earlier covers."""
    if wide == narrow:
        return earlier
    # Names that only stars can take, of several kinds and depths.
    paths = {path for stem in _STEMS for end in ("", ".zz", ".py") for path in filled(narrow, stem, end)}
    if "**/" in narrow:
        paths |= set(filled(narrow.replace("**/", ""), "a", ".zz"))
    return bool(paths) and all(matches(wide, path) for path in paths) and not _mutual(wide, narrow, earlier)


def _mutual(wide: str, narrow: str, earlier: bool) -> bool:
    """Say whether two patterns mean the same, in which case only the later one is superfluous."""
    back = {path for stem in _STEMS for path in filled(wide, stem, ".zz")}
    return not earlier and bool(back) and all(matches(narrow, path) for path in back)
