"""Which changed files are the model's to read, and in which chunks.

Each changed file ends here as not applicable, as failed with a reason, or as chunks. Code is
read, and text where a house rule applies to it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reviewbot.domain.change import SYMLINK, FileClass, FileDiff
from reviewbot.domain.coverage import Coverage, Read
from reviewbot.domain.globs import first_match
from reviewbot.errors import ReviewbotError
from reviewbot.model.ask import Failure
from reviewbot.model.budget import Chunk, pack, section_tokens
from reviewbot.model.hunks import Section, sections
from reviewbot.model.prompt import applying
from reviewbot.model.request import ModelRequest
from reviewbot.model.shown import Veil, decoded
from reviewbot.model.uncommented import without_comments

_LEAST_TOKENS = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """The files in the change's order, settled ones with their coverage; and what is to be asked.

    `failures` are parts of files that cannot be asked at all.
    """

    files: tuple[tuple[str, Coverage | None], ...]
    chunks: tuple[Chunk, ...]
    failures: tuple[tuple[str, Failure], ...]


def classify(request: ModelRequest) -> tuple[tuple[str, Coverage | None], ...]:
    """Settle the files that are not the model's to read; None for the others."""
    return tuple((file.path, _not_applicable(file, request)) for file in request.change.files)


def lay_out(request: ModelRequest, *, veil: Veil, room: Callable[[str], int]) -> Plan:
    """Read the blobs and cut the change into chunks of changed code; `room` says of a path how many tokens one has."""
    files: list[tuple[str, Coverage | None]] = []
    chunks: list[Chunk] = []
    failures: list[tuple[str, Failure]] = []
    for file, (path, settled) in zip(request.change.files, classify(request), strict=True):
        limit = room(path) if settled is None else 0
        if settled is not None or limit < _LEAST_TOKENS:
            files.append((path, settled or _failed("the house rules leave no room in the model's context")))
            continue
        try:
            content = _content(file, request)
            own, left_out = _chunks(file, content, request, veil, limit)
        except ReviewbotError as error:
            files.append((path, _failed(error.sentence)))
            continue
        files.append((path, None))
        chunks += own
        failures += ((path, failure) for failure in left_out)
    return Plan(tuple(files), tuple(chunks), tuple(failures))


def _not_applicable(file: FileDiff, request: ModelRequest) -> Coverage | None:
    pattern = first_match(request.policy.exclude, file.path)
    reason = f"excluded by the operator: {pattern}" if pattern is not None else _nature(file)
    if not reason and file.file_class is FileClass.TEXT and not applying(request.rules.review, file.path):
        reason = "text, and no house rule applies to it"
    return Coverage(Read.NOT_APPLICABLE, reason) if reason else None


def _nature(file: FileDiff) -> str:
    """Say what about a file leaves nothing to read; empty if there are changed lines."""
    if file.new is None:
        return "deleted"
    if not file.new.is_regular:
        return "a symbolic link" if file.new.mode == SYMLINK else "a submodule"
    if file.file_class is FileClass.BINARY:
        return "binary"
    return "no line changed" if file.file_class is FileClass.METADATA or not file.hunks else ""


def _content(file: FileDiff, request: ModelRequest) -> bytes:
    assert file.new is not None
    content = request.read(file.new.oid)
    limit = request.policy.limits.file_bytes
    if len(content) > limit:
        raise ReviewbotError(
            f"over the size limit ({len(content) / 1e6:.1f} MB, the limit is {limit / 1e6:.1f} MB)"
        )
    return content


def _chunks(
    file: FileDiff, content: bytes, request: ModelRequest, veil: Veil, limit: int
) -> tuple[list[Chunk], list[Failure]]:
    """Cut one file, in both views if the policy asks for two."""
    first = sections(file, content, veil)
    views: list[tuple[tuple[Section, ...], dict[int, str] | None]] = [(first, None)]
    if request.policy.model.second_view:
        second = _second_view(file, content, veil)
        plain = {line.number: line.text for section in first for line in section.lines if line.number}
        if second and _texts(second) != list(plain.items()):
            views.append((second, plain))
    chunks: list[Chunk] = []
    failures: list[Failure] = []
    for view, plain_texts in views:
        for group in pack(view, limit):
            too_long = [section for section in group if section_tokens(section) > limit]
            if too_long:
                failures.append(("a line is too long for one request", tuple(s.range for s in too_long)))
                continue
            hits = sum(_overlaps(request, file.path, section.range) for section in group)
            chunks.append(Chunk(file.path, veil.path(file.path), group, hits, plain_texts))
    return chunks, failures


def _second_view(file: FileDiff, content: bytes, veil: Veil) -> tuple[Section, ...]:
    """Lay the head out without comments; removed lines are left out. Empty if the language is not known."""
    text = without_comments(file.path, decoded(content.replace(b"\r\n", b"\n")))
    if text is None:
        return ()
    return sections(file, text.encode("utf-8", "surrogateescape"), veil, bare=True)


def _texts(view: Iterable[Section]) -> list[tuple[int, str]]:
    return [(line.number, line.text) for section in view for line in section.lines if line.number]


def _overlaps(request: ModelRequest, path: str, lines: tuple[int, int]) -> int:
    return sum(
        finding.span.path == path and finding.span.first <= lines[1] and lines[0] <= finding.span.last
        for finding in request.findings
    )


def _failed(reason: str) -> Coverage:
    return Coverage(Read.FAILED, reason)
