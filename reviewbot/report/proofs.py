"""The steps of a proof in words for people."""

from reviewbot.domain.patch import Proof, State, Step

_WORDS = {
    Step.APPLIES: "applies to exactly the file that was reviewed",
    Step.IN_PLACE: "stays within the change's own lines and the file's imports",
    Step.BOUNDED: "is no larger than a remedy is",
    Step.PLAIN_TEXT: "holds only printable characters of the file's own alphabet",
    Step.FORMAT_KEPT: "keeps line ends, indentation and the end of the file",
    Step.PARSES: "brings no new syntax error",
    Step.KNOWN_IMPORTS: "imports only what the repository, the standard library or the approved list has",
    Step.NOTHING_FORBIDDEN: "adds nothing that the deny list names",
    Step.WORK_KEPT: "leaves the code doing what it is there for",
    Step.FINDING_GONE: "the same scanners and rules no longer report the finding",
    Step.NOTHING_NEW: "they report nothing new, of any rule",
    Step.TESTS_PASS: "the tests that passed before still pass",
}
_STATES = {State.PASSED: "passed", State.FAILED: "failed", State.NOT_RUN: "not run"}


def steps(proof: Proof) -> tuple[tuple[str, str, str], ...]:
    """Give each step: what it asks, how it ended, and what was said of it."""
    return tuple((_words(one.step, proof.tests), _STATES[one.state], one.said) for one in proof.steps)


def _words(step: Step, tests: int | None) -> str:
    return _WORDS[step] + (f" ({tests:,})" if step is Step.TESTS_PASS and tests is not None else "")
