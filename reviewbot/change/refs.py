"""From what people call a commit to its id: branches, tags, ids, and the target branch nobody named.

A branch outranks a tag of the same name, for a tag named `main` must not decide where the policy is
read. Names that begin with a dash are refused, not passed on.
"""

import difflib
from dataclasses import dataclass

from reviewbot.change.git import GitRepository
from reviewbot.domain.paths import from_bytes, quoted
from reviewbot.errors import UsageError

DEEPEN = (
    "this clone is shallow, so its history is cut off; deepen it: `git fetch --unshallow` (or `git fetch --deepen=200`); "
    "GitLab CI: `GIT_DEPTH: 0`; GitHub Actions: `fetch-depth: 0` under `actions/checkout`; Azure Pipelines: `fetchDepth: 0`"
)
_USUAL_BRANCHES = ("main", "master")


@dataclass(frozen=True, slots=True)
class Named:
    """A commit and the name that people know it by."""

    name: str
    commit: str


def head(repository: GitRepository) -> Named:
    """Give the commit that is checked out, by its branch, or by its id if HEAD is detached."""
    commit = _commit(repository, "HEAD")
    branch = head_branch(repository)
    if commit is None:
        where = f" on branch {quoted(branch)}" if branch else ""
        raise UsageError(
            f"there is no commit yet{where}",
            hint="commit something first, or name what to review with --head",
        )
    return Named(branch or commit[:7], commit)


def head_branch(repository: GitRepository) -> str | None:
    """Give the short name of the branch that is checked out; None if HEAD is detached."""
    code, name = repository.git.attempt("symbolic-ref", "-q", "HEAD")
    return from_bytes(name).removesuffix("\n").removeprefix("refs/heads/") if code == 0 else None


def resolve(repository: GitRepository, name: str) -> Named:
    """Give the commit that a branch, remote branch, tag or id stands for. Raises `UsageError` if none does."""
    _refuse_unusable(name)
    for candidate in (f"refs/heads/{name}", f"refs/remotes/{name}", name):
        commit = _commit(repository, candidate)
        if commit is not None:
            return Named(commit[:7] if name == commit else name, commit)
    raise UsageError(f"there is no commit {quoted(name)} in this repository", hint=_nearest(repository, name))


def target(repository: GitRepository, name: str | None) -> Named | None:
    """Give the tip of the target branch: the named one, or else the one that the repository suggests.

    A name means the remote's branch before the local one, which may be old. Without a name it is
    `origin/HEAD`, else `origin/main` or `origin/master`, else (if there is no remote) a local `main`
    or `master` other than the branch that is checked out; None if there is none of these.
    Raises `UsageError` if the named one does not exist.
    """
    if name is not None:
        _refuse_unusable(name)
        commit = _commit(repository, f"refs/remotes/origin/{name}")
        return Named(name, commit) if commit else resolve(repository, name)
    return _suggested(repository)


def _refuse_unusable(name: str) -> None:
    if not name or name.startswith("-") or any(ord(char) < 0x20 or char == "\x7f" for char in name):
        raise UsageError(f"{quoted(name)} cannot be the name of a commit")


def _suggested(repository: GitRepository) -> Named | None:
    code, default = repository.git.attempt("symbolic-ref", "-q", "refs/remotes/origin/HEAD")
    if code == 0:
        full = from_bytes(default).removesuffix("\n")
        commit = _commit(repository, full)
        if commit is not None:
            return Named(full.removeprefix("refs/remotes/origin/"), commit)
    for branch in _USUAL_BRANCHES:
        commit = _commit(repository, f"refs/remotes/origin/{branch}")
        if commit is not None:
            return Named(branch, commit)
    return None if _has_remote(repository) else _local(repository)


def _local(repository: GitRepository) -> Named | None:
    current = head_branch(repository)
    for branch in _USUAL_BRANCHES:
        commit = _commit(repository, f"refs/heads/{branch}") if branch != current else None
        if commit is not None:
            return Named(branch, commit)
    return None


def merge_base(repository: GitRepository, base: Named, tip: Named) -> str:
    """Give the commit where the two histories part. Raises `UsageError` if they share none."""
    code, found = repository.git.attempt("merge-base", base.commit, tip.commit)
    if code == 0:
        return found.decode("ascii").strip()
    raise UsageError(
        f"{quoted(base.name)} and {quoted(tip.name)} have no commit in common",
        hint=DEEPEN if repository.is_shallow else "name a base that this branch grew from with --base REF",
    )


def no_target(repository: GitRepository) -> UsageError:
    """Say that nobody named a target branch and the repository suggests none."""
    hint = "name one: --base REF, for example --base main, or `target_branch` in the operator's policy"
    if _has_remote(repository):
        hint += "; or let git find it: git remote set-head origin --auto"
    if repository.is_shallow:
        hint += f"; {DEEPEN}"
    return UsageError("no target branch to compare with", hint=hint)


def _commit(repository: GitRepository, name: str) -> str | None:
    code, found = repository.git.attempt(
        "rev-parse", "-q", "--verify", "--end-of-options", f"{name}^{{commit}}", accept=(0, 1, 128)
    )
    return found.decode("ascii").strip() if code == 0 else None


def _has_remote(repository: GitRepository) -> bool:
    return bool(repository.git.run("remote"))


def _nearest(repository: GitRepository, name: str) -> str:
    names = from_bytes(repository.git.run("for-each-ref", "--count=5000", "--format=%(refname:short)"))
    near = difflib.get_close_matches(name, names.split("\n")[:-1], n=3, cutoff=0.5)
    hint = (
        "did you mean " + " or ".join(quoted(found) for found in near) + "?"
        if near
        else "`git branch -a` lists the branches"
    )
    return f"{hint}; {DEEPEN}" if repository.is_shallow else hint
