"""What is at hand for writing questions: templates, rules, room, and what belongs to which chunk."""

from dataclasses import dataclass, field
from typing import Self

from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import RuleSet
from reviewbot.model.budget import Chunk, Room, tokens
from reviewbot.model.client import THINKING_TOKENS
from reviewbot.model.dialect import Message
from reviewbot.model.discover import Server
from reviewbot.model.prompt import (
    Material,
    Templates,
    applying,
    change_message,
    fitting,
    relevant,
    system_message,
)
from reviewbot.model.request import ModelRequest
from reviewbot.model.shown import Veil

_FRAME_TOKENS = 200  # the words of the change template


@dataclass(frozen=True, slots=True)
class Brief:
    """What the model is told before it sees a file of a kind, and the room that is left."""

    system: Message
    room: Room


@dataclass(frozen=True, slots=True)
class Desk:
    """The constant part of a run's questions and the means to write the rest."""

    request: ModelRequest
    server: Server
    templates: Templates
    veil: Veil
    _briefs: dict[tuple[str, ...], Brief] = field(default_factory=dict)
    _material: dict[Chunk, Material] = field(default_factory=dict)

    @classmethod
    def of(cls, request: ModelRequest, server: Server) -> Self:
        """Read the templates. Raises `PolicyError` for one that does not work."""
        desk = cls(request, server, Templates.load(request.templates), Veil.of(request.mask))
        desk.brief("")
        return desk

    @property
    def answer_tokens(self) -> int:
        """Room for one answer, the thoughts before it included, in tokens."""
        return _answer(self.request.policy, self.server)

    def brief(self, path: str) -> Brief:
        """Give the words for a file, with the rules that apply to it: the same bytes for all files of a kind.

        Raises `PolicyError` for a template that does not work.
        """
        rules = tuple(rule for rule in self.request.rules.rules if applying((rule,), path))
        key = tuple(rule.id for rule in rules)
        if key not in self._briefs:
            self._briefs[key] = self._brief(RuleSet((), rules, self.request.rules.approved))
        return self._briefs[key]

    def _brief(self, rules: RuleSet) -> Brief:
        """Write the system message; where the context is short, without the list of scanners' rules."""
        for others in (True, False):
            system = system_message(
                self.templates, rules, tight=self.server.tight, veil=self.veil, others=others
            )
            room = _room(self.request.policy, self.server, system)
            if room.variable * 2 >= self.server.context_tokens:
                break
        return Brief(system, room)

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
            left = max(0, self.brief(chunk.path).room.variable - chunk.tokens - said)
            chosen = fitting(relevant(self.request.excerpts, chunk), left, self.veil)
            self._material[chunk] = Material(chosen, findings)
        return self._material[chunk]

    def compose(self, chunk: Chunk, complaint: str) -> tuple[Message, ...]:
        """Write the messages for a chunk."""
        question = change_message(self.templates, chunk, self.material(chunk), self.veil, complaint=complaint)
        return (self.brief(chunk.path).system, question)

    def least_cost(self, chunk: Chunk) -> int:
        """Tokens of a request about the chunk, without what goes with it."""
        return self.brief(chunk.path).room.constant - _FRAME_TOKENS + chunk.tokens + self.answer_tokens

    def cost(self, chunk: Chunk) -> int:
        """Tokens of the request as it would be sent, the whole answer included."""
        return sum(tokens(message.content) for message in self.compose(chunk, "")) + self.answer_tokens


def _room(policy: Policy, server: Server, system: Message) -> Room:
    constant = tokens(system.content) + _FRAME_TOKENS
    return Room(server.context_tokens, _answer(policy, server), constant)


def _answer(policy: Policy, server: Server) -> int:
    # An answer may not crowd out the question: servers with a short context get shorter answers.
    wanted = policy.model.answer_tokens + (THINKING_TOKENS if policy.model.thinking else 0)
    return min(wanted, server.context_tokens // 4)
