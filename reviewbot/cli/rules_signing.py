"""`reviewbot rules keygen`, `sign` and `verify`: who vouches for a pack. See `docs/rule-packs.md`."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewbot.cli.options import POLICY_FILE, added

if TYPE_CHECKING:
    from reviewbot.domain.policy import PublicKey
    from reviewbot.domain.rule import Pack

_FILE = click.Path(path_type=Path)


@click.command("keygen")
@click.argument("name")
@click.option("--to", "to", type=_FILE, help="Where the private key goes.  [default: NAME.pem, here]")
def keygen(name: str, to: Path | None) -> int:
    """Make a key called NAME: the private half as a file, the public half for the policy.

    The file is readable by its owner only, and nothing is overwritten. It is encrypted if
    REVIEWBOT_KEY_PASSPHRASE holds a passphrase.
    """
    from reviewbot.policy import ed25519  # noqa: PLC0415 (`--help` needs it not)

    _checked_name(name)
    path = to or Path(f"{name}.pem")
    passphrase = os.environ.get(ed25519.PASSPHRASE) or None
    pem, public = ed25519.generated(passphrase)
    ed25519.write_private(path, pem)
    locked = "encrypted" if passphrase else f"not encrypted: {ed25519.PASSPHRASE} was not set"
    click.echo(f"{path}: the private key ({locked}); keep it where nobody else can read it", err=True)
    click.echo(
        "the public key, for packs: keys: (or an approver's, for waivers: keys:) of the operator's policy:",
        err=True,
    )
    click.echo(f"- {{name: {name}, key: {public}}}")
    return 0


@click.command("sign")
@click.argument("pack", type=_FILE)
@click.option(
    "--key",
    type=_FILE,
    required=True,
    help="The private key (PEM). A passphrase only by REVIEWBOT_KEY_PASSPHRASE.",
)
@click.option("--name", help="The key's name, for people.  [default: the file's]")
@click.option(
    "--to",
    "to",
    type=_FILE,
    help="A folder for the signature, <pack-id>.sig.  [default: pack.sig in the pack]",
)
def sign(pack: Path, key: Path, name: str | None, to: Path | None) -> int:
    """Sign PACK, a pack's folder or the name of one that comes with the program.

    The pack is loaded first: nothing unsound is signed. Look at what changed in it before you do.
    """
    from reviewbot.policy import ed25519, signatures  # noqa: PLC0415 (`--help` needs it not)
    from reviewbot.policy.pack_files import SIGNATURE_FILE  # noqa: PLC0415 (as above)

    name = name or key.stem
    _checked_name(name)
    place, loaded = _loaded(pack)
    private = ed25519.private_key(key, os.environ.get(ed25519.PASSPHRASE))
    path = place / SIGNATURE_FILE if to is None else to / f"{loaded.id}.sig"
    found = signatures.parsed(str(path), path.read_bytes()) if path.is_file() else ()
    text = signatures.signed_text(loaded, loaded.digest)
    made = signatures.Signature(name, ed25519.signature(private, text))
    _write(path, signatures.written(found, made))
    click.echo(f"{path}: {loaded.id} {loaded.version} {loaded.digest} signed as {name}")
    return 0


@click.command("verify")
@click.argument("packs", metavar="PACK...", type=_FILE, nargs=-1, required=True)
@click.option(
    "--key", "key", metavar="BASE64", help="The public key to verify with, instead of the policy's."
)
@click.option(
    "--signatures",
    "folders",
    type=_FILE,
    multiple=True,
    help="A folder with <pack-id>.sig files, beside the policy's. May be repeated.",
)
@added(POLICY_FILE)
def verify(
    packs: tuple[Path, ...], key: str | None, folders: tuple[Path, ...], policy_file: Path | None
) -> int:
    """Say who has signed each PACK, by the keys of the policy. Exits 2 if nobody has."""
    from reviewbot import wiring  # noqa: PLC0415 (`--help` needs it not)
    from reviewbot.errors import PolicyError, UsageError  # noqa: PLC0415 (as above)
    from reviewbot.policy import signatures  # noqa: PLC0415 (as above)

    policy = wiring.operator_settings(os.environ, policy_file)
    keys = _given(key) if key else policy.keys
    if not keys:
        raise UsageError(
            "there is no key to verify with", hint="give one with --key, or a policy with packs: keys:"
        )
    places = (*policy.signatures, *(str(folder) for folder in folders))
    code = 0
    for path in packs:
        try:
            place, loaded = _loaded(path, policy.pack_folders)
            found = signatures.collected(place, loaded.id, places)
            name = signatures.by_key(loaded, loaded.digest, found, keys)
            if not name:
                raise signatures.unsigned(place, loaded, loaded.digest, found, places)
        except PolicyError as error:
            click.echo(f"reviewbot: {error}", err=True)
            code = error.exit_code
        else:
            click.echo(f"{loaded.id} {loaded.version} {loaded.digest} signed by {name}")
    return code


def _given(key: str) -> "tuple[PublicKey, ...]":
    from reviewbot.domain.policy import PublicKey  # noqa: PLC0415 (`--help` needs it not)
    from reviewbot.errors import UsageError  # noqa: PLC0415 (as above)
    from reviewbot.policy import ed25519  # noqa: PLC0415 (as above)

    try:
        return (PublicKey("the given key", ed25519.public_key(key)),)
    except ValueError as error:
        raise UsageError(f"--key {error}") from None


def _loaded(pack: Path, folders: tuple[str, ...] = ()) -> "tuple[Path, Pack]":
    """Load a pack whole, whoever has signed it. Raises `PolicyError` naming all that is wrong."""
    from reviewbot.domain.policy import Policy  # noqa: PLC0415 (`--help` needs it not)
    from reviewbot.policy import pack_files, packs  # noqa: PLC0415 (as above)
    from reviewbot.shipped import folder  # noqa: PLC0415 (as above)

    place = pack.resolve()
    if not (place / pack_files.PACK_FILE).is_file() and pack.name == str(pack):
        place = pack_files.find(pack.name, (folder("rules"), *(Path(one) for one in folders)))
    found = packs.load_rules(Policy(packs=(place.name,)), shipped=place)
    return place, found.packs[0]


def _checked_name(name: str) -> None:
    from reviewbot.errors import UsageError  # noqa: PLC0415 (`--help` needs it not)
    from reviewbot.policy.signatures import KEY_NAME  # noqa: PLC0415 (as above)

    if not re.fullmatch(KEY_NAME, name):
        raise UsageError("a key's name is letters, digits and . _ @ + -, as in appsec-2026")


def _write(path: Path, text: bytes) -> None:
    from reviewbot.errors import UsageError  # noqa: PLC0415 (`--help` needs it not)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise UsageError(
            f"the signature cannot be written to {path}: {why}", hint="name a folder with --to"
        ) from None
