"""The test sets: opening one, and what is true in it."""

import csv
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from detection.neutralise import neutral_copy, write

OWASP, SECURITYEVAL = "owasp", "securityeval"
_LISTED = "expectedresults-0.1.csv"
_INSECURE = "Testcases_Insecure_Code"


@dataclass(frozen=True)
class Case:
    """One file: where it lies in the scanned tree and in the set, what it is about, and if that is really in it."""

    path: str
    original: str
    category: str
    cwe: int
    real: bool


@dataclass(frozen=True)
class Prepared:
    """A set on disk, ready to be scanned."""

    name: str
    tree: Path
    cases: tuple[Case, ...]

    @property
    def files(self) -> list[str]:
        """The paths to scan."""
        return [case.path for case in self.cases]


def git_directory(place: Path) -> Path | None:
    """The git directory at a place, if there is one."""
    return next((folder for folder in (place, place / ".git") if (folder / "objects").is_dir()), None)


@contextmanager
def opened(place: Path) -> Iterator[Path]:
    """Give a set as a plain folder; a git directory's newest commit is unpacked for the while."""
    git = git_directory(place)
    if git is None:
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        archive = subprocess.run(
            ["git", f"--git-dir={git}", "archive", "HEAD"], check=True, capture_output=True
        )
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder)


def prepared(name: str, place: Path, work: Path, *, neutral: bool = True) -> Prepared:
    """Make the copy of a Python set that is scanned, or take the one that was made before."""
    top = work / (name if neutral else f"{name}-as-it-is")
    truth = top / "truth.json"
    if not truth.is_file():
        shutil.rmtree(top, ignore_errors=True)
        with opened(place) as folder:
            cases = _copy(folder, READERS[name](folder), top / "tree", neutral=neutral)
        write(truth, json.dumps([asdict(case) for case in cases], indent=1).encode())
    return Prepared(name, top / "tree", tuple(Case(**case) for case in json.loads(truth.read_bytes())))


def _copy(folder: Path, cases: list[Case], into: Path, *, neutral: bool) -> list[Case]:
    files = {case.original: (folder / case.original).read_bytes() for case in cases}
    helpers = {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted((folder / "helpers").glob("*.py"))
    }
    if neutral:
        names = neutral_copy(files, helpers, into)
    else:
        names = {path: path for path in files}
        for path, content in (files | helpers).items():
            write(into / path, content)
    renamed = (Case(names[case.original], *list(asdict(case).values())[1:]) for case in cases)
    return sorted(renamed, key=lambda case: case.path)


def _owasp(folder: Path) -> list[Case]:
    with (folder / _LISTED).open(newline="") as file:
        rows = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    paths = [f"testcode/{row[0]}.py" for row in rows]
    return [
        Case(path, path, row[1], int(row[3]), row[2] == "true") for path, row in zip(paths, rows, strict=True)
    ]


def _securityeval(folder: Path) -> list[Case]:
    paths = sorted((folder / _INSECURE).glob("CWE-*/*.py"))
    names = [str(path.relative_to(folder)) for path in paths]
    return [
        Case(name, name, path.parent.name, int(path.parent.name.removeprefix("CWE-")), real=True)
        for name, path in zip(names, paths, strict=True)
    ]


READERS = {OWASP: _owasp, SECURITYEVAL: _securityeval}
