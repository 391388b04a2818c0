"""Fetching a pull request into a snapshot: over real smart HTTP, with logins, certificates and hostile objects."""

import base64
import json
import ssl
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from change_workshop import Workshop
from jsonschema import Draft202012Validator

from reviewbot.change import fetch, snapshot
from reviewbot.change.event import Started
from reviewbot.change.fetch import Remote
from reviewbot.change.git import GitRepository
from reviewbot.change.select import Selection, collect
from reviewbot.domain.policy import Limits, NetworkPolicy
from reviewbot.domain.pull import ForgeKind
from reviewbot.errors import ForgeError, UsageError

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from git_http import GitServer

TOKEN = "tok" + "en-4711-abc"
LOGIN = "Basic " + base64.b64encode(f"oauth2:{TOKEN}".encode()).decode()


@pytest.fixture
def ledger(tmp_path):
    """A forge's repository with a request: main moved on after topic left it."""
    (tmp_path / "served").mkdir()
    shop = Workshop(tmp_path / "served" / "ledger.git", bare=True)
    first = shop.commit("main", {"a.py": b"one\n"})
    head = shop.commit("topic", {"a.py": b"one\ntwo\n"}, parents=(first,))
    shop.commit("main", {"a.py": b"one\n", "b.py": b"other\n"}, parents=(first,))
    shop.git("update-ref", "refs/merge-requests/12/head", head)
    shop.git("update-ref", "refs/pull/12/head", head)
    shop.git("tag", "v1", first)
    shop.first, shop.head = first, head
    return shop


def asked(ledger, **values):
    base = Started(
        ForgeKind.GITLAB, "https://x.example/api/v4", "42", f"file://{ledger.path}", 12, None,
        ("refs/merge-requests/12/head",), "main",
    )  # fmt: skip
    return replace(base, **values)


def remote(started, authorization="", network=None, most_bytes=10**9):
    return Remote(started.remote, authorization, network or NetworkPolicy(), 60, most_bytes)


def fetched(started, folder, **values):
    return fetch.collect(started, "main", remote(started, **values), folder, {"PATH": "/usr/bin:/bin"})


def test_a_snapshot_holds_both_sides(ledger, tmp_path):
    """Head, base and merge base are those of git, and the change can be read from the store alone."""
    taken = fetched(asked(ledger), tmp_path / "snap")
    tip = ledger.git("rev-parse", "main").decode().strip()
    assert (taken.head, taken.base, taken.merge_base) == (ledger.head, tip, ledger.first)
    assert snapshot.read(tmp_path / "snap") == taken
    with GitRepository.store(tmp_path / "snap" / snapshot.STORE) as repository:
        change = collect(repository, Selection(taken.base, taken.head), target_branch=None, limits=Limits())
    assert [(file.path, file.added_count) for file in change.files] == [("a.py", 1)]


def test_the_description_obeys_its_published_schema(ledger, tmp_path):
    """And the reader refuses what the schema refuses (see below)."""
    taken = fetched(asked(ledger), tmp_path / "snap")
    schema = Draft202012Validator(json.loads(snapshot.schema_text()))
    schema.validate(json.loads((tmp_path / "snap" / snapshot.FILE).read_text()))
    assert not schema.is_valid(snapshot.document(taken) | {"head": "main"})
    assert not schema.is_valid(snapshot.document(taken) | {"extra": 1})


def test_nothing_but_objects_and_two_refs(ledger, tmp_path):
    """No tag, no hook, no login, no remote is left in the store."""
    with GitServer(ledger.path.parent, authorization=LOGIN) as server:
        started = asked(ledger, remote=f"{server.url}/ledger.git")
        fetched(started, tmp_path / "snap", authorization=LOGIN)
    store = tmp_path / "snap" / "objects.git"
    refs = subprocess.run(
        ["git", "for-each-ref", "--format=%(refname)"], cwd=store, capture_output=True, check=True
    )
    assert refs.stdout.decode().split() == ["refs/remotes/origin/main", "refs/reviewbot/head"]
    assert not (store / "hooks").exists()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "snap").rglob("*") if path.is_file())
    assert TOKEN.encode() not in everything
    assert base64.b64encode(f"oauth2:{TOKEN}".encode()) not in everything


def test_the_login_goes_by_variable_to_the_remote_alone(ledger, tmp_path):
    """Each request carries the header, and no argument of git's does (ps would show it to everybody)."""
    watched = tmp_path / "bin"
    watched.mkdir()
    (watched / "git").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> {tmp_path}/argv\nexec /usr/bin/git "$@"\n'
    )
    (watched / "git").chmod(0o755)
    with GitServer(ledger.path.parent, authorization=LOGIN) as server:
        started = asked(ledger, remote=f"{server.url}/ledger.git")
        fetch.collect(
            started, "main", remote(started, LOGIN), tmp_path / "snap", {"PATH": f"{watched}:/usr/bin:/bin"}
        )
    assert {login for _, login in server.log} == {LOGIN}
    assert "ls-remote" in (tmp_path / "argv").read_text()
    assert LOGIN.split()[1] not in (tmp_path / "argv").read_text()


def test_a_wrong_login_is_said_without_it(ledger, tmp_path):
    """The sentence names the host and the way out, never the token."""
    with GitServer(ledger.path.parent, authorization="Basic other") as server:
        started = asked(ledger, remote=f"{server.url}/ledger.git")
        with pytest.raises(ForgeError, match="may read the repository") as caught:
            fetched(started, tmp_path / "snap", authorization=LOGIN)
    assert TOKEN not in str(caught.value)
    assert LOGIN.split()[1] not in str(caught.value)
    assert not (tmp_path / "snap" / snapshot.FILE).exists()


def test_a_redirect_is_not_followed(ledger, tmp_path):
    """A login must not be carried to where an answer points."""
    with (
        GitServer(ledger.path.parent) as elsewhere,
        GitServer(ledger.path.parent, redirect=elsewhere.url) as server,
    ):
        started = asked(ledger, remote=f"{server.url}/ledger.git")
        with pytest.raises(ForgeError):
            fetched(started, tmp_path / "snap", authorization=LOGIN)
    assert elsewhere.log == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for this machine that only an extra bundle makes trusted."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem",
        ],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


def test_the_operators_certificate_is_added(ledger, tmp_path, certificate):
    """Without it the connection is refused; with it, it works."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with GitServer(ledger.path.parent, tls=context) as server:
        started = asked(ledger, remote=f"{server.url}/ledger.git")
        with pytest.raises(ForgeError, match=r"(?i)certificate"):
            fetched(started, tmp_path / "refused")
        network = NetworkPolicy(ca_bundle=str(certificate / "cert.pem"))
        assert fetched(started, tmp_path / "snap", network=network).head == ledger.head


def test_a_request_is_found_by_its_head(ledger, tmp_path):
    """A finished workflow names only a head; two requests with one head are refused."""
    started = asked(ledger, kind=ForgeKind.GITHUB, number=None, head=ledger.head, head_refs=())
    assert fetched(started, tmp_path / "snap").number == 12
    assert fetch.pull_number(started, remote(started), {"PATH": "/usr/bin:/bin"}) == 12
    ledger.git("update-ref", "refs/pull/13/head", ledger.head)
    with pytest.raises(ForgeError, match="2 pull requests have"):
        fetched(started, tmp_path / "other")
    with pytest.raises(ForgeError, match="no pull request has"):
        fetched(replace(started, head="0" * 40), tmp_path / "third")


def test_azure_head_is_the_second_parent_of_the_trial_merge(ledger, tmp_path):
    """The merge commit is never taken for the head."""
    main = ledger.git("rev-parse", "main").decode().strip()
    merge = ledger.commit("trial", {"a.py": b"one\ntwo\n", "b.py": b"other\n"}, parents=(main, ledger.head))
    ledger.git("update-ref", "refs/pull/12/merge", merge)
    started = asked(ledger, kind=ForgeKind.AZURE, head_refs=("refs/heads/gone", "refs/pull/12/merge"))
    assert fetched(started, tmp_path / "snap").head == ledger.head
    named = replace(started, head=ledger.head)
    assert fetched(named, tmp_path / "named").head == ledger.head


def test_azure_with_conflicts_says_so(ledger, tmp_path):
    """Without a trial merge and without the source branch there is no head to fetch."""
    started = asked(ledger, kind=ForgeKind.AZURE, head_refs=("refs/pull/12/merge",))
    with pytest.raises(ForgeError, match="resolve them"):
        fetched(started, tmp_path / "snap")


def test_a_head_that_was_pushed_away_is_refused(ledger, tmp_path):
    """What CI named must still be part of the request; an older commit of it may be reviewed."""
    newer = ledger.commit("topic", {"a.py": b"three\n"}, parents=(ledger.head,))
    ledger.git("update-ref", "refs/merge-requests/12/head", newer)
    assert fetched(asked(ledger, head=ledger.head), tmp_path / "older").head == ledger.head
    away = ledger.commit("away", {"a.py": b"four\n"}, parents=(ledger.first,))
    with pytest.raises(ForgeError, match="no longer part"):
        fetched(asked(ledger, head=away), tmp_path / "snap")


def test_malformed_objects_do_not_get_in(ledger, tmp_path):
    """A tree with a `.git` entry is refused while it is received."""
    blob = ledger.git("hash-object", "-w", "--stdin", feed=b"[core]\n").decode().strip()
    tree = ledger.git("mktree", "--missing", feed=f"100644 blob {blob}\t.git\n".encode()).decode().strip()
    bad = ledger.git("commit-tree", tree, "-p", ledger.first, "-m", "bad").decode().strip()
    ledger.git("update-ref", "refs/merge-requests/12/head", bad)
    with pytest.raises(ForgeError, match=r"(?i)fsck|hasDotgit|contains '\.git'|index-pack"):
        fetched(asked(ledger), tmp_path / "snap")
    assert not (tmp_path / "snap" / snapshot.FILE).exists()


@pytest.mark.parametrize(
    "address",
    ["http://git.corp.example/x.git", "ssh://git@x.example/x.git", "git@x.example:x.git", "ext::sh -c true"],
)
def test_only_https_and_files(ledger, tmp_path, address):
    """Plain http to other machines, ssh and helpers that run commands are refused before git starts."""
    started = asked(ledger, remote=address)
    with pytest.raises(UsageError, match="only https"):
        fetched(started, tmp_path / "snap")


def test_an_address_with_a_login_is_refused(ledger, tmp_path):
    """It would stand in the command line of git."""
    started = asked(ledger, remote="https://me:secret@git.corp.example/x.git")
    with pytest.raises(UsageError, match="holds a user") as caught:
        fetched(started, tmp_path / "snap")
    assert "secret" not in str(caught.value)


def test_a_missing_branch_and_a_full_folder(ledger, tmp_path):
    """Both are sentences that say what is missing or in the way."""
    started = asked(ledger)
    with pytest.raises(ForgeError, match="no branch release"):
        fetch.collect(started, "release", remote(started), tmp_path / "a", {"PATH": "/usr/bin:/bin"})
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(UsageError, match="is not empty"):
        fetched(started, tmp_path / "full")


def test_a_snapshot_over_the_limit_is_none(ledger, tmp_path):
    """It is refused before its description is written."""
    with pytest.raises(UsageError, match="snapshot_bytes"):
        fetched(asked(ledger), tmp_path / "snap", most_bytes=10)
    assert not (tmp_path / "snap" / snapshot.FILE).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "reviewbot/snapshot/2"}, {"forge": "gitea"}, {"pull_request": True}, {"pull_request": 0},
        {"head": "main"}, {"repository": ""}, {"extra": 1},
    ],
)  # fmt: skip
def test_a_description_that_is_none(ledger, tmp_path, change):
    """Anything but the very shape is refused."""
    taken = fetched(asked(ledger), tmp_path / "snap")
    (tmp_path / "snap" / snapshot.FILE).write_text(json.dumps(snapshot.document(taken) | change))
    with pytest.raises(UsageError, match="is not a snapshot"):
        snapshot.read(tmp_path / "snap")
