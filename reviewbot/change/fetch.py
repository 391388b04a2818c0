"""Fetching a pull request into a snapshot: objects only, from one address, with a token that git alone sees.

In: what the run was started for. Out: a folder with a bare store and its description. git runs with the
same closed environment and options as everywhere (`command.py`), but may speak https to the one remote
(plain http to this machine, or the local `file` transport, only where the address says so). Received
objects are checked (`fetch.fsckObjects`): a tree with a `.git` entry or a link for `.gitmodules` does not
get in. No tags, no submodules, no redirects. Source: git-config(1) `http.*`; the threats D1 and D2.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from reviewbot.change import snapshot
from reviewbot.change.command import Git, executable
from reviewbot.change.event import Started
from reviewbot.change.snapshot import STORE, Snapshot
from reviewbot.domain.hosts import is_loopback
from reviewbot.domain.paths import from_bytes, quoted
from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.pull import ForgeKind
from reviewbot.errors import ForgeError, UsageError
from reviewbot.trust import system_bundle

_HEAD = "refs/reviewbot/head"
_PULLS = {
    ForgeKind.GITLAB: ("refs/merge-requests/*/head", re.compile(r"refs/merge-requests/([0-9]+)/head")),
    ForgeKind.GITHUB: ("refs/pull/*/head", re.compile(r"refs/pull/([0-9]+)/head")),
}
_CHECKED = (
    "-c",
    "fetch.fsckObjects=true",
    "-c",
    "transfer.fsckObjects=true",
    "-c",
    "fetch.recurseSubmodules=no",
)


@dataclass(frozen=True, slots=True)
class Remote:
    """Where to fetch from and how. `authorization` is a whole header value, or empty; it is never shown.

    `seconds` bounds each git command, `most_bytes` the store as it lies on the disk.
    """

    address: str
    authorization: str = field(repr=False)
    network: NetworkPolicy
    seconds: float
    most_bytes: int


@dataclass(frozen=True, slots=True)
class _Heads:
    """What the remote says its refs are."""

    commits: Mapping[str, str]

    def first(self, refs: tuple[str, ...]) -> str | None:
        return next((ref for ref in refs if ref in self.commits), None)


def collect(
    started: Started, branch: str, remote: Remote, folder: Path, environ: Mapping[str, str]
) -> Snapshot:
    """Fetch the pull request and its target branch into `folder`, which must not exist yet or be empty.

    Raises `UsageError` for a folder or address that cannot be used, `ForgeError` where the remote
    does not have what was asked for, or refuses.
    """
    folder = folder.absolute()  # git runs in it
    store = _fresh(folder) / STORE
    with _connected(remote, environ, folder) as outside:
        outside.run("check-ref-format", "--branch", branch)
        outside.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(store))
        git = _inside(outside, store)
        number, ref, tip = _found(git, started, branch, remote)
        target = f"refs/heads/{branch}"
        fetched = (f"+{target}:refs/remotes/origin/{branch}", f"+{ref}:{_HEAD}")
        _ask(
            git,
            remote,
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-gc",
            remote.address,
            *fetched,
        )
        base = _commit(git, f"refs/remotes/origin/{branch}")
        head = _head(git, started, ref, tip)
        merge_base = _merge_base(git, base, head)
    _check_size(store, remote.most_bytes)
    found = Snapshot(started.kind, started.repository, number, branch, base, merge_base, head)
    snapshot.write(folder, found)
    return found


def pull_number(started: Started, remote: Remote, environ: Mapping[str, str]) -> int:
    """Give the number of the pull request: the one that was named, or the only one with this head."""
    if started.number is not None:
        return started.number
    with (
        tempfile.TemporaryDirectory(prefix="reviewbot-remote-") as place,
        _connected(remote, environ, Path(place)) as git,
    ):
        return _by_head(_listed(git, remote, *_patterns(started)), started)[0]


def _found(git: Git, started: Started, branch: str, remote: Remote) -> tuple[int, str, str]:
    """Give the number, the ref that holds the head, and what that ref is now."""
    target = f"refs/heads/{branch}"
    wanted = started.head_refs or _patterns(started)
    heads = _listed(git, remote, target, *wanted)
    if target not in heads.commits:
        raise ForgeError(f"the repository has no branch {quoted(branch)}, which the pull request is aimed at")
    if started.number is None:
        number, ref = _by_head(heads, started)
        return number, ref, heads.commits[ref]
    found = heads.first(started.head_refs)
    if found is None:
        raise ForgeError(
            f"the repository has none of the refs {', '.join(started.head_refs)}",
            hint="Azure DevOps makes refs/pull/N/merge only while the request merges without conflicts: resolve them"
            if started.kind is ForgeKind.AZURE else "is this the number of an open request of this very repository?",
        )  # fmt: skip
    return started.number, found, heads.commits[found]


def _by_head(heads: _Heads, started: Started) -> tuple[int, str]:
    pattern = _PULLS[started.kind][1]
    matches = [
        (int(match.group(1)), ref)
        for ref, commit in heads.commits.items()
        if commit == started.head and (match := pattern.fullmatch(ref))
    ]
    if len(matches) != 1:
        many = f"{len(matches)} pull requests have" if matches else "no pull request has"
        raise ForgeError(f"{many} the head {started.head}", hint="name one with REVIEWBOT_PULL_REQUEST")
    return matches[0]


def _patterns(started: Started) -> tuple[str, ...]:
    if started.kind not in _PULLS:
        raise UsageError(
            "the number of the pull request is missing", hint="name it with REVIEWBOT_PULL_REQUEST"
        )
    return (_PULLS[started.kind][0],)


def _listed(git: Git, remote: Remote, *patterns: str) -> _Heads:
    lines = from_bytes(_ask(git, remote, "ls-remote", "--quiet", remote.address, *patterns)).split("\n")
    pairs = (line.partition("\t") for line in lines if line)
    return _Heads({ref: commit for commit, _, ref in pairs})


def _head(git: Git, started: Started, ref: str, tip: str) -> str:
    if started.kind is ForgeKind.AZURE and ref.endswith("/merge"):
        tip = started.head or _commit(git, f"{_HEAD}^2")
    head = started.head or tip
    code, _ = git.attempt("merge-base", "--is-ancestor", head, _HEAD, accept=(0, 1, 128))
    if code != 0:
        raise ForgeError(
            f"commit {head} is no longer part of the pull request, which is now at {tip}",
            hint="a newer push has replaced it; its own run will review that",
        )
    return head


def _merge_base(git: Git, base: str, head: str) -> str:
    code, found = git.attempt("merge-base", base, head)
    if code != 0:
        raise ForgeError("the pull request has no commit in common with its target branch")
    return found.decode("ascii").strip()


def _commit(git: Git, name: str) -> str:
    return git.run("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").decode("ascii").strip()


def _ask(git: Git, remote: Remote, *arguments: str) -> bytes:
    """Run a command that speaks to the remote; its complaints hold no login, because the address holds none."""
    try:
        return git.run(*arguments)
    except UsageError as error:
        raise ForgeError(
            f"git could not read {_host(remote.address)}: {error.sentence}",
            hint="is the token one that may read the repository? For a certificate of your own: network: ca_bundle",
        ) from None


def _fresh(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{quoted(str(folder))} is not empty", hint="name a new folder with --into DIR")
    except OSError as error:
        raise UsageError(f"{quoted(str(folder))} cannot be used: {(error.strerror or '').lower()}") from None
    return folder


@contextmanager
def _connected(remote: Remote, environ: Mapping[str, str], cwd: Path) -> Iterator[Git]:
    """Give a git that may speak to the remote, and to nothing else."""
    protocol = _protocol(remote.address)
    with tempfile.TemporaryDirectory(prefix="reviewbot-trust-") as place:
        settings = [
            ("http.followRedirects", "false"), ("http.sslVersion", "tlsv1.2"), ("http.proxy", remote.network.proxy or ""),
            ("http.lowSpeedLimit", "1"), ("http.lowSpeedTime", str(int(remote.network.idle_s))),
        ]  # fmt: skip
        if remote.network.ca_bundle:
            settings.append(("http.sslCAInfo", str(_bundle(remote.network.ca_bundle, Path(place)))))
        if remote.authorization:
            # By variable: a command line can be read by every process of the machine.
            settings.append((f"http.{remote.address}.extraHeader", f"Authorization: {remote.authorization}"))
        variables = [("GIT_ALLOW_PROTOCOL", protocol), ("GIT_CONFIG_COUNT", str(len(settings)))]
        for at, (key, value) in enumerate(settings):
            variables += [(f"GIT_CONFIG_KEY_{at}", key), (f"GIT_CONFIG_VALUE_{at}", value)]
        yield Git(
            executable(environ),
            environ,
            cwd,
            extra=_CHECKED,
            directories=tuple(variables),
            seconds=remote.seconds,
        )


def _inside(git: Git, store: Path) -> Git:
    return Git(
        git.program,
        git.environ,
        store,
        git_dir=store,
        extra=git.extra,
        directories=git.directories,
        seconds=git.seconds,
    )


def _protocol(address: str) -> str:
    parts = urlsplit(address)
    local = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if parts.scheme not in {"https", "file"} and not local:
        raise UsageError(
            f"the repository is not fetched from {quoted(_host(address))}: only https:// and file:// are"
        )
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "the address of the repository holds a user or a password", hint="tokens go into variables"
        )
    return parts.scheme


def _host(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _bundle(extra: str, place: Path) -> Path:
    """Write the system's certificates and the operator's into one file: git takes one, in place of its own."""
    parts = [Path(name) for name in (system_bundle(), extra) if name]
    bundle = place / "trusted.pem"
    try:
        bundle.write_bytes(b"\n".join(part.read_bytes() for part in parts))
    except OSError as error:
        raise UsageError(
            f"the certificates in network: ca_bundle cannot be read: {(error.strerror or '').lower()}"
        ) from None
    return bundle


def _check_size(store: Path, most: int) -> None:
    size = sum(entry.stat().st_size for entry in _files(store))
    if size > most:
        raise UsageError(
            f"the snapshot holds {size:,} bytes, more than the {most:,} of limits: snapshot_bytes",
            hint="raise the limit in the operator's policy",
        )


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            else:
                yield entry
