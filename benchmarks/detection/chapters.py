"""The parts of the benchmark, each a few lines of Markdown; nothing is caught: a tool that fails ends the run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from detection import community, leaky, ordinary, ours, score, tables, tools
from detection import speed as timing
from detection.findings import Finding, hits
from detection.sets import OWASP, SECURITYEVAL, Prepared, opened, prepared
from detection.tools import Answer

HARD_CODED = 798
NOT_MEASURED = "not measured"


@dataclass
class Bench:
    """What all parts share: where to work, our packs, and the community's rules, if they are there."""

    work: Path
    packs: Sequence[Path]
    community: Path | None
    both: bool = False

    @cached_property
    def rules(self) -> dict[str, tuple[list[dict[str, object]], int]]:
        """The community's rules for each use."""
        assert self.community is not None
        with opened(self.community) as top:
            uses = {"python": ("python",), "every": community.EVERY, "secrets": ("generic/secrets",)}
            return {use: community.load(top, folders) for use, folders in uses.items()}

    def others(self, chosen: Prepared) -> Iterator[tuple[str, Answer]]:
        """The other tools on a Python set."""
        by_bandit = tools.bandit(chosen.tree, chosen.files)
        yield "bandit", by_bandit
        if self.community:
            by_rules = tools.semgrep(self.rules["python"][0], chosen.tree, chosen.files)
            security = tuple(one for one in by_rules.findings if community.is_security(one.rule))
            yield "bandit + community security rules", Answer(by_bandit.findings + security)
            yield "bandit + all community rules", Answer(by_bandit.findings + by_rules.findings)

    def sides(self, name: str, place: Path) -> Iterator[tuple[str, Prepared, Answer]]:
        """Every tool on a Python set: on the neutral copy, before that as it is if both are wanted; ours last.

        Ours runs first, though: a pack that does not load should not cost the time of all the others.
        """
        neutral = prepared(name, place, self.work)
        own = ours.review(neutral.tree, self.packs, neutral.files)
        if self.both:
            plain = prepared(name, place, self.work, neutral=False)
            for tool, answer in self.others(plain):
                yield f"{tool}, as it is", plain, answer
        for tool, answer in self.others(neutral):
            yield tool, neutral, answer
        yield "ours", neutral, own


def owasp(bench: Bench, place: Path) -> Iterator[str]:
    """OWASP Benchmark: true and false cases in fourteen categories."""
    sides = [
        (tool, score.categories(score.scored(chosen.cases, answer.findings)), answer)
        for tool, chosen, answer in bench.sides(OWASP, place)
    ]
    yield "### OWASP Benchmark for Python\n"
    rows = []
    for tool, counts, _ in sides:
        whole = score.pooled(counts)
        figures = (whole.tpr, whole.fpr, whole.youden, score.mean_youden(counts))
        rows.append((tool, *(f"{figure:.3f}" for figure in figures)))
    yield from tables.table(("tool", "TPR", "FPR", "Youden, pooled", "Youden, mean of categories"), rows)
    yield "\nOurs:\n"
    yield from tables.per_category(sides[-1][1])
    yield "\nYouden by category:\n"
    names = list(sides[-1][1])
    by_name = [(name, *(f"{counts[name].youden:.3f}" for _, counts, _ in sides)) for name in names]
    yield from tables.table(("category", *(tool for tool, _, _ in sides)), by_name)
    yield from _complaints(sides[-1][2], bench, "python")


def securityeval(bench: Bench, place: Path) -> Iterator[str]:
    """SecurityEval: true cases only, of many weaknesses."""
    yield "### SecurityEval\n"
    rows, last = [], Answer(())
    for tool, chosen, answer in bench.sides(SECURITYEVAL, place):
        judged = score.scored(chosen.cases, answer.findings)
        found, every = score.pooled(score.categories(judged)), score.any_recall(chosen.cases, answer.findings)
        rows.append((tool, f"{found.tp} of {found.tp + found.fn}", f"{found.tpr:.3f}", f"{every:.3f}"))
        last = answer
    yield from tables.table(("tool", "found", "family recall", "any finding"), rows)
    yield from _complaints(last, bench, "python")


def secrets(bench: Bench, place: Path, commands: Mapping[str, str | None]) -> Iterator[str]:
    """leaky-repo: planted secrets."""
    tree, truth = leaky.unpacked(place, bench.work / "leaky")
    files = [str(path.relative_to(tree)) for path in sorted(tree.rglob("*")) if path.is_file()]
    answers: dict[str, Answer | None] = {
        "detect-secrets": _maybe(tools.detect_secrets, commands["detect-secrets"], tree),
        "gitleaks": _maybe(tools.gitleaks, commands["gitleaks"], tree),
    }
    if bench.community:
        answers["community rules, generic/secrets"] = tools.semgrep(bench.rules["secrets"][0], tree, files)
    every = ours.review(tree, bench.packs)
    answers["ours"] = Answer(tuple(one for one in every.findings if hits(one, HARD_CODED)))
    answers["ours, findings of every kind"] = every
    yield "### leaky-repo\n"
    rows = [(tool, *_leaks(truth, answer)) for tool, answer in answers.items()]
    head = ("tool", "files with a risk", "risks", "risks and informative", "false lines")
    yield from tables.table(head, rows)


def _maybe(tool: Callable[[str, Path], Answer], command: str | None, tree: Path) -> Answer | None:
    return tool(command, tree) if command else None


def _leaks(truth: leaky.Truth, answer: Answer | None) -> tuple[str, ...]:
    if answer is None:
        return (NOT_MEASURED,) * 4
    found = leaky.count(truth, answer.findings)
    pairs = ((found.files, found.of_files), (found.risks, found.of_risks), (found.all, found.of_all))
    return (*(f"{own} of {whole} ({own / whole:.3f})" for own, whole in pairs), str(found.false))


def noise(bench: Bench, places: Sequence[Path]) -> Iterator[str]:
    """Ordinary files: findings per 1,000 lines."""
    files = ordinary.drawn(places, bench.work / "ordinary")
    answer = ours.review(files.tree, bench.packs)
    named = [one for one in answer.findings if one.catalogued]
    strong = [one for one in named if one.severity in {"warning", "error"}]
    sides = {"ours, warning and error": strong, "ours, catalogued, every severity": named, "ours, everything": answer.findings}  # fmt: skip
    if bench.community:
        others = tools.semgrep(bench.rules["every"][0], files.tree, files.files).findings
        security = [one for one in others if community.is_security(one.rule)]
        sides |= {"community rules, security folders": security, "community rules, all": others}
    yield f"### {len(files.files)} ordinary files, {files.lines:,} lines\n"
    rows = [(tool, len(found), f"{1000 * len(found) / files.lines:.2f}", _most(found)) for tool, found in sides.items()]  # fmt: skip
    yield from tables.table(("tool", "findings", "per 1,000 lines", "most from"), rows)
    yield f"\nDrawn with the seed `{ordinary.SEED}`:\n"
    drawn = [(project.name, f"`{project.commit}`", project.files) for project in files.projects]
    yield from tables.table(("project", "commit", "files"), drawn)
    yield from _complaints(answer, bench, "every")


def _most(findings: Sequence[Finding]) -> str:
    counts: dict[str, int] = {}
    for one in findings:
        name = one.rule.rpartition(".")[2]
        counts[name] = counts.get(name, 0) + 1
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]
    return ", ".join(f"{name} {number}" for name, number in most)


def speed(bench: Bench, place: Path | None) -> Iterator[str]:
    """What the rules of the Python pack cost: on plain library code, and on code that is all requests."""
    yield "### Speed\n"
    kinds = {"of the standard library": (bench.work / "library", timing.library(bench.work / "library"))}
    if place:
        chosen = prepared(OWASP, place, bench.work)
        kinds["of OWASP Benchmark"] = (chosen.tree, chosen.files[:10])
    rows = []
    for pack in (pack for pack in bench.packs if pack.name == "python-security"):
        for kind, (tree, files) in kinds.items():
            took = timing.measure(pack, tree, files)
            times = (f"{took.pack:.2f} s", f"{took.plain:.2f} s", f"{took.ratio:.2f} x")
            rows.append((f"{pack.name}, {took.rules} rules", f"{len(files)} {kind}", *times))
    head = ("pack", "files", "pack", "100 plain rules", f"ratio (<= {timing.MOST_RATIO:g})")
    yield from tables.table(head, rows)


def _complaints(answer: Answer, bench: Bench, use: str) -> Iterator[str]:
    """What was not read by ours, and how many of the community's rules there were."""
    if answer.complaints:
        yield f"\nNot read by ours: {len(answer.complaints)}; first: {answer.complaints[0]}"
    if bench.community:
        rules, unread = bench.rules[use]
        broken = tools.unusable(rules)
        yield f"\nCommunity rules: {len(rules)}, of which this semgrep cannot use {broken}; files without rules: {unread}."
