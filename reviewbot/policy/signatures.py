"""Signatures of rule packs: who vouches for exactly these files.

What is signed are four lines, so that a signature fits nothing else: the purpose, the pack's id, its
version and its digest. It lies in the pack as `pack.sig`, or as `<pack-id>.sig` in a folder of the
policy's `packs: signatures:`, beside packs that nobody may write to. A line of such a file is
`ed25519 <name of the key> <base64>`; one good signature by a key of the policy is enough.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import Policy, PublicKey
from reviewbot.domain.rule import Pack
from reviewbot.errors import PolicyError
from reviewbot.policy import ed25519
from reviewbot.policy.pack_files import SIGNATURE_FILE

PURPOSE = "reviewbot-rule-pack/1"
KEY_NAME = r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}"
"""A key's name in a signature file: no white space."""

_LINE = re.compile(rf"ed25519 (?P<name>{KEY_NAME}) (?P<signature>[A-Za-z0-9+/=]+)")
_MOST_BYTES = 100_000
_MOST_SIGNATURES = 100


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of a signature file. The name is only for people."""

    key_name: str
    signature: str


def signed_text(pack: Pack, digest: str) -> bytes:
    """Give the bytes that a signature of this pack signs."""
    return f"{PURPOSE}\n{pack.id}\n{pack.version}\n{digest}\n".encode()


def signer(place: Path, pack: Pack, contents_digest: str, policy: Policy) -> str:
    """Name the key of the policy that has signed a pack; "" where the policy asks for no signature.

    Raises `PolicyError` naming pack, digest and what mends it, if no key of the policy has.
    """
    if not policy.keys:
        return ""
    found = tuple(_found(place, pack.id, policy.signatures))
    name = by_key(pack, contents_digest, found, policy.keys)
    if name:
        return name
    raise unsigned(place, pack, contents_digest, found, policy.signatures)


def by_key(pack: Pack, digest: str, found: tuple[Signature, ...], keys: tuple[PublicKey, ...]) -> str:
    """Name the key that has signed this very pack; "" if none has."""
    text = signed_text(pack, digest)
    names = (ed25519.verified_by(text, entry.signature, keys) for entry in found)
    return next((name for name in names if name), "")


def unsigned(
    place: Path, pack: Pack, digest: str, found: tuple[Signature, ...], folders: tuple[str, ...]
) -> PolicyError:
    """Say that a pack is not signed as it should be, and what mends it."""
    named = ", ".join(dict.fromkeys(entry.key_name for entry in found))
    what = f"none of its signatures ({named}) is by a key of the policy and of these files" if found else ""
    to = f" --to {quoted(folders[0])}" if folders else ""
    return PolicyError(
        f"the pack {pack.id} {pack.version} in {quoted(str(place))} ({digest}) is not signed by a key of the policy"
        + (f": {what}" if what else ""),
        hint=f"look at what changed in it, then sign it: reviewbot rules sign {quoted(str(place))} --key FILE{to}",
    )


def collected(place: Path, pack_id: str, folders: tuple[str, ...]) -> tuple[Signature, ...]:
    """Give all signatures of a pack: its own, and those in the folders. Raises `PolicyError` for a broken file."""
    return tuple(_found(place, pack_id, folders))


def _found(place: Path, pack_id: str, folders: tuple[str, ...]) -> Iterator[Signature]:
    for path in (place / SIGNATURE_FILE, *(Path(folder) / f"{pack_id}.sig" for folder in folders)):
        raw = _content(path)
        if raw is not None:
            yield from parsed(str(path), raw)


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise PolicyError(f"the signature {quoted(str(path))} cannot be read: {why}") from None


def parsed(name: str, raw: bytes) -> tuple[Signature, ...]:
    """Read a signature file. Raises `PolicyError` naming the line that is none."""
    if len(raw) > _MOST_BYTES:
        raise PolicyError(f"{quoted(name)} is over {_MOST_BYTES:,} bytes; it holds a line for each signature")
    lines = raw.decode("utf-8", "replace").removesuffix("\n").split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise PolicyError(f"{quoted(name)} has over {_MOST_SIGNATURES} lines; keep those of keys in use")
    return tuple(_line(name, number, line) for number, line in enumerate(lines, 1))


def _line(name: str, number: int, line: str) -> Signature:
    match = _LINE.fullmatch(line)
    if match is None or not ed25519.is_signature(match["signature"]):
        raise PolicyError(
            f"{quoted(name)}:{number}: not a signature",
            hint="a line is `ed25519 NAME BASE64`, as `reviewbot rules sign` writes it",
        )
    return Signature(match["name"], match["signature"])


def written(found: tuple[Signature, ...], added: Signature) -> bytes:
    """Give a signature file with one more; another one under the same name gives way."""
    kept = tuple(entry for entry in found if entry.key_name != added.key_name)
    return "".join(f"ed25519 {entry.key_name} {entry.signature}\n" for entry in (*kept, added)).encode()
