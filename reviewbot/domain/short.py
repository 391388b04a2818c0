"""The short names by which people call findings: `reviewbot fix 3f9a0c`."""

from collections.abc import Iterable

SHORTEST = 6


def short_names(fingerprints: Iterable[str]) -> dict[str, str]:
    """Give each fingerprint its first digits, as few as tell it from all others here, but at least six."""
    ordered = sorted(set(fingerprints))
    names: dict[str, str] = {}
    for at, name in enumerate(ordered):
        near = (*ordered[max(0, at - 1) : at], *ordered[at + 1 : at + 2])
        length = max((_shared(name, other) + 1 for other in near), default=0)
        names[name] = name[: max(SHORTEST, length)]
    return names


def _shared(one: str, other: str) -> int:
    """Count the characters that both begin with."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
