"""The flawed files: ours (cases, examples of rules, fixtures) and public sets, each set a folder of files."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml
from detection.sets import opened

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules"
SECRET = "Tr0ub4dor" + "-Horse-9x"
"""Stands for `@@SECRET@@` in the cases: no file of ours holds what looks like a password."""

_ENDS = {"python": ".py", "javascript": ".js", "typescript": ".ts", "js": ".js", "ts": ".ts", "dockerfile": ".dockerfile",
         "terraform": ".tf", "yaml": ".yml", "bash": ".sh", "html": ".html", "java": ".java", "go": ".go"}  # fmt: skip
_PUBLIC = {"owasp": ("testcode/*.py",), "securityeval": ("Testcases_Insecure_Code/*/*.py",)}


def laid_out(folder: Path, public: Mapping[str, Path]) -> dict[str, list[str]]:
    """Copy every set under `folder`; give the paths of each, relative to it."""
    sets = {"cases": _cases(folder), "examples": _examples(folder), "fixtures": _fixtures(folder)}
    for name, place in public.items():
        sets[name] = _public(folder, name, place)
    return sets


def _cases(folder: Path) -> list[str]:
    paths = []
    for case in sorted((HERE / "cases").iterdir()):
        text = (case / "flawed.py").read_text("utf-8").replace("@@SECRET@@", SECRET)
        paths.append(_written(folder, f"cases/{case.name}/flawed.py", text))
    return paths


def _examples(folder: Path) -> list[str]:
    """Each rule's `bad` example, where it names one of the languages that have a usual ending."""
    paths = []
    for file in sorted(RULES.glob("*/*.yml")):
        if file.name == "pack.yml" or ".test." in file.name:
            continue
        rule = yaml.safe_load(file.read_text("utf-8"))
        if not rule.get("fix") or not rule.get("bad"):
            continue
        path = _place(rule)
        if path:
            paths.append(_written(folder, f"examples/{rule['id']}/{path}", rule["bad"]))
    return paths


def _place(rule: Mapping[str, object]) -> str:
    """Give a name that the rule applies to: by its languages, bandit's is Python, a workflow lies in its folder."""
    languages = rule.get("languages") or (["python"] if "bandit" in rule["detect"] else [])  # type: ignore[operator]  # a document of ours
    patterns = " ".join(rule.get("applies_to") or ())  # type: ignore[arg-type]  # as above
    if ".github/workflows" in patterns:
        return ".github/workflows/ci.yml"
    if ".gitlab-ci" in patterns:
        return ".gitlab-ci.yml"
    if "Dockerfile" in patterns:
        return "Dockerfile"
    if "compose" in patterns:
        return "docker-compose.yml"
    return f"code{_ENDS[languages[0]]}" if languages and languages[0] in _ENDS else ""


def _fixtures(folder: Path) -> list[str]:
    """The marked examples beside the rules that have a fix, without the marks' own lines changed."""
    paths = []
    for file in sorted(RULES.glob("*/*.test.*")):
        rule = yaml.safe_load((file.parent / f"{file.name.partition('.test.')[0]}.yml").read_text("utf-8"))
        if rule.get("fix"):
            paths.append(
                _written(folder, f"fixtures/{file.name.replace('.test.', '.')}", file.read_text("utf-8"))
            )
    return paths


def _public(folder: Path, name: str, place: Path) -> list[str]:
    paths = []
    with opened(place) as top:
        for pattern in _PUBLIC[name]:
            for file in sorted(top.glob(pattern)):
                path = f"{name}/{file.relative_to(top)}"
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, folder / path)
                paths.append(path)
    if not paths:
        sys.exit(f"patches: nothing of {name} in {place}")
    return paths


def _written(folder: Path, path: str, text: str) -> str:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, "utf-8")
    return path
