"""The repository's own tests in the summary: how they ended, and what those that fail printed first.

All of it is text of the change: names are code spans, what was printed stands in numbered lines of a fence.
"""

from reviewbot.domain.inert import code_block
from reviewbot.domain.wanted import Failing, Tests, Wanted
from reviewbot.publish import inert, limits

_NAME_SIZE = 300
_LINE_SIZE = 300
_SENTENCE_SIZE = 400
_SAID_ALREADY = "the tests were not run: "
_UNCOUNTED = "passed, by the exit code alone"
_GATES = "They make the result red."
_ONLY_TOLD = "They do not count against the result."
_FRAME = "<details>\n<summary>what the failing tests printed</summary>\n\n{}\n\n</details>"


def told(wanted: Wanted, size: int) -> str:
    """Give the paragraph on the tests, with as many failing ones as fit; nothing where none were run."""
    tests = wanted.tests
    if tests is None:
        return ""
    if tests.broken:
        why = limits.clipped(tests.broken.removeprefix(_SAID_ALREADY), _SENTENCE_SIZE)
        return f"Tests could not be run: {inert.prose(why)}"
    passed = "" if tests.passed is None else f"{tests.passed:,} passed"
    if not tests.failed_count and tests.exit_code == 0:
        return f"Tests: {passed or _UNCOUNTED}."
    failed = (
        f"{tests.failed_count:,} failed" if tests.failed_count else f"failed with exit code {tests.exit_code}"
    )
    words = ", ".join(part for part in (failed, passed) if part)
    head = f"**Tests: {words}.** {_GATES if tests.gate else _ONLY_TOLD}"
    return "\n\n".join(part for part in (head, *_failing(tests, size - len(head))) if part)


def _failing(tests: Tests, size: int) -> list[str]:
    names = limits.leading(tests.failed, _name, size // 2)
    more = tests.failed_count - len(names)
    rows = [*names, *([f"- and {more:,} more"] if more else [])]
    printed = [one for one in tests.failed[: len(names)] if one.lines]
    blocks = limits.leading(printed, _block, size // 2 - len(_FRAME))
    return ["\n".join(rows), _FRAME.format("\n\n".join(blocks)) if blocks else ""]


def _name(one: Failing) -> str:
    return f"- {inert.code(limits.clipped(one.name, _NAME_SIZE))}"


def _block(one: Failing) -> str:
    lines = [inert.broken(limits.clipped(line, _LINE_SIZE)) for line in one.lines]
    return f"{inert.code(limits.clipped(one.name, _NAME_SIZE))}\n\n{code_block(lines, 1)}"
