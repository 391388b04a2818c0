"""What became of each remark, by what the forge shows and by git's bytes alone."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from placement.remarks import Diff, Said
from placement.servers import Server
from reviewbot.domain.forge import Capabilities
from reviewbot.publish import suggest

_TOO_LONG = "it is too long to be shown here and stands in the review"
_NUMBER = re.compile(r"\b\d+\b")


@dataclass
class Tally:
    """Counts, and a sentence for each fault."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def fault(self, kind: str, sentence: str) -> None:
        """Count a fault and keep what it was."""
        self.counts[kind] += 1
        self.faults.append(f"{kind}: {sentence}")


@dataclass
class Judge:
    """Judges one request. `name` says which, for the sentences; `origin` is "real" or "variant"."""

    server: Server
    reach: Capabilities
    number: int
    name: str
    origin: str
    tally: Tally

    def look(self, said: list[Said], diff: Diff) -> None:
        """Judge every remark, then that nothing else was posted."""
        inline, general = self.server.threads(self.number)
        summary = next((body for body in general if body.startswith("**reviewbot:")), "")
        rows = summary.split("\n")
        for each in said:
            threads = [thread for thread in inline if f"Remark {each.word}" in thread["bodies"][0]]
            row = next((row for row in rows if f"Remark {each.word} " in row), "")
            self._remark(each, threads, row, diff)
        if len(inline) > sum(each.remark.anchor is not None for each in said):
            self.tally.fault("misplaced", f"{self.name}: more threads than remarks")
        for violation in self.server.violations():
            self.tally.fault("misplaced", f"{self.name}: {violation}")

    def _remark(self, said: Said, threads: list[dict[str, Any]], row: str, diff: Diff) -> None:
        counts, spot = self.tally.counts, said.spot
        counts["remarks"] += 1
        expected = spot.expected(self.reach.context)
        where = f"{self.name}: {spot.kind} {spot.path}:{spot.side}:{spot.first}-{spot.last}"
        if not row or not (threads or " listed" in row or "refused by the forge" in row):
            self.tally.fault("lost", f"{where}: {row!r}")
        if not threads:
            self._listed(said, row, expected, where)
            return
        counts["inline"] += 1
        counts[f"kind {spot.kind}"] += 1
        counts.update(f"trait {trait}, {self.origin}" for trait in spot.traits())
        counts["on a part of its lines"] += expected not in {None, (spot.first, spot.last)}
        for thread in threads:
            self._place(said, thread, expected, where)
        if len(threads) > 1:
            self.tally.fault("misplaced", f"{where}: said {len(threads)} times")
        self._suggestion(said, threads[0], diff, where)

    def _listed(self, said: Said, row: str, expected: tuple[int, int] | None, where: str) -> None:
        self.tally.counts["listed"] += 1
        why = said.remark.why or row.rpartition("refused by the forge: ")[2].strip(" |")
        self.tally.counts[f"listed because {_NUMBER.sub('N', why)}"] += 1
        if said.remark.anchor is not None:
            self.tally.fault("refused", f"{where}: {why}")
        elif expected is not None:
            self.tally.fault("listed though shown", f"{where}: {why}")

    def _place(
        self, said: Said, thread: dict[str, Any], expected: tuple[int, int] | None, where: str
    ) -> None:
        """Side, path, lines, and the very bytes."""
        spot = said.spot
        file = spot.file
        if file is None or expected is None:
            self.tally.fault("misplaced", f"{where}: inline, though the forge shows no such lines")
            return
        first, last = expected
        if said.patch is not None and said.remark.anchor is not None:
            first, last = self._of_patch(said, expected)
        path = self.server.name_of(spot.path, file.change.old_path, spot.side)
        ours = (path, spot.side, first, last, self.server.quoted(spot.text(first, last)))
        theirs = tuple(thread[key] for key in ("path", "side", "first", "last", "text_under_anchor"))
        if ours != theirs:
            self.tally.fault("misplaced", f"{where}: {theirs}, not {ours}")
        else:
            self.tally.counts["text right"] += 1

    def _of_patch(self, said: Said, expected: tuple[int, int]) -> tuple[int, int]:
        """A patch widens the place to all that it replaces, where the forge shows that."""
        assert said.patch is not None
        wide = min(expected[0], said.patch.first), max(expected[1], said.patch.last)
        spot = said.spot
        shown = type(spot)(spot.kind, spot.file, spot.path, spot.side, *wide).expected(self.reach.context)
        return wide if shown == wide else expected

    def _suggestion(self, said: Said, thread: dict[str, Any], diff: Diff, where: str) -> None:
        counts, patch = self.tally.counts, said.patch
        buttons = self.server.buttons(thread)
        if patch is None or patch.before == patch.after:
            counts["patch changes nothing"] += patch is not None
            if buttons:
                self.tally.fault("wrong", f"{where}: a button without a patch")
            return
        counts["patches"] += 1
        if buttons == 0:
            counts["as diff"] += 1
            short = _TOO_LONG in thread["bodies"][0]
            counts[f"diff because {'it is too long' if short else self._why(said, diff)}"] += 1
            if not short and "```diff\n" not in thread["bodies"][0]:
                self.tally.fault("wrong", f"{where}: a patch that is not shown")
            return
        found = self.server.pressed(self.number, thread)
        if buttons > 1 or found != patch.after:
            self.tally.fault(
                "wrong", f"{where}: {buttons} buttons; {patch.lines!r}: {_differing(found, patch.after)}"
            )
        else:
            counts["exact"] += 1

    def _why(self, said: Said, diff: Diff) -> str:
        edit, anchor, patch = diff.wide(said), said.remark.anchor, said.patch
        if edit is None or anchor is None or patch is None:
            return "it stands on the old side"
        why = suggest.obstacle(patch.before, edit, self.reach.suggestion)
        if why:
            return why
        whole = (edit.first, edit.last) == (anchor.first.new, anchor.last.new)
        return "another reason" if whole else "the forge does not show all lines that it replaces"


def _differing(found: bytes | str, meant: bytes) -> str:
    """Where two files part, in a few bytes."""
    if isinstance(found, str):
        return found
    at = next((n for n, (one, other) in enumerate(zip(found, meant, strict=False)) if one != other), 0)
    at = at or min(len(found), len(meant))
    return f"at byte {at}: {found[max(0, at - 20) : at + 20]!r}, not {meant[max(0, at - 20) : at + 20]!r}"
