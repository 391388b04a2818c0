"""Signatures of packs: one of a key of the policy, over exactly these files, or the pack does not load."""

import base64
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.domain.policy import Policy, PublicKey
from reviewbot.errors import PolicyError, UsageError
from reviewbot.policy import ed25519, signatures
from reviewbot.policy.packs import load_rules


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Two keys: private files by name, and their public halves."""
    folder, found = tmp_path_factory.mktemp("keys"), {}
    for name in ("ours", "theirs"):
        pem, public = ed25519.generated(None)
        ed25519.write_private(folder / f"{name}.pem", pem)
        found[name] = (ed25519.private_key(folder / f"{name}.pem", None), PublicKey(name, public))
    return found


def load(pack: Path, *public, folders=()):
    policy = Policy(packs=(pack.name,), keys=public, signatures=tuple(map(str, folders)))
    return load_rules(policy, shipped=pack.parent).packs[0]


def signed(pack: Path, *pairs, to: Path | None = None) -> None:
    """Sign a pack as it is now, with each of the keys."""
    loaded = load(pack)
    found = ()
    for private, public in pairs:
        one = ed25519.signature(private, signatures.signed_text(loaded, loaded.digest))
        found = signatures.parsed("x", signatures.written(found, signatures.Signature(public.name, one)))
    text = signatures.written(found[:-1], found[-1])
    ((to or pack) / (f"{pack.name}.sig" if to else "pack.sig")).write_bytes(text)


def refused(pack: Path, *public, folders=()) -> str:
    with pytest.raises(PolicyError) as caught:
        load(pack, *public, folders=folders)
    return str(caught.value)


def test_a_signed_pack_says_who_has_signed_it(make_pack, keys):
    """The name is the policy's for that key, whatever the file says; without keys nobody asks."""
    pack = make_pack("mine")
    signed(pack, keys["ours"])
    assert load(pack, keys["ours"][1]).signed_by == "ours"
    assert load(pack, replace(keys["ours"][1], name="renamed")).signed_by == "renamed"
    assert load(pack).signed_by == ""


def test_the_signature_is_no_part_of_the_digest(make_pack, keys):
    """It signs the digest, so it cannot be in it; the same name in a folder below is a file like any other."""
    pack = make_pack("mine")
    before = load(pack).digest
    signed(pack, keys["ours"])
    assert load(pack).digest == before
    (pack / "below").mkdir()
    (pack / "below" / "pack.sig").write_bytes(b"x")
    assert load(pack).digest != before


def test_an_unsigned_pack_is_refused_with_the_mend(make_pack, keys):
    """The sentence names the pack, its version, its digest, and the command."""
    pack = make_pack("mine")
    said = refused(pack, keys["ours"][1])
    assert f"the pack mine 1.0.0 in {pack} ({load(pack).digest}) is not signed by a key of the policy" in said
    assert f"reviewbot rules sign {pack} --key FILE" in said


def test_another_key_is_not_enough_whatever_it_is_called(make_pack, keys):
    """Names are for people: a line that claims to be ours, by theirs, vouches for nothing."""
    pack = make_pack("mine")
    private, public = keys["theirs"]
    signed(pack, (private, replace(public, name="ours")))
    assert "none of its signatures (ours) is by a key of the policy" in refused(pack, keys["ours"][1])


def test_one_good_signature_of_several_is_enough(make_pack, keys):
    """Keys are changed while both are in use."""
    pack = make_pack("mine")
    signed(pack, keys["theirs"], keys["ours"])
    assert load(pack, keys["ours"][1]).signed_by == "ours"
    assert load(pack, keys["ours"][1], keys["theirs"][1]).signed_by == "theirs"


def test_a_signature_may_lie_beside_the_pack(make_pack, keys, tmp_path):
    """A pack that nobody may write to, as those in the wheel, is signed in a folder of the policy."""
    pack, folder = make_pack("mine"), tmp_path / "signatures"
    folder.mkdir()
    signed(pack, keys["ours"], to=folder)
    assert load(pack, keys["ours"][1], folders=(tmp_path / "none", folder)).signed_by == "ours"
    assert "is not signed" in refused(pack, keys["ours"][1])


def test_a_signature_fits_no_other_pack(make_pack, keys):
    """Neither another id nor another version, even with the same digest."""
    pack = make_pack("mine")
    loaded = load(pack)
    one = signatures.Signature(
        "ours", ed25519.signature(keys["ours"][0], signatures.signed_text(loaded, "sha256:0"))
    )
    public = (keys["ours"][1],)
    assert signatures.by_key(loaded, "sha256:0", (one,), public) == "ours"
    assert signatures.by_key(loaded, "sha256:1", (one,), public) == ""
    assert signatures.by_key(replace(loaded, id="other"), "sha256:0", (one,), public) == ""
    assert signatures.by_key(replace(loaded, version="1.0.1"), "sha256:0", (one,), public) == ""


def test_what_is_signed_is_written_down():
    """Anybody can make the same bytes: purpose, id, version, digest."""
    from reviewbot.domain.rule import Pack  # noqa: PLC0415 (this test alone needs it)

    text = signatures.signed_text(Pack("mine", "1.2.3", ""), "sha256:ab")
    assert text == b"reviewbot-rule-pack/1\nmine\n1.2.3\nsha256:ab\n"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_a_signed_pack_breaks_it(make_pack, keys, tmp_path_factory, data):
    """A byte of any file, a file more, a file less or renamed: the pack does not load, or was not changed."""
    folder = tmp_path_factory.mktemp("packs")
    pack = make_pack("mine", folder=str(folder))
    (pack / "mine-eval.test.py").write_text("# ruleid: mine-eval\neval(x)\n")
    (pack / "README.md").write_text("A pack for tests.\n")
    signed(pack, keys["ours"])
    files = sorted(path for path in pack.iterdir() if path.name != "pack.sig")
    path = data.draw(st.sampled_from(files))
    match data.draw(st.sampled_from(["byte", "more", "less", "name", "add"])):
        case "byte":
            raw = bytearray(path.read_bytes())
            at = data.draw(st.integers(0, len(raw) - 1))
            raw[at] ^= data.draw(st.integers(1, 255))
            path.write_bytes(raw)
        case "more":
            path.write_bytes(path.read_bytes() + data.draw(st.binary(min_size=1, max_size=3)))
        case "less":
            path.unlink()
        case "name":
            path.rename(pack / f"{path.stem}-other{path.suffix}")
        case "add":
            (pack / data.draw(st.sampled_from(["x.test.py", "NOTES", "shared.txt"]))).write_text("x")
    with pytest.raises(PolicyError):
        load(pack, keys["ours"][1])


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\n", b"ed25519 ours\n", b"ed25519 ours AAAA\n", b"rsa ours %s\n", b"ed25519  ours %s\n", b"ed25519 ours %s \n",
        b"ed25519 ours %s\n\n", b"ed25519 o/urs %s\n", b"# ours\ned25519 ours %s\n", b"ed25519 ours %s\r\n", b"\xff",
        b"ed25519 ours %s ours\n",
    ],
)  # fmt: skip
def test_a_file_that_holds_anything_else_is_refused(make_pack, keys, raw):
    """The format is closed: the line that is no signature is named."""
    pack = make_pack("mine")
    signed(pack, keys["ours"])
    good = (pack / "pack.sig").read_bytes().split(b" ")[2].strip()
    (pack / "pack.sig").write_bytes(raw.replace(b"%s", good))
    assert f"{pack}/pack.sig:" in refused(pack, keys["ours"][1])
    assert "not a signature" in refused(pack, keys["ours"][1])


def test_a_file_of_signatures_is_bounded(make_pack, keys):
    """Neither its size nor its lines can grow without end."""
    pack = make_pack("mine")
    signed(pack, keys["ours"])
    line = (pack / "pack.sig").read_bytes()
    (pack / "pack.sig").write_bytes(line * 101)
    assert "over 100 lines" in refused(pack, keys["ours"][1])
    (pack / "pack.sig").write_bytes(line * 2000)
    assert "over 100,000 bytes" in refused(pack, keys["ours"][1])


@pytest.mark.parametrize("raw", [bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"])
@pytest.mark.parametrize("sign", [0, 0x80])
def test_a_key_that_anybody_can_sign_for_is_refused(raw, sign):
    """A placeholder of zeros is such a key."""
    text = base64.b64encode(raw[:-1] + bytes([raw[-1] | sign])).decode()
    with pytest.raises(ValueError, match="anybody"):
        ed25519.public_key(text)


@pytest.mark.parametrize("text", ["", "x", "AAAA", "A" * 43, "A" * 44, "*" * 43 + "=", "ssh-ed25519 AAAA"])
def test_what_is_no_public_key_is_refused(text):
    """32 bytes in base64, written the usual way."""
    with pytest.raises(ValueError, match="wants an Ed25519 public key"):
        ed25519.public_key(text)


def test_private_keys_of_openssl_will_do(tmp_path):
    """And those of other kinds will not."""
    for kind, options in (("ed25519", ()), ("rsa", ("-pkeyopt", "rsa_keygen_bits:1024"))):
        subprocess.run(
            ["openssl", "genpkey", "-algorithm", kind, *options, "-out", tmp_path / f"{kind}.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
    key = ed25519.private_key(tmp_path / "ed25519.pem", None)
    public = PublicKey("ours", ed25519.public_of(key))
    assert ed25519.verified_by(b"text", ed25519.signature(key, b"text"), [public]) == "ours"
    with pytest.raises(UsageError, match="not an Ed25519 key"):
        ed25519.private_key(tmp_path / "rsa.pem", None)


def test_a_private_key_may_have_a_passphrase(tmp_path):
    """Without it, or with another, the key is not read, and the sentence holds neither."""
    pem, _ = ed25519.generated("open sesame")
    path = tmp_path / "key.pem"
    ed25519.write_private(path, pem)
    assert path.stat().st_mode & 0o777 == 0o600
    assert ed25519.private_key(path, "open sesame")
    for given_ in (None, "open"):
        with pytest.raises(UsageError, match=r"REVIEWBOT_KEY_PASSPHRASE|passphrase") as caught:
            ed25519.private_key(path, given_)
        assert "sesame" not in str(caught.value)


def test_a_private_key_is_never_overwritten(tmp_path):
    """Nor is a link followed."""
    path = tmp_path / "key.pem"
    path.write_text("mine")
    (tmp_path / "link.pem").symlink_to(tmp_path / "elsewhere.pem")
    for place in (path, tmp_path / "link.pem"):
        with pytest.raises(UsageError, match=r"never overwritten|cannot be written"):
            ed25519.write_private(place, b"x")
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere.pem").exists()


def test_keys_are_the_operators(settle, keys):
    """The policy takes them with their names; a repository can set neither keys nor signatures."""
    public = keys["ours"][1].key
    text = f"version: 1\npacks:\n  keys: [{{name: ours, key: {public}}}]\n  signatures: [/etc/reviewbot/signatures]\n"
    found = settle(text)
    assert found.keys == (keys["ours"][1],)
    assert found.signatures == ("/etc/reviewbot/signatures",)
    for key in ("keys", "signatures"):
        with pytest.raises(PolicyError, match=r"\.reviewbot\.yml:2: packs: wants a list"):
            settle(text, repository=f"version: 1\npacks: {{{key}: []}}\n")


@pytest.mark.parametrize(
    ("keys_text", "said"),
    [
        ("[{name: ours, key: AAAA}]", "wants an Ed25519 public key"),
        ("[{name: ours}]", "key: missing"),
        ("[ours.pub]", "wants keys and values below it"),
        ("[{name: ours, key: %s}, {name: ours, key: %s}]", 'another key is called "ours" already'),
    ],
)
def test_keys_that_cannot_be_meant_are_refused(settle, keys, keys_text, said):
    """File, line, key and sentence."""
    public = keys["ours"][1].key
    with pytest.raises(PolicyError, match=r"operator\.yml:3: packs\.keys") as caught:
        settle(f"version: 1\npacks:\n  keys: {keys_text.replace('%s', public)}\n")
    assert said in str(caught.value)


def test_signatures_without_keys_are_refused(settle):
    """A guard that does nothing must not look like one."""
    with pytest.raises(PolicyError, match="without keys: no signature is looked at"):
        settle("version: 1\npacks: {signatures: [/etc/reviewbot/signatures]}\n")


def test_openssl_verifies_what_we_sign(tmp_path, keys):
    """Whoever trusts no program of ours can check a signature by other means."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (as above)

    private, _ = keys["ours"]
    text = b"reviewbot-rule-pack/1\nmine\n1.0.0\nsha256:ab\n"
    (tmp_path / "text").write_bytes(text)
    (tmp_path / "signature").write_bytes(base64.b64decode(ed25519.signature(private, text)))
    (tmp_path / "public.pem").write_bytes(
        private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "public.pem",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "signature",
    ]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "text").write_bytes(text + b"x")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_base64_is_written_one_way_only(keys):
    """A signature or key that is not the text that was written is another, though it decodes to the same bytes."""
    private, public = keys["ours"]
    good = ed25519.signature(private, b"x")
    for text, pad in ((good, 2), (public.key, 1)):
        at = len(text) - pad - 1
        other = text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :]
        assert base64.b64decode(other) == base64.b64decode(text)
        assert not ed25519.is_signature(other)
    with pytest.raises(ValueError, match="wants an Ed25519"):
        ed25519.public_key(other)


def test_an_empty_list_of_keys_is_no_way_to_ask_for_signatures(settle):
    """Whoever writes `keys:` means that packs are signed; nothing below it is a mistake, not a choice."""
    with pytest.raises(PolicyError, match=r"operator.yml:2: packs.keys: is empty"):
        settle("version: 1\npacks: {keys: []}\n")
