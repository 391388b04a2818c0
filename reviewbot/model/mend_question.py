"""Laying out the question about one flaw: what may be replaced, what is shown around it, in what room."""

from dataclasses import dataclass
from typing import Self

from reviewbot.domain.mending import Flaw, Refused, Tried
from reviewbot.model.budget import Room, tokens
from reviewbot.model.client import THINKING_TOKENS
from reviewbot.model.dialect import Message
from reviewbot.model.discover import Server
from reviewbot.model.mend_choice import language_of
from reviewbot.model.mend_place import place_of, text_lines
from reviewbot.model.mend_prompt import Asking, MendTemplates, flaw_message, shown_lines, system_message
from reviewbot.model.mend_proposal import Ground
from reviewbot.model.request import MendRequest
from reviewbot.model.shown import Veil

ANSWER_TOKENS = 1_500
"""Most tokens of one answer; the policy may ask for fewer."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is ready to be asked, and the ground that its answer must stay on."""

    asking: Asking
    system: Message
    templates: MendTemplates
    veil: Veil

    @property
    def ground(self) -> Ground:
        """The flaw, its file's lines, and the place for new ones."""
        return self.asking.ground

    def compose(self, complaint: str = "") -> tuple[Message, ...]:
        """Write the messages; `complaint` says what was wrong with the last answer."""
        return self.system, flaw_message(self.templates, self.asking, self.veil, complaint=complaint)


@dataclass(frozen=True, slots=True)
class MendDesk:
    """What is at hand for writing questions."""

    request: MendRequest
    templates: MendTemplates
    veil: Veil

    @classmethod
    def of(cls, request: MendRequest) -> Self:
        """Read the templates. Raises `PolicyError` for one that does not load."""
        return cls(request, MendTemplates.load(request.templates), Veil.of(request.mask))

    def question(self, flaw: Flaw, tried: Tried | None, server: Server) -> Question | Refused:
        """Lay out the question about a flaw, or say why none can be asked."""
        lines = text_lines(flaw.file)
        if lines is None:
            return Refused("the file is not UTF-8")
        place = place_of(flaw, lines, self.veil)
        if isinstance(place, Refused):
            return place
        ground = Ground(flaw, lines, place)
        system = system_message(
            self.templates, self.request.approved, language_of(flaw.file.path), tight=server.tight, veil=self.veil
        )  # fmt: skip
        shown = shown_lines(ground, self.veil, self._room(ground, tried, system, server))
        if not shown:
            return Refused("the lines of the finding do not fit the model's context")
        return Question(Asking(ground, tried, shown), system, self.templates, self.veil)

    def answer_tokens(self, server: Server) -> int:
        """Most tokens of an answer as it is asked for, thoughts apart."""
        return min(self.request.policy.model.answer_tokens, ANSWER_TOKENS, self._reserved(server))

    def _room(self, ground: Ground, tried: Tried | None, system: Message, server: Server) -> int:
        """Give the tokens that are left for the file's lines."""
        frame = flaw_message(self.templates, Asking(ground, tried, ()), self.veil)
        constant = tokens(system.content) + tokens(frame.content)
        return Room(server.context_tokens, self._reserved(server), constant).variable

    def _reserved(self, server: Server) -> int:
        """Keep room for an answer, the thoughts before it included; a short context gets shorter answers."""
        policy = self.request.policy.model
        wanted = min(policy.answer_tokens, ANSWER_TOKENS) + (THINKING_TOKENS if policy.thinking else 0)
        return min(wanted, server.context_tokens // 4)
