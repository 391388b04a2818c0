"""What the forge refused on one head, as the summary's marker keeps it: the next run does not ask again.

The reasons are the forge's words. They are kept too, or the next run could not say the same as this one.
"""

from collections.abc import Mapping

from reviewbot.domain.visible import visible
from reviewbot.publish.marker import fitting

_LONGEST = 80  # characters of a reason
_REASONS = 8
_REMARKS = 1_000
_ANY_OTHER = "the forge refused the comment"


def reason(words: str) -> str:
    """Cut a forge's words to what a marker keeps: one visible line of 80 characters."""
    return " ".join(visible(" ".join(words.split())).split())[:_LONGEST].strip() or _ANY_OTHER


def kept(refused: Mapping[str, str]) -> dict[str, str]:
    """Give refusals by fingerprint as `written` keeps them: at most 1,000, with at most 8 reasons, sorted."""
    cut = {fitting(name): reason(why) for name, why in sorted(refused.items())[:_REMARKS]}
    reasons = sorted(set(cut.values()) - {_ANY_OTHER})[: _REASONS - 1]
    return {name: why if why in reasons else _ANY_OTHER for name, why in cut.items()}


def written(refused: Mapping[str, str]) -> str:
    """Write refusals as a marker's value: per reason its UTF-8 in hexadecimal, then the fingerprints."""
    groups = []
    for why in sorted(set(refused.values())):
        names = ",".join(name for name in sorted(refused) if refused[name] == why)
        groups.append(f"{why.encode().hex()}.{names}")
    return ":".join(groups)


def read(value: str) -> dict[str, str]:
    """Read what `written` wrote; the marker's signature says that we did."""
    refused: dict[str, str] = {}
    for group in value.split(":") if value else ():
        why, _, names = group.partition(".")
        refused |= dict.fromkeys(names.split(","), bytes.fromhex(why).decode())
    return refused
