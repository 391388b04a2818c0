"""Asking which waiver covers a finding of a change: the review asks, and so does whoever checks the review.

A digest is made of all lines that a finding spans, as the objects hold them: a quote is cut after some
lines, and a waiver must not cover what nobody has looked at.
"""

from dataclasses import dataclass

from reviewbot.domain.change import Change, ReadBlob
from reviewbot.domain.finding import Span
from reviewbot.domain.paths import from_bytes
from reviewbot.domain.quotes import whole_digest
from reviewbot.domain.waiver import Target, Waiver, covering
from reviewbot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Waived:
    """The waivers in force, and the change whose findings they are asked about."""

    waivers: tuple[Waiver, ...]
    change: Change
    read: ReadBlob

    def by(self, fingerprint: str, rule: str, span: Span, commit: str | None) -> Waiver | None:
        """Give the waiver that covers a finding, None if none does."""
        near = [waiver for waiver in self.waivers if _may_cover(waiver.target, fingerprint, rule, span.path)]
        if not near:
            return None
        quote = whole_digest(self.lines(span, commit))
        return covering(near, Target(fingerprint, rule, span.path, quote))

    def lines(self, span: Span, commit: str | None) -> list[str]:
        """Give the lines of a span, at the head or in an earlier commit; none where no text stands there."""
        oid = self._oid(span.path, commit)
        try:
            content = self.read(oid) if oid is not None else b""
        except UsageError:
            content = b""  # too large to be read: then nobody quotes it either
        return [from_bytes(line) for line in content.split(b"\n")[span.first - 1 : span.last]]

    def _oid(self, path: str, commit: str | None) -> str | None:
        if commit is not None:
            held = ((blob.commit, blob.path, blob.oid) for blob in self.change.history)
            return next((oid for at, name, oid in held if (at, name) == (commit, path)), None)
        found = (file.new for file in self.change.files if file.path == path)
        version = next(found, None)
        return version.oid if version is not None and version.is_regular else None


def _may_cover(target: Target, fingerprint: str, rule: str, path: str) -> bool:
    if target.fingerprint:
        return target.fingerprint == fingerprint
    return (target.rule, target.path) == (rule, path)
