"""The parts of the operator's policy that say whose word counts: of rule packs, and of waivers."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from reviewbot.domain.policy import DEFAULT_PACKS, WaiverPolicy
from reviewbot.policy.ed25519 import public_key
from reviewbot.policy.nearest import nearest
from reviewbot.policy.sections import AbsolutePath, Id, Line, Section
from reviewbot.policy.yaml_source import Key

_WAIVERS = WaiverPolicy()


class PublicKeySection(Section):
    """Somebody's public key."""

    name: Line = Field(
        description="Name of the key, shown where it vouches for something; of an approver's key, the approver."
    )
    key: Annotated[
        str, AfterValidator(public_key), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"})
    ] = Field(description="Ed25519 public key in base64, as `reviewbot rules keygen` prints it.")


class PacksSection(Section):
    """Which rule packs are used."""

    required: tuple[Id, ...] = Field(default=DEFAULT_PACKS, description="Packs that are always on.")
    offered: tuple[Id, ...] = Field(default=(), description="Packs that a repository may add.")
    folders: tuple[AbsolutePath, ...] = Field(
        default=(), description="Folders with packs, beside those that come with the program."
    )
    keys: tuple[PublicKeySection, ...] = Field(
        default=(),
        max_length=50,
        description="Public keys. Given: only packs load that one of them has signed, those that come with the "
        "program too.",
    )
    signatures: tuple[AbsolutePath, ...] = Field(
        default=(),
        description="Folders with signatures, <pack-id>.sig, of packs that hold none of their own.",
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Refuse two keys of one name, which nobody could tell apart in a review, and signatures that nobody checks."""
        names: set[str] = set()
        for at, entry in enumerate(self.keys):
            if entry.name in names:
                yield (
                    ("keys", at, "name"),
                    f'another key is called "{entry.name}" already; rename one of them',
                )
            names.add(entry.name)
        if "keys" in self.model_fields_set and not self.keys:
            yield ("keys",), "is empty: no pack could be signed by one of them; name a key, or take keys: out"
        if self.signatures and not self.keys:
            yield ("signatures",), "without keys: no signature is looked at; name the keys"


class WaiversSection(Section):
    """Who may waive findings, for how long."""

    approvers: tuple[Line, ...] = Field(
        default=(), max_length=500, description="People whose approval counts. Not given: nobody can waive."
    )
    max_days: int = Field(
        default=_WAIVERS.max_days,
        ge=1,
        le=3650,
        description="Longest time from today that a waiver may run, in days.",
    )
    signed: bool = Field(
        default=_WAIVERS.signed, description="Whether a waiver needs its approver's signature."
    )
    keys: tuple[PublicKeySection, ...] = Field(
        default=(),
        max_length=500,
        description="The approvers' public keys, each under the approver's name; several of one name are allowed.",
    )
    file: AbsolutePath | None = Field(
        default=None, description="A waiver file of the operator's, for all repositories."
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Refuse keys of nobody, and a demand that nobody can meet."""
        for at, entry in enumerate(self.keys):
            if entry.name not in self.approvers:
                yield (
                    ("keys", at, "name"),
                    f'no approver is called "{entry.name}"{nearest(entry.name, self.approvers)}',
                )
            other = next(one for one in self.keys if one.key == entry.key)
            if other.name != entry.name:
                yield (
                    ("keys", at, "key"),
                    f"it is {other.name}'s key already, and nobody could tell them apart",
                )
        if self.signed and self.approvers and not self.keys:
            yield ("signed",), "no approver has a key, so no waiver could ever count; name them under keys:"
