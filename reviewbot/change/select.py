"""Choosing what is reviewed, and collecting it: the way into this room.

In: an opened repository and what the user asked for. Out: a `Change`. Without any wish it is
everything that HEAD has and the target branch has not: merge base to HEAD.
"""

from dataclasses import dataclass, replace

from reviewbot.change import refs
from reviewbot.change.compare import Comparison, compare
from reviewbot.change.git import GitRepository
from reviewbot.change.history import History, collect_history
from reviewbot.change.index import staged_tree
from reviewbot.change.refs import Named
from reviewbot.change.worktree import snapshot, uncommitted, work_tree
from reviewbot.domain.change import Change
from reviewbot.domain.policy import Limits
from reviewbot.errors import UsageError

_EMPTY_TREES = {
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
_NOTHING = Comparison(())


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user asked to have reviewed.

    `base` and `head` are names of commits; `base` may also be the id of the empty tree, for a first
    commit. `staged` means the index against HEAD, `worktree` all that lies in the work tree against
    the same merge base as without it, so a developer sees the pull request as it will be.
    Raises `UsageError` for wishes that contradict each other.
    """

    base: str | None = None
    head: str | None = None
    staged: bool = False
    worktree: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant together."""
        if self.staged and self.worktree:
            raise UsageError("--staged and --worktree exclude each other")
        if self.head is not None and (self.staged or self.worktree):
            raise UsageError(
                "--head names a commit; --staged and --worktree review what is not committed yet"
            )
        if self.base is not None and self.staged:
            raise UsageError("--staged compares with HEAD; use --worktree to compare with --base")


def policy_source(repository: GitRepository, selection: Selection, target_branch: str | None) -> str | None:
    """Give the commit at the tip of the target branch, where the repository's policy is read; None if unknown.

    `target_branch` outranks `--base`, which outranks what the repository suggests. It is never the
    head or an old merge base. Raises `UsageError` if a name that was given stands for no commit.
    """
    found = _target(repository, selection, target_branch)
    return found.commit if found else None


def collect(
    repository: GitRepository, selection: Selection, *, target_branch: str | None, limits: Limits
) -> Change:
    """Collect the change: files, lines, and the versions that earlier commits of the range hold.

    Git may take `limits.minutes` for each of its answers. Raises `UsageError` where there is no such
    commit, no common history, or more than a review can take.
    """
    repository.patience(limits.minutes * 60)
    if selection.staged:
        return _staged(repository, selection, target_branch)
    tip = refs.head(repository) if selection.head is None else refs.resolve(repository, selection.head)
    target = _target(repository, selection, target_branch)
    if selection.base in _EMPTY_TREES:
        return _from_nothing(repository, selection, tip, target)
    base = target if selection.base is None else refs.resolve(repository, selection.base)
    if base is None:
        raise refs.no_target(repository)
    return _since(repository, selection, base, tip, target or base)


def _target(repository: GitRepository, selection: Selection, target_branch: str | None) -> Named | None:
    if target_branch is None and selection.base is not None and selection.base not in _EMPTY_TREES:
        return refs.resolve(repository, selection.base)
    return refs.target(repository, target_branch)


def _since(repository: GitRepository, selection: Selection, base: Named, tip: Named, target: Named) -> Change:
    merge_base = refs.merge_base(repository, base, tip)
    change = Change(
        repository=repository.name, base=target.commit, merge_base=merge_base, head=tip.commit,
        base_tree=repository.tree_of(merge_base), head_tree=repository.tree_of(tip.commit),
        title=f"{base.name}...{tip.name}", files=(), history=(), notes=(),
    )  # fmt: skip
    if selection.worktree:
        change = _with_work_tree(repository, change)
    elif selection.head is None:
        change = replace(change, notes=_left_out(repository))
    return _filled(repository, change, collected_since=merge_base, tip=tip.commit)


def _from_nothing(
    repository: GitRepository, selection: Selection, tip: Named, target: Named | None
) -> Change:
    empty = selection.base
    assert empty is not None
    change = Change(
        repository=repository.name, base=target.commit if target else empty, merge_base=empty, head=tip.commit,
        base_tree=empty, head_tree=repository.tree_of(tip.commit),
        title=tip.name, files=(), history=(), notes=(),
    )  # fmt: skip
    if selection.worktree:
        change = _with_work_tree(repository, change)
    return _filled(repository, change, collected_since=None, tip=tip.commit)


def _staged(repository: GitRepository, selection: Selection, target_branch: str | None) -> Change:
    work_tree(repository)
    tip = refs.head(repository)
    target = _target(repository, selection, target_branch)
    change = Change(
        repository=repository.name, base=target.commit if target else tip.commit, merge_base=tip.commit, head=None,
        base_tree=repository.tree_of(tip.commit), head_tree=staged_tree(repository.git, repository.quarantine),
        title=f"{tip.name} (staged)", files=(), history=(), notes=(),
    )  # fmt: skip
    return _filled(repository, change, collected_since=tip.commit, tip=tip.commit)


def _with_work_tree(repository: GitRepository, change: Change) -> Change:
    taken = snapshot(repository)
    title = f"{change.title} (work tree)"
    return replace(change, head=None, head_tree=taken.tree, title=title, notes=taken.notes)


def _filled(repository: GitRepository, change: Change, *, collected_since: str | None, tip: str) -> Change:
    same = change.base_tree == change.head_tree
    found = _NOTHING if same else compare(repository, change.base_tree, change.head_tree)
    past = (
        History(())
        if collected_since == tip
        else collect_history(repository, collected_since, tip, found.files)
    )
    return replace(
        change, files=found.files, history=past.blobs, notes=change.notes + found.notes + past.notes
    )


def _left_out(repository: GitRepository) -> tuple[str, ...]:
    count = uncommitted(repository)
    if count == 0:
        return ()
    files = "1 uncommitted file is" if count == 1 else f"{count:,} uncommitted files are"
    return (f"{files} not part of this review; add --worktree",)
