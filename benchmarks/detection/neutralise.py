"""A neutral copy of a set: names, comments and docstrings that could tell a scanner the answer are gone.

Renamed are files, functions, classes, methods of the set's own classes, routes, templates, the set's helper modules with
all that they define, and every mention of a test's own name. Names of imported modules, attributes, keyword arguments,
variables and all other text stay. Needs Python 3.12 or newer, which knows where the parts of an f-string are.
"""

import ast
import random
import re
from collections.abc import Mapping
from pathlib import Path

from detection.edits import Renaming, applied, comments, docstrings
from detection.names import Helpers, file_names

SEED = "neutral"
_TEST_NAME = re.compile(rb"BenchmarkTest(\d{5})")
_LETTERS = b"RequestNumber"  # as long as what it replaces: some tests cut their own name in pieces


def neutral_text(source: bytes, helpers: Helpers, own: dict[str, str] | None = None) -> bytes:
    """One file, neutral. `own` are its new names, if it is one of the helpers."""
    source = source.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    source = applied(source, comments(source))
    source = applied(source, docstrings(ast.parse(source), source))
    tree = ast.parse(source)
    new = file_names(tree, helpers, own or {})
    source = applied(source, Renaming(tree, source, new, helpers).edits())
    ast.parse(source)
    return source


def neutral_copy(files: Mapping[str, bytes], helpers: Mapping[str, bytes], into: Path) -> dict[str, str]:
    """Write the files and helpers under other names, in shuffled order, and give the new name of each file."""
    known = Helpers()
    for path, source in sorted(helpers.items()):
        known.add(_module(path), source.decode())
    order = sorted(files)
    random.Random(SEED).shuffle(order)
    numbers = {path: f"case_{at:04}.py" for at, path in enumerate(order, 1)}
    tests = {found[1]: at for at, path in enumerate(order, 1) if (found := _TEST_NAME.search(path.encode()))}
    for path, name in numbers.items():
        write(into / name, _numbered(neutral_text(files[path], known), tests))
    for path, source in helpers.items():
        module = _module(path)
        place = into / f"{known.place(module).replace('.', '/')}.py"
        write(place, _numbered(neutral_text(source, known, known.names[module]), tests))
    return numbers


def _numbered(source: bytes, tests: Mapping[bytes, int]) -> bytes:
    return _TEST_NAME.sub(lambda found: b"%s%05d" % (_LETTERS, tests.get(found[1], 0)), source)


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def write(place: Path, content: bytes) -> None:
    """Write a file and the folders to it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
