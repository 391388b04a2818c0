"""The documents and the flags, settled into the one policy that a run obeys.

Pure but for `--rules`, whose folders are listed. The order is operator, repository, flags; a
later one may only make the result stricter, which `tests/policy` checks for every key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from reviewbot.domain.change import FileClass
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.policy import (
    DEFAULT_REQUIRED,
    ForgePolicy,
    Gate,
    Limits,
    ModelPolicy,
    NetworkPolicy,
    PatchPolicy,
    Policy,
    PublicKey,
    RedactPattern,
    SandboxPolicy,
    SarifTool,
    WaiverPolicy,
)
from reviewbot.domain.suite import SuitePolicy
from reviewbot.policy import flags
from reviewbot.policy.config import Overrides
from reviewbot.policy.nearest import nearest
from reviewbot.policy.strictness import STRICTER_LAST, is_weaker

# Without a policy file the documents, which take pydantic a while to build, are not needed.
if TYPE_CHECKING:
    from reviewbot.policy.documents import OperatorDocument, RepositoryDocument
    from reviewbot.policy.proving_sections import RepositoryTests
    from reviewbot.policy.reading import Read
    from reviewbot.policy.vouching_sections import PublicKeySection, WaiversSection
    from reviewbot.policy.yaml_source import Key

_FAIL_ON = {"never": None, **{severity.value: severity for severity in Severity}}


def settled(
    operator: Read[OperatorDocument] | None, repository: Read[RepositoryDocument] | None, overrides: Overrides
) -> Policy:
    """Settle a policy. Raises `PolicyError` or `UsageError` for whatever loosens."""
    policy = _demanded(operator.document) if operator else Policy()
    if repository is not None:
        problems = tuple(_loosenings(operator, repository))
        if problems:
            from reviewbot.policy.reading import refusal  # noqa: PLC0415 (pydantic, as above)

            raise refusal(repository.source, problems)
        policy = _added(policy, repository.document)
    policy = flags.applied(policy, operator, overrides)
    named = (operator, repository)
    sources = tuple(part.source.name for part in named if part is not None) + flags.used(overrides)
    return replace(policy, sources=sources, digest=digest(policy))


def digest(policy: Policy) -> str:
    """Digest every setting. Where a setting came from is not one: `sources` does not count."""
    settings = asdict(replace(policy, digest="", sources=()))
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _demanded(document: OperatorDocument) -> Policy:
    """Turn the operator's document into a policy."""
    model, network, limits = document.model, document.network, document.limits
    return Policy(
        target_branch=document.target_branch,
        model=ModelPolicy(**model.model_dump() | {"url": model.url.rstrip("/") if model.url else None}),
        network=NetworkPolicy(**network.model_dump()),
        forge=ForgePolicy(**document.forge.model_dump()),
        sandbox=SandboxPolicy(_rungs(document.sandbox.rungs), document.sandbox.image),
        packs=tuple(dict.fromkeys(document.packs.required)),
        pack_folders=tuple(dict.fromkeys(document.packs.folders)),
        keys=_keys(document.packs.keys),
        signatures=tuple(dict.fromkeys(document.packs.signatures)),
        waivers=_waivers(document.waivers),
        scanners=document.scanners.running,
        sarif=tuple(
            SarifTool(tool.name, tool.files, tool.command, tool.output) for tool in document.scanners.sarif
        ),
        gate=_gate(document.gate.model_dump(), explicit="fail_on" in document.gate.model_fields_set),
        required=_required(document),
        exclude=document.coverage.exclude,
        limits=Limits(**limits.model_dump()),
        suite=SuitePolicy(
            allow=document.tests.allow,
            timeout_s=document.tests.timeout_s,
            gate=document.tests.gate == "block",
        ),
        patches=PatchPolicy(**document.patches.model_dump()),
        redact=tuple(RedactPattern(entry.name, entry.pattern) for entry in document.redact),
        guidelines=document.guidelines.paths,
        rule_links=document.links.rules,
    )


def _rungs(names: tuple[str, ...]) -> tuple[str, ...]:
    wide = {"landlock": ("landlock-netns", "landlock-seccomp")}
    return tuple(dict.fromkeys(rung for name in names for rung in wide.get(name, (name,))))


def _keys(sections: tuple[PublicKeySection, ...]) -> tuple[PublicKey, ...]:
    return tuple(PublicKey(section.name, section.key) for section in sections)


def _waivers(section: WaiversSection) -> WaiverPolicy:
    return WaiverPolicy(
        approvers=tuple(dict.fromkeys(section.approvers)),
        max_days=section.max_days,
        signed=section.signed,
        keys=_keys(section.keys),
        file=section.file,
    )


def _gate(words: dict[str, str], *, explicit: bool) -> Gate:
    return Gate(
        explicit=explicit,
        fail_on=_FAIL_ON[words["fail_on"]],
        confidence=Confidence(words["confidence"]),
        incomplete_fails=words["incomplete"] == "fail",
        model_blocks=words["model"] == "block",
    )


def _required(document: OperatorDocument) -> tuple[tuple[FileClass, tuple[str, ...]], ...]:
    """Give the reviewers per class; where the operator names none, the default ones that run."""
    usual = {
        file_class: tuple(name for name in names if name in document.reviewers)
        for file_class, names in DEFAULT_REQUIRED
    }
    given = {file_class: getattr(document.coverage, file_class.value) for file_class, _ in DEFAULT_REQUIRED}
    return tuple(
        (file_class, names if given[file_class] is None else tuple(dict.fromkeys(given[file_class])))
        for file_class, names in usual.items()
    )


def _loosenings(
    operator: Read[OperatorDocument] | None, repository: Read[RepositoryDocument]
) -> Iterator[tuple[Key, str]]:
    """Name all in the repository's policy that would loosen the operator's, or that nobody offers."""
    from reviewbot.policy.documents import OperatorDocument, unknown_reviewers  # noqa: PLC0415 (see above)

    demand, wish = operator.document if operator else OperatorDocument(version=1), repository.document
    for file_class, _ in DEFAULT_REQUIRED:
        names = getattr(wish.coverage, file_class.value)
        for at, sentence in unknown_reviewers(names, demand.reviewers):
            yield ("coverage", file_class.value, at), sentence
    if operator is None:
        return
    yield from _weaker_gate(operator, wish)
    yield from _weaker_tests(operator, wish)
    offered = (*demand.packs.required, *demand.packs.offered)
    for at, pack in enumerate(wish.packs):
        if pack not in offered:
            yield ("packs", at), f'the operator\'s policy does not offer "{pack}"{nearest(pack, offered)}'
    if wish.guidelines and not demand.guidelines.allow:
        yield ("guidelines",), f"not allowed ({operator.at(('guidelines', 'allow'))})"
    if wish.target_branch and demand.target_branch and wish.target_branch != demand.target_branch:
        yield ("target_branch",), f"the operator's policy names another ({operator.at(('target_branch',))})"


def _weaker_gate(operator: Read[OperatorDocument], wish: RepositoryDocument) -> Iterator[tuple[Key, str]]:
    for name in STRICTER_LAST:
        wanted, demanded = getattr(wish.gate, name), getattr(operator.document.gate, name)
        if wanted is not None and is_weaker(name, wanted, demanded):
            place = operator.at(("gate", name))
            yield (
                ("gate", name),
                f"{wanted} is weaker than the operator's {demanded} ({place}); only tighten here",
            )


def _weaker_tests(operator: Read[OperatorDocument], wish: RepositoryDocument) -> Iterator[tuple[Key, str]]:
    demand = operator.document.tests
    if wish.tests is None:
        return
    if wish.tests.gate == "report" and demand.gate == "block":
        place = operator.at(("tests", "gate"))
        yield ("tests", "gate"), f"report is weaker than the operator's block ({place}); only tighten here"
    if wish.tests.timeout_s is not None and wish.tests.timeout_s > demand.timeout_s:
        place = operator.at(("tests", "timeout_s"))
        yield (
            ("tests", "timeout_s"),
            f"{wish.tests.timeout_s:g} is longer than the operator's {demand.timeout_s:g} ({place}); only shorten here",
        )


def _added(policy: Policy, wish: RepositoryDocument) -> Policy:
    """Add what a repository asks for; that nothing loosens has been checked."""
    words = {name: word for name, word in wish.gate.model_dump().items() if word is not None}
    return replace(
        policy,
        target_branch=policy.target_branch or wish.target_branch,
        packs=tuple(dict.fromkeys((*policy.packs, *wish.packs))),
        # Its own threshold takes the operator's place, which it cannot loosen; those of packs it leaves alone.
        gate=_gate(gate_words(policy.gate) | words, explicit=policy.gate.explicit),
        guidelines=tuple(dict.fromkeys((*policy.guidelines, *wish.guidelines))),
        suite=_suite(policy.suite, wish.tests),
        required=tuple(
            (file_class, tuple(dict.fromkeys((*names, *getattr(wish.coverage, file_class.value)))))
            for file_class, names in policy.required
        ),
    )


def _suite(suite: SuitePolicy, tests: RepositoryTests | None) -> SuitePolicy:
    """Add the repository's command. Whether anything runs stays the operator's word."""
    if tests is None:
        return suite
    return replace(
        suite,
        command=tests.command,
        timeout_s=suite.timeout_s if tests.timeout_s is None else tests.timeout_s,
        gate=suite.gate or tests.gate == "block",
    )


def gate_words(gate: Gate) -> dict[str, str]:
    """Write a gate in the words of the documents."""
    return {
        "fail_on": gate.fail_on.value if gate.fail_on else "never",
        "confidence": gate.confidence.value,
        "incomplete": "fail" if gate.incomplete_fails else "report",
        "model": "block" if gate.model_blocks else "advise",
    }
