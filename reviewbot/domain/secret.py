"""Masking: no secret leaves the process, wherever text goes.

A `Mask` is built once a run from every secret that was detected in the change, its history
or the context. It is applied to anything shown: prompts, logs, reports, patches.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_SHORTEST = 4
_FEW = 40  # up to here one pattern is faster than a look at every place


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
    _names: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _pattern: re.Pattern[str] | None = field(default=None, repr=False, compare=False)
    _lengths: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, secrets: Iterable[Secret]) -> "Mask":
        """Build the mask for these secrets."""
        kinds = {
            secret.value: secret.kind
            for secret in sorted(secrets, key=lambda s: (s.value, s.kind), reverse=True)
        }
        named: dict[str, str] = {}
        counts: dict[str, int] = {}
        for value in sorted(value for value in kinds if len(value) >= _SHORTEST):
            kind = kinds[value]
            counts[kind] = counts.get(kind, 0) + 1
            named[value] = f"[secret:{kind}:{counts[kind]}]"
        ordered = tuple(sorted(named.items(), key=lambda item: (-len(item[0]), item[0])))
        few = 0 < len(ordered) <= _FEW
        pattern = re.compile("|".join(re.escape(value) for value, _ in ordered)) if few else None
        lengths: dict[str, dict[int, None]] = {}
        for value, _ in ordered:
            lengths.setdefault(value[:_SHORTEST], {})[len(value)] = None
        return cls(ordered, named, pattern, {start: tuple(found) for start, found in lengths.items()})

    def hide(self, text: str) -> str:
        """Give the text with each secret replaced by its placeholder: the leftmost first, then the longest."""
        if self._pattern is not None:
            return self._pattern.sub(lambda match: self._names[match.group()], text)
        return "".join(self._pieces(text)) if self.placeholders else text

    def _pieces(self, text: str) -> Iterator[str]:
        """Do what the pattern does when it would be too long: a change may bring thousands of secrets."""
        done = at = 0
        while at <= len(text) - _SHORTEST:
            lengths = self._lengths.get(text[at : at + _SHORTEST], ())
            found = next((n for n in lengths if text[at : at + n] in self._names), 0)
            if not found:
                at += 1
                continue
            yield text[done:at]
            yield self._names[text[at : at + found]]
            done = at = at + found
        yield text[done:]
