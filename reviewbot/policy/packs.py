"""Rule packs: folders of rule files, each read, checked and indexed, or the run refuses.

Files directly in the pack's folder that end in `.yml` are rules; those with `.test.` in their
name are fixtures. `shared/` and `approved/` hold lists that rules name. All mistakes of all packs
are named at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import ApprovedLibrary, Pack, Rule, RuleSet, ToolDetector
from reviewbot.errors import PolicyError
from reviewbot.policy import pack_files, signatures
from reviewbot.policy.list_documents import ApprovedDocument, SharedDocument
from reviewbot.policy.pack_files import PACK_FILE, packs_in
from reviewbot.policy.pack_rules import PackLists, rule
from reviewbot.policy.reading import Read, read, refusal
from reviewbot.policy.rule_documents import PackDocument, RuleDocument
from reviewbot.policy.sections import Section

__all__ = ["load_rules", "packs_in"]

D = TypeVar("D", bound=Section)
SHARED, APPROVED = "shared/", "approved/"
"""Folders of a pack whose files are lists, not rules."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A rule and where it stands, to name both places where two rules clash."""

    rule: Rule
    read: Read[RuleDocument]


@dataclass(frozen=True, slots=True)
class _Whole:
    """A pack with all that it holds, and the mistakes in it."""

    pack: Pack
    rules: tuple[_Loaded, ...]
    approved: tuple[ApprovedLibrary, ...]
    mistakes: tuple[PolicyError, ...]


def load_rules(policy: Policy, *, shipped: Path, today: date | None = None) -> RuleSet:
    """Load the packs of a policy, from those that come with the program and the policy's folders.

    `today` decides which rules have expired; not given, it is the day in UTC. Raises
    `PolicyError` naming file, line and key of everything that is wrong.
    """
    day = today or datetime.now(UTC).date()
    folders = (shipped, *(Path(folder) for folder in policy.pack_folders))
    wholes: list[_Whole] = []
    mistakes: list[PolicyError] = []
    for name in policy.packs:
        try:
            wholes.append(_whole(pack_files.find(name, folders), policy, day))
        except PolicyError as error:
            mistakes.append(error)
    loaded = [entry for whole in wholes for entry in whole.rules]
    mistakes += [mistake for whole in wholes for mistake in whole.mistakes]
    mistakes += _clashes(loaded)
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        raise PolicyError("\n".join(str(mistake) for mistake in mistakes))
    return RuleSet(
        tuple(whole.pack for whole in wholes),
        tuple(entry.rule for entry in loaded),
        tuple(library for whole in wholes for library in whole.approved),
    )


def _whole(place: Path, policy: Policy, day: date) -> _Whole:
    """Read a pack. Raises `PolicyError` where it is none, or is not signed as the policy asks."""
    contents = pack_files.files(place)
    pack = _pack(place, contents, day)
    pack = replace(pack, signed_by=signatures.signer(place, pack, pack.digest, policy))
    mistakes: list[PolicyError] = []
    lists = _lists(place, contents, mistakes)
    rules: list[_Loaded] = []
    for path, text in contents.items():
        try:
            if _is_rule(place, path):
                rules.append(_loaded(place, path, text, day, lists))
        except PolicyError as error:
            mistakes.append(error)
    return _Whole(pack, tuple(rules), tuple(lists.approved.values()), tuple(mistakes))


def _lists(place: Path, contents: dict[str, bytes], mistakes: list[PolicyError]) -> PackLists:
    shared = dict(_of_kind(SharedDocument, SHARED, place, contents, mistakes))
    found = dict(_of_kind(ApprovedDocument, APPROVED, place, contents, mistakes))
    libraries: dict[str, ApprovedLibrary] = {}
    for name, entry in found.items():
        document = entry.document
        if document.id != name:
            mistakes.append(
                refusal(entry.source, [(("id",), f'"{document.id}", but the file is called {name}.yml')])
            )
        libraries[name] = ApprovedLibrary(
            document.id, place.name, document.purpose, document.languages, document.use,
            document.instead_of, document.example, document.why or "",
        )  # fmt: skip
    loaded = {*(f"{SHARED}{name}.yml" for name in shared), *(f"{APPROVED}{name}.yml" for name in found)}
    broken = frozenset(
        path for path in contents if path.startswith((SHARED, APPROVED)) and path not in loaded
    )
    return PackLists({name: entry.document for name, entry in shared.items()}, libraries, broken)


def _of_kind(
    kind: type[D], folder: str, place: Path, contents: dict[str, bytes], mistakes: list[PolicyError]
) -> Iterator[tuple[str, Read[D]]]:
    """Read the lists of one folder; what does not load is put to the mistakes."""
    for path, text in contents.items():
        name = path.removeprefix(folder)
        if not path.startswith(folder) or "/" in name or not name.endswith(".yml"):
            continue
        try:
            yield name.removesuffix(".yml"), read(kind, str(place / path), text)
        except PolicyError as error:
            mistakes.append(error)


def _pack(place: Path, contents: dict[str, bytes], day: date) -> Pack:
    found = read(PackDocument, str(place / PACK_FILE), contents[PACK_FILE])
    document = found.document
    if document.id != place.name:
        raise refusal(
            found.source, [(("id",), f'"{document.id}", but its folder is called {quoted(place.name)}')]
        )
    if document.owner_until is not None and document.owner_until < day:
        ended = f"{document.owner} answered for the pack until {document.owner_until}; name who does now"
        raise refusal(found.source, [(("owner_until",), ended)])
    return Pack(
        id=document.id,
        version=document.version,
        digest=pack_files.digest(contents),
        owner=document.owner,
        description=document.description,
        threshold=document.threshold or "",
    )


def _is_rule(place: Path, path: str) -> bool:
    """Say whether a file is a rule. Raises `PolicyError` for one that looks like it but would be passed over."""
    name = path.rpartition("/")[2]
    if path == PACK_FILE or ".test." in name or not name.endswith((".yml", ".yaml")):
        return False
    if path in {SHARED + name, APPROVED + name} and name.endswith(".yml"):
        return False
    if "/" in path or name.endswith(".yaml"):
        raise PolicyError(
            f"{quoted(str(place / path))} would not be read as a rule",
            hint="rules lie directly in the pack's folder and end in .yml, lists in shared/ and approved/; fixtures have "
            ".test. in their name",
        )
    return True


def _loaded(place: Path, path: str, text: bytes, day: date, lists: PackLists) -> _Loaded:
    found = read(RuleDocument, str(place / path), text)
    document = found.document
    if f"{document.id}.yml" != path:
        raise refusal(found.source, [(("id",), f'"{document.id}", but the file is called {quoted(path)}')])
    if document.expiry is not None and document.expiry < day:
        raise refusal(
            found.source, [(("expiry",), f"the rule expired on {document.expiry}; renew it or take it out")]
        )
    return _Loaded(rule(place.name, found, lists), found)


def _clashes(loaded: list[_Loaded]) -> Iterator[PolicyError]:
    """Name rules that share an id, and rules that take over the same rule of another scanner."""
    first: dict[tuple[str, ...], _Loaded] = {}
    for entry in loaded:
        names: list[tuple[str, ...]] = [("id", entry.rule.id)]
        detector = entry.rule.detector
        if isinstance(detector, ToolDetector):
            names += (("detect", detector.tool, name) for name in dict.fromkeys(detector.tool_rules))
        for name in names:
            other = first.setdefault(name, entry)
            if other is not entry:
                place = quoted(other.read.source.name)
                yield refusal(
                    entry.read.source, [(name[:1], f"{' '.join(name[1:])} is taken by {place} already")]
                )
