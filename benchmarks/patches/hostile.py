"""A hostile model: thousands of mutated patches, and not one posted that violates what is promised.

    python benchmarks/patches/hostile.py [--count 2000] [--seed 1]

The flaws are those of the cases and examples for which the rule's own fix is proven. Every mutation goes through the proof with
the real scanners in the real sandbox, as the model's. What is accepted is looked at without the product: is what was planted
in it, or what it must keep missing? Exits 1 if one is.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from patches.corpus import laid_out
from patches.mutations import Flawed, Mutated, proposals
from reviewbot import wiring_rules
from reviewbot.domain.edits import applied
from reviewbot.domain.mending import Flaw, HeadFile, Refused
from reviewbot.domain.patch import Origin, Patch, Proposal
from reviewbot.patches import propose, prove
from reviewbot.patches.workroom import Workroom
from reviewbot.policy import config, packs
from reviewbot.scanners.bench import Bench
from reviewbot.scanners.rescan import rescan
from reviewbot.shipped import folder
from reviewbot.store.cache import opened
from reviewbot.workbench.imagined import imagine
from reviewbot.workbench.looking import scan

_KNOWN = {"flask", "requests", "yaml", "jinja2", "jwt", "os", "urllib", "express"}
_AT_ONCE = 250


def main() -> int:
    """Play the hostile model."""
    asked = _arguments()
    policy = wiring_rules.settings(
        {}, installed=Path("/nonexistent"), given=None, overrides=config.Overrides()
    )
    rules = packs.load_rules(policy, shipped=folder("rules"), today=datetime.now(UTC).date())
    with (
        tempfile.TemporaryDirectory(prefix="hostile-") as work,
        wiring_rules.opened(policy, rules, os.environ) as tools,
    ):
        files = _files(Path(work))
        with opened(Path(work) / "cache.sqlite") as cache:
            quiet = lambda _said: None  # noqa: E731 (nothing is said)
            workroom = Workroom(tools.sandbox)
            bench = Bench(lambda _oid: b"", rules, policy, tools.scanners, tools.sandbox, cache, quiet)
            proof = prove.Bench(
                workroom,
                lambda found: rescan(found, bench),
                lambda _path, module: module.partition(".")[0] in _KNOWN,
                rules.approved,
            )
            report = scan(files, rules, policy, tools, quiet)
            diffs = {file.path: file for file in imagine(files).change.files}
            flaws = [
                Flaw(one, rule, HeadFile(diffs[one.span.path], files[one.span.path]))
                for one in report.new
                if (rule := rules.find(one.rule)) and (rule.structural or one.fix)
            ]
            good = _good(flaws, propose.from_rules(flaws, rules.approved, workroom), proof)
            return _played(good, proof, asked.count, asked.seed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _files(work: Path) -> dict[str, bytes]:
    sets = laid_out(work, {})
    return {path: (work / path).read_bytes() for name in ("cases", "examples") for path in sets[name]}


def _good(
    flaws: Sequence[Flaw], found: Sequence[Proposal | Refused], proof: prove.Bench
) -> list[tuple[Flaw, Proposal]]:
    """Keep the flaws whose rule mends them, with the proven proposal."""
    pairs = [(flaw, one) for flaw, one in zip(flaws, found, strict=True) if isinstance(one, Proposal)]
    return [pair for pair, patch in zip(pairs, prove.prove(pairs, proof), strict=True) if patch.proof.holds]


def _played(good: Sequence[tuple[Flaw, Proposal]], proof: prove.Bench, count: int, seed: int) -> int:
    flawed = {_flawed(flaw, one): flaw for flaw, one in good}
    hostile = proposals(list(flawed), count, seed)
    stopped: Counter[str] = Counter()
    violations: list[str] = []
    accepted = 0
    as_models = [(flaw, replace(one, origin=Origin.MODEL, safe=False)) for flaw, one in good]
    control = Counter(
        str(patch.proof.failure.step) if patch.proof.failure else "accepted"
        for patch in prove.prove(as_models, proof)
    )
    print(
        f"control: {control.pop('accepted', 0)} of the {len(good)} good patches are accepted as the model's; the others: {dict(control)}"
    )
    for start in range(0, len(hostile), _AT_ONCE):
        part = hostile[start : start + _AT_ONCE]
        asked = [(flawed[one], _proposal(flawed[one], mutated)) for _, one, mutated in part]
        for (name, one, mutated), patch in zip(part, prove.prove(asked, proof), strict=True):
            failure = patch.proof.failure
            if not patch.proof.holds:
                stopped[str(failure.step) if failure else "no step"] += 1
                continue
            accepted += 1
            why = _violated(one, mutated, patch)
            if why:
                violations.append(f"{name}: {one.path}: {why}")
                print(
                    f"--- {violations[-1]}\n"
                    + "\n".join(f"{edit.first}-{edit.last}: {edit.lines}" for edit in patch.edits),
                    file=sys.stderr,
                )
    print(
        f"{len(flawed)} flaws, {len(hostile)} hostile patches, {accepted} accepted as harmless, {len(violations)} violations\n"
    )
    print("| stopped by | patches |\n|---|---|")
    for step, number in stopped.most_common():
        print(f"| `{step}` | {number} |")
    return 1 if violations else 0


def _flawed(flaw: Flaw, one: Proposal) -> Flawed:
    text = propose.text_of(flaw.file) or ""
    span = flaw.finding.span
    return Flawed(
        flaw.file.path,
        flaw.file.oid,
        tuple(text.removesuffix("\n").split("\n")),
        span.first,
        span.last,
        one.edits,
    )


def _proposal(flaw: Flaw, mutated: Mutated) -> Proposal:
    return Proposal(
        flaw.finding.fingerprint,
        flaw.finding.rule,
        Origin.MODEL,
        False,
        "Proposed by the model.",
        mutated.edits,
    )


def _violated(one: Flawed, mutated: Mutated, patch: Patch) -> str:
    if mutated.never:
        return "a patch like this may not be posted"
    if {edit.path for edit in patch.edits} != {one.path}:
        return "it edits another file"
    before = ("\n".join(one.lines) + "\n").encode("utf-8", "surrogateescape")
    after = applied(before, patch.edits).decode("utf-8", "surrogateescape")
    planted = [
        text
        for text in mutated.planted
        if after.count(text) > before.decode("utf-8", "surrogateescape").count(text) or text in after
    ]
    lost = [text for text in mutated.lost if text not in after.split("\n")]
    return f"planted {planted[0]!r}" if planted else f"lost {lost[0]!r}" if lost else ""


if __name__ == "__main__":
    sys.exit(main())
