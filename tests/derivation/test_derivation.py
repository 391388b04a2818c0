"""What may be published is derived from the objects; a review that says otherwise is refused."""

import copy
import json
from dataclasses import replace

import pytest
from derivation_change import TOKEN, unpatched

from reviewbot.derivation.checks import is_same
from reviewbot.derivation.derive import derive
from reviewbot.domain.quotes import quote_digest
from reviewbot.errors import UsageError
from reviewbot.publish.document import read

SHELL = "python-shell-with-variable"


def flaw(wanted, rule):
    return next(remark for remark in wanted.remarks if remark.rule == rule)


def test_an_honest_review_is_derived_whole(reviewed):
    """Findings of this head come with anchors from the objects; what the base has is not among them."""
    wanted = reviewed.derived()
    assert (wanted.head, wanted.merge_base, wanted.files) == (reviewed.head, reviewed.merge_base, 3)
    shell = flaw(wanted, SHELL)
    assert (shell.place.path, shell.place.first) == ("app/flaws.py", 8)
    assert (shell.anchor.first.new, shell.anchor.first.old, shell.anchor.first.old_at) == (8, None, 0)
    assert {remark.place.path for remark in wanted.remarks} == {"app/flaws.py"}
    assert wanted.renamed == (("app/old.py", "app/new.py"),)
    assert (wanted.complete, wanted.exit_code) == (True, reviewed.document["verdict"]["exit_code"])
    assert dict(wanted.read_by)["app/flaws.py"] == ("semgrep", "bandit", "secrets", "suppressions", "hidden")


def test_no_secret_is_in_what_is_derived(reviewed):
    """The masked form passes; the token itself is nowhere."""
    wanted = reviewed.derived()
    assert any("secret" in remark.rule or "token" in remark.rule for remark in wanted.remarks)
    assert TOKEN not in repr(wanted)


def altered(document, where, value):
    copied = copy.deepcopy(document)
    *path, last = where
    inner = copied
    for step in path:
        inner = next(f for f in inner if f["rule"] == SHELL) if step == SHELL else inner[step]
    inner[last] = value
    return copied


FORGERIES = {
    "other repository": (("change", "repository"), "pay/other"),
    "other pull request": (("change", "pull_request"), 13),
    "no pull request": (("change", "pull_request"), None),
    "other head": (("change", "head"), "a" * 40),
    "other base": (("change", "base"), "a" * 40),
    "other merge base": (("change", "merge_base"), "a" * 40),
    "other tree": (("change", "head_tree"), "a" * 40),
    "a file less": (("change", "files"), []),
    "other counts": (("change", "files", 0, "added"), 77),
    "other class": (("change", "files", 0, "class"), "binary"),
    "other policy": (("policy", "digest"), "sha256:0"),
    "other packs": (("policy", "packs", 0, "digest"), "sha256:0"),
    "other signer": (("policy", "packs", 0, "signed_by"), "mallory"),
    "other day": (("this_run", "day"), "yesterday"),
    "other title": (("findings", SHELL, "title"), "See https://evil.example"),
    "other reason": (("findings", SHELL, "reason"), "All is well."),
    "milder severity": (("findings", SHELL, "severity"), "note"),
    "other cwe": (("findings", SHELL, "cwe"), [1]),
    "unknown rule": (("findings", SHELL, "rule"), "no-such-rule"),
    "prose of nobody": (("findings", SHELL, "explanation"), "A model would have said so."),
    "moved anchor": (("findings", SHELL, "span", "first"), 1),
    "anchor outside": (("findings", SHELL, "span"), {"path": "app/flaws.py", "side": "new", "first": 9000, "last": 9000}),
    "other file": (("findings", SHELL, "span", "path"), "app/a.py"),
    "no such file": (("findings", SHELL, "span", "path"), "app/none.py"),
    "other quote": (("findings", SHELL, "quote"), "harmless()"),
    "a patch that is not there": (("findings", SHELL, "patch"), "p9"),
    "greener verdict": (("verdict",), {"complete": True, "at_threshold": 0, "exit_code": 0}),
    "extra text": (("note",), "hello"),
    "extra text inside": (("findings", SHELL, "note"), "hello"),
    "other schema": (("schema",), "reviewbot/review/2"),
    "old side": (("findings", SHELL, "span", "side"), "old"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_review_is_refused(reviewed, ground, name):
    """Each alteration alone is enough, and the refusal repeats nothing of what it says."""
    where, value = FORGERIES[name]
    document = altered(reviewed.document, where, value)
    assert document != reviewed.document
    with pytest.raises(UsageError) as caught:
        derive(read(json.dumps(document).encode()), ground)
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[1,", b'{"schema": NaN}', b'{"a":1,"a":2}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_review(raw):
    """Bytes that are no review are refused with a sentence."""
    with pytest.raises(UsageError, match="the review is not"):
        read(raw)


def test_a_missing_review(reviewed):
    """A review that was never written is said to be missing."""
    with pytest.raises(UsageError, match="there is no review"):
        reviewed.derived(at=reviewed.folder / "nowhere")


@pytest.mark.parametrize(
    ("said", "ours", "same"),
    [
        ("plain", "plain", True),
        ("plain", "plainer", False),
        ('t = "[secret:x:1]"', 't = "hunter2"', True),
        ('t = "[secret:x:1]"', 'u = "hunter2"', False),
        ("a[secret:x:1]b[secret:y:2]c", "a1b2c", True),
        ("a[secret:x:1]b[secret:y:2]c", "a12c", False),
        ("ab[secret:x:1]bc", "abc", False),  # beginning and end may not share a character
        ("[secret:x:1]z" * 60, "z" * 59 + "!", False),  # in one pass, or never
    ],
)
def test_a_masked_secret_may_stand_for_anything(said, ours, same):
    """What stands around it must be there, in order, once each."""
    assert is_same(said, ours) is same


def test_silence_of_a_required_reviewer_is_not_green(reviewed):
    """Taking a scanner's word out of the coverage makes the verdict another, and the review a forgery."""
    document = copy.deepcopy(reviewed.document)
    for file in document["coverage"]:
        file["by"].pop("semgrep")
    with pytest.raises(UsageError, match="verdict"):
        reviewed.derived(document)
    document["verdict"] |= {"complete": False, "exit_code": 3}
    wanted = reviewed.derived(document)
    assert (wanted.complete, wanted.exit_code) == (False, 3)
    assert wanted.gaps


def test_other_flags_are_another_policy(reviewed):
    """The publisher's own settings decide, and a review under others is refused."""
    with pytest.raises(UsageError, match="another policy"):
        reviewed.derived(fail_on="note", given_as={"fail_on": "--fail-on"})


def test_quotes_are_looked_up_in_changed_files(reviewed):
    """A quote that still stands is said to; one that is gone, or stands in an unchanged file only, is not."""
    here = quote_digest(["    return subprocess.run('ls ' + name, shell=True)"])
    indented = quote_digest(["return  subprocess.run('ls ' + name, shell=True)"])
    two = quote_digest(["def run(name):", "    return subprocess.run('ls ' + name, shell=True)"])
    gone = quote_digest(["was_here()"])
    assert here == indented
    wanted = reviewed.derived(quotes=((here, 1), (two, 2), (two, 1), (gone, 1)))
    assert set(wanted.present) == {here, two}


def test_a_file_too_large_to_read_takes_no_quote_away(reviewed_once, ground):
    """Nobody can say that the quote is gone, so its thread stays; the review is not refused for it."""

    def refuse(_):
        raise UsageError("too large")

    document = unpatched(reviewed_once.document)
    document["findings"] = []
    document["outcomes"] = dict.fromkeys(document["outcomes"], 0)
    document["verdict"] |= {"at_threshold": 0, "exit_code": 0}
    unreadable = replace(ground, read=refuse, quotes=(("0" * 16, 1),))
    assert derive(read(json.dumps(document).encode()), unreadable).present == ("0" * 16,)
    readable = replace(ground, quotes=(("0" * 16, 1),))
    assert derive(read(json.dumps(document).encode()), readable).present == ()


def test_anchors_follow_the_forges_own_base(reviewed):
    """Where the forge's diff starts elsewhere, lines are counted in that diff."""
    wanted = reviewed.derived(diff_base=reviewed.head)
    assert wanted.remarks
    assert all(remark.anchor is None for remark in wanted.remarks)
