"""What `reviewbot fix` works on: the offers of a review, the files of the work tree, and what git holds of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reviewbot.change.disk import blob_id
from reviewbot.change.git import GitRepository
from reviewbot.change.index import IndexEntry, read_index
from reviewbot.change.worktree import work_tree
from reviewbot.domain.patch import Edit, Patch, Proof, StepResult
from reviewbot.domain.paths import quoted, unquoted
from reviewbot.domain.short import short_names
from reviewbot.errors import UsageError
from reviewbot.mending.offer import Offer
from reviewbot.mending.plan import Lying, Rewritten
from reviewbot.mending.undo import Undo
from reviewbot.mending.worktree import WorkTree
from reviewbot.publish import document
from reviewbot.publish.document_patches import SaidPatch

_FILE = "review.json"
_HOME = "reviewbot"
"""Where runs leave their records too, under the git directory."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The offers of a review in file order; `unproven` says in words which findings have none, by fingerprint."""

    title: str
    offers: tuple[Offer, ...]
    unproven: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of files: the way back (None if nothing changed), and why some were left, by path."""

    way_back: Path | None
    left: Mapping[str, str]


def last_review(repository: GitRepository) -> Path:
    """Find the newest local review. Raises `UsageError` if there is none."""
    found = sorted((repository.git_dir / _HOME / "runs").glob(f"*/{_FILE}"))
    if not found:
        raise UsageError(
            "there is no review of this repository here",
            hint="run `reviewbot run` first, or say which change with --worktree, --staged, --base or --head, or name a review with --review",
        )
    return found[-1]


def offered(place: Path) -> Offered:
    """Read a review.json, or the one in a folder. Raises `UsageError` for what is none."""
    path = place / _FILE if place.is_dir() else place
    try:
        with path.open("rb") as file:
            raw = file.read(document.MOST_BYTES + 1)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise UsageError(f"the review {quoted(str(path))} cannot be read: {why}") from None
    try:
        return _offered(document.read(raw))
    except UsageError as error:
        raise UsageError(
            f"{quoted(str(path))}: {error.sentence}",
            hint="if another version of reviewbot wrote it, make it anew: reviewbot run",
        ) from None


def _offered(said: document.ReviewDocument) -> Offered:
    findings = {finding.fingerprint: finding for finding in said.findings}
    # As reports name them.
    names = short_names(patch.finding for patch in said.patches)
    offers = []
    for patch in said.patches:
        finding = findings.get(patch.finding)
        if finding is None:
            raise UsageError("a patch of the review is for none of its findings")
        spot = _path(finding.span.path), finding.span.first, finding.rule, finding.title
        masked = not all(edit.exact for edit in patch.edits)
        offers.append(Offer(_patch(patch), names[patch.finding], *spot, masked))
    offers.sort(key=lambda offer: (offer.path, offer.line, offer.rule, offer.patch.id))
    unproven = {name: f"{one.span.path}:{one.span.first} {one.rule}" for name, one in findings.items()}
    unproven |= {
        one.finding: f"{unproven[one.finding]}: {one.why}"
        for one in said.unproven
        if one.why and one.finding in unproven
    }
    return Offered(said.change.title, tuple(offers), unproven)


def _patch(said: SaidPatch) -> Patch:
    try:
        edits = tuple(
            Edit(_path(edit.path), edit.oid, edit.first, edit.last, edit.lines) for edit in said.edits
        )
    except ValueError:
        raise UsageError("an edit of the review is no range of lines") from None
    steps = (StepResult(one.step, one.state, one.said) for one in said.proof.steps)
    return Patch(
        said.id, said.finding, said.origin, said.safe, said.sentence, edits, Proof.of(steps, said.proof.tests), said.needs
    )  # fmt: skip


def _path(shown: str) -> str:
    try:
        return unquoted(shown)
    except ValueError:
        raise UsageError("a path of the review is broken") from None


@dataclass(frozen=True, slots=True)
class Bench:
    """A work tree with its repository."""

    repository: GitRepository
    top: Path
    tree: WorkTree

    def lying(self, paths: Iterable[str]) -> dict[str, Lying | str]:
        """Look at files of the work tree: what they hold and what of it is committed, or why they cannot be used."""
        wanted = sorted(set(paths))
        staged = _staged(read_index(self.repository.git), wanted)
        head = self.repository.objects.look_up("HEAD^{tree}")
        found: dict[str, Lying | str] = {}
        for path in wanted:
            try:
                content = self.tree.read(path)
            except UsageError as error:
                found[path] = error.sentence
                continue
            committed = self.repository.oid_at(head[0], path) if head else None
            oids = self._oids(content)
            found[path] = Lying(content, oids, _uncommitted(oids, committed, staged.get(path)))
        return found

    def _oids(self, content: bytes) -> frozenset[str]:
        form = self.repository.object_format
        # What git stores of a file with CRLF depends on settings that are not ours to read; either is this file.
        return frozenset(blob_id(one, form) for one in (content, content.replace(b"\r\n", b"\n")))

    def write(self, rewritten: Sequence[Rewritten], now: datetime) -> Written:
        """Write files, each whole or not at all, and before that the way back, under the git directory.

        Raises `UsageError` where the way back cannot be written; nothing is changed then.
        """
        if not rewritten:
            return Written(None, {})
        way_back = Undo(
            self.repository.git_dir / _HOME / "fixes", now, b"".join(one.diff for one in rewritten)
        )
        left: dict[str, str] = {}
        for one in rewritten:
            try:
                self.tree.replace(one.path, one.old, one.new)
            except UsageError as error:
                left[one.path] = f"{quoted(one.path)} {error.sentence}"
        done = [one for one in rewritten if one.path not in left]
        if left:
            way_back.narrow(b"".join(one.diff for one in done))
        return Written(way_back.path if done else None, left)


def _staged(entries: Iterable[IndexEntry], paths: Iterable[str]) -> dict[str, str]:
    """Give the blob of each path in the index; a path that a merge left unsettled has none that could be clean."""
    wanted = frozenset(paths)
    return {entry.path: "" if entry.stage else entry.oid for entry in entries if entry.path in wanted}


def _uncommitted(oids: frozenset[str], committed: str | None, staged: str | None) -> str:
    if committed is None:
        return "is not committed"
    return "" if committed in oids and staged == committed else "has uncommitted changes"


@contextmanager
def opened(repo: Path) -> Iterator[Bench]:
    """Open the repository around a folder. Raises `UsageError` for one without a work tree."""
    with GitRepository.open(repo) as repository:
        top = work_tree(repository)
        with WorkTree(top) as tree:
            yield Bench(repository, top, tree)
