"""`reviewbot fix` where nobody is asked: in scripts, with flags, from a review that somebody else made."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fix_ground import (
    CLEAN,
    SQL,
    TOKEN,
    USERS,
    YAML,
    Reviewed,
    commit,
    edit,
    git,
    repository,
    three_flaws,
    write,
)

from reviewbot import wiring_fix
from reviewbot.cli.fix import command
from reviewbot.domain.patch import Edit
from reviewbot.mending.plan import Rewritten

ROOT = Path(__file__).parents[2]
PATH = "src/users.py"
SAFE_ONES = (
    USERS.replace(b"import os\n", b"import os\nimport secrets\n", 1)
    .replace(b"str(random.getrandbits(bits))", b"secrets.token_hex(bits // 8)")
    .replace(b"yaml.load", b"yaml.safe_load")
)
ALL = SAFE_ONES.replace(b"""name = '%s'" % name)""", b"""name = %s", (name,))""")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The repository that all tests start from."""
    return repository(tmp_path_factory.mktemp("model"), {PATH: USERS, "README": b"hello\n"})


@pytest.fixture
def place(model, tmp_path, monkeypatch):
    """A repository with a reviewed file."""
    monkeypatch.setenv("COLUMNS", "100")
    for name in [name for name in os.environ if name.startswith(("REVIEWBOT_", "GIT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    made = Path(shutil.copytree(model, tmp_path / "repo"))
    three_flaws().of_run(made)
    return made


@pytest.fixture
def fix(place, reviewbot):
    """Call it on that repository."""
    return lambda *arguments: reviewbot("fix", "--repo", str(place), *map(str, arguments))


def held(place, path=PATH):
    return (place / path).read_bytes()


def undone(place, out):
    """Do what the last line says."""
    command = out.rstrip("\n").split("\n")[-1]
    assert command.startswith("undo: git ")
    subprocess.run(shlex.split(command.removeprefix("undo: ")), cwd=place.parent, check=True, env=CLEAN)


def test_all_are_applied_and_taken_back(place, fix, golden):
    """What is done, what it needs, how to check it and how to undo it stand in the output; git has the last word."""
    code, out, err = fix("--yes")
    assert (code, err) == (0, "")
    assert held(place) == ALL
    assert git(place, "diff", "--cached", "--name-only") == b""
    golden("cli/fix-yes-out.txt", re.sub(r"-C \S+|/\S+/fixes/\S+", "…", out))
    undone(place, out)
    assert held(place) == USERS
    assert git(place, "status", "--porcelain") == b""


def test_only_the_safe_ones(place, fix):
    """What wants a look is left, and said."""
    code, out, err = fix("--safe")
    assert code == 0
    assert held(place) == SAFE_ONES
    said = "          it wants a look: reviewbot fix 3f9a0c\n"
    assert err == f"left      3f9a0c  {PATH}:5  python-sql-built-from-input\n{said}"
    assert "undo: " in out


def test_many_that_want_a_look_are_said_in_one_line(place, fix):
    """They are counted; by name, each says how to see it."""
    review = three_flaws()
    for one in review.patches:
        one["safe"] = False
    review.of_run(place, "02RUN")
    code, out, err = fix("--safe")
    assert (code, out) == (0, "nothing was changed\n")
    assert err == "left      3 fixes that want a look: `reviewbot fix` shows each and asks\n"


def test_where_nothing_can_be_applied_no_way_is_offered(place, fix):
    """Without a terminal, and with a file that is another one now."""
    write(place, PATH, b"# above\n" + USERS)
    code, out, err = fix()
    assert (code, out) == (0, "")
    assert err.endswith("reviewbot: no fix can be applied here; nothing was changed\n")


@pytest.mark.parametrize("name", ["81b2", "81B2D3E4", TOKEN, f"p-{TOKEN}"])
def test_one_by_its_name(place, fix, name):
    """A beginning of the fingerprint or of the patch's id will do."""
    code, out, _ = fix("--yes", name)
    assert code == 0
    assert b"import secrets" in held(place)
    assert b"yaml.load(text)" in held(place)
    assert "9ab31e" not in out


def test_an_unknown_name_changes_nothing(place, fix):
    """A typing mistake is a usage error that lists what is near."""
    code, _, err = fix("--yes", TOKEN, "9ab31e7e")
    assert code == 2
    assert "no fix of the review is named 9ab31e7e" in err
    assert f"9ab31e  {PATH}:13  python-yaml-load" in err
    assert held(place) == USERS


def test_a_named_one_that_cannot_be_applied_is_an_error_after_the_others(place, fix):
    """The others are applied; the exit code says that not all was done. Without names it is no error."""
    review = three_flaws().offer("ffff000011112222", "README", 1, edit("README", b"other\n", 1, 1, "x"))
    review.of_run(place, "02RUN")
    code, _, err = fix("--yes", TOKEN, "ffff0000")
    assert code == 2
    assert b"import secrets" in held(place)
    assert err == (
        "left      ffff00  README:1  python-flaw\n"
        "          README is not as it was reviewed; review it as it is with `reviewbot fix --worktree`\n"
    )
    git(place, "checkout", "--", ".")
    assert fix("--yes")[0] == 0


def test_a_named_one_that_wants_a_look_is_not_slipped_in(place, fix):
    """--safe holds for what is named too, and the exit code says so."""
    code, out, err = fix("--safe", SQL)
    assert (code, out) == (2, "nothing was changed\n")
    assert "it wants a look" in err
    assert held(place) == USERS


def test_the_list(place, fix, golden):
    """One line for each, with what was proven or why it cannot be applied."""
    review = three_flaws().offer("ffff000011112222", "README", 1, edit("README", b"other\n", 1, 1, "x"))
    review.of_run(place, "02RUN")
    code, out, _ = fix("--list")
    assert code == 0
    golden("cli/fix-list-out.txt", out)
    assert held(place) == USERS


@pytest.mark.parametrize("flags", [(), ("--dry-run",)])
def test_where_nobody_can_be_asked_the_diff_is_printed(place, flags):
    """It holds the very bytes, so git applies it; nothing is changed before that."""
    done = program(place, "fix", *flags)
    assert done.returncode == 0
    assert held(place) == USERS
    git(place, "apply", feed=done.stdout)
    assert held(place) == ALL
    said = b"reviewbot: 3 fixes, 2 safe; nothing was changed\n  --safe applies the safe ones, --yes all of them; on a terminal `reviewbot fix` asks\n"
    assert done.stderr == (b"" if flags else said)


def test_the_diff_of_the_safe_ones(place, fix):
    """--diff prints what would be applied, and no more."""
    code, out, _ = fix("--diff", "--safe")
    assert code == 0
    git(place, "apply", feed=out.encode())
    assert held(place) == SAFE_ONES


def program(place, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "reviewbot", *arguments],
        cwd=place,
        capture_output=True,
        check=False,
        env=CLEAN,
    )


def test_a_file_with_uncommitted_changes_is_not_touched_unasked(place, fix):
    """The review is of the work tree as it is; still the commit before it is what a person could go back to."""
    changed = USERS + b"\n# mine\n"
    write(place, PATH, changed)
    three_flaws(content=changed).of_run(place, "02RUN")
    code, out, err = fix("--yes")
    assert (code, out) == (0, "nothing was changed\n")
    assert "has uncommitted changes; commit first, or say --allow-dirty" in " ".join(err.split())
    assert held(place) == changed
    code, out, _ = fix("--yes", "--allow-dirty")
    assert code == 0
    assert b"safe_load" in held(place)
    undone(place, out)
    assert held(place) == changed


def test_a_change_that_is_only_staged_is_uncommitted_too(place, fix):
    """The index differs from HEAD though the file does not differ from the index."""
    changed = USERS + b"\n# mine\n"
    write(place, PATH, changed)
    git(place, "add", PATH)
    three_flaws(content=changed).of_run(place, "02RUN")
    assert "has uncommitted changes" in " ".join(fix("--yes")[2].split())
    commit(place)
    assert fix("--yes")[2] == ""


def test_a_file_whose_index_differs_is_uncommitted_though_its_bytes_are_the_heads(place, fix):
    """Somebody staged one thing and put the old text back."""
    write(place, PATH, USERS + b"# staged\n")
    git(place, "add", PATH)
    write(place, PATH, USERS)
    assert "has uncommitted changes" in " ".join(fix("--yes")[2].split())


def test_a_new_file_is_not_committed(place, fix):
    """A file that git does not know cannot be brought back by git."""
    write(place, "new.py", b"a\n")
    Reviewed().offer("aaaa000000000000", "new.py", 1, edit("new.py", b"a\n", 1, 1, "b")).of_run(
        place, "02RUN"
    )
    assert "new.py is not committed; commit first" in " ".join(fix("--yes")[2].split())


def test_before_the_first_commit_everything_is_uncommitted(tmp_path, reviewbot):
    """A repository without a HEAD is one too."""
    place = tmp_path / "fresh"
    place.mkdir()
    git(place, "init", "--quiet")
    write(place, PATH, USERS)
    file = three_flaws().left_in(tmp_path / "review")
    code, _, err = reviewbot("fix", "--repo", str(place), "--review", str(file), "--yes")
    assert code == 0
    assert f"{PATH} is not committed" in " ".join(err.split())


def test_a_changed_file_is_left_alone(place, fix):
    """The patch is for the bytes that were reviewed, and for no others."""
    write(place, PATH, b"# above\n" + USERS)
    code, out, err = fix("--yes")
    assert (code, out) == (0, "nothing was changed\n")
    assert err.count("is not as it was reviewed") == 3
    assert held(place) == b"# above\n" + USERS


def test_the_later_of_two_that_want_the_same_lines_is_left(place, fix):
    """It says which one was there first."""
    review = three_flaws().offer("ffff000011112222", PATH, 6, edit(PATH, USERS, 4, 5, "pass"))
    review.of_run(place, "02RUN")
    code, _, err = fix("--yes")
    assert code == 0
    assert held(place) == ALL
    assert "left      ffff00" in err
    assert (
        "it overlaps with 3f9a0c; when that is applied, `reviewbot fix --worktree` offers it anew"
        in " ".join(err.split())
    )


@pytest.mark.parametrize("as_folder", [True, False])
def test_a_review_from_elsewhere(place, fix, tmp_path, as_folder):
    """The artifact of a pipeline: the file, or the folder that it lies in."""
    file = (
        Reviewed()
        .offer(YAML, PATH, 13, edit(PATH, USERS, 13, 13, "    return 1"))
        .left_in(tmp_path / "artifact")
    )
    code, _, _ = fix("--yes", "--review", file.parent if as_folder else file)
    assert code == 0
    assert held(place).endswith(b"return 1\n")


def test_the_newest_review_counts(place, fix):
    """Runs sort by their time."""
    Reviewed().offer(YAML, PATH, 13, edit(PATH, USERS, 13, 13, "    return 2")).of_run(place, "02RUN")
    fix("--yes")
    assert held(place).endswith(b"return 2\n")


def test_no_patch_no_fix(place, fix):
    """A review without patches is nothing to complain of."""
    Reviewed().offer(YAML, PATH, 13).of_run(place, "02RUN")
    assert fix("--yes") == (0, "nothing to fix: the review of main...topic has no proven patch\n", "")


def test_a_finding_without_a_patch_says_why(place, fix):
    """Whoever asks for it by name learns where its proof failed."""
    review = Reviewed().offer(YAML, PATH, 13)
    why = "the finding is still there"
    review.unproven.append(
        {"finding": YAML, "rule": "python-flaw", "origin": "model", "step": "finding_gone", "why": why}
    )
    review.of_run(place, "02RUN")
    code, _, err = fix(YAML[:6])
    assert code == 2
    assert f"there is no proven fix for 9ab31e: {PATH}:13 python-flaw: {why}" in err


def test_no_review_at_all(tmp_path, reviewbot):
    """The way to one is said."""
    place = repository(tmp_path / "repo", {})
    code, _, err = reviewbot("fix", "--repo", str(place))
    assert code == 2
    assert "there is no review of this repository here\n  run `reviewbot run` first" in err


@pytest.mark.parametrize(
    ("flags", "said"),
    [(("--safe", "--yes"), "--safe and --yes exclude each other"),
     (("--review", "x", "--worktree"), "--review and --worktree exclude each other"),
     (("--review", "gone.json"), "gone.json cannot be read: no such file"),
     (("--yes", "81b"), "81b is too short to name a fix")],
)  # fmt: skip
def test_what_cannot_be_meant(place, fix, flags, said):
    """Each is a usage error, and nothing is changed."""
    code, _, err = fix(*flags)
    assert code == 2
    assert said in err
    assert held(place) == USERS


def test_what_is_no_review(place, fix, tmp_path):
    """A file of another shape is refused in words that hold nothing of it."""
    file = tmp_path / "review.json"
    file.write_text('{"schema": "\x1b]0;x"}')
    code, _, err = fix("--review", file)
    assert code == 2
    assert "make it anew: reviewbot run" in err
    assert "\x1b" not in err


def test_nothing_is_changed_where_the_way_back_cannot_be_kept(place, fix):
    """Without an undo there is no fix."""
    (place / ".git" / "reviewbot" / "fixes").write_text("in the way")
    code, _, err = fix("--yes")
    assert code == 2
    assert "the way back cannot be written" in err
    assert held(place) == USERS


def test_a_change_that_is_named_is_reviewed_first(place, fix):
    """The old review, which has patches, is not asked; the new one is kept where `run` leaves its own."""
    git(place, "checkout", "--quiet", "-b", "topic")
    write(place, "README", b"hello again\n")
    code, out, _ = fix("--worktree", "--base", "main", "--no-model", "--yes")
    assert (code, out) == (0, "nothing to fix: the review of main...topic (work tree) has no proven patch\n")
    newest = max((place / ".git" / "reviewbot" / "runs").iterdir(), key=lambda run: run.stat().st_mtime_ns)
    review = json.loads((newest / "review.json").read_text("utf-8"))
    assert [file["path"] for file in review["change"]["files"]] == ["README"]
    assert (newest / "review.json").stat().st_mode & 0o777 == 0o600


def test_a_patch_for_no_finding_of_the_review(place, fix, tmp_path):
    """Whoever wrote that review made a mistake, or worse."""
    review = three_flaws()
    del review.findings[0]
    code, _, err = fix("--yes", "--review", review.left_in(tmp_path / "review"))
    assert code == 2
    assert "a patch of the review is for none of its findings" in err
    assert held(place) == USERS


@pytest.mark.parametrize(
    ("broken", "said"),
    [({"last": 1}, "no range of lines"), ({"path": '"a\\q"'}, "a path of the review is broken")],
)
def test_an_edit_that_is_none(fix, tmp_path, broken, said):
    """The door is as narrow for edits."""
    review = three_flaws()
    review.patches[0]["edits"][0].update(broken)
    code, _, err = fix("--yes", "--review", review.left_in(tmp_path / "review"))
    assert code == 2
    assert said in err


def test_an_unsettled_merge_is_uncommitted_work(place, fix):
    """Whatever the file looks like."""
    oid = git(place, "rev-parse", f"HEAD:{PATH}").decode().strip()
    stages = "".join(f"100644 {oid} {stage}\t{PATH}\n" for stage in (1, 2, 3))
    git(place, "rm", "--quiet", "--cached", PATH)
    git(place, "update-index", "--index-info", feed=stages.encode())
    assert "has uncommitted changes" in " ".join(fix("--yes")[2].split())


def test_a_file_that_changes_while_it_is_written_does_not_stop_the_others(place):
    """What was done can be taken back, and nothing else is in the way back."""
    write(place, "b.py", b"b\n")
    with wiring_fix.opened(place) as bench:
        one, other = (
            Rewritten(path, old, (Edit(path, "0" * 40, 1, 1, ("x",)),))
            for path, old in (("README", b"hello\n"), ("b.py", b"other\n"))
        )
        written = bench.write([one, other], datetime.now(UTC))
    assert written.left == {"b.py": "b.py changed just now; run it again"}
    assert (held(place, "README"), held(place, "b.py")) == (b"x\n", b"b\n")
    assert written.way_back.read_bytes() == one.diff


def test_nothing_written_leaves_no_way_back(place):
    """There is nothing to take back."""
    with wiring_fix.opened(place) as bench:
        written = bench.write(
            [Rewritten("gone", b"a\n", (Edit("gone", "0" * 40, 1, 1, ("x",)),))], datetime.now(UTC)
        )
    assert (written.way_back, written.left) == (None, {"gone": "gone is not there"})
    assert list((place / ".git" / "reviewbot" / "fixes").iterdir()) == []


def test_every_flag_in_the_page_exists():
    """What a reader copies is understood."""
    pages = [(ROOT / name).read_text("utf-8") for name in ("docs/fix.md", "README.md")]
    used = {
        flag
        for page in pages
        for line in re.findall(r"reviewbot fix[^\n`|]*", page)
        for flag in re.findall(r"--[a-z-]+", line)
    }
    known = {name for option in command.params for name in option.opts}
    assert used <= known
    assert {"--worktree", "--safe"} <= used
