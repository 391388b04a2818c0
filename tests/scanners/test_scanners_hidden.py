"""Text that does not look like what it is: direction controls, invisible characters, look-alike names."""

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain import confusables
from reviewbot.domain.change import SUBMODULE, SYMLINK, FileClass
from reviewbot.domain.coverage import DONE
from reviewbot.sandbox.bubblewrap import Bubblewrap
from reviewbot.scanners.base import Source
from reviewbot.scanners.hidden import RULES, HiddenTextScanner, example
from reviewbot.shipped import folder

DOCUMENTS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((folder("rules") / "hidden-text").glob("*.yml"))
    if path.name != "pack.yml"
}


def source(path, content, *, mode="100644", file_class=FileClass.CODE):
    return Source(path, "oid", mode, content, file_class)


def found(path, text):
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    scan = HiddenTextScanner().scan([source(path, content)], Bubblewrap())
    assert scan.coverage == ((path, DONE),)
    return [(result.tool_rule, result.first) for result in scan.results]


def kinds(rule):
    given = rule["detect"]["hidden"]
    return [given] if isinstance(given, str) else given


@pytest.mark.parametrize(
    "path", [".github/workflows/a.yml", "b/.gitlab-ci.yml", "package.json", "requirements.txt"]
)
def test_a_foreign_word_beside_it_makes_nothing_milder_where_programs_read(path):
    """In pipelines and manifests the author of a change could buy a warning, or silence, with one more letter."""
    assert found(path, "run: x # \u202e abc \u05d0\n") == [("bidi", 1)]
    assert found(path, "run: d\u0435ploy # \u043f\u0440\u0438\u0432\u0435\u0442\n") == [("look-alike", 1)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_rules_say_what_they_show(name):
    """The bad text of each rule is reported under one of its kinds, the good and the clean one not at all."""
    rule = DOCUMENTS[name]

    assert {kind for kind, _ in found_in(rule, "bad")} == set(kinds(rule))
    assert found_in(rule, "good") == []
    assert found_in(rule, "clean") == []


def found_in(rule, which):
    path, content = example(kinds(rule), rule[which])
    return found(path, content)


def test_every_kind_has_one_rule():
    """No kind falls through the catalogue, and none has two rules."""
    assert sorted(kind for rule in DOCUMENTS.values() for kind in kinds(rule)) == sorted(RULES)


@pytest.mark.parametrize(
    ("path", "line", "kind"),
    [
        ("a.py", "x = 1  # \u202e tsil", "bidi"),
        ("a.c", "/* \u2066 */", "bidi"),
        ("Makefile", "all: \u202b", "bidi"),
        ("a.json", '{"admin\u202e": 1}', "bidi"),
        ("a.json", '{"t": "\u2067\u05e9\u05dc\u05d5\u05dd\u2069"}', "bidi-in-prose"),
        ("a.md", "Hello \u202eworld", "bidi-in-prose"),
        ("AGENTS.md", "Hello \u202eworld", "bidi"),
        ("a.py", "x = '\u200f'", "bidi-mark"),
        ("a.md", "plain\u200e", "bidi-mark"),
        ("a.py", "ad\u200bmin = 1", "invisible"),
        ("a.py", "ad\u00admin = 1", "invisible"),
        ("a.py", "ad\u2060min = 1", "invisible"),
        ("a.js", "const { t,\u3164 } = query", "invisible"),
        ("a.js", "const a\uffa0 = 1", "invisible"),
        ("a.py", "x = '\ufeff'", "invisible"),
        ("a.py", "ad\u200dmin = 1", "invisible"),
        ("a.py", "ad\ufe0fmin = 1", "invisible"),
        ("a.md", "Read this.\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065", "invisible"),
        ("a.md", "\U0001f600" + "\U000e0110\U000e0121\U000e0132", "invisible"),
        ("CLAUDE.md", "Read\u200b this", "invisible"),
        ("x/copilot-instructions.md", "Read\u200b this", "invisible"),
        ("a.instructions.md", "Read\u200b this", "invisible"),
        ("a.md", "Read\u200b this", "invisible-in-prose"),
        ("a.py", "x = 'a\x1b[8mb'", "control"),
        ("a.md", "x\x08y", "control"),
        ("a.sh", "rm x \x1b]0;a\x07", "control"),
        ("a.py", "x = '\x9b8m'", "control"),
        ("a.py", "p\u0430ssword = 1", "look-alike"),
        ("a.py", "\u0455cope = 1", "look-alike"),
        ("a.py", "se\u03b1rch = 1", "look-alike"),
        ("a.py", "\uff45val(x)", "look-alike"),
        ("a.py", "e\U0001d42fal(x)", "look-alike"),
        ("a.py", "\u212aey = 1", "look-alike"),
        ("a.js", "f\u0585o()", "look-alike"),
        ("a.yml", "run: d\u0435ploy", "look-alike"),
        ("a.py", "\uff45\uff56\uff41\uff4c(x)", "look-alike"),
    ],
)
def test_what_hides(path, line, kind):
    """Each kind is reported, on its line, as strictly as the file deserves."""
    assert found(path, f"first\n{line}\n") == [(kind, 2)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "\ufeffx = 1\n"),
        ("a.py", "x = 1\t\f\r\n"),
        ("a.bat", "echo x\r\n\x1a"),
        ("a.bat", "echo x\r\n\x1a\r\n"),
        ("a.snap", "\x1b[1mbold\x1b[0m"),
        ("a.ansi", "\x1b[1mbold\x1b[0m"),
        ("a.py", "# \u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440\n"),
        ("a.py", "# API \u0438 JSON\u043e\u043c, a \u0441 b\nc = 1\n"),
        ("a.py", "\u03b1 = \u03b2 = 0.5; \u03bdmax = 3; \u0394x = 1; x\u03c1 = 2\n"),
        ("a.py", "# \u0422\u0435\u043a\u0441\u0442\n"),
        ("a.py", "na\u00efve = caf\u00e9 = stra\u00dfe = s\u0131n\u0131f = 1\n"),
        ("a.py", "x = '\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f\u200d\U0001f525 1\ufe0f\u20e3 \U0001f44d\U0001f3fd'\n"),
        ("a.md", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f\n"),
        ("a.md", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0915\u094d\u200d\u0937\n"),
        ("a.md", "\u05e9\u05dc\u05d5\u05dd\u200f!\n"),
        ("a.po", 'msgstr "\u05e9\u05dc\u05d5\u05dd\u200f!"\n'),
        ("a.md", "\u0e20\u0e32\u0e29\u0e32\u200b\u0e44\u0e17\u0e22\n"),
        ("a.md", "a soft hy\u00adphen\n"),
        ("a.py", "label = 'soft \u00ad hyphen'\n"),
        ("a.md", "n\u00ba 5, 10 m\u00b2, p\u0430ssword\n"),
        ("ru.json", '{"k": "\u043d\u0430\u0436\u043c\u0438\u0442\u0435 \u0421ancel"}'),
        ("a.py", b"x = '\xe9\x9b'\n"),
        ("a.py", "\u8449\U000e0100 = 1\n"),
    ],
)  # fmt: skip
def test_what_has_a_reason_to_be_there(path, text):
    """Emoji, scripts that need joiners, formulas, other languages and marks at a file's ends stay silent."""
    assert found(path, text) == []


@pytest.mark.parametrize(
    "path", ["a\u202ecod.py", "a\u200bb.py", "p\u0430y.py", "a\x1b[2K.py", "a\nb.py", "x/\u200e.py"]
)
def test_names_of_files(path):
    """A file whose name shows itself as another is reported on its first line."""
    assert found(path, "") == [("path", 1)]


@pytest.mark.parametrize(
    "path", ["docs/\u0441\u0442\u0440\u043e\u043a\u0430.md", "caf\u00e9.py", "\udce9.py", "a b.py"]
)
def test_ordinary_names_of_files(path):
    """Names in other languages and undecodable names are no disguise."""
    assert found(path, "") == []


def test_a_word_that_imitates_a_name_of_the_same_file():
    """A word wholly of another alphabet counts where the file has the ASCII name too, and only there."""
    assert found("a.py", "copy = 1\n\u0441\u043e\u0440\u0443 = 2\n") == [("look-alike", 2)]
    assert found("a.py", "other = 1\n\u0441\u043e\u0440\u0443 = 2\n") == []


def test_utf_16_is_read():
    """A file with a byte order mark is decoded first, and its NULs are no control characters."""
    text = "x = 1\nad\u200bmin = 2\n"

    assert found("a.py", b"\xff\xfe" + text.encode("utf-16-le")) == [("invisible", 2)]


def test_which_files_it_wants():
    """Texts, links and UTF-16; not binaries, not submodules."""
    scanner = HiddenTextScanner()

    assert scanner.wants(source("a", b"x"))
    assert scanner.wants(source("a", b"x", mode=SYMLINK))
    assert scanner.wants(source("a", b"\xff\xfex\0", file_class=FileClass.BINARY))
    assert not scanner.wants(source("a", b"\0x", file_class=FileClass.BINARY))
    assert not scanner.wants(source("a", b"", mode=SUBMODULE))
    assert scanner.cache_key() == HiddenTextScanner().cache_key()


@pytest.mark.parametrize(
    "unit",
    [
        "\u202e",
        "\u200b",
        "a\u0430",
        "\u0441\u043e\u0440\u0443 ",
        "\x1b\n",
        "\x1a",
        "\U000e0041",
        "\ufe0f",
        "\u0430\n",
    ],
)
def test_time_is_linear(unit):
    """Four times a hostile text takes about four times the time, on one line and on many."""

    def seconds(text):
        best = 9.0
        for _ in range(2):
            began = time.process_time()
            found("a.py", text)
            best = min(best, time.process_time() - began)
        return best

    once = unit * (20_000 // len(unit))
    assert seconds(once * 4) < 9 * seconds(once) + 0.1


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["a.py", "a.md", "a.json", "\u202e", "AGENTS.md"]))
def test_any_text(text, path):
    """Any characters: known kinds on lines that exist."""
    lines = text.count("\n") + 1
    for kind, line in found(path, text.encode("utf-8", "surrogatepass")):
        assert kind in RULES
        assert 1 <= line <= lines


def test_the_table_of_confusables():
    """Each twin stands for one letter only, is no ASCII itself, and is one letter long."""
    twins = [twin for row in confusables.TWINS.values() for twin in row]

    assert len(twins) == len(set(twins))
    assert all(twin.isalpha() and not twin.isascii() for twin in twins)
    assert all(confusables.skeleton(twin).isascii() for twin in twins)
