"""Ed25519 keys and signatures (RFC 8032), in base64, for packs and for waivers.

Public keys stand in the operator's policy; private ones in files that only their owner reads. Names
of keys say nothing: what counts is which key of the policy a signature verifies with.
"""

import base64
import binascii
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import PublicKey
from reviewbot.errors import UsageError

# The library takes a while to import, and only policies with keys need it.
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PASSPHRASE = "REVIEWBOT_KEY_PASSPHRASE"  # noqa: S105 (the name of a variable)
_KEY_BYTES, _SIGNATURE_BYTES = 32, 64
_MOST_PEM = 20_000

# Points of small order, for which anybody can make signatures: a placeholder of zeros is one. The sign bit,
# the highest of the last byte, is masked. Source: libsodium, ge25519_has_small_order.
_WEAK = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


def public_key(text: str) -> str:
    """Give a public key back if it is one. Raises `ValueError` with a sentence otherwise."""
    raw = _decoded(text, _KEY_BYTES)
    if raw is None:
        raise ValueError(
            "wants an Ed25519 public key, 32 bytes in base64, as `reviewbot rules keygen` prints it"
        )
    if raw[:-1] + bytes([raw[-1] & 0x7F]) in _WEAK:
        raise ValueError("anybody can make signatures for this key; put a real one here")
    return text


def is_signature(text: str) -> bool:
    """Say whether this can be a signature at all: 64 bytes in base64."""
    return _decoded(text, _SIGNATURE_BYTES) is not None


def verified_by(text: bytes, signature: str, keys: Iterable[PublicKey]) -> str:
    """Name the first of the keys that has signed this text; "" if none has."""
    raw = _decoded(signature, _SIGNATURE_BYTES)
    if raw is None:
        return ""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 (heavy, see above)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 (heavy, see above)
        Ed25519PublicKey,
    )

    for key in keys:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key(key.key)))
        try:
            public.verify(raw, text)
        except InvalidSignature:
            continue
        return key.name
    return ""


def generated(passphrase: str | None) -> tuple[bytes, str]:
    """Make a key: the private one as PEM (PKCS#8, encrypted if there is a passphrase), the public one in base64."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (heavy, see above)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 (heavy, see above)
        Ed25519PrivateKey,
    )

    key = Ed25519PrivateKey.generate()
    lock = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    return pem, public_of(key)


def public_of(key: "Ed25519PrivateKey") -> str:
    """Give the public half of a key in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def signature(key: "Ed25519PrivateKey", text: bytes) -> str:
    """Sign a text; the signature is in base64."""
    return base64.b64encode(key.sign(text)).decode("ascii")


def private_key(path: Path, passphrase: str | None) -> "Ed25519PrivateKey":
    """Read a private key from a PEM file, one of openssl's too. Raises `UsageError`; nothing of the file is repeated."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 (heavy, see above)
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 (heavy, see above)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 (heavy, see above)
        Ed25519PrivateKey,
    )

    name = quoted(str(path))
    try:
        with path.open("rb") as file:
            pem = file.read(_MOST_PEM)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise UsageError(f"the key {name} cannot be read: {why}") from None
    locked = b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in pem
    if locked and not passphrase:
        raise UsageError(f"the key {name} has a passphrase", hint=f"set the variable {PASSPHRASE}")
    try:
        key = serialization.load_pem_private_key(pem, passphrase.encode() if locked and passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        wrong = f", or {PASSPHRASE} is not its passphrase" if locked else ""
        raise UsageError(
            f"{name} is not a private key in PEM{wrong}", hint="make one: reviewbot rules keygen NAME"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{name} is not an Ed25519 key", hint="make one: reviewbot rules keygen NAME")
    return key


def write_private(path: Path, pem: bytes) -> None:
    """Write a private key that only its owner may read. Raises `UsageError`; nothing is overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise UsageError(
            f"{quoted(str(path))} is there already, and a key is never overwritten",
            hint="choose another name, or another file with --to",
        ) from None
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise UsageError(f"the key cannot be written to {quoted(str(path))}: {why}") from None
    with os.fdopen(handle, "wb") as file:
        file.write(pem)


def _decoded(text: str, size: int) -> bytes | None:
    """Decode base64 that is written the one usual way."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == size and base64.b64encode(raw).decode("ascii") == text else None
