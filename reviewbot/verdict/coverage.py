"""Who has read what, for each changed file. Silence is a gap, never a pass.

Input: each reviewer's word on each file, as the scanners and the model gave it. Output: one
entry for each changed file, in order of path, with who was required. A word of failure about
a path that is no changed file (a version in the range's history) gets an entry of its own,
because a failure must not get lost.
"""

import re
from collections.abc import Iterable

from reviewbot.domain.change import Change, FileClass, FileDiff
from reviewbot.domain.coverage import Coverage, FileCoverage, Read
from reviewbot.domain.globs import first_match
from reviewbot.domain.policy import Policy

FIRST_REVIEWERS = ("semgrep", "bandit", "secrets", "suppressions", "hidden")
"""Reviewers are listed in this order, then other tools by name, then the model."""

MODEL = "model"

_SOURCE = (
    ".bash .bat .c .cc .cjs .clj .cpp .cs .cts .cxx .dart .ex .exs .go .groovy .h .hcl .hh .hpp .hs"
    " .htm .html .java .js .jsp .jsx .kt .kts .lua .m .mjs .ml .mm .mts .php .pl .pm .ps1 .psm1 .py"
    " .pyi .pyw .r .rb .rs .scala .sh .sol .sql .swift .tf .ts .tsx .vb .vue .yaml .yml .zsh"
)
SOURCE_SUFFIXES = frozenset(_SOURCE.split())
"""Endings that promise source code. The list errs on the long side: a false entry asks for a look."""

_SOURCE_NAMES = frozenset({"dockerfile", "containerfile", "jenkinsfile", "makefile"})

DISGUISED = "binary content under a source file's name"

_ONLY_READS = {"bandit": frozenset({".py", ".pyi", ".pyw"})}
_SUFFIX = re.compile(r"\.[^./]+\Z")
_RANK = {Read.NOT_APPLICABLE: 0, Read.DONE: 1, Read.FAILED: 2}

Words = dict[str, Coverage]


def assemble(
    change: Change, said: Iterable[tuple[str, str, Coverage]], policy: Policy, *, model_configured: bool
) -> tuple[FileCoverage, ...]:
    """Put together what the reviewers said (reviewer, path, word) and what the policy requires.

    Two words of one reviewer on one file (its head and its base) count as the worse. A word on
    the old name of a renamed or copied file is about the new one.
    """
    now = {file.path for file in change.files}
    renamed = {
        file.old.path: file.path for file in change.files if file.old is not None and file.old.path not in now
    }
    words: dict[str, Words] = {}
    for reviewer, path, word in said:
        heard = words.setdefault(renamed.get(path, path), {})
        heard[reviewer] = _worse(heard[reviewer], word) if reviewer in heard else word
    left_out = frozenset() if model_configured else frozenset({MODEL})
    entries = [_entry(file, words.pop(file.path, {}), policy, left_out) for file in change.files]
    entries += [_stray(path, heard, policy, left_out) for path, heard in words.items() if _failed(heard)]
    return tuple(sorted(entries, key=lambda entry: entry.path))


def _entry(file: FileDiff, said: Words, policy: Policy, left_out: frozenset[str]) -> FileCoverage:
    required = set(policy.required_for(file.file_class))
    disguised = file.file_class is FileClass.BINARY and _promises_source(file.path)
    if disguised:
        required |= set(policy.required_for(FileClass.CODE))
    required -= left_out
    words = dict(said)
    if file.new is None:
        gone = Coverage(Read.NOT_APPLICABLE, "the file is deleted")
        words = dict.fromkeys(required, gone) | words
    elif disguised:
        words |= {name: _not_read(file.path, name, words.get(name)) for name in required}
    excluded = first_match(policy.exclude, file.path) or ""
    return FileCoverage(file.path, file.file_class, _ordered(words), _sorted(required), excluded)


def _not_read(path: str, reviewer: str, word: Coverage | None) -> Coverage:
    """Turn "that is binary, not mine" into a failure, where the name says that it should be."""
    if word is not None and word.state is not Read.NOT_APPLICABLE:
        return word
    suffixes = _ONLY_READS.get(reviewer)
    if word is not None and suffixes is not None and _suffix(path) not in suffixes:
        return word
    return Coverage(Read.FAILED, DISGUISED)


def _stray(path: str, said: Words, policy: Policy, left_out: frozenset[str]) -> FileCoverage:
    required = {name for _, names in policy.required for name in names} - left_out
    failed = {name for name, word in said.items() if word.state is Read.FAILED}
    excluded = first_match(policy.exclude, path) or ""
    return FileCoverage(path, FileClass.TEXT, _ordered(said), _sorted(required & failed), excluded)


def _failed(said: Words) -> bool:
    return any(word.state is Read.FAILED for word in said.values())


def _worse(one: Coverage, other: Coverage) -> Coverage:
    if one.state is other.state is Read.FAILED:
        # No range means the whole file, and that outweighs any range.
        lines = tuple(sorted({*one.lines, *other.lines})) if one.lines and other.lines else ()
        reasons = sorted({one.reason, other.reason} - {""})
        return Coverage(Read.FAILED, "; ".join(reasons), lines)
    return max(one, other, key=lambda word: (_RANK[word.state], word.reason, word.lines))


def _ordered(words: Words) -> tuple[tuple[str, Coverage], ...]:
    return tuple((name, words[name]) for name in _sorted(words))


def _sorted(reviewers: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(reviewers, key=_place))


def _place(reviewer: str) -> tuple[int, str]:
    if reviewer in FIRST_REVIEWERS:
        return FIRST_REVIEWERS.index(reviewer), ""
    return len(FIRST_REVIEWERS) + (reviewer == MODEL), reviewer


def _promises_source(path: str) -> bool:
    return _suffix(path) in SOURCE_SUFFIXES or path.rpartition("/")[2].lower() in _SOURCE_NAMES


def _suffix(path: str) -> str:
    match = _SUFFIX.search(path)
    return match.group().lower() if match else ""
