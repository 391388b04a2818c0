r"""Finding secrets in text. Pure, standard library only: this runs inside the sandbox too.

Four ways, from sure to unsure: private key blocks, tokens with a known format, secrets with a
known syntax around them, values assigned to telling names. Tokens are also found where they are
written in base64 or hexadecimal, or as string literals joined on the spot. Where two ways find the
same characters the surer one wins.

Lines are counted from 1 and end at `\n` only. Time is linear in the length of the text: no
quantifier is unbounded or stands inside another, so very long lines need no special treatment.
Published examples such as `AKIAIOSFODNN7EXAMPLE` are not reported; `secret_placeholders.is_hollow` says why.
"""

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewbot.domain.secret_assignments import PASSWORD, SECRET, find_assigned
from reviewbot.domain.secret_contexts import CONTEXTS, find_in_context
from reviewbot.domain.secret_formats import FORMATS, TokenFormat
from reviewbot.domain.secret_keys import GCP_KEY, PRIVATE_KEY, find_key_blocks
from reviewbot.domain.secret_placeholders import entropy, is_hollow
from reviewbot.domain.secret_variants import Pieces, decode_runs, join_literals

KINDS: tuple[str, ...] = tuple(
    sorted(
        {form.kind for form in FORMATS}
        | {context.kind for context in CONTEXTS}
        | {PASSWORD, SECRET, PRIVATE_KEY, GCP_KEY}
    )
)
"""Every kind there is; rules refer to them by these names."""

_ESCAPED = re.compile(r"(?:\\[nrt]|%[0-9A-Fa-f]{2}|\\u00[0-9a-fA-F]{2})$")
_LEAST_DIFFERENT = 8  # characters; cheap to count, and true of every real token
_LEAST_ENTROPY = 2.6  # bits per character; 32 random hexadecimal digits have over 3


@dataclass(frozen=True, slots=True)
class SecretMatch:
    """A secret in a text: its kind, its lines (from 1, both included), and the characters to hide.

    A private key has one value per line of its body, so that hiding the values hides the key
    though each line is shown by itself.
    """

    kind: str
    line: int
    last_line: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    kind: str
    values: tuple[str, ...]


def find_secrets(text: str) -> tuple[SecretMatch, ...]:
    """Find every secret in `text`, in the order in which they begin. Same text, same answer."""
    hits = _without_overlaps(_hits(text))
    if not hits:
        return ()
    breaks = [match.start() for match in re.finditer("\n", text)]
    return tuple(
        SecretMatch(
            hit.kind,
            bisect.bisect_left(breaks, hit.start) + 1,
            bisect.bisect_left(breaks, max(hit.start, hit.end - 1)) + 1,
            hit.values,
        )
        for hit in hits
    )


def _hits(text: str) -> Iterator[_Hit]:
    """Give what each way finds, the surest first."""
    lowered = _lowered(text)
    for kind, start, end, values in find_key_blocks(text):
        yield _Hit(start, end, kind, values)
    for kind, start, end in _tokens(text):
        yield _Hit(start, end, kind, (text[start:end],))
    for pieces in join_literals(text):
        yield from _joined(pieces)
    for run_start, run_end, plain in decode_runs(text):
        for kind in sorted(
            {kind for kind, _, _ in _tokens(plain)} | {key[0] for key in find_key_blocks(plain)}
        ):
            yield _Hit(run_start, run_end, kind, (text[run_start:run_end],))
    for kind, start, end in find_in_context(text, lowered):
        yield _Hit(start, end, kind, (text[start:end],))
    for found in find_assigned(text, lowered):
        yield _Hit(found.start, found.end, found.kind, (text[found.start : found.end],))


def _lowered(text: str) -> str:
    """Give the text in lower case, every character at its old place."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if char.isascii() else char for char in text)


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    for form in FORMATS:
        at = text.find(form.marker)
        while at >= 0:
            match = _token_at(form, text, at)
            if match is not None:
                yield form.kind, match.start(), match.end()
            at = text.find(form.marker, at + 1 if match is None else match.end())


def _token_at(form: TokenFormat, text: str, at: int) -> re.Match[str] | None:
    """Match a token whose marker stands at `at`, with a boundary in front of it."""
    least, most = form.before
    for width in range(most, least - 1, -1):
        start = at - width
        if start < 0 or not _begins(text, start):
            continue
        match = form.pattern.match(text, start)
        if match is not None and _is_random(match.group()):
            return match
    return None


def _is_random(token: str) -> bool:
    return len(set(token)) >= _LEAST_DIFFERENT and entropy(token) >= _LEAST_ENTROPY and not is_hollow(token)


def _begins(text: str, start: int) -> bool:
    r"""Say whether a word can begin here: after a non-word character or an escape such as `\n` or `%3D`."""
    if start == 0 or not (text[start - 1].isascii() and text[start - 1].isalnum()):
        return True
    return _ESCAPED.search(text[max(0, start - 6) : start]) is not None


def _joined(pieces: Pieces) -> Iterator[_Hit]:
    for kind, start, end in _tokens(pieces.text):
        values = pieces.parts(start, end)
        if len(values) > 1:
            yield _Hit(pieces.origin(start), pieces.origin(end - 1) + 1, kind, values)


def _without_overlaps(hits: Iterable[_Hit]) -> tuple[_Hit, ...]:
    """Keep of overlapping hits the first given, and put the rest in the order of the text."""
    kept: list[_Hit] = []
    starts: list[int] = []
    for hit in hits:
        at = bisect.bisect_right(starts, hit.start)
        if at > 0 and kept[at - 1].end > hit.start:
            continue
        if at < len(kept) and kept[at].start < hit.end:
            continue
        starts.insert(at, hit.start)
        kept.insert(at, hit)
    return tuple(kept)
