"""The git side of every fake: commits, files, and what git itself says of a pair of commits.

Nothing here knows a forge or the program under test.
"""

import os
import re
import subprocess
from pathlib import Path

from fakes.diffs import FileChange, Hunk, Shown, ending, files, line_code, split, width

__all__ = ["FileChange", "Hunk", "Repo", "Shown", "ending", "line_code", "run", "split", "width"]

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Writer",
    "GIT_AUTHOR_EMAIL": "writer@example.org",
    "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_NAME": "A Writer",
    "GIT_COMMITTER_EMAIL": "writer@example.org",
    "GIT_COMMITTER_DATE": "1700000000 +0000",
    "LC_ALL": "C",
}
WHOLE_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Ids name content, so what git says of two of them holds in every repository that has both.
_BASES: dict[tuple[str | None, str | None], str | None] = {}
_DIFFS: dict[tuple[str, str, tuple[str, ...], str], tuple[FileChange, ...]] = {}


class Repo:
    """A bare repository, asked through git alone."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.renames = "--find-renames"  # a forge may look for them in its own way
        self._present: set[str] = set()

    @classmethod
    def create(cls, path: Path) -> "Repo":
        """Make an empty bare repository whose default branch is main."""
        run(path.parent, "init", "-q", "--bare", "-b", "main", "--template=", str(path))
        return cls(path)

    def git(self, *arguments: str, feed: bytes = b"") -> bytes:
        return run(self.path, *arguments, feed=feed)

    # -- commits ---------------------------------------------------------------------------------

    def resolve(self, name: str) -> str | None:
        """The commit a branch, ref or id names, or None. A branch wins over anything of its name."""
        for candidate in (name,) if WHOLE_ID.fullmatch(name) else (f"refs/heads/{name}", name):
            done = _try(
                self.path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}"
            )
            if done is not None:
                sha = done.decode().strip()
                self._present.add(sha)
                return sha
        return None

    def has_commit(self, sha: str) -> bool:
        """True for a full id of a commit that is here."""
        return sha in self._present or (WHOLE_ID.fullmatch(sha) is not None and self.resolve(sha) == sha)

    def merge_base(self, one: str, other: str) -> str | None:
        """Where two commits, by id or branch, parted; None if they never were one."""
        pair = self._known(one), self._known(other)
        if None in pair:
            return None
        if pair not in _BASES:
            done = _try(self.path, "merge-base", *pair)
            _BASES[pair] = None if done is None else done.decode().strip()
        return _BASES[pair]

    def _known(self, name: str) -> str | None:
        return name if self.has_commit(name) else self.resolve(name)

    def _id(self, name: str) -> str:
        found = self._known(name)
        assert found, f"no commit {name}"
        return found

    def is_ancestor(self, one: str, other: str) -> bool:
        return _try(self.path, "merge-base", "--is-ancestor", one, other) is not None

    def set_branch(self, name: str, sha: str) -> None:
        self.git("update-ref", f"refs/heads/{name}", sha)

    def set_ref(self, ref: str, sha: str) -> None:
        self.git("update-ref", ref, sha)

    def commit(
        self,
        branch: str,
        files: dict[str, bytes | tuple[str, bytes] | None],
        *,
        parents: tuple[str, ...] | None = None,
        message: str = "a commit",
    ) -> str:
        """Put one commit on a branch and give its id: contents, or (mode, content), or None to delete.

        Without `parents` it stands on the branch as it is; files not named stay as in the first parent.
        """
        tip = self.resolve(branch)
        above = ((tip,) if tip else ()) if parents is None else parents
        feed = [
            f"commit refs/heads/{branch}\nmark :1\ncommitter A Writer <writer@example.org> 1700000000 +0000\n"
        ]
        feed.append(f"data {len(message.encode())}\n{message}\n")
        feed.extend(f"{'merge' if number else 'from'} {parent}\n" for number, parent in enumerate(above))
        data = "".join(feed).encode()
        if not above:
            data += b"deleteall\n"
        for path, value in files.items():
            data += _change(path, value)
        return self.git("fast-import", "--quiet", "--force", feed=data + b"get-mark :1\n").decode().strip()

    # -- files -----------------------------------------------------------------------------------

    def blob(self, commit: str, path: str) -> bytes | None:
        """A file's bytes, or None if the commit has no such file."""
        return _try(self.path, "cat-file", "blob", f"{commit}:{path}")

    def lines(self, commit: str, path: str) -> tuple[bytes, ...] | None:
        """All lines of a file with their ends, or None if there is no such file."""
        data = self.blob(commit, path)
        return None if data is None else split(data)

    # -- diffs -----------------------------------------------------------------------------------

    def diff(self, base: str, head: str, paths: tuple[str, ...] = ()) -> tuple[FileChange, ...]:
        """What changed from base straight to head, with three lines of context and renames found.

        With `paths` git sees nothing but those, which also limits what it can find renamed.
        """
        key = (self._id(base), self._id(head), paths, self.renames)
        if key not in _DIFFS:
            _DIFFS[key] = self._diff(*key[:3])
        return _DIFFS[key]

    def change(self, base: str, head: str, path: str) -> FileChange | None:
        """The change of one file, by its new path, else by its old one."""
        files = self.diff(base, head)
        for name in ("new_path", "old_path"):
            found = next((file for file in files if getattr(file, name) == path), None)
            if found:
                return found
        return None

    def _diff(self, base: str, head: str, paths: tuple[str, ...]) -> tuple[FileChange, ...]:
        command = ("--literal-pathspecs", "diff", "--no-color", self.renames, "--full-index")
        command += ("--no-ext-diff", "--no-textconv")
        raw = self.git(*command, "--raw", "-z", base, head, "--", *paths)
        patch = self.git(*command, "-U3", base, head, "--", *paths)
        return tuple(files(raw, patch))


def run(cwd: Path, *arguments: str, feed: bytes = b"") -> bytes:
    """Run plain git; what it says on failure becomes the assertion's text."""
    done = subprocess.run(
        ["git", *arguments], cwd=cwd, env=ENVIRONMENT, input=feed, capture_output=True, check=False
    )
    assert done.returncode == 0, f"git {arguments[0]}: {done.stderr.decode('utf-8', 'replace')}"
    return done.stdout


def _try(cwd: Path, *arguments: str) -> bytes | None:
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return None if done.returncode else done.stdout


def _change(path: str, value: bytes | tuple[str, bytes] | None) -> bytes:
    quoted = b'"' + b"".join(b"\\%03o" % byte for byte in path.encode("utf-8", "surrogateescape")) + b'"'
    if value is None:
        return b"D " + quoted + b"\n"
    mode, content = value if isinstance(value, tuple) else ("100644", value)
    if mode == "160000":
        return b"M 160000 " + content + b" " + quoted + b"\n"
    return b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), quoted, len(content), content)
