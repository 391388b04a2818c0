"""The exception tree. Each class carries the exit code that the command line gives it.

A message is one sentence an operator can act on: what happened, then what to do about it.
"""


class ReviewbotError(Exception):
    """Something the program foresaw. `exit_code` is what the process ends with."""

    exit_code = 1

    def __init__(self, sentence: str, *, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        """Give the sentence and, on a line of its own, what to do."""
        return f"{self.sentence}\n  {self.hint}" if self.hint else self.sentence


class UsageError(ReviewbotError):
    """A flag, variable, reference or path that cannot be used as given."""

    exit_code = 2


class PolicyError(ReviewbotError):
    """A policy, rule or waiver file that does not load, or that loosens what it may only tighten."""

    exit_code = 2


class ForgeError(ReviewbotError):
    """The code host answered with an error, or not at all."""

    exit_code = 4


class DeniedError(ForgeError):
    """The forge answered 4xx and did nothing. `said` are its own words, whole and untrusted."""

    def __init__(self, sentence: str, *, status: int, said: str, hint: str = "") -> None:
        super().__init__(sentence, hint=hint)
        self.status = status
        self.said = said


class UncertainWriteError(ForgeError):
    """A write was sent and its answer is missing or broken: it may have happened. List before trying again."""


class ModelError(ReviewbotError):
    """The model server answered with an error, nonsense, or not at all."""

    exit_code = 5


class ScannerError(ReviewbotError):
    """A scanner is missing, crashed, hung, or printed what cannot be read."""

    exit_code = 6


class SandboxError(ReviewbotError):
    """No sandbox rung really runs here, or the chosen one broke."""

    exit_code = 6
