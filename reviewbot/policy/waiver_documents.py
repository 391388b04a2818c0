"""The waiver file as a document: what it is read into, and what its JSON Schema for editors is made from."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from reviewbot.domain.paths import is_plain
from reviewbot.policy.ed25519 import is_signature
from reviewbot.policy.rule_documents import Date
from reviewbot.policy.sections import FormatVersion, Line, Section, matching
from reviewbot.policy.yaml_source import Key

MOST_WAIVERS = 1_000
_FINGERPRINT = r"^[0-9a-f]{16}$"
_QUOTE = r"^sha256:[0-9a-f]{64}$"
_SIGNATURE = r"^[A-Za-z0-9+/]{86}==$"
_RULE = r"^[A-Za-z0-9][A-Za-z0-9._/:@-]*$"


def _signature(text: str) -> str:
    if not is_signature(text):
        raise ValueError("wants a signature as `reviewbot waivers approve --key` writes it")
    return text


def _visible(text: str) -> str:
    # Two names that look alike must be alike.
    if not is_plain(text):
        raise ValueError("holds a character that nobody can see, a quote or a backslash; take it out")
    return text


def _path(text: str) -> str:
    if text.startswith("/") or {"..", ".", ""} & set(text.split("/")):
        raise ValueError("wants the file's path from the top of the repository, as in src/legacy/etag.py")
    return text


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


Name = Annotated[Line, AfterValidator(_visible)]


class WaiverSection(Section):
    """One finding that somebody answers for, until a day."""

    fingerprint: (
        Annotated[
            str,
            AfterValidator(
                matching(
                    _FINGERPRINT, "wants a finding's fingerprint, 16 digits as reviews show it, in quotes"
                )
            ),
            _schema(_FINGERPRINT),
        ]
        | None
    ) = Field(
        default=None, description="The one finding it is for, by its fingerprint; or rule, path and quote."
    )
    rule: (
        Annotated[
            str,
            AfterValidator(matching(_RULE, "wants the id of a rule, as in python-weak-hash")),
            _schema(_RULE),
        ]
        | None
    ) = Field(default=None, description="The rule that it is for, with path and quote.")
    path: Annotated[Line, AfterValidator(_path)] | None = Field(
        default=None, description="The file that it is for, from the top of the repository; no pattern."
    )
    quote: (
        Annotated[
            str,
            AfterValidator(
                matching(_QUOTE, "wants sha256: and 64 digits; `reviewbot waivers new` computes them")
            ),
            _schema(_QUOTE),
        ]
        | None
    ) = Field(
        default=None,
        description="Digest of the lines that it is for, white space folded. Once a line changes, it is for them no more.",
    )
    reason: Line = Field(description="Why the finding does no harm here, in one line.")
    requested_by: Name = Field(description="Who asks for it.")
    approved_by: Name | None = Field(
        default=None,
        description="Who has approved it: on the operator's list, and not who asks. Not given: nobody yet.",
    )
    until: Date = Field(description="Its last day, as in 2027-01-31.")
    ticket: Line = Field(description="Where the work to get rid of it is tracked.")
    signature: Annotated[str, AfterValidator(_signature), _schema(_SIGNATURE)] | None = Field(
        default=None,
        description="The approver's signature over all the other fields, written by `reviewbot waivers approve --key`.",
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Ask for exactly one way to name a finding."""
        given = [name for name in ("rule", "path", "quote") if getattr(self, name) is not None]
        if self.fingerprint is not None and given:
            yield (given[0],), "a fingerprint says it all; take rule, path and quote out, or the fingerprint"
        elif self.fingerprint is None and len(given) < 3:
            missing = " and ".join(name for name in ("rule", "path", "quote") if name not in given)
            yield (), f"names no finding: {missing} missing; give a fingerprint, or rule, path and quote"


class WaiversDocument(Section):
    """Findings that somebody answers for. Read from the tip of the target branch, never from the change."""

    version: FormatVersion = Field(description="Version of this format.")
    waivers: tuple[WaiverSection, ...] = Field(max_length=MOST_WAIVERS, description="The waivers.")

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Gather what the entries say."""
        for at, entry in enumerate(self.waivers):
            yield from ((("waivers", at, *key), sentence) for key, sentence in entry.problems())
