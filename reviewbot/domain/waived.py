"""Asking which waiver covers a finding of a change: the review asks, and so does whoever checks the review.

A digest is made of all lines that a finding spans, as the objects hold them: a quote is cut after some
lines, and a waiver must not cover what nobody has looked at.
"""

from dataclasses import dataclass, field

from reviewbot.domain.change import Change, ReadBlob
from reviewbot.domain.finding import Span
from reviewbot.domain.paths import from_bytes
from reviewbot.domain.quotes import whole_digest
from reviewbot.domain.waiver import Target, Waiver, covering
from reviewbot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Waived:
    """The waivers in force, and the change whose findings they are asked about.

    `about_files` are rules that say of a file that it was changed. The line that such a finding stands on is the first
    that was added, whatever else was, so that no waiver of lines covers it.
    """

    waivers: tuple[Waiver, ...]
    change: Change
    read: ReadBlob
    about_files: frozenset[str] = frozenset()
    _held: dict[str, list[bytes]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def by(self, fingerprint: str, rule: str, span: Span, commit: str | None) -> Waiver | None:
        """Give the waiver that covers a finding, None if none does."""
        near = [
            waiver
            for waiver in self.waivers
            if _may_cover(waiver.target, fingerprint, rule, span.path)
            and (waiver.target.fingerprint or rule not in self.about_files)
        ]
        if not near:
            return None
        quote = whole_digest(self.lines(span, commit))
        return covering(near, Target(fingerprint, rule, span.path, quote))

    def lines(self, span: Span, commit: str | None) -> list[str]:
        """Give the lines of a span, at the head or in an earlier commit; none where no text stands there."""
        return [from_bytes(line) for line in self._whole(span.path, commit)[span.first - 1 : span.last]]

    def _whole(self, path: str, commit: str | None) -> list[bytes]:
        """Give all lines of a file; they are held, because one file may have as many findings as lines."""
        oid = self._oid(path, commit)
        if oid is None:
            return [b""]
        if oid not in self._held:
            try:
                self._held[oid] = self.read(oid).split(b"\n")
            except UsageError:
                self._held[oid] = [b""]  # too large to be read: then nobody quotes it either
        return self._held[oid]

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
