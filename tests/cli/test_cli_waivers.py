"""`reviewbot waivers`, as somebody asks for a waiver and somebody else gives it."""

import json
import os
import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from reviewbot.cli.waivers import command
from reviewbot.domain.quotes import whole_digest
from reviewbot.domain.waiver import FILE

TODAY = datetime.now(UTC).date()
SOON = str(TODAY + timedelta(days=30))
LINE = "    return hashlib.md5(x).hexdigest()"
CODE = f"import hashlib\n\n\ndef etag(x):\n{LINE}\n"
POLICY = "version: 1\npacks: {required: [crypto-approved]}\nwaivers: {approvers: [alice, carol]}\n"
RULE = "python-weak-hash"
ASKED = ("--reason", "ETag only", "--until", SOON, "--ticket", "SEC-1")
LINES = ("--rule", RULE, "--path", "src/etag.py", "--line", "5")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A repository on its target branch, with a flaw in the work tree, and a policy."""
    for name in [
        name
        for name in os.environ
        if name.startswith(("REVIEWBOT_", "GIT_")) and name != "REVIEWBOT_SCANNERS"
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    repo = tmp_path / "repo"
    (repo / "src").mkdir(parents=True)
    (repo / "src" / "etag.py").write_text(CODE)
    git(repo, "init", "--quiet", "--initial-branch", "main")
    git(repo, "config", "user.email", "bob@corp.example")
    git(repo, "config", "user.name", "Bob")
    commit(repo)
    (tmp_path / "policy.yml").write_text(POLICY)
    return repo


def git(repo, *arguments):
    done = subprocess.run(["git", *arguments], cwd=repo, check=True, capture_output=True)
    return done.stdout.decode().strip()


def commit(repo):
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--allow-empty", "--message", "x")


@pytest.fixture
def call(place, reviewbot):
    """Call a waiver command on that repository, under that policy unless told otherwise."""

    def called(name, *arguments, policy=True):
        settings = ("--policy", str(place.parent / "policy.yml")) if policy else ()
        code, out, err = reviewbot("waivers", name, "--repo", str(place), *settings, *map(str, arguments))
        return code, out + err

    return called


def file(place):
    return place / FILE


def test_asked_for_approved_merged(place, call):
    """Each step says what is next; the file is what a person would have written."""
    code, said = call("new", *LINES, *ASKED)
    assert (code, said) == (
        0,
        f"""{FILE}:3: number 1, not approved yet
next: an approver who is not bob@corp.example says `reviewbot waivers approve 1 --as NAME`, and it is merged
""",
    )
    entry = (
        f"version: 1\nwaivers:\n  - rule: {RULE}\n    path: src/etag.py\n    quote: {whole_digest([LINE])}\n"
        "    reason: ETag only\n    requested_by: bob@corp.example\n"
    )
    rest = f"    until: {SOON}\n    ticket: SEC-1\n"
    assert file(place).read_text() == entry + rest
    code, said = call("check")
    assert (code, said.split(": ")[:2]) == (2, [f"{FILE}:3", "nobody has approved it yet; an approver does"])
    code, said = call("approve", 1, "--as", "alice")
    assert code == 0
    assert (
        f"{FILE}:3: approved: {RULE} in src/etag.py, until {SOON}, approved by alice for bob@corp.example"
        in said
    )
    assert file(place).read_text() == entry + "    approved_by: alice\n" + rest
    assert call("check") == (0, "1 waiver: 1 in force once merged, 0 refused\n")
    code, said = call("list")
    assert (code, said.startswith(f"not merged  {RULE} in src/etag.py\n")) == (0, True)
    assert "no target branch is known here" in said
    commit(place)
    assert call("list", "--base", "main")[1].startswith(f"in force    {RULE} in src/etag.py\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [("bob", "bob both asked for it and approved it"), ("mallory", "mallory is not on the operator's list")],
)
def test_who_may_not_approve(place, call, name, said):
    """The requester under another form of the name, and whoever is not on the list; nothing is written."""
    call("new", *LINES, *ASKED)
    before = file(place).read_bytes()
    code, out = call("approve", 1, "--as", name)
    assert code == 2
    assert said in out
    assert file(place).read_bytes() == before


def test_what_has_ended_or_runs_too_long_is_not_approved(place, call):
    """Neither is it written by `new`."""
    for until in (TODAY - timedelta(days=1), TODAY + timedelta(days=91)):
        code, said = call("new", *LINES, *ASKED, "--until", until)
        assert (code, f"{until} cannot be its last day" in said, file(place).exists()) == (2, True, False)
    call("new", *LINES, *ASKED)
    file(place).write_text(file(place).read_text().replace(SOON, str(TODAY + timedelta(days=91))))
    code, said = call("approve", 1, "--as", "alice")
    assert (code, "more than the 90 days" in said) == (2, True)


def test_which_one_is_meant(place, call):
    """By number, or by fingerprint; anything else is refused."""
    call("new", *LINES, *ASKED)
    for which in ("0", "2", "x", "-1", "1" * 30, "²"):
        code, said = call("approve", "--as", "alice", "--", which)
        assert (code, "no waiver has the number or fingerprint" in said) == (2, True)


def test_without_a_policy_the_approver_is_told_so(place, call):
    """Nobody here knows the list; the pipeline does."""
    call("new", *LINES, *ASKED, policy=False)
    code, said = call("approve", 1, "--as", "anybody", policy=False)
    assert (code, "no operator's policy is known here" in said) == (0, True)
    code, said = call("check", policy=False)
    assert (code, "are not checked" in said) == (0, True)
    code, said = call("check")
    assert (code, "anybody is not on the operator's list" in said) == (2, True)


def test_signing(place, call, reviewbot):
    """The approver's key in the policy signs; another's is refused, and an altered entry is noticed."""
    keys = {}
    for name in ("alice", "mallory"):
        _, out, _ = reviewbot("rules", "keygen", name, "--to", str(place.parent / f"{name}.pem"))
        keys[name] = out.split("key: ")[1].strip(" }\n")
    policy = place.parent / "policy.yml"
    policy.write_text(
        POLICY.replace("carol]", f"carol], signed: true, keys: [{{name: alice, key: {keys['alice']}}}]")
    )
    call("new", *LINES, *ASKED)
    code, said = call("approve", 1, "--as", "alice")
    assert (code, "it is not signed, which the policy asks for" in said) == (2, True)
    for name, key in (("alice", "mallory"), ("carol", "alice")):
        code, said = call("approve", 1, "--as", name, "--key", place.parent / f"{key}.pem")
        assert (code, f"is not {name}'s key" in said) == (2, True)
    code, said = call("approve", 1, "--as", "alice", "--key", place.parent / "alice.pem")
    assert (code, "approved and signed" in said) == (0, True)
    assert call("check")[0] == 0
    (row,) = json.loads(call("list", "--format", "json", "--base", "main")[1])
    assert row["signed_by"] == "alice"
    code, said = call("approve", 1, "--as", "carol")
    assert (code, "signed already" in said) == (2, True)
    file(place).write_text(file(place).read_text().replace("ETag only", "Anything"))
    code, said = call("check")
    assert (code, "its signature is not by a key of alice's over these very words" in said) == (2, True)


def test_what_ends_soon_or_is_not_used_is_warned_of(place, call):
    """Warnings, with the place; the exit code stays 0."""
    call("new", *LINES, *ASKED, "--until", TODAY + timedelta(days=14))
    call("new", *LINES, *ASKED)
    call("new", *LINES, *ASKED, "--until", TODAY)
    for number in (1, 2, 3):
        call("approve", number, "--as", "alice")
    (place / "src" / "etag.py").write_text(CODE.replace("md5", "sha256"))
    text = file(place).read_text().replace(f"until: {TODAY}\n", f"until: {TODAY - timedelta(days=1)}\n")
    file(place).write_text(text)
    code, said = call("check")
    assert code == 0
    assert f"{FILE}:3: warning: it ends in 14 days" in said
    assert f"{FILE}:11: warning: {FILE}:3 is for the same" in said
    assert f"{FILE}:11: warning: nothing uses it: no lines of src/etag.py have its digest" in said
    assert f"{FILE}:19: warning: it ended on" in said
    assert f"{FILE}:11: warning: it ends" not in said
    (place / "src" / "etag.py").unlink()
    assert "nothing uses it: there is no src/etag.py" in call("check")[1]


def test_every_mistake_of_a_file_is_named(place, call):
    """A file that does not load, and one that is not there."""
    other = place.parent / "w.yml"
    other.write_text("version: 1\nwaivers:\n  - rule: x\n    untill: y\n")
    code, said = call("check", other)
    assert code == 2
    assert f"{other}:4: waivers[0].untill: unknown key (did you mean until?)" in said
    assert f"{other}:3: waivers[0].reason: missing" in said
    code, said = call("check", place / "none.yml")
    assert (code, "there is no" in said) == (2, True)
    assert call("check") == (0, f"there is no {FILE}, so there is nothing to check\n")


def test_a_list_says_what_does_not_load(place, call):
    """And shows the rest."""
    file(place).parent.mkdir()
    file(place).write_text("nonsense")
    code, said = call("list")
    assert code == 2
    assert f"no waiver of {FILE} has effect" in said


def test_new_asks_for_what_is_not_given(place):
    """Reason, last day and ticket; what is asked for and never answered is missing."""
    arguments = ["new", "--repo", str(place), "--policy", str(place.parent / "policy.yml"), *LINES]
    done = CliRunner().invoke(command, arguments, input=f"ETag only\n{SOON}\nSEC-1\n", standalone_mode=False)
    assert done.exception is None
    assert "reason: ETag only" in file(place).read_text()
    file(place).unlink()
    done = CliRunner().invoke(command, arguments, input="ETag only\n", standalone_mode=False)
    assert str(done.exception) == "--until is missing"
    assert not file(place).exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--rule", "python-weak-hsh", "--path", "src/etag.py", "--line", "5"),
            "did you mean python-weak-hash?",
        ),
        (("--rule", RULE, "--path", "src/etag.py", "--line", "99"), "has no line 99"),
        (("--rule", RULE, "--path", "src/etag.py", "--line", "5-4"), "--line wants"),
        (("--rule", RULE, "--path", "src/none.py", "--line", "5"), "cannot be read"),
        (("--rule", RULE, "--path", "../policy.yml", "--line", "1"), "is no path of this repository"),
        (("--rule", RULE, "--path", "src/etag.py"), "what is it to be for?"),
        (("0123456789abcdef", "--line", "5"), "a fingerprint says it all"),
        ((*LINES, "--exactly"), "--exactly wants"),
        (("0123456789abcdef",), "there is no review of this repository here"),
    ],
)
def test_what_cannot_be_asked_for(place, call, arguments, said):
    """With the reason, and nothing is written."""
    code, out = call("new", *arguments, *ASKED)
    assert (code, said in out, file(place).exists()) == (2, True, False)


def test_what_is_about_whole_files_is_asked_for_by_fingerprint(place, call):
    """The line that such a finding stands on says nothing of what else was changed."""
    (place.parent / "policy.yml").write_text(POLICY.replace("[crypto-approved]", "[review-controls]"))
    lines = ("--path", "src/etag.py", "--line", "5")
    code, said = call("new", "--rule", "change-to-review-policy", *lines, *ASKED)
    assert (code, "is about whole files" in said, file(place).exists()) == (2, True, False)


def test_a_link_in_the_files_place_is_not_followed(place, call):
    """Reviews do not read it, and a repository must not lead writing elsewhere."""
    file(place).parent.mkdir()
    file(place).symlink_to(place.parent / "elsewhere.yml")
    code, said = call("new", *LINES, *ASKED)
    assert (code, "is a link" in said) == (2, True)
    assert not (place.parent / "elsewhere.yml").exists()


@pytest.fixture
def reviewed(place, reviewbot):
    """The record of a local review of the flaw."""
    git(place, "checkout", "--quiet", "-b", "topic")
    (place / "src" / "new.py").write_text("#\n" + CODE + CODE)
    commit(place)
    code, out, err = reviewbot(
        "run",
        "--repo",
        str(place),
        "--base",
        "main",
        "--policy",
        str(place.parent / "policy.yml"),
        "--no-model",
    )
    assert code in {0, 10}, out + err
    (path,) = place.glob(".git/reviewbot/runs/*/review.json")
    return [
        f for f in json.loads(path.read_text())["findings"] if f["rule"] == RULE and f["outcome"] == "inline"
    ]


def test_a_finding_of_the_last_review(place, call, reviewed):
    """By the beginning of its fingerprint: the digest is of its lines, the fingerprint only where asked for."""
    first, second = reviewed
    arguments = ["new", "--repo", str(place), "--policy", str(place.parent / "policy.yml"), *ASKED]
    done = CliRunner().invoke(
        command, arguments, input=first["fingerprint"][:6] + "\n", standalone_mode=False
    )
    assert done.exception is None
    assert f"{first['fingerprint']}  warning  src/new.py:6" in done.output
    assert f"    quote: {whole_digest([LINE])}\n" in file(place).read_text()
    call("new", second["fingerprint"], "--exactly", *ASKED)
    assert f'  - fingerprint: "{second["fingerprint"]}"\n' in file(place).read_text()
    code, said = call("approve", second["fingerprint"], "--as", "carol")
    assert (code, second["fingerprint"] in said) == (0, True)
    call("approve", 1, "--as", "alice")
    assert call("check")[0] == 0
    for name in ("0000000", first["fingerprint"][:3]):
        code, said = call("new", name, *ASKED)
        assert (code, "no finding of the review begins with" in said) == (2, True)
    other = ("0" if second["fingerprint"][0] != "0" else "1") * 16
    file(place).write_text(file(place).read_text().replace(second["fingerprint"], other))
    assert "has no such finding" in call("check")[1]


def test_lines_that_the_review_did_not_speak_of(place, call, reviewbot):
    """A review of the work tree is of what lay there then; the digest must not be of something else."""
    policy = str(place.parent / "policy.yml")
    (place / "src" / "new.py").write_text(CODE)
    git(place, "add", "--all")
    reviewbot("run", "--repo", str(place), "--worktree", "--base", "main", "--policy", policy, "--no-model")
    (path,) = place.glob(".git/reviewbot/runs/*/review.json")
    (name,) = [f["fingerprint"] for f in json.loads(path.read_text())["findings"] if f["outcome"] == "inline"]
    (place / "src" / "new.py").write_text(CODE.replace("x)", "y)"))
    code, said = call("new", name, *ASKED)
    assert (code, "src/new.py has other lines now than in that review" in said) == (2, True)
    (place / "src" / "new.py").write_text(CODE)
    assert call("new", name, *ASKED)[0] == 0


def test_a_day_is_a_day(place, call):
    """Whatever else is given is refused by the file's own reader."""
    code, said = call("new", *LINES, *ASKED, "--until", "tomorrow")
    assert (code, "wants a date" in said, file(place).exists()) == (2, True, False)
    assert date.fromisoformat(SOON)


@pytest.mark.parametrize("name", ["list", "check", "new", "approve"])
def test_help_of_each_command(reviewbot, golden, name):
    """What each `--help` prints is stored and read by a person when it changes."""
    code, out, _ = reviewbot("waivers", name, "--help")
    assert code == 0
    golden(f"cli/waivers-{name}-help.txt", out)


def test_a_waiver_of_no_rule_is_warned_of(place, call):
    """A misspelt name has no effect, and nobody would notice."""
    call("new", *LINES, *ASKED)
    call("approve", 1, "--as", "alice")
    file(place).write_text(file(place).read_text().replace(f"rule: {RULE}", f"rule: {RULE}s"))

    code, said = call("check")

    assert code == 0
    assert f"{FILE}:3: warning: no rule is called {RULE}s (did you mean {RULE}?)" in said
    assert "no rule is called" not in call("check", policy=False)[1]
