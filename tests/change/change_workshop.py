"""Real repositories, made fast: whole commits go in by `git fast-import`, without a checkout."""

import os
import subprocess
from pathlib import Path

from reviewbot.change.git import GitRepository
from reviewbot.change.select import Selection, collect
from reviewbot.domain.policy import Limits

CLEAN = {
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


def git(cwd, *arguments, feed=b"", check=True):
    """Run plain git, as a user would, and give its output."""
    done = subprocess.run(
        ["git", *arguments], cwd=cwd, env=CLEAN, input=feed, capture_output=True, check=False
    )
    if check and done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout


def c_quoted(path):
    """Write a path of bytes as fast-import wants odd ones."""
    return b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'


class Workshop:
    """A repository under construction. Trees are dicts: path (bytes or str) to content or (mode, content)."""

    def __init__(self, path, *, bare=False, object_format="sha1"):
        self.path = path
        options = ["--bare"] if bare else []
        git(path.parent, "init", "-q", "-b", "main", f"--object-format={object_format}", *options, str(path))

    def git(self, *arguments, feed=b"", check=True):
        return git(self.path, *arguments, feed=feed, check=check)

    def commit(self, branch, files, *, parents=(), message="a commit"):
        """Put a whole tree onto a branch as one commit and give the commit's id."""
        lines = [f"commit refs/heads/{branch}\n".encode(), b"mark :1\n"]
        lines.append(b"committer A Writer <writer@example.org> 1700000000 +0000\n")
        lines.append(f"data {len(message.encode())}\n{message}\n".encode())
        for number, parent in enumerate(parents):
            lines.append(f"{'merge' if number else 'from'} {parent}\n".encode())
        lines.append(b"deleteall\n")
        for path, value in files.items():
            mode, content = value if isinstance(value, tuple) else ("100644", value)
            raw = path.encode() if isinstance(path, str) else path
            if mode == "160000":
                lines.append(f"M {mode} {content} ".encode() + c_quoted(raw) + b"\n")
                continue
            lines.append(f"M {mode} inline ".encode() + c_quoted(raw) + b"\n")
            lines.append(b"data %d\n" % len(content) + content + b"\n")
        lines.append(b"get-mark :1\n")
        return self.git("fast-import", "--quiet", "--force", feed=b"".join(lines)).decode().strip()

    def open(self, path=None):
        return GitRepository.open(path or self.path, environ=CLEAN)

    def collect(self, path=None, *, target_branch=None, **selection):
        """Open, collect, close."""
        with self.open(path) as repository:
            return collect(repository, Selection(**selection), target_branch=target_branch, limits=Limits())

    def compare(self, old, new):
        """Collect the change from one tree to another, both given as dicts."""
        base = self.commit("main", old)
        self.commit("feature", new, parents=[base])
        return self.collect(base="main", head="feature")


def by_path(change):
    """Give a change's files by path."""
    return {file.path: file for file in change.files}


def folder(path):
    """Make a folder and give it."""
    Path(path).mkdir(parents=True, exist_ok=True)
    return Path(path)
