"""`rules new`: from a few answers to a rule file, its fixture, and the pack's own file if there is none yet.

What is written loads, and passes `rules test` or fails it in the very place that is to be filled in.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.domain.paths import quoted
from reviewbot.errors import PolicyError, UsageError
from reviewbot.policy.list_documents import ApprovedDocument
from reviewbot.policy.pack_files import PACK_FILE
from reviewbot.policy.reading import read
from reviewbot.policy.rule_documents import PackDocument, RuleDocument
from reviewbot.workbench import starters
from reviewbot.workbench.kinds import BANDIT_ID
from reviewbot.workbench.places import filled
from reviewbot.workbench.starters import FILL_IN, SANITIZER, SINK, SOURCE, starter

if TYPE_CHECKING:
    from jinja2 import Environment

KINDS = ("semgrep", "taint", "bandit", "review", "approved", "touch")
"""What `rules new` can make: a pattern, data that flows, a test of bandit, a question to the model, a list of
approved libraries, a file that may not change unnoticed."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers. `details` are those that only some kinds need: tests, question, use, instead_of, paths, …"""

    folder: Path
    id: str
    title: str
    why: str
    kind: str
    language: str
    severity: str
    confidence: str
    owner: str
    cwe: int | None = None
    description: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def files(draft: Draft, templates: Path) -> dict[Path, str]:
    """Give what is to be written, by place. Raises `PolicyError` for answers that make no rule that loads,
    and `UsageError` where something would be overwritten.
    """
    environment = _environment(templates)
    values = _values(draft)
    own = draft.folder / PACK_FILE
    made: dict[Path, str] = {}
    if not own.exists():
        made[own] = _rendered(environment, "pack", values)
        read(PackDocument, str(own), made[own].encode())
    rule = draft.folder / f"{draft.id}.yml"
    made[rule] = _rendered(environment, draft.kind, values)
    read(RuleDocument, str(rule), made[rule].encode())
    if draft.kind == "approved":
        listed = draft.folder / "approved" / f"{draft.id}.yml"
        made[listed] = _rendered(environment, "approved-list", values)
        read(ApprovedDocument, str(listed), made[listed].encode())
    fixture = _fixture(draft, values)
    if fixture is not None:
        made[draft.folder / fixture[0]] = fixture[1]
    for path in made:
        if path.exists():
            raise UsageError(
                f"{quoted(str(path))} is there already", hint="choose another id, or edit that file"
            )
    return made


def write(made: Mapping[Path, str]) -> None:
    """Write the files. Raises `UsageError` where that is not possible; nothing is overwritten."""
    for path, text in made.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(
                f"{quoted(str(path))} cannot be written: {(error.strerror or '').lower()}"
            ) from None


def pack_of(folder: Path) -> PackDocument | None:
    """Read the pack that is there already, if there is one. Raises `PolicyError`."""
    own = folder / PACK_FILE
    return read(PackDocument, str(own), own.read_bytes()).document if own.is_file() else None


def _values(draft: Draft) -> dict[str, Any]:
    pack = pack_of(draft.folder)
    begin = starter(draft.language)
    spoken = [draft.language] if draft.kind in {"semgrep", "taint"} else []
    values: dict[str, Any] = {
        "folder": str(draft.folder), "pack": draft.folder.resolve().name, "id": draft.id, "title": draft.title, "why": draft.why,
        "cwe": draft.cwe, "severity": draft.severity, "confidence": draft.confidence, "owner": draft.owner,
        "description": draft.description or "Rules of our own", "since": pack.version if pack else "0.1.0",
        "languages": spoken, "applies_to": list(starters.patterns(draft.language)), "pattern": begin.pattern,
        "bad": begin.bad, "good": begin.good, "clean": begin.clean,
        "source": SOURCE, "sink": SINK, "sanitizer": SANITIZER,
    }  # fmt: skip
    return values | _OF_KIND.get(draft.kind, _nothing)(draft)


def _nothing(_: Draft) -> dict[str, Any]:
    return {}


def _taint(draft: Draft) -> dict[str, Any]:
    examples = starter(draft.language).taint
    if examples is None:
        known = ", ".join(sorted(name for name, one in starters.STARTERS.items() if one.taint))
        raise UsageError(
            f"there is no beginning for data flow in {draft.language}",
            hint=f"begin with one of {known}, and change it",
        )
    bad, good, clean = examples
    return {"bad": bad, "good": good, "clean": clean}


def _bandit(draft: Draft) -> dict[str, Any]:
    tests = draft.details.get("tests", "B000")
    if not BANDIT_ID.fullmatch(tests):
        raise UsageError(f"{quoted(tests)} is no id of bandit's", hint="write it as in B602")
    taken = _taking_over(draft.folder, tests)
    if taken is not None:
        raise UsageError(
            f"bandit {tests} is taken by {quoted(str(taken))} already",
            hint="change that rule: two cannot take over the same one",
        )
    return {
        "tests": tests, "applies_to": ["**/*.py"],
        "bad": f"# {FILL_IN}: code that bandit reports as {tests}", "good": "value = 1", "clean": "value = 2",
    }  # fmt: skip


def _taking_over(pack: Path, test: str) -> Path | None:
    """Find the pack's rule that takes over this test of bandit's. Files that do not load are lint's business."""
    for path in sorted(pack.glob("*.yml")):
        with suppress(PolicyError):
            if path.name != PACK_FILE and ".test." not in path.name:
                document = read(RuleDocument, str(path), path.read_bytes()).document
                if test in (document.detect.bandit or ()):
                    return path
    return None


def _review(draft: Draft) -> dict[str, Any]:
    return {
        "applies_to": [], "question": draft.details.get("question", ""),
        "evidence": draft.details.get("evidence") or "Quote the line that shows it.",
        "bad_line": f"{FILL_IN}: a line that is one", "good_line": f"{FILL_IN}: a line that looks like one",
        "bad": f"{FILL_IN} = 'a few lines to which the answer is yes'", "good": f"{FILL_IN} = 'the same, mended'",
        "clean": f"{FILL_IN} = 'what looks like it'",
    }  # fmt: skip


def _approved(draft: Draft) -> dict[str, Any]:
    use, instead = draft.details.get("use", ()), draft.details.get("instead_of", ())
    if not use or not instead:
        raise UsageError(
            "a list of approved libraries wants --use and --instead-of",
            hint="--use corp_http.Session --instead-of 'requests.*'",
        )
    script = draft.language in {"javascript", "typescript"}
    return {
        "purpose": draft.details.get("purpose") or draft.title, "use": list(use), "instead_of": list(instead),
        "languages": [draft.language], "bad": _taking(instead[0], script=script), "good": _taking(f"{use[0].partition('.')[0]}.*", script=script),
        "clean": f'note = "{instead[0].removesuffix(".*")} was here"',
    }  # fmt: skip


def _taking(name: str, *, script: bool) -> str:
    """Write code that imports a module (`requests.*`) or calls something in it (`hashlib.md5`)."""
    module, _, last = name.removesuffix(".*").rpartition(".")
    whole = name.endswith(".*")
    imported = name.removesuffix(".*") if whole else module
    if script:
        line = f'const taken = require("{imported}");'
        return line if whole else f"{name}(value);"
    return (
        f"import {imported}"
        if whole
        else f"import {imported}\n\n{imported}.{last}(value)"
        if module
        else f"{last}(value)"
    )


def _touch(draft: Draft) -> dict[str, Any]:
    paths = list(draft.details.get("paths", ()))
    if not paths:
        raise UsageError(
            "a touch rule wants the files it is about", hint="--path 'deploy/**', more than once if need be"
        )
    example = next((path for path in filled(paths[0], "a", ".txt")), paths[0])
    return {"applies_to": paths, "bad": example, "good": "docs/guide.md", "clean": "docs/notes.md"}


_OF_KIND = {"taint": _taint, "bandit": _bandit, "review": _review, "approved": _approved, "touch": _touch}


def _fixture(draft: Draft, values: Mapping[str, Any]) -> tuple[str, str] | None:
    """Give a fixture for rules that semgrep detects, with one line of each kind."""
    begin = starters.STARTERS.get(draft.language)
    if draft.kind not in {"semgrep", "taint"} or begin is None:
        return None
    ending = next(iter(patterns_end(draft.language)), ".txt")
    lines: list[str] = []
    for name, word in (("bad", "ruleid"), ("clean", "ok")):
        text = values[name].split("\n")
        at = next(
            (n for n, line in enumerate(text) if "dangerous" in line or "run_statement" in line),
            len(text) - 1,
        )
        indent = text[at][: len(text[at]) - len(text[at].lstrip())]
        lines += [*text[:at], f"{indent}{begin.comment} {word}: {draft.id}", *text[at:]]
        if draft.language not in {"python", "javascript", "typescript", "ruby", "bash", "generic"}:
            break  # two whole programs in one file make none
    return f"{draft.id}.test{ending}", "\n".join(lines) + "\n"


def patterns_end(language: str) -> tuple[str, ...]:
    """Give the extensions of a language, the usual one first."""
    ends = tuple(pattern.removeprefix("**/*") for pattern in starters.patterns(language))
    usual = {
        "javascript": ".js",
        "cpp": ".cpp",
        "dockerfile": ".dockerfile",
        "bash": ".sh",
        "generic": ".txt",
    }
    return (usual[language],) if language in usual else ends


def _environment(templates: Path) -> "Environment":
    from jinja2 import FileSystemLoader, StrictUndefined  # noqa: PLC0415 (heavy)
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 (heavy)

    environment = SandboxedEnvironment(  # what is made is YAML: nothing is to be escaped as HTML
        loader=FileSystemLoader(templates), undefined=StrictUndefined, autoescape=False,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    # Text in JSON's form is text in YAML's, whatever it holds.
    environment.filters["quote"] = lambda value: json.dumps(value, ensure_ascii=False)
    environment.filters["indented"] = _indented
    return environment


def _indented(text: str, width: int) -> str:
    return "\n".join(" " * width + line if line else "" for line in text.strip("\n").split("\n"))


def _rendered(environment: "Environment", name: str, values: Mapping[str, Any]) -> str:
    from jinja2 import TemplateError  # noqa: PLC0415 (heavy)

    try:
        return environment.get_template(f"rules/{name}.yml.j2").render(values)
    except TemplateError as error:
        raise PolicyError(f"the template rules/{name}.yml.j2 does not work: {error}") from None
