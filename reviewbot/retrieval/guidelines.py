"""Guideline pages that the policy names, read from the base: the target branch's word, as data."""

from collections.abc import Iterator

from reviewbot.domain.globs import first_match
from reviewbot.domain.paths import quoted
from reviewbot.domain.ports import Repository
from reviewbot.retrieval.candidates import LONGEST, Candidate, window

MOST_PAGES = 20
_MOST_BYTES = 200_000
_ENDINGS = (".adoc", ".markdown", ".md", ".rst", ".txt")


def pages(patterns: tuple[str, ...], repository: Repository, commit: str) -> Iterator[Candidate]:
    """Give the beginning of each page, in the order of the patterns, then of paths.

    Only Markdown and text are pages. Raises what the repository raises.
    """
    if not patterns:
        return
    ranks = {pattern: rank for rank, pattern in reversed(list(enumerate(patterns)))}
    found: list[tuple[int, str]] = []
    for path in repository.paths(commit):
        if path.lower().endswith(_ENDINGS):
            pattern = first_match(patterns, path)
            if pattern is not None:
                found.append((ranks[pattern], path))
    for _, path in sorted(found)[:MOST_PAGES]:
        content = repository.read_path(commit, path)
        if not content or len(content) > _MOST_BYTES or b"\0" in content:
            continue
        lines = tuple(content.removesuffix(b"\n").split(b"\n"))
        shown = window(lines, 1, LONGEST, 1)
        yield Candidate(path, commit, 1, f"guideline {quoted(path)}", lines[: shown.stop - 1])
