"""Mended code is run: what worked before works still, and the attack that worked before does not."""

import contextlib
import gc
import io
import sqlite3
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml
from python_mending import both, loaded, mended

ATTACK = "x' OR '1'='1"
USERS = [("Ann", 30, "a%b"), ("Ben", 40, "O'Neil"), ("Cy", 50, "c")]


@pytest.fixture
def cur():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE users (name TEXT, age INTEGER, note TEXT)")
    connection.executemany("INSERT INTO users VALUES (?, ?, ?)", USERS)
    yield connection.cursor()
    connection.close()


STATEMENTS = {
    "concatenated": 'cur.execute("SELECT * FROM users WHERE name = \'" + name + "\'")',
    "formatted": "cur.execute(f\"SELECT * FROM users WHERE age > {1} AND name = '{name}'\")",
    "by percent": "cur.execute(\"SELECT * FROM users WHERE name = '%s' AND age %% 10 = 0\" % name)",
    "by format": "cur.execute('SELECT * FROM users WHERE name = \\'{}\\' ORDER BY age'.format(name))",
}


@pytest.mark.parametrize("line", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_finds_the_row_and_nothing_more(cur, line):
    """The attack turned the condition into one that is always true."""
    before, after = both(
        "sql-parameters", f"import sqlite3\n\n\ndef run(cur, name):\n>   {line}\n    return cur.fetchall()\n"
    )
    assert before["run"](cur, "Ann") == after["run"](cur, "Ann") == [USERS[0]]
    assert len(before["run"](cur, ATTACK)) > 1
    assert after["run"](cur, ATTACK) == []


def test_a_pattern_is_looked_for_as_before(cur):
    """The signs of the pattern around the value go with it."""
    text = "import sqlite3\n\n\ndef run(cur, part):\n>   return cur.execute(f\"SELECT name FROM users WHERE note LIKE '%{part}%'\").fetchall()\n"
    before, after = both("sql-parameters", text)
    for part in ("a", "%", "c", ""):
        assert before["run"](cur, part) == after["run"](cur, part)
    assert after["run"](cur, "O'Neil") == [("Ben",)]
    assert len(before["run"](cur, "' OR '%'='")) == 3
    assert after["run"](cur, "' OR '%'='") == []


def test_parameters_stand_in_their_order_among_those_that_were_there(cur):
    """A question mark before the value and one behind it keep their own."""
    text = (
        "import sqlite3\n\n\ndef run(cur, name):\n"
        '>   return cur.execute("SELECT name FROM users WHERE age > ? AND name = \'" + name + "\' AND age < ?", (10, 35)).fetchall()\n'
    )
    before, after = both("sql-parameters", text)
    assert before["run"](cur, "Ann") == after["run"](cur, "Ann") == [("Ann",)]
    assert after["run"](cur, "Cy") == []


def test_a_row_is_written_as_it_was(cur):
    """Numbers stay numbers, and a quote in a text is one."""
    text = (
        "import sqlite3\n\n\ndef run(cur, name, age):\n"
        "    statement = \"INSERT INTO users VALUES ('%s', %d, 'new')\" % (name, age)\n"
        ">   cur.execute(statement)\n"
    )
    _, after = both("sql-parameters", text)
    after["run"](cur, "Dr. O'Hara", 7)
    assert cur.execute("SELECT name, age, typeof(age) FROM users WHERE note = 'new'").fetchall() == [
        ("Dr. O'Hara", 7, "integer")
    ]


COMMANDS = {
    "run": "return subprocess.run(f'{cat} {{name}}', shell=True, stdout=subprocess.PIPE, check=False).stdout.decode()",
    "check_output": "return subprocess.check_output('{cat} ' + name, shell=True).decode()",
    "popen": "return os.popen('{cat} %s' % name).read()",
    "getoutput": "return subprocess.getoutput('{cat} ' + name) + '\\n'",
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the code as it was closes nothing
@pytest.mark.parametrize("line", COMMANDS.values(), ids=COMMANDS)
def test_a_command_reads_the_file_and_runs_nothing_else(tmp_path, line):
    """What follows a semicolon is a part of a name now."""
    (tmp_path / "file.txt").write_text("hello\n")
    planted = tmp_path / "planted"
    text = (
        "import os\nimport subprocess\n\n\ndef run(name: str):\n>   "
        + line.replace("{cat}", "cat").replace("{{name}}", "{name}")
        + "\n"
    )
    before, after = both("subprocess-list", text)
    assert before["run"](str(tmp_path / "file.txt")) == after["run"](str(tmp_path / "file.txt")) == "hello\n"
    attack = f"/dev/null; touch {planted}"
    before["run"](attack)
    assert planted.exists()
    planted.unlink()
    with contextlib.suppress(subprocess.CalledProcessError):
        after["run"](attack)
    assert not planted.exists()
    gc.collect()


def test_success_is_success_without_a_shell(tmp_path):
    """Only whether the status is 0 was asked for."""
    text = "import os\n\n\ndef run(name: str):\n>   if os.system('grep -q needle ' + name) != 0:\n        return 'none'\n    return 'found'\n"
    before, after = both("subprocess-list", text)
    for content in ("needle", "hay"):
        (tmp_path / "file").write_text(content)
        assert before["run"](str(tmp_path / "file")) == after["run"](str(tmp_path / "file"))


def test_a_name_that_looks_like_an_option_is_a_name(tmp_path, monkeypatch):
    """Behind two dashes there are only operands."""
    monkeypatch.chdir(tmp_path)
    Path("-l").write_text("a file\n")
    text = "import subprocess\n\n\ndef run(name: str):\n>   return subprocess.check_output('cat ' + name, shell=True).decode()\n"
    assert loaded(mended("subprocess-list", text))["run"]("-l") == "a file\n"


def test_a_document_makes_plain_values_only():
    """A tag of Python ran a function."""
    text = "import yaml\n\n\ndef run(document):\n>   return yaml.load(document, Loader=yaml.UnsafeLoader)\n"
    before, after = both("yaml-safe-load", text)
    attack = "!!python/object/apply:os.getcwd []"
    assert before["run"]("a: [1, x]") == after["run"]("a: [1, x]")
    assert before["run"](attack) == str(Path.cwd())
    with pytest.raises(yaml.constructor.ConstructorError):
        after["run"](attack)


def test_a_value_is_read_and_not_run():
    """A call is no value."""
    before, after = both("literal-eval", "\n\n\ndef run(text):\n>   return eval(text)\n")
    assert before["run"]("[1, 'a']") == after["run"]("[1, 'a']") == [1, "a"]
    assert before["run"]("__import__('os').getcwd()") == str(Path.cwd())
    with pytest.raises(ValueError, match="malformed"):
        after["run"]("__import__('os').getcwd()")


@pytest.mark.skipif(not hasattr(tarfile, "data_filter"), reason="this Python knows no filters")
def test_an_archive_stays_in_its_folder(tmp_path):
    """A member with steps upwards is refused."""
    for name in ("inside.txt", "../outside.txt"):
        with tarfile.open(tmp_path / f"{Path(name).stem}.tar", "w") as archive:
            member = tarfile.TarInfo(name)
            member.size = 2
            archive.addfile(member, io.BytesIO(b"hi"))
    text = "import tarfile\n\n\ndef run(name, folder):\n    with tarfile.open(name) as archive:\n>       archive.extractall(folder)\n"
    run = loaded(mended("tar-filter", text))["run"]
    folder = tmp_path / "folder"
    folder.mkdir()
    run(tmp_path / "inside.tar", folder)
    assert (folder / "inside.txt").read_text() == "hi"
    with pytest.raises(tarfile.OutsideDestinationError):
        run(tmp_path / "outside.tar", folder)
    assert not (tmp_path / "outside.txt").exists()
