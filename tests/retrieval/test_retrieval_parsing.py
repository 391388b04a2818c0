"""Definitions in each language, and what a hostile file can do."""

import os
import re
import resource
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.retrieval.languages import LANGUAGES, language_of
from reviewbot.retrieval.parsing import Parsing
from reviewbot.retrieval.worker import MEMORY, answer, grammar

SAMPLES = {
    "a.py": b"@wraps\ndef outer(x):\n    class Inner(Base):\n        pass\n    return helper(x)\n\nLIMIT = 3\n",
    "a.js": b"export function outer(x) {\n  return helper(x);\n}\nconst inner = () => new Base();\nconst LIMIT = 3;\n",
    "a.ts": b"interface Inner { a: Base }\nexport class Outer {\n  run(x: Base) { return helper(x); }\n}\n",
    "a.tsx": b"const View = () => <Widget a={helper(1)} />;\ntype Inner = Base;\n",
    "a.go": b"package a\n\ntype Inner struct{ a Base }\n\nfunc (i Inner) run() int {\n\treturn helper(i)\n}\n",
    "a.java": b"class Outer {\n  Base run() {\n    return helper();\n  }\n}\n",
    "a.c": b"struct inner { int a; };\nstatic char *run(int x)\n{\n  return helper(x);\n}\n#define LIMIT 3\n",
    "a.cpp": b"class Inner : Base {\n  int run() { return helper(); }\n};\nint Inner::go() { return ns::other(); }\n",
    "a.rs": b"struct Inner { a: Base }\nimpl Inner {\n  fn run(&self) -> u8 { helper(self) }\n}\nconst LIMIT: u8 = 3;\n",
    "a.rb": b"class Inner < Base\n  def run(x)\n    helper(x)\n  end\nend\nLIMIT = 3\n",
    "a.sh": b"run() {\n  helper x\n}\n",
}
DEFINED = {
    "a.py": {("outer", 1, 5), ("Inner", 3, 4), ("LIMIT", 7, 7)},
    "a.js": {("outer", 1, 3), ("inner", 4, 4), ("LIMIT", 5, 5)},
    "a.ts": {("Inner", 1, 1), ("Outer", 2, 4), ("run", 3, 3)},
    "a.tsx": {("View", 1, 1), ("Inner", 2, 2)},
    "a.go": {("Inner", 3, 3), ("run", 5, 7)},
    "a.java": {("Outer", 1, 5), ("run", 2, 4)},
    "a.c": {("inner", 1, 1), ("run", 2, 5), ("LIMIT", 6, 6)},
    "a.cpp": {("Inner", 1, 3), ("run", 2, 2), ("go", 4, 4)},
    "a.rs": {("Inner", 1, 1), ("run", 3, 3), ("LIMIT", 5, 5)},
    "a.rb": {("Inner", 1, 5), ("run", 2, 4), ("LIMIT", 6, 6)},
    "a.sh": {("run", 1, 3)},
}


@pytest.fixture(scope="module")
def parsing():
    """One worker for the module."""
    with Parsing() as running:
        yield running


@pytest.mark.parametrize("path", SAMPLES)
def test_definitions_of_each_language(parsing, path):
    """Functions, types and constants are found with all their lines."""
    outline = parsing.outline(path, SAMPLES[path], ())
    found = {(one.name, one.first, one.last) for one in outline.definitions}
    assert found >= DEFINED[path]
    assert {name for name, _, _ in found} == {name for name, _, _ in DEFINED[path]}


@pytest.mark.parametrize("path", SAMPLES)
def test_uses_of_each_language(parsing, path):
    """What is called or derived from is told from what is mentioned."""
    outline = parsing.outline(path, SAMPLES[path], range(1, 9))
    called, mentioned = outline.uses(range(1, 9))
    assert "helper" in called
    assert ("Base" in called) == (b"Base" in SAMPLES[path])
    assert not called & mentioned


def test_only_the_lines_that_were_asked_for(parsing):
    """Uses are those of single lines."""
    outline = parsing.outline("a.py", b"one()\ntwo()\nthree()\n", {2})
    assert outline.uses(range(2, 3)) == ({"two"}, set())
    assert outline.uses(range(1, 2)) == (set(), set())


def test_every_language_has_its_grammar():
    """Each grammar of the table is installed and its queries fit it."""
    assert all(grammar(language.name) for language in LANGUAGES)
    assert {language_of(path).name for path in SAMPLES} == {language.name for language in LANGUAGES}


@pytest.mark.parametrize("path", ["a", "py", "a.py.bak", "a.py/b", ".py/x", "a.txt", ""])
def test_other_files_have_no_language(parsing, path):
    """What is not in the table has lines and no definitions."""
    outline = parsing.outline(path, b"def f(): pass\n", {1})
    assert (outline.definitions, outline.lines) == ((), (b"def f(): pass",))


def test_innermost_function_goes_before_a_type(parsing):
    """A class inside a function is not what surrounds its lines."""
    outline = parsing.outline("a.py", SAMPLES["a.py"], ())
    assert outline.around(4).name == "outer"
    assert outline.around(7) is None


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xff\xfe", b"def \xe9(): pass\n", b"a\r\nb\r\n", b"\x0c\n\xe2\x80\xa8"]
)
def test_odd_content(parsing, content):
    """Lines end at line feeds only, and odd bytes are no error."""
    assert b"\n".join(parsing.outline("a.py", content, {1}).lines) == content.removesuffix(b"\n")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(SAMPLES)),
    st.lists(
        st.sampled_from([b"{", b"(", b"<", b"def f", b"\n", b'"', b"\0", b"=", b"x", b"\xff", b";"]),
        max_size=60,
    ),
)
def test_any_bytes(path, pieces):
    """Whatever is between them, definitions lie within the file, in order."""
    content = SAMPLES[path] + b"".join(pieces)
    with_worker = SHARED.outline(path, content, range(1, 200))
    assert all(1 <= one.first <= one.last <= len(with_worker.lines) for one in with_worker.definitions)
    assert list(with_worker.definitions) == sorted(
        with_worker.definitions, key=lambda one: (one.first, one.last)
    )


SHARED = Parsing()


def teardown_module():
    SHARED.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.ts", b"a<b,\n" * 60_000),  # asks for tens of gigabytes
        ("a.py", b"x = " + b"(" * 100_000),
        ("a.c", b"{" * 200_000),
        ("a.rb", b"<<A " * 80_000),
        ("a.sh", b"$((" * 100_000),
    ],
)
def test_bombs(path, content):
    """A file that would eat memory or time costs a bounded moment, and the next one is parsed."""
    before = time.monotonic()
    with Parsing(seconds=2) as running:
        outline = running.outline(path, content, {1})
        assert outline.lines
        assert running.outline("a.py", b"def f():\n    pass\n", ()).definitions
    assert time.monotonic() - before < 10
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 800_000  # kilobytes


def test_worker_runs_within_limits():
    """The limits of the parsing process hold before it reads a byte of the change."""
    with Parsing() as running:
        assert running.outline("a.py", b"x = 1\n", ()).parsed
        limits = Path(f"/proc/{running._worker.pid}/limits").read_text()
    assert re.search(rf"Max address space +{MEMORY} ", limits)
    assert re.search(r"Max core file size +0 ", limits)
    assert re.search(r"Max cpu time +\d+ ", limits)


@pytest.mark.parametrize("content", [b"{" * 200_000, b"(" * 200_000])
def test_wide_broken_code_is_left_alone(content):
    """Code that is one broken node of a hundred thousand parts is given up at once."""
    before = time.process_time()
    assert answer("c", content, frozenset({1})) is None
    assert time.process_time() - before < 4


def test_deadly_files_are_given_up():
    """After a few files that killed the worker no more are tried."""
    bomb = b"a<b,\n" * 60_000
    with Parsing(seconds=1) as running:
        for _ in range(4):
            assert running.outline("a.ts", bomb, ()).parsed is None
        before = time.monotonic()
        assert running.outline("a.py", b"def f():\n    pass\n", ()).parsed is None
        assert time.monotonic() - before < 0.1


def test_too_large_is_not_parsed(parsing):
    """Files over the limit keep their lines."""
    outline = parsing.outline("a.py", b"def f(): pass\n" * 40_000, ())
    assert (outline.parsed, len(outline.lines)) == (None, 40_000)


def test_worker_knows_nothing_of_our_environment(monkeypatch):
    """The parsing process gets no variable of ours, and is gone at the end."""
    monkeypatch.setenv("REVIEWBOT_MODEL_KEY", "hunter2")
    with Parsing() as running:
        assert running.outline("a.py", b"x = 1\n", ()).parsed
        number = running._worker.pid
        assert b"hunter2" not in Path(f"/proc/{number}/environ").read_bytes()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_no_worker_without_a_file():
    """A change without code starts no process."""
    with Parsing() as running:
        running.outline("a.txt", b"x\n", ())
        assert running._worker is None
