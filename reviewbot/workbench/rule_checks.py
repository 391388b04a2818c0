"""What can be said of a rule by reading it: examples, owner, words, names, references."""

import re
from collections.abc import Iterator
from datetime import date

from reviewbot.domain.cwe import families
from reviewbot.domain.rule import ReviewDetector, Rule, SemgrepDetector, ToolDetector, TouchDetector
from reviewbot.policy.nearest import nearest
from reviewbot.workbench import kinds, regexes
from reviewbot.workbench.remarks import Remark, Weight
from reviewbot.workbench.shelf import OpenFile

EXPIRY_DAYS = 30
_NOBODY = frozenset(
    {"none", "nobody", "unknown", "tbd", "todo", "n/a", "na", "me", "owner", "team", "fill-in", "?", "-"}
)
_SEVERITIES = re.compile(r"(?:^|-)(?:error|warning|note|high|medium|low|critical)$")
_CWE_PAGE = re.compile(r"https?://cwe\.mitre\.org/data/definitions/([0-9]+)(?:\.html)?")
_PREACHING = re.compile(
    r"(?i)\b(?:please|consider|should|best practices?|vulnerab\w*|attackers?|malicious)\b|!"
)
_LONGEST_WHY = 320


def checked(rule: Rule, file: OpenFile, today: date) -> Iterator[Remark]:
    """Give all remarks on one rule."""
    yield from _examples(rule, file)
    yield from _owner(rule, file, today)
    yield from _words(rule, file)
    yield from _names(rule, file)
    yield from _references(rule, file)
    yield from _regexes(rule, file)
    yield from _kinds(rule, file)


def _remark(file: OpenFile, field: str, said: str, mend: str = "", weight: Weight = Weight.ADVICE) -> Remark:
    """Make a remark on a key of a rule's file."""
    rule = str(file.source.data["id"])
    return Remark(file.name, file.line(*field.split(".")), field, said, mend, weight, rule)


def _examples(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    secret = isinstance(rule.detector, ToolDetector) and rule.detector.tool == "secrets"
    sarif = isinstance(rule.detector, ToolDetector) and file.source.data["detect"].get("sarif") is not None
    wants = {"bad": "what the rule must find", "good": "the same, mended"}
    for name, meaning in wants.items():
        if not getattr(rule, name).strip() and not sarif and not (secret and name == "bad"):
            yield _remark(
                file,
                "detect",
                f"the rule has no example under {name}:",
                f"show {meaning} under {name}:",
                Weight.ERROR,
            )
    if not rule.clean.strip() and not sarif:
        yield _remark(file, "detect", "the rule has no example under clean:",
            "show under clean: what looks like the flaw and is none",
        )  # fmt: skip
    for name in ("good", "clean"):
        if rule.bad.strip() and getattr(rule, name).strip() == rule.bad.strip():
            yield _remark(file, name, f"{name} and bad are the same", f"mend {name}:", Weight.ERROR)
    if isinstance(rule.detector, TouchDetector) and not rule.applies_to:
        yield _remark(file, "detect", "a touch rule without applies_to speaks of every file",
            "name the files under applies_to:", Weight.ERROR,
        )  # fmt: skip
    if isinstance(rule.detector, ReviewDetector):
        for name in ("violations", "not_violations"):
            if not getattr(rule.detector, name):
                yield _remark(
                    file,
                    "detect.review",
                    f"the question has no {name}",
                    f"add one or two {name}: the model learns by them",
                )


def _owner(rule: Rule, file: OpenFile, today: date) -> Iterator[Remark]:
    if rule.owner.strip().lower() in _NOBODY:
        yield _remark(
            file,
            "owner",
            f"{rule.owner} answers for nothing",
            "name the team that answers for the rule",
            Weight.ERROR,
        )
    expiry = file.source.data.get("expiry")
    if isinstance(expiry, str):
        left = (date.fromisoformat(expiry) - today).days
        if left <= EXPIRY_DAYS:
            yield _remark(file, "expiry", f"the rule expires on {expiry}, in {left} days; after it the pack does not load",
                "renew it or take it out",
            )  # fmt: skip


def _words(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    why = " ".join(rule.why.split())
    if len(why) > _LONGEST_WHY or len(re.findall(r"[.!?](?= [A-Z`]|$)", why)) > 2:
        yield _remark(file, "why", f"the reason is long ({len(why)} characters)",
            f"say in two sentences and {_LONGEST_WHY} characters what happens and what to do",
        )  # fmt: skip
    preached = _PREACHING.search(why)
    if preached:
        yield _remark(
            file,
            "why",
            f'"{preached.group()}" says nothing to a developer',
            "say what happens, and what to do",
        )
    if not 10 <= len(rule.title) <= 80 or rule.title.endswith("."):
        yield _remark(file, "title", "a title has 10 to 80 characters and no full stop", "write it anew")


def _names(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    if len(rule.id) > 60:
        yield _remark(file, "id", f"the name has {len(rule.id)} characters", "give it a name of at most 60")
    if _SEVERITIES.search(rule.id) or re.search(r"cwe-?[0-9]", rule.id):
        yield _remark(file, "id", "a severity or CWE number in the name will be wrong when the rule changes",
            "name the flaw, as in python-sql-built-from-input",
        )  # fmt: skip


def _references(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    for at, reference in enumerate(rule.references):
        where = Remark(file.name, file.line("references", at), f"references[{at}]", "", rule=rule.id)
        page = _CWE_PAGE.fullmatch(reference)
        if page and rule.cwe and not families((int(page[1]),)) & families(rule.cwe):
            yield _with(
                where,
                f"the address is of CWE-{page[1]}, and cwe: names {', '.join(map(str, rule.cwe))}",
                "correct one of them",
            )
        if reference in rule.references[:at]:
            yield _with(where, "the address stands there twice", "take one out")
        if reference.startswith("http://"):
            yield _with(where, "the address is not https", "write https:// if the page can be had so")
    if not rule.cwe and not isinstance(rule.detector, ReviewDetector | TouchDetector):
        yield _remark(file, "severity", "the rule names no CWE, so no other scanner's finding can be merged with its own",
            "add cwe:, as in cwe: [89]",
        )  # fmt: skip


def _with(where: Remark, said: str, mend: str) -> Remark:
    return Remark(where.file, where.line, where.field, said, mend, rule=where.rule)


def _regexes(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    # The file's own body: what shared lists and approved lists add has no place in this file.
    body = file.source.data["detect"].get("semgrep")
    if not isinstance(rule.detector, SemgrepDetector) or body is None:
        return
    for key, regex in regexes.regexes(body):
        if regexes.explodes(regex):
            yield Remark(
                file.name, file.line("detect", "semgrep", *key), "detect.semgrep",
                "an unbounded repeat stands inside another, as in (a+)+: on some lines semgrep gives up and finds nothing",
                "bound the inner repeat, as in (a{1,20}-)+, or make it possessive, as in (a++)+", rule=rule.id,
            )  # fmt: skip


def _kinds(rule: Rule, file: OpenFile) -> Iterator[Remark]:
    """Name what no scanner of that name ever reports."""
    if not isinstance(rule.detector, ToolDetector) or file.source.data["detect"].get("sarif") is not None:
        return
    tool = rule.detector.tool
    known = kinds.OWN.get(tool, ())
    for name in kinds.unknown(tool, rule.detector.tool_rules):
        yield _remark(file, f"detect.{tool}", f'{tool} reports nothing called "{name}"{nearest(name, known)}',
            f"name one of {', '.join(known)}" if known else "write bandit's own id, as in B602", Weight.ERROR,
        )  # fmt: skip
