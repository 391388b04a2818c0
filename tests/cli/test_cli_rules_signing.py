"""`reviewbot rules keygen`, `sign` and `verify`."""

import base64
import os
import re
import shutil

import pytest

from reviewbot.shipped import folder

PACK = "secrets"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a copy of a pack, and a key."""
    for name in [
        name for name in os.environ if name.startswith("REVIEWBOT_") and name != "REVIEWBOT_SCANNERS"
    ]:
        monkeypatch.delenv(name)
    shutil.copytree(folder("rules") / PACK, tmp_path / PACK)
    return tmp_path


@pytest.fixture
def key(place, reviewbot):
    """The public half of a key in `ours.pem`."""
    code, out, _ = reviewbot("rules", "keygen", "ours", "--to", str(place / "ours.pem"))
    assert code == 0
    found = re.fullmatch(r"- \{name: ours, key: ([A-Za-z0-9+/]{43}=)\}\n", out)
    return found[1]


def test_a_pack_is_signed_and_verified(place, key, reviewbot):
    """By the file's name unless told otherwise; a byte more, and it is not verified."""
    code, out, _ = reviewbot("rules", "sign", str(place / PACK), "--key", str(place / "ours.pem"))
    assert (code, out.startswith(f"{place}/{PACK}/pack.sig: {PACK} ")) == (0, True)
    assert (place / PACK / "pack.sig").read_text().startswith("ed25519 ours ")
    code, out, _ = reviewbot("rules", "verify", str(place / PACK), "--key", key)
    assert (code, out.endswith("signed by the given key\n")) == (0, True)
    with (place / PACK / "pack.yml").open("a") as file:
        file.write("# more\n")
    code, out, err = reviewbot("rules", "verify", str(place / PACK), "--key", key)
    assert (code, out) == (2, "")
    assert "none of its signatures (ours)" in err
    assert f"reviewbot rules sign {place}/{PACK} --key FILE" in err


def test_a_pack_of_the_program_is_approved_in_a_folder(place, key, reviewbot, tmp_path):
    """By its name; nothing is written into the installation, and the policy's keys verify it and load it."""
    store = tmp_path / "signatures"
    store.mkdir()
    code, _, _ = reviewbot("rules", "sign", PACK, "--key", str(place / "ours.pem"), "--to", str(store))
    assert code == 0
    assert [path.name for path in store.iterdir()] == [f"{PACK}.sig"]
    policy = tmp_path / "policy.yml"
    policy.write_text(
        f"version: 1\npacks:\n  required: [{PACK}]\n  keys: [{{name: appsec, key: {key}}}]\n  signatures: [{store}]\n"
    )
    code, out, _ = reviewbot("rules", "verify", PACK, "--policy", str(policy))
    assert (code, out.endswith("signed by appsec\n")) == (0, True)
    code, out, err = reviewbot("rules", "verify", PACK, "iac", "--policy", str(policy))
    assert code == 2
    assert out.endswith("signed by appsec\n")
    assert "the pack iac" in err


def test_signing_again_takes_the_place_of_the_same_key(place, key, reviewbot):
    """Another key's line stays."""
    reviewbot("rules", "keygen", "theirs", "--to", str(place / "theirs.pem"))
    for name in ("ours", "theirs", "ours"):
        reviewbot("rules", "sign", str(place / PACK), "--key", str(place / f"{name}.pem"))
    lines = (place / PACK / "pack.sig").read_text().split("\n")
    assert [line.split(" ")[1] for line in lines if line] == ["theirs", "ours"]


def test_nothing_unsound_is_signed(place, key, reviewbot):
    """A rule that does not load is named instead."""
    (place / PACK / "broken.yml").write_text("id: broken\n")
    code, _, err = reviewbot("rules", "sign", str(place / PACK), "--key", str(place / "ours.pem"))
    assert (code, "broken.yml:1: title: missing" in err) == (2, True)
    assert not (place / PACK / "pack.sig").exists()


def test_a_key_is_never_overwritten_and_only_its_owners(place, key, reviewbot):
    """The file is there already: refused."""
    path = place / "ours.pem"
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    code, _, err = reviewbot("rules", "keygen", "ours", "--to", str(path))
    assert (code, "never overwritten" in err, path.read_bytes() == before) == (2, True, True)


def test_a_passphrase_comes_by_variable_only(place, reviewbot, monkeypatch):
    """It is on no command line, and in no output."""
    monkeypatch.setenv("REVIEWBOT_KEY_PASSPHRASE", "open sesame")
    _, out, err = reviewbot("rules", "keygen", "locked", "--to", str(place / "locked.pem"))
    assert "sesame" not in out + err
    assert b"ENCRYPTED" in (place / "locked.pem").read_bytes()
    signing = ("rules", "sign", str(place / PACK), "--key", str(place / "locked.pem"))
    assert reviewbot(*signing)[0] == 0
    monkeypatch.delenv("REVIEWBOT_KEY_PASSPHRASE")
    code, _, err = reviewbot(*signing)
    assert (code, "set the variable REVIEWBOT_KEY_PASSPHRASE" in err) == (2, True)
    for command in ("keygen", "sign", "verify"):
        assert "--pass" not in reviewbot("rules", command, "--help")[1]


@pytest.mark.parametrize("name", ["a b", "../x", "-x", "", "x" * 200, "a\nb"])
def test_a_keys_name_is_one_word(place, reviewbot, name):
    """It stands between spaces in signature files."""
    code, _, err = reviewbot("rules", "keygen", "--", name)
    assert (code, "a key's name is" in err) == (2, True)


@pytest.mark.parametrize("key", ["x", base64.b64encode(bytes(32)).decode()])
def test_a_key_that_is_none(place, reviewbot, key):
    """Neither nonsense nor a placeholder verifies anything; without any key there is nothing to do."""
    code, _, err = reviewbot("rules", "verify", str(place / PACK), "--key", key)
    assert (code, "--key " in err) == (2, True)
    code, _, err = reviewbot("rules", "verify", str(place / PACK))
    assert (code, "there is no key to verify with" in err) == (2, True)


@pytest.mark.parametrize("name", ["keygen", "sign", "verify"])
def test_help_of_each_command(reviewbot, golden, name):
    """What each `--help` prints is stored and read by a person when it changes."""
    code, out, _ = reviewbot("rules", name, "--help")
    assert code == 0
    golden(f"cli/rules-{name}-help.txt", out)


def test_packs_of_the_policys_folders_are_verified_by_name(place, key, reviewbot):
    """A folder for signatures that is not there yet is made."""
    own = place / "packs" / "corp"
    shutil.copytree(place / PACK, own)
    (own / "pack.yml").write_text((own / "pack.yml").read_text().replace(f"id: {PACK}", "id: corp"))
    policy = place / "policy.yml"
    policy.write_text(
        f"version: 1\npacks:\n  required: [corp]\n  folders: [{place}/packs]\n"
        f"  signatures: [{place}/new/signatures]\n  keys: [{{name: ours, key: {key}}}]\n"
    )
    to = str(place / "new" / "signatures")
    assert reviewbot("rules", "sign", str(own), "--key", str(place / "ours.pem"), "--to", to)[0] == 0

    code, out, _ = reviewbot("rules", "verify", "corp", "--policy", str(policy))
    assert (code, out.endswith("signed by ours\n")) == (0, True)
    code, _, err = reviewbot("rules", "verify", "crop", "--policy", str(policy))
    assert (code, "did you mean corp?" in err) == (2, True)
