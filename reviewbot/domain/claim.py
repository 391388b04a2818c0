"""What the model said, before anybody believes it."""

from dataclasses import dataclass

from reviewbot.domain.coverage import Coverage


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the head as the model saw it: masked, invisible characters as code points."""

    path: str
    line: int
    text: str
    added: bool
    hunk: int  # lines of one shown hunk share this number; it is unique within a run


@dataclass(frozen=True, slots=True)
class Claim:
    """One remark of the model, schema-checked, nothing else. All strings are untrusted."""

    rule: str
    path: str
    line: int
    quote: str
    explanation: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What the server says it spent, summed over the calls of a run; seconds are ours."""

    calls: int = 0
    answered_from_cache: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Add up two shares of a run."""
        return Usage(
            self.calls + other.calls,
            self.answered_from_cache + other.answered_from_cache,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class ModelReport:
    """Everything the model's part of a run yielded.

    `coverage` has an entry for each changed file. `shown` is what quotes are checked against.
    `excerpts` are the ids that were really sent. `constrained` is the rung of the ladder that
    the server accepted: json_schema, json_object_schema, json_object or plain.
    """

    host: str
    name: str
    constrained: str
    context_tokens: int
    claims: tuple[Claim, ...]
    shown: tuple[ShownLine, ...]
    excerpts: tuple[str, ...]
    coverage: tuple[tuple[str, Coverage], ...]
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()
