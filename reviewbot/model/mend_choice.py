"""Which flaws the model is asked to mend: ordinary code, found by a scanner that can find it gone.

Nothing here reads a disk, a socket or a clock.
"""

from pathlib import PurePosixPath

from reviewbot.domain.change import FileClass
from reviewbot.domain.finding import Confidence
from reviewbot.domain.globs import first_match
from reviewbot.domain.mending import Flaw
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import OWN_TOOLS, SemgrepDetector, ToolDetector

_ENDINGS: dict[str, tuple[str, ...]] = {
    "bash": ("sh", "bash"),
    "c": ("c", "h"),
    "cpp": ("cc", "cpp", "cxx", "hh", "hpp", "hxx"),
    "csharp": ("cs",),
    "go": ("go",),
    "java": ("java",),
    "javascript": ("cjs", "js", "jsx", "mjs"),
    "kotlin": ("kt",),
    "php": ("php",),
    "python": ("py", "pyi", "pyw"),
    "ruby": ("rb",),
    "rust": ("rs",),
    "scala": ("scala",),
    "swift": ("swift",),
    "typescript": ("cts", "mts", "ts", "tsx"),
}
_LANGUAGES = {f".{ending}": name for name, endings in _ENDINGS.items() for ending in endings}
# Code by its ending that says what is installed, built or tested: a model's patch of it would never be proven.
_NOT_OURS = frozenset(
    {"setup.py", "conanfile.py", "noxfile.py", "conftest.py", "build.rs", "build.sh", "package.swift"}
)


def language_of(path: str) -> str | None:
    """Name a file's programming language as rules do; None for what is not ordinary code.

    What stands under `ci` or a folder with a dot belongs to pipelines, hooks and tools.
    """
    place = PurePosixPath(path)
    tools = any(part.startswith(".") or part.lower() == "ci" for part in place.parts)
    if tools or place.name.lower() in _NOT_OURS:
        return None
    return _LANGUAGES.get(place.suffix.lower())


def worth_asking(flaw: Flaw, policy: Policy) -> bool:
    """Say whether the model is asked for a patch of this flaw.

    What only the model says cannot be proven gone by scanners; what our own watches say about secrets,
    hidden text, packages and suppressions is not mended by other lines.
    """
    finding, diff = flaw.finding, flaw.file.diff
    everything = (finding, *flaw.also)
    return (
        policy.patches.model
        and finding.commit is None
        and finding.catalogued
        and finding.confidence is not Confidence.LOW
        and not any(one.model_only or not set(one.sources).isdisjoint(OWN_TOOLS) for one in everything)
        and _is_scanners(flaw)
        and diff.file_class is FileClass.CODE
        and language_of(flaw.file.path) is not None
        and first_match(policy.exclude, flaw.file.path) is None
        and len(flaw.file.content) <= policy.limits.file_bytes
        and diff.touches(finding.span.first, finding.span.last)
    )


def _is_scanners(flaw: Flaw) -> bool:
    detector = flaw.rule.detector if flaw.rule is not None else None
    if isinstance(detector, ToolDetector):
        return detector.tool not in OWN_TOOLS
    return isinstance(detector, SemgrepDetector)
