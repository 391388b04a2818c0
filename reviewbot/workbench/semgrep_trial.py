"""All semgrep rules in one run over their own bad examples and over long files made of all examples.

What comes out is what lint asks: which rules semgrep cannot read and why, how long each one takes, and
which rules speak of the same lines. semgrep's words are shown here: they are about the rule's own text.
"""

import itertools
import re
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reviewbot.domain.change import FileClass
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import Rule
from reviewbot.domain.sandboxing import Job
from reviewbot.errors import ScannerError
from reviewbot.scanners import jobs, languages, semgrep_answer, strict_json, tree
from reviewbot.scanners.base import ScannerPaths, Source
from reviewbot.scanners.lines import Lines
from reviewbot.scanners.semgrep_rules import configuration
from reviewbot.scanners.strict_json import UnreadableError
from reviewbot.workbench.looking import Tools
from reviewbot.workbench.places import candidates, likely

SLOW_S = 1.0
"""A rule that takes longer on one file of `LONG_LINES` lines is slow."""
LONG_LINES = 400
_TIMEOUT_S = 5
_COUNTED = 0.05  # below this share the system's count is no count
_LONG = "long/"
_OPTIONS = (
    "--config={in}/rules.json", "--json", "--quiet", "--time", "--metrics=off", "--disable-version-check",
    "--disable-nosem", "--max-target-bytes=0", f"--timeout={_TIMEOUT_S}", "--timeout-threshold=0", "--jobs=1",
)  # fmt: skip
_ACCEPTED = frozenset({0, 1, 2, 4, 7, 8})


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A rule's match in the bad example of a rule, perhaps another's; whole lines."""

    rule: str
    example: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What the run showed, by rule id. `broken` holds semgrep's sentence, `slow` seconds."""

    broken: Mapping[str, str] = field(default_factory=dict)
    slow: Mapping[str, float] = field(default_factory=dict)
    hits: tuple[Hit, ...] = ()


def tried(rules: Sequence[Rule], policy: Policy, tools: Tools, paths: ScannerPaths) -> Trial:
    """Run semgrep once. Raises `ScannerError` if it is not installed, or gives no answer that can be read."""
    if not rules:
        return Trial()
    examples = {path: rule for rule in reversed(rules) for path in candidates(rule, f"{rule.id}/bad")[:1]}
    sources = [_source(path, rule.bad) for path, rule in examples.items()]
    with tree.planted([*sources, *_long_files(rules)], _suffix) as planted:
        speed = Speed()
        raw = _answer(rules, planted, policy, tools, paths)
        share = speed.share()
        contents = {place: (planted.root / place).read_bytes() for place in planted.places.values()}
        places = planted.found()
    try:
        answer = strict_json.parse(raw)
        read = semgrep_answer.read(raw)
    except UnreadableError as error:
        raise ScannerError(f"semgrep's answer cannot be read: {error}") from None
    named = {f"r{number}": rule.id for number, rule in enumerate(rules)}
    hits = set()
    for match in read.matches:
        example = examples.get(places[match.place])
        if example is not None:
            hits.add(_hit(named[match.rule], example.id, match, contents[match.place]))
    return Trial(_broken(answer, named), slow_rules(answer, named, share), tuple(sorted(hits)))


def _long_files(rules: Sequence[Rule]) -> Iterator[Source]:
    """Make long files of all examples of a kind, repeated if they are few: what stands far apart comes together."""
    by_kind: dict[str, list[str]] = {}
    for rule in rules:
        texts = (text.strip("\n") + "\n" for text in (rule.bad, rule.good, rule.clean) if text.strip())
        by_kind.setdefault(likely(rule) or ".txt", []).extend(texts)
    for extension, blocks in sorted(by_kind.items()):
        for number, text in enumerate(_long(blocks)):
            yield _source(f"{_LONG}{number}/code{extension}", text)


def _long(blocks: Sequence[str]) -> Iterator[str]:
    lines = sum(block.count("\n") for block in blocks)
    text = ""
    for block in itertools.chain(*itertools.repeat(blocks, max(1, LONG_LINES // max(1, lines)))):
        if text and text.count("\n") + block.count("\n") > LONG_LINES:
            yield text
            text = ""
        text += block
    yield text


def _source(path: str, text: str) -> Source:
    return Source(path, "", "100644", text.encode("utf-8", "surrogatepass"), FileClass.CODE)


def _suffix(source: Source) -> str | None:
    known = languages.kind(source.path, source.content)
    return None if known is None or source.path.endswith(known) else known


def _answer(
    rules: Sequence[Rule], planted: tree.Tree, policy: Policy, tools: Tools, paths: ScannerPaths
) -> bytes:
    executable = paths.core if paths.core.command else paths.semgrep
    if not executable.command:
        raise ScannerError(executable.missing, hint=executable.hint)
    written = planted.inputs / "rules.json"
    written.write_bytes(configuration(rules))
    tree.readable(written)
    binaries = planted.inputs / "bin"
    binaries.mkdir()
    tree.folder(binaries)
    command: tuple[str, ...] = executable.command
    if paths.core.command:
        # Called by this name, semgrep's binary is the whole command line program.
        (binaries / "osemgrep").symlink_to(paths.core.command[0])
        command = ("{in}/bin/osemgrep",)
    bundles = [path for path in executable.readable if path.endswith("/cacert.pem")]
    job = Job(
        argv=(*command, "scan", "--experimental", *_OPTIONS, "--", *sorted(planted.places.values())),
        tree=str(planted.root), readable=executable.readable,
        inputs={"rules.json": str(written), "bin": str(binaries)},
        env={"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0", "NO_COLOR": "1"}
        | ({"SSL_CERT_FILE": bundles[0]} if bundles else {}),
        limits=jobs.limits_for(policy.limits.scanner_seconds, policy.limits.memory_bytes),
    )  # fmt: skip
    return jobs.run("semgrep", job, tools.sandbox, _ACCEPTED).stdout


def _broken(answer: dict[str, object], named: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    errors = answer.get("errors")
    for error in errors if isinstance(errors, list) else []:
        rule = named.get(semgrep_answer.rule_name(str(error.get("rule_id"))))
        if rule and "path" not in error:
            text = re.sub(r"^Rule parse error in rule \S+:\s*", "", str(error.get("message", "")))
            found.setdefault(rule, text.strip())
    return found


class Speed:
    """Tells how much of a core the run really had: on a busy machine every rule would be slow."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), self._spent()

    def share(self) -> float:
        """Give the share, at most 1; 1 too where the system does not count what tools in a sandbox spend."""
        wall, cpu = time.monotonic() - self._wall, self._spent() - self._cpu
        return min(1.0, cpu / wall) if wall and cpu > _COUNTED * wall else 1.0

    @staticmethod
    def _spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime


def slow_rules(answer: dict[str, object], named: Mapping[str, str], share: float) -> dict[str, float]:
    """Read the times of each rule on each file, and add the rules that were given up."""
    found: dict[str, float] = {}
    times = answer.get("time")
    if not isinstance(times, dict):
        return {}  # where no rule can be used, nothing is timed
    order = [named.get(semgrep_answer.rule_name(str(name))) for name in times.get("rules", [])]
    for target in times.get("targets", []):
        for rule, seconds in zip(order, target.get("match_times", []), strict=False):
            if rule:
                found[rule] = max(found.get(rule, 0.0), float(seconds) * share)
    errors = answer.get("errors")
    for error in errors if isinstance(errors, list) else []:
        rule = named.get(semgrep_answer.rule_name(str(error.get("rule_id"))))
        kind = error.get("type")
        if rule and "Timeout" in str(kind[0] if isinstance(kind, list) else kind):
            found[rule] = max(found.get(rule, 0.0), _TIMEOUT_S * share)
    return {rule: seconds for rule, seconds in found.items() if seconds > SLOW_S}


def _hit(rule: str, example: str, match: semgrep_answer.Match, content: bytes) -> Hit:
    lines = Lines(content)
    first, last = lines.number(match.start), lines.number(max(match.start, match.end - 1))
    return Hit(rule, example, first, last)
