"""Masking: no secret leaves the process, wherever text goes.

A `Mask` is built once a run from every secret that was detected in the change, its history
or the context. It is applied to anything shown: prompts, logs, reports, patches.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A detected secret: its kind (`aws-access-key`) and the exact characters."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Mask:
    """Replaces secrets by typed placeholders, `[secret:aws-access-key:1]`, and back.

    The same secret has the same placeholder throughout a run; numbers follow the sorted
    values, so the same secrets give the same placeholders. Values under four characters
    are ignored: replacing them would garble ordinary text.
    """

    placeholders: tuple[tuple[str, str], ...] = ()  # value -> placeholder, longest value first
    _pattern: re.Pattern[str] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, secrets: Iterable[Secret]) -> "Mask":
        """Build the mask for these secrets."""
        kinds = {
            secret.value: secret.kind
            for secret in sorted(secrets, key=lambda s: (s.value, s.kind), reverse=True)
        }
        named: dict[str, str] = {}
        counts: dict[str, int] = {}
        for value in sorted(value for value in kinds if len(value) >= 4):
            kind = kinds[value]
            counts[kind] = counts.get(kind, 0) + 1
            named[value] = f"[secret:{kind}:{counts[kind]}]"
        ordered = tuple(sorted(named.items(), key=lambda item: (-len(item[0]), item[0])))
        pattern = re.compile("|".join(re.escape(value) for value, _ in ordered)) if ordered else None
        return cls(ordered, pattern)

    def hide(self, text: str) -> str:
        """Give the text with each secret replaced by its placeholder."""
        if self._pattern is None:
            return text
        names = dict(self.placeholders)
        return self._pattern.sub(lambda match: names[match.group()], text)
