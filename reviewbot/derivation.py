"""From a review that another job wrote, and the objects of the change, to what may be said of it.

Runs in a process of its own that holds no token, because it reads the change. Nothing in the review is
believed that can be looked up: commits, files, quotes and anchors are derived from the objects, words and
severities from the catalogue, coverage's demands and the verdict from the policy. Where the review says
something else it is refused as a whole (`UsageError`), for a forged review is worth nothing in part.
What cannot be looked up is whether a scanner really ran; the jobs before the publisher answer for that.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewbot.domain.anchor import Anchor, Place, Side
from reviewbot.domain.change import Change, FileDiff, ReadBlob
from reviewbot.domain.coverage import DONE, Coverage, FileCoverage, Read
from reviewbot.domain.finding import Finding, Judged, Outcome, Span
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.domain.patch import Proof
from reviewbot.domain.paths import from_bytes, quoted, unquoted
from reviewbot.domain.policy import Policy
from reviewbot.domain.quotes import quote_digest
from reviewbot.domain.review import Verdict
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.secret import Mask
from reviewbot.domain.visible import visible, visible_block
from reviewbot.domain.wanted import Gap, Remark, Suggestion, Wanted
from reviewbot.errors import UsageError
from reviewbot.policy import gate
from reviewbot.publish import anchors, suggest
from reviewbot.publish.document import (
    Covered,
    Failed,
    NotApplicable,
    ReviewDocument,
    SaidEdit,
    SaidFinding,
    SaidPatch,
)
from reviewbot.scanners.catalogue import QUOTED_LINES
from reviewbot.verdict.coverage import assemble

_PLACEHOLDER = re.compile(r"\[secret:[^\[\]\n]{1,100}:[0-9]+\]")
_SHOWN = frozenset({Outcome.INLINE, Outcome.SUMMARY})
_SETTLED = {
    Outcome.EXISTING: "it is in the base already",
    Outcome.DUPLICATE: "it is part of another finding now",
    Outcome.BELOW_THRESHOLD: "it is below the confidence that the policy asks for",
    Outcome.WAIVED: "it is waived",
}
_COUNTED = {
    Outcome.EXISTING: "in the base already",
    Outcome.DUPLICATE: "merged into another",
    Outcome.UNVERIFIED: "not verified",
    Outcome.BELOW_THRESHOLD: "below the confidence asked for",
    Outcome.WAIVED: "waived",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known for certain: the change as the objects hold it, and the operator's settings.

    `anchored` is the change that anchors are counted in: the forge's own diff of the same head, whose
    base may be another commit. `context` is the forge's reach around a hunk, `style` its suggestions. `quotes` are digests and
    line numbers of the quotes that somebody wants to know about.
    """

    change: Change
    anchored: Change
    read: ReadBlob
    policy: Policy
    rules: RuleSet
    mask: Mask
    context: int | None
    style: SuggestionStyle
    quotes: tuple[tuple[str, int], ...]


def derive(document: ReviewDocument, ground: Ground) -> Wanted:
    """Say what may be published. Raises `UsageError` for a review that is not one of this change."""
    _check_change(document, ground.change)
    _check_policy(document, ground)
    coverage = _coverage(document, ground)
    files = _Files(ground)
    remarks = tuple(_remarks(document, files, ground))
    verdict = _verdict(document, coverage, ground.policy)
    change = ground.change
    assert change.head is not None
    deleted = {file.path for file in change.files if file.new is None}
    return Wanted(
        head=change.head,
        merge_base=change.merge_base,
        files=len(change.files),
        remarks=remarks,
        settled=tuple(_settled(document)),
        # A deleted file has left the head, and its findings with it.
        read_by=tuple((file.path, _readers(file)) for file in coverage if file.path not in deleted),
        renamed=tuple(_renamed(change.files)),
        present=files.present(ground.quotes),
        gaps=tuple(_gaps(coverage, ground.mask)),
        complete=verdict.complete,
        at_threshold=verdict.at_threshold,
        exit_code=verdict.exit_code,
        counts=tuple(_counts(document)),
        about=tuple(_about(document)),
        notes=tuple(_line(note) for note in document.notes),
    )


def _check_change(document: ReviewDocument, change: Change) -> None:
    said = document.change
    pairs = (
        ("pull request", said.pull_request, change.pull_request),
        ("head", said.head, change.head),
        ("base", said.base, change.base),
        ("merge base", said.merge_base, change.merge_base),
        ("tree of the base", said.base_tree, change.base_tree),
        ("tree of the head", said.head_tree, change.head_tree),
    )
    if not _is(said.repository, visible(change.repository)):
        raise UsageError("the review is of another repository")
    for name, theirs, ours in pairs:
        if theirs != ours:
            raise UsageError(f"the review is of another change: its {name} is {theirs}, not {ours}")
    files = [(f.path, f.old_path, f.status, f.file_class, f.added, f.removed) for f in said.files]
    if len(files) != len(change.files):
        raise UsageError(
            f"the review lists {len(files):,} changed files, the change has {len(change.files):,}"
        )
    for theirs_, file in zip(files, change.files, strict=True):
        old = file.old.path if file.old and file.old.path != file.path else None
        same = _is(theirs_[0], quoted(file.path)) and _is(theirs_[1] or "", quoted(old) if old else "")
        if not same or theirs_[2:] != (file.status, file.file_class, file.added_count, file.removed_count):
            raise UsageError("the review lists other changed files than the change has")


def _check_policy(document: ReviewDocument, ground: Ground) -> None:
    if document.policy.digest != ground.policy.digest:
        raise UsageError(
            "the review was made under another policy than this job's",
            hint="give both jobs the same policy, flags and REVIEWBOT_ variables",
        )
    theirs = [(pack.id, pack.version, pack.digest) for pack in document.policy.packs]
    if theirs != [(pack.id, pack.version, pack.digest) for pack in ground.rules.packs]:
        raise UsageError("the review was made with other rule packs than this job's")


def _coverage(document: ReviewDocument, ground: Ground) -> tuple[FileCoverage, ...]:
    names = {quoted(file.path): file.path for file in ground.change.files}
    asked = ground.policy.model.url is not None or document.model is not None
    said = [
        (name, names.get(file.path, _path(file.path)), word)
        for file in document.coverage
        for name, word in _words(file)
    ]
    return assemble(ground.change, said, ground.policy, model_configured=asked)


def _words(file: Covered) -> Iterator[tuple[str, Coverage]]:
    for name, word in file.by.items():
        if isinstance(word, Failed):
            yield name, Coverage(Read.FAILED, _line(word.failed), word.lines)
        elif isinstance(word, NotApplicable):
            yield name, Coverage(Read.NOT_APPLICABLE, _line(word.not_applicable))
        else:
            yield name, DONE


def _verdict(document: ReviewDocument, coverage: tuple[FileCoverage, ...], policy: Policy) -> Verdict:
    judged = tuple(Judged(_plain(finding), finding.outcome) for finding in document.findings)
    verdict = gate.decide(judged, coverage, policy)
    said = document.verdict
    if (said.complete, said.at_threshold, said.exit_code) != (
        verdict.complete, verdict.at_threshold, verdict.exit_code,
    ):  # fmt: skip
        raise UsageError("the verdict of the review is not what its findings and coverage add up to")
    return verdict


def _plain(finding: SaidFinding) -> Finding:
    span = Span(_path(finding.span.path), finding.span.first, max(finding.span.first, finding.span.last))
    return Finding(
        rule=finding.rule, sources=finding.sources, severity=finding.severity, confidence=finding.confidence,
        cwe=finding.cwe, span=span, title=finding.title, reason=finding.reason, quote=finding.quote,
    )  # fmt: skip


class _Files:
    """The head's files by path, their lines read once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._by_path = {file.path: file for file in ground.change.files}
        self._shown = {quoted(file.path): file.path for file in ground.change.files}
        self._anchored = {file.path: file for file in ground.anchored.files}
        self._contents: dict[str, bytes] = {}

    def path(self, shown: str) -> str:
        """Give the path that a review shows so."""
        return self._shown.get(shown) or _path(shown)

    def content(self, path: str) -> bytes | None:
        """Give the head's content of a changed file; None if the head does not have it."""
        file = self._by_path.get(path)
        if file is None or file.new is None or not file.new.is_regular:
            return None
        return self._content(file.new.oid)

    def lines(self, path: str) -> list[str] | None:
        """Give the head's lines of a changed file, in the same way."""
        content = self.content(path)
        return None if content is None else _split(content)

    def _content(self, oid: str) -> bytes:
        if oid not in self._contents:
            self._contents[oid] = self._ground.read(oid)
        return self._contents[oid]

    def anchor(self, place: Place) -> Anchor | str:
        """Anchor a place in the forge's own diff, or say why it cannot be."""
        file = self._anchored.get(place.path)
        if file is None:
            return "the file is not part of the forge's diff"
        old, new = (
            self._content(version.oid) if version is not None and version.is_regular else None
            for version in (file.old, file.new)
        )
        return anchors.anchor(file, place, old=old, new=new, context=self._ground.context)

    def blob(self, path: str) -> str | None:
        """Give the id of the head's blob of a changed file."""
        file = self._by_path.get(path)
        return file.new.oid if file is not None and file.new is not None else None

    def present(self, quotes: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
        """Say which of these quotes still stand in a changed file of the head."""
        wanted = {length: {digest for digest, size in quotes if size == length} for _, length in quotes}
        found: set[str] = set()
        for path in self._by_path if wanted else ():
            lines = self.lines(path) or []
            for length, digests in wanted.items():
                for at in range(len(lines) - length + 1):
                    digest = quote_digest(lines[at : at + length])
                    if digest in digests:
                        found.add(digest)
        return tuple(sorted(found))


def _remarks(document: ReviewDocument, files: _Files, ground: Ground) -> Iterator[Remark]:
    patches = {patch.id: patch for patch in document.patches}
    seen: dict[str, None] = {}
    nth: dict[tuple[str, str, str], int] = {}
    for finding in document.findings:
        _check_words(finding, ground.rules)
        path = files.path(finding.span.path)
        quote = _checked_quote(finding, files.lines(path), ground.rules)
        if finding.outcome not in _SHOWN:
            continue
        if finding.fingerprint in seen:
            raise UsageError("the review names two findings by one fingerprint")
        seen[finding.fingerprint] = None
        key = (finding.rule, path, " ".join(" ".join(quote).split()))
        nth[key] = nth.get(key, -1) + 1
        moved = fingerprint(_print_rule(finding), "", "\n".join(quote), nth[key])
        yield _remark(finding, path, quote, moved, _patch(finding, patches), files, ground)


def _print_rule(finding: SaidFinding) -> str:
    return ("model/" if finding.sources == ("model",) else "") + finding.rule


def _remark(  # noqa: PLR0913, PLR0917 (one finding with all that was looked up for it)
    finding: SaidFinding, path: str, quote: list[str], moved: str, patch: SaidPatch | None, files: _Files, ground: Ground
) -> Remark:  # fmt: skip
    place = Place(path, Side.NEW, finding.span.first, max(finding.span.first, finding.span.last))
    found: Anchor | str = _line(finding.why) or "it is listed only"
    if finding.outcome is Outcome.INLINE and finding.commit is None:
        found = files.anchor(place)
    anchor = found if isinstance(found, Anchor) else None
    suggestion = None
    if patch and anchor:
        anchor, suggestion = _offered(patch, path, anchor, files, ground)
    return Remark(
        fingerprint=finding.fingerprint, moved=moved, rule=finding.rule, catalogued=finding.catalogued,
        by=finding.sources, severity=finding.severity, confidence=finding.confidence, cwe=finding.cwe,
        place=place, anchor=anchor, why=found if isinstance(found, str) else "",
        quote=quote_digest(quote), quote_lines=len(quote), title=_line(finding.title), reason=_line(finding.reason),
        explanation=_line(finding.explanation), commit=finding.commit, suggestion=suggestion,
    )  # fmt: skip


def _check_words(finding: SaidFinding, rules: RuleSet) -> None:
    """Check what the catalogue says of a rule. An unknown rule of a tool's is a note, and its words are ours."""
    if "model" not in finding.sources and finding.explanation:
        raise UsageError("the review lets the model explain a finding that the model does not report")
    if finding.outcome is Outcome.UNVERIFIED:
        return
    rule = rules.find(finding.rule)
    if rule is None:
        tool, _, name = finding.rule.partition("/")
        words = f"{tool} reports {name}; it is not in the organisation's catalogue"
        if finding.catalogued or (finding.title, finding.reason) != (words, words):
            raise UsageError("the review says of a rule what the catalogue does not say")
        return
    ours = (_line(rule.title), _line(rule.why), rule.severity, rule.cwe)
    if (finding.title, finding.reason, finding.severity, finding.cwe) != ours:
        raise UsageError(f"the review says of the rule {rule.id} what the catalogue does not say")


def _checked_quote(finding: SaidFinding, lines: list[str] | None, rules: RuleSet) -> list[str]:
    """Give the lines that the finding is about, from the objects, after comparing them with what it quotes."""
    said = finding.quote.split("\n")
    span = finding.span
    if finding.commit is not None or finding.outcome is Outcome.UNVERIFIED:
        return said
    if finding.outcome is Outcome.EXISTING and lines is None:
        return said
    if not finding.quote and not lines and finding.rule in {rule.id for rule in rules.touch}:
        return said  # about a file that is deleted, empty or no file: there is no line to quote
    if lines is None or not span.first <= span.last <= len(lines):
        raise UsageError("the review has a finding on lines that the change does not have")
    ours = lines[span.first - 1 : span.last][:QUOTED_LINES]
    shown = [visible_block(line.removesuffix("\r")) for line in ours]
    if len(said) != len(shown) or not all(map(_is, said, shown)):
        raise UsageError("the review quotes other lines than stand where it says")
    return ours


def _is(said: str, ours: str) -> bool:
    """Say whether a shown text is ours, where a masked secret may stand for any characters."""
    if "[secret:" not in said:
        return said == ours
    pattern = ".*".join(re.escape(piece) for piece in _PLACEHOLDER.split(said))
    return re.fullmatch(pattern, ours, re.DOTALL) is not None


def _patch(finding: SaidFinding, patches: dict[str, SaidPatch]) -> SaidPatch | None:
    if finding.patch is None:
        return None
    patch = patches.get(finding.patch)
    if patch is None or patch.finding != finding.fingerprint:
        raise UsageError("the review names a patch that it does not have")
    return patch


def _offered(
    patch: SaidPatch, path: str, anchor: Anchor, files: _Files, ground: Ground
) -> tuple[Anchor, Suggestion | None]:
    """Turn a proven patch of these lines into a suggestion, and widen the anchor to all that it replaces.

    No suggestion comes of a patch whose proof does not hold, that is for another blob or place, or that
    masking has altered.
    """
    said = patch.proof
    proof = Proof(said.applies, said.parses, said.finding_gone, said.new_findings, said.tests)
    edit = patch.edits[0] if len(patch.edits) == 1 else None
    content = files.content(path)
    if not proof.holds or edit is None or content is None or anchor.side is not Side.NEW:
        return anchor, None
    if not edit.exact or edit.oid != files.blob(path) or files.path(edit.path) != path:
        return anchor, None
    first, last = anchor.first.new or 0, anchor.last.new or 0
    wide = _widened(_split(content), first, last, edit)
    if wide is None:
        return anchor, None
    if (wide.first, wide.last) != (first, last):
        again = files.anchor(Place(path, Side.NEW, wide.first, wide.last))
        if isinstance(again, Anchor) and (again.first.new, again.last.new) == (wide.first, wide.last):
            anchor = again
    offered = suggest.suggestion(
        content,
        wide,
        style=ground.style,
        proof=proof.sentence,
        show=lambda line: visible(ground.mask.hide(line)),
    )
    return anchor, offered


def _widened(lines: list[str], first: int, last: int, edit: SaidEdit) -> suggest.Edit | None:
    bare = [line.removesuffix("\r") for line in lines]
    try:
        return suggest.widen(bare, first, last, suggest.Edit(edit.first, edit.last, edit.lines))
    except ValueError:
        return None


def _settled(document: ReviewDocument) -> Iterator[tuple[str, str]]:
    for finding in document.findings:
        if finding.outcome in _SETTLED:
            yield finding.fingerprint, _SETTLED[finding.outcome]


def _readers(file: FileCoverage) -> tuple[str, ...]:
    return tuple(name for name, word in file.by if word.state is Read.DONE)


def _renamed(files: Iterable[FileDiff]) -> Iterator[tuple[str, str]]:
    for file in files:
        if file.old is not None and file.new is not None and file.old.path != file.new.path:
            yield file.old.path, file.new.path


def _gaps(coverage: tuple[FileCoverage, ...], mask: Mask) -> Iterator[Gap]:
    for file in coverage:
        if file.gaps:
            yield Gap(quoted(mask.hide(file.path)), tuple((name, word.reason) for name, word in file.gaps))


def _counts(document: ReviewDocument) -> Iterator[str]:
    for outcome, words in _COUNTED.items():
        count = sum(finding.outcome is outcome for finding in document.findings)
        if count:
            yield f"{count:,} {words}"


def _about(document: ReviewDocument) -> Iterator[tuple[str, tuple[str, ...]]]:
    policy, model = document.policy, document.model
    yield "packs", tuple(_line(f"{pack.id} {pack.version} {pack.digest[:19]}") for pack in policy.packs)
    yield "policy", (_line(policy.digest),)
    yield "tools", tuple(_line(" ".join(filter(None, (t.name, t.version, t.detail)))) for t in document.tools)
    yield "sandbox", (_line(document.sandbox),)
    if model is not None:
        yield "model", (_line(f"{model.name} at {model.url_host}, {model.constrained}"),)
    yield "reviewbot", (_line(document.reviewbot),)
    yield (
        "again, locally",
        (f"reviewbot run --base {document.change.merge_base} --head {document.change.head}",),
    )


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def _split(content: bytes) -> list[str]:
    lines = [from_bytes(line) for line in content.split(b"\n")]
    return lines[:-1] if lines and not lines[-1] else lines


def _path(shown: str) -> str:
    try:
        return unquoted(shown)
    except ValueError:
        raise UsageError("the review names a path that cannot be read") from None
