"""Every text that we post, with its marker, through the one door."""

from dataclasses import dataclass, replace

from reviewbot.domain.forge import Capabilities, SuggestionStyle
from reviewbot.domain.pull import PullRef
from reviewbot.domain.wanted import Remark
from reviewbot.publish import comment, inert, limits
from reviewbot.publish.inert import Posted
from reviewbot.publish.marker import Keys, Kind, body_digest, fitting, sign
from reviewbot.publish.matching import finding_fields
from reviewbot.publish.ownership import OwnThread
from reviewbot.publish.steps import Gone, Reopen, Resolve

_BLANK = "0" * 16  # as long as a digest

TWIN_SUMMARY = "The summary stands in another comment."
"""What is left of a second summary, which a run that was thought lost has posted."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Writes what is posted on one pull request. `links` is the address of rule pages, with a slash at its end."""

    keys: Keys
    ref: PullRef
    capabilities: Capabilities
    links: str | None

    def finding(self, remark: Remark, own: OwnThread | None, head: str) -> Posted:
        """Write the comment that opens a thread, or write it anew.

        A thread stays on the lines for which it was made. On a later head they are perhaps not those of the
        remark's anchor any more, so that a click would replace others: the patch is shown as a diff then.
        """
        made_for = own.marker["head"] if own else head
        fields = finding_fields(remark) | {"w": comment.words(remark), "b": _BLANK, "head": made_for}
        limit = self._limit(sign(Kind.FINDING, fields, self.keys, self.ref))
        style = self.capabilities.suggestion if made_for == head else SuggestionStyle.DIFF
        fitted = replace(self.capabilities, suggestion=style, body_limit=limit)
        text = comment.inline(remark, fitted, links=self.links)
        return self._signed(text, Kind.FINDING, fields | {"b": body_digest(text)})

    def summary(self, text: str, head: str, refused: str) -> Posted:
        """Write the summary under its marker. We answer for all its words."""
        words = body_digest(text)
        fields = {"head": head, "w": words, "b": words, "x": refused}
        return self._signed(text, Kind.SUMMARY, fields)

    def summary_limit(self, refused: str) -> int:
        """Say how long a summary may be together with a marker of common length."""
        fields = {"head": "0" * 64, "w": _BLANK, "b": _BLANK, "x": refused}
        return self._limit(sign(Kind.SUMMARY, fields, self.keys, self.ref))

    def gone(self, step: Resolve, head: str) -> Posted:
        """Write the reply that says why a thread is resolved."""
        at = inert.code(head[:7])
        text = {
            Gone.FIXED: f"No longer found at {at}.",
            Gone.LEFT: f"Its file is not part of the change any more at {at}.",
            Gone.CHANGED: f"The quoted lines are no longer there at {at}.",
            Gone.SETTLED: f"Settled at {at}: {inert.prose(step.why)}.",
            Gone.TWIN: "Said already in another thread.",
        }[step.code]
        fields = {"fp": step.own.marker["fp"], "at": head, "why": step.code.value}
        return self._signed(text, Kind.GONE, fields)

    def back(self, step: Reopen, head: str) -> Posted:
        """Write the reply that says why a thread is open again."""
        fields = {"fp": fitting(step.remark.fingerprint), "at": head}
        return self._signed(f"Found again at {inert.code(head[:7])}.", Kind.BACK, fields)

    def _limit(self, marker: str) -> int:
        """Give the limit of a body, less what its marker needs beyond the room that every marker has."""
        return self.capabilities.body_limit - max(0, len(marker) + len("\n\n") - limits.MARKER_ROOM)

    def _signed(self, text: str, kind: Kind, fields: dict[str, str]) -> Posted:
        return inert.posted(text, sign(kind, fields, self.keys, self.ref))
