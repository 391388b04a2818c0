"""Packs laid open for those who write them: the rules, and where each key of each file stands.

Packs are loaded as for a review, so that every mistake is named, but for signatures: a pack that is
being written has none yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import Pack, Rule, RuleSet
from reviewbot.errors import UsageError
from reviewbot.policy import pack_files, packs, yaml_source
from reviewbot.policy.nearest import nearest
from reviewbot.policy.pack_files import PACK_FILE
from reviewbot.policy.yaml_source import Key, YamlSource

FIXTURE = ".test."
ANSWERS = ".answers.json"


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A YAML file of a pack: what people call it, its lines, and where its keys stand."""

    name: str
    lines: tuple[str, ...]
    source: YamlSource

    def line(self, *key: str | int) -> int:
        """Give the line of a key, or of what is nearest around it."""
        return self.source.line(key)

    def text_line(self, key: Key, number: int) -> int:
        """Give the file's line of line `number` (from 1) of a text; only block texts keep their lines."""
        at = self.source.line(key)
        written = self.lines[at - 1].rstrip() if at <= len(self.lines) else ""
        return at + number if written.endswith(("|", "|-", "|+")) else at


@dataclass(frozen=True, slots=True)
class Shelf:
    """Loaded packs. `files` are rule files by rule id, `beside` all files of a pack by pack id and path in it."""

    rules: RuleSet
    files: Mapping[str, OpenFile]
    packs: Mapping[str, OpenFile]
    folders: Mapping[str, Path]
    beside: Mapping[str, Mapping[str, bytes]]

    def file(self, rule: Rule) -> OpenFile:
        """Give the file that a rule stands in."""
        return self.files[rule.id]

    def place(self, pack: str, path: str) -> str:
        """Name a file of a pack as people would: from where they stand, if it lies below."""
        return _shown(self.folders[pack] / path)

    def of_pack(self, pack: Pack) -> tuple[Rule, ...]:
        """Give the rules of a pack, by id."""
        return tuple(sorted((rule for rule in self.rules.rules if rule.pack == pack.id), key=_id))


def folders_of(asked: Sequence[str], policy: Policy, shipped: Path) -> tuple[Path, ...]:
    """Find the pack folders that were asked for, by path or by name; none asked for means all there are.

    Raises `UsageError` for what is no pack and `PolicyError` for a folder that cannot be read.
    """
    places = (shipped, *(Path(folder) for folder in policy.pack_folders))
    if not asked:
        return tuple(dict.fromkeys(path for place in places for path in _in(place)))
    known = {path.name: path for place in places if place.is_dir() for path in _in(place)}
    found: list[Path] = []
    for word in asked:
        if Path(word).is_dir():
            found += _in(Path(word))
        elif word in known:
            found.append(known[word])
        else:
            raise UsageError(
                f"{quoted(word)} is neither a folder nor a pack{nearest(word, tuple(known))}",
                hint="name a folder that holds a pack.yml, or folders that do; `reviewbot rules new` makes one",
            )
    return tuple(dict.fromkeys(found))


def opened(folders: Sequence[Path]) -> Shelf:
    """Load these pack folders. Raises `PolicyError` naming file, line and key of everything that is wrong."""
    names = tuple(folder.name for folder in folders)
    if not folders:
        return Shelf(RuleSet((), ()), {}, {}, {}, {})
    policy = replace(Policy(), packs=names, pack_folders=tuple(str(folder) for folder in folders))
    rules = packs.load_rules(policy, shipped=folders[0])
    beside = {folder.name: pack_files.files(folder) for folder in folders}
    by_name = {folder.name: folder for folder in folders}
    files = {rule.id: _open(by_name[rule.pack], f"{rule.id}.yml", beside[rule.pack]) for rule in rules.rules}
    own = {name: _open(folder, PACK_FILE, beside[name]) for name, folder in by_name.items()}
    return Shelf(rules, files, own, by_name, beside)


def _in(place: Path) -> list[Path]:
    resolved = place.resolve()
    names = pack_files.packs_in(str(place))
    return [resolved if (resolved / PACK_FILE).is_file() else resolved / name for name in names]


def _open(folder: Path, path: str, contents: Mapping[str, bytes]) -> OpenFile:
    name = _shown(folder / path)
    text = contents[path]
    return OpenFile(name, tuple(text.decode().split("\n")), yaml_source.load(name, text))


def _shown(path: Path) -> str:
    here = Path.cwd()
    return quoted(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _id(rule: Rule) -> str:
    return rule.id
