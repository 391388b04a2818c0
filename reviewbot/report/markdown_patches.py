"""Proven patches and the repository's tests in Markdown, all of it inert."""

from reviewbot.domain import inert
from reviewbot.domain.finding import Finding
from reviewbot.domain.patch import Patch
from reviewbot.domain.review import Review
from reviewbot.domain.suite import FailedTest
from reviewbot.report import patch_files, suites
from reviewbot.report.patched import Patched, by, care
from reviewbot.report.text import Shown


def fix(finding: Finding, patched: Patched) -> list[str]:
    """Show the proven patch of a finding; nothing without one."""
    patch = patched.of(finding)
    if patch is None:
        return []
    command = inert.code(patched.command(patch))
    return [
        f"Fix, {by(patch)}; {care(patch)}: {inert.prose(patched.shown.prose(patch.sentence))}",
        _diff(patch, patched),
        f"Proven: {patch.proof.sentence}",
        *_needs(patch, patched.shown),
        f"To apply it: {command}{_as_file(patch, patched)}",
    ]


def _diff(patch: Patch, patched: Patched) -> str:
    hunks = patched.hunks(patch, 0)
    many = len(hunks) > 1
    lines = [
        line
        for hunk in hunks
        for line in (*([hunk.head] if many else []), *(row.sign + row.text for row in hunk.rows))
    ]
    fence = "`" * max(3, max((inert.longest_run(line) for line in lines), default=0) + 1)
    return "\n".join([f"{fence}diff", *lines, fence])


def _needs(patch: Patch, shown: Shown) -> list[str]:
    names = ", ".join(inert.code(shown.line(name)) for name in patch.needs)
    return [f"It needs {names} among the dependencies."] if names else []


def _as_file(patch: Patch, patched: Patched) -> str:
    if patched.read is None:
        return ""
    if patch_files.holds_secret(patch, patched):
        return f" ({patch_files.HELD_BACK})"
    name = f"{patch_files.FOLDER}/{patch_files.name(patch, patched)}"
    return f", or `git apply` with {inert.code(name)}"


def tests(review: Review, shown: Shown) -> list[str]:
    """Say how the repository's tests ended, with names and first lines of those that failed."""
    said = [inert.prose(word) for word in suites.words(review, shown)]
    if not said:
        return []
    failed = review.suite.failed if review.suite else ()
    parts = [f"**Tests:** {' · '.join(said)}"]
    for one in failed[: suites.MOST_TESTS]:
        parts += _failed(one, shown)
    if len(failed) > suites.MOST_TESTS:
        parts.append(f"and {len(failed) - suites.MOST_TESTS:,} more")
    return parts


def _failed(one: FailedTest, shown: Shown) -> list[str]:
    lines = [shown.line(line) for line in one.lines[: suites.MOST_LINES]]
    code = [inert.code_block(lines, 1)] if lines else []
    return [f"- {inert.code(shown.line(one.name))}", *code]
