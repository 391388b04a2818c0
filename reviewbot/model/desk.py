"""What is at hand for writing questions: templates, rules, room, and what belongs to which chunk."""

from dataclasses import dataclass, field
from typing import Self

from reviewbot.domain.policy import Policy
from reviewbot.model.budget import Chunk, Room, tokens
from reviewbot.model.client import THINKING_TOKENS
from reviewbot.model.dialect import Message
from reviewbot.model.discover import Server
from reviewbot.model.prompt import Material, Templates, change_message, fitting, relevant, system_message
from reviewbot.model.request import ModelRequest
from reviewbot.model.shown import Veil

_FRAME_TOKENS = 200  # the words of the change template


@dataclass(frozen=True, slots=True)
class Desk:
    """The constant part of a run's questions and the means to write the rest."""

    request: ModelRequest
    templates: Templates
    veil: Veil
    system: Message
    room: Room
    _material: dict[Chunk, Material] = field(default_factory=dict)

    @classmethod
    def of(cls, request: ModelRequest, server: Server) -> Self:
        """Write the system message; where the context is short, without the list of scanners' rules.

        Raises `PolicyError` for a template that does not work.
        """
        templates = Templates.load(request.templates)
        veil = Veil.of(request.mask)
        for others in (True, False):
            system = system_message(templates, request.rules, tight=server.tight, veil=veil, others=others)
            room = _room(request.policy, server, system)
            if room.variable * 2 >= server.context_tokens:
                break
        return cls(request, templates, veil, system, room)

    def material(self, chunk: Chunk) -> Material:
        """Choose the findings and excerpts that go with a chunk, as far as there is room."""
        if chunk not in self._material:
            ranges = chunk.ranges
            findings = tuple(
                finding
                for finding in self.request.findings
                if finding.span.path == chunk.path
                and any(finding.span.first <= last and first <= finding.span.last for first, last in ranges)
            )
            said = sum(tokens(finding.rule + finding.title) + 8 for finding in findings)
            left = max(0, self.room.variable - chunk.tokens - said)
            chosen = fitting(relevant(self.request.excerpts, chunk), left, self.veil)
            self._material[chunk] = Material(chosen, findings)
        return self._material[chunk]

    def compose(self, chunk: Chunk, complaint: str) -> tuple[Message, ...]:
        """Write the messages for a chunk."""
        question = change_message(self.templates, chunk, self.material(chunk), self.veil, complaint=complaint)
        return (self.system, question)

    def least_cost(self, chunk: Chunk) -> int:
        """Tokens of a request about the chunk, without what goes with it."""
        return self.room.constant - _FRAME_TOKENS + chunk.tokens + self.room.answer

    def cost(self, chunk: Chunk) -> int:
        """Tokens of the request as it would be sent, the whole answer included."""
        return sum(tokens(message.content) for message in self.compose(chunk, "")) + self.room.answer


def _room(policy: Policy, server: Server, system: Message) -> Room:
    answer = policy.model.answer_tokens + (THINKING_TOKENS if policy.model.thinking else 0)
    # An answer may not crowd out the question: servers with a short context get shorter answers.
    constant = tokens(system.content) + _FRAME_TOKENS
    return Room(server.context_tokens, min(answer, server.context_tokens // 4), constant)
