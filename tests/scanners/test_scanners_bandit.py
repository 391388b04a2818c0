"""The real bandit, in the real sandbox."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scanning import source

from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.errors import ScannerError
from reviewbot.scanners import jobs
from reviewbot.scanners.bandit import BanditScanner
from reviewbot.scanners.base import ToolResult
from reviewbot.scanners.lines import python_line_starts
from reviewbot.scanners.locate import declared


@pytest.fixture
def bandit(tools):
    return BanditScanner(tools.bandit, jobs.limits_for(60.0, 2_000_000_000))


def test_results_by_test_and_lines(bandit, sandbox, tools):
    """A result is bandit's test and all lines of the statement; nosec changes nothing."""
    content = b"import os\nos.system(\n    input())  # nosec\nx = 1\n"

    scan = bandit.scan([source("a.py", content)], sandbox)

    assert ToolResult("bandit", "B605", "a.py", 2, 3) in scan.results
    assert scan.coverage == (("a.py", DONE),)
    assert (scan.tool.name, scan.tool.version) == ("bandit", tools.bandit.version)


def test_only_the_tests_that_a_rule_takes_over_run(bandit, sandbox):
    """With tests named, the others stay silent; the cache tells the two apart."""
    content = b"import subprocess\nsubprocess.run(x, shell=True)\n"
    named = replace(bandit, tests=("B602",))

    assert [result.tool_rule for result in named.scan([source("a.py", content)], sandbox).results] == ["B602"]
    assert len(bandit.scan([source("a.py", content)], sandbox).results) > 1
    assert named.cache_key() != bandit.cache_key()


def test_a_test_that_bandit_does_not_know_fails_the_scanner(bandit, sandbox):
    """A misspelt test in a rule is no silence."""
    with pytest.raises(ScannerError):
        replace(bandit, tests=("B999",)).scan([source("a.py", b"x = 1\n")], sandbox)


@pytest.mark.parametrize("path", [".tox/a.py", "x.egg/a.py", ".git/a.py", ".svn/a.py", "tests/a.py", "-r.py"])
def test_no_folder_is_left_out(bandit, sandbox, path):
    """bandit's own list of folders to skip is off, whatever the change calls its folders."""
    scan = bandit.scan([source(path, b"eval(x)\n")], sandbox)

    assert [result.path for result in scan.results] == [path]
    assert scan.coverage == ((path, DONE),)


@pytest.mark.parametrize("content", [b"eval(x)\ndef (:\n", b"eval(x)\n" + b"(" * 500, b"eval(x)\n\0\n"])
def test_a_file_it_cannot_parse_is_failed(bandit, sandbox, content):
    """bandit lists such a file among the errors and finds nothing in it: it has not been read."""
    scan = bandit.scan([source("a.py", content), source("b.py", b"eval(x)\n")], sandbox)

    assert dict(scan.coverage) == {
        "a.py": Coverage(Read.FAILED, "it could not be parsed"),
        "b.py": DONE,
    }
    assert [result.path for result in scan.results] == ["b.py"]


def test_lone_carriage_returns_move_nothing(bandit, sandbox):
    """Python ends a line at a lone CR; our lines end at newlines, and so do the findings'."""
    content = b"s = 1\r\rt = 2\r\n\x0ceval(s)\ru = 3\n"

    scan = bandit.scan([source("a.py", content)], sandbox)

    assert [(result.first, result.last) for result in scan.results] == [(2, 2)]


def test_python_without_the_extension(bandit, sandbox):
    """A script is Python by its first line; a page of text, a link and a stub by their names are or not."""
    assert bandit.wants(source("bin/run", b"#!/usr/bin/env python3\n"))
    assert bandit.wants(source("a.pyw", b""))
    assert not bandit.wants(source("a.txt", b"#!x\n"))
    assert not bandit.wants(source("a.py", b"b.py", mode="120000"))
    assert bandit.scan([source("bin/run", b"#!/usr/bin/env python3\neval(x)\n")], sandbox).results


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("echo garbage\n", "cannot be read"),
        ("exit 2\n", "exit code 2"),
        ("kill -KILL $$\n", "signal 9"),
        ('echo \'{"errors":[],"results":[]}\'\n', "cannot be read"),
        (
            'echo \'{"errors":[],"metrics":{},"results":[{"filename":"/etc/passwd","test_id":"B1","line_range":[1]}]}\'\n',
            "not given",
        ),
        (
            'echo \'{"errors":[],"metrics":{},"results":[{"filename":"a.py","test_id":"<b>","line_range":[1]}]}\'\n',
            "not given",
        ),
    ],
)
def test_a_bandit_gone_wrong_is_an_error(bandit, sandbox, script, body, said):
    """Garbage, a failure, a kill and results for strangers are a failed scan, not an empty one."""
    broken = replace(bandit, executable=declared(str(script("bandit", body)), ""))

    with pytest.raises(ScannerError, match=said):
        broken.scan([source("a.py", b"eval(x)\n")], sandbox)


def test_what_it_says_nothing_of_is_failed(bandit, sandbox, script):
    """A file without a count of lines was not opened; a line that is not there is not believed."""
    body = (
        'echo \'{"errors":[],"metrics":{"./b.py":{}},'
        '"results":[{"filename":"./b.py","test_id":"B101","line_range":[],"line_number":9}]}\'\n'
    )
    odd = replace(bandit, executable=declared(str(script("bandit", body)), ""))

    scan = odd.scan([source("a.py", b"1\n"), source("b.py", b"1\n")], sandbox)

    assert scan.results == ()
    assert [word.reason for _, word in scan.coverage] == [
        "bandit did not look at it",
        "bandit reports a line that it does not have",
    ]


def test_a_result_on_each_line_takes_no_square_of_time(bandit, sandbox, script, tmp_path):
    """Tens of thousands of results in a large file are read in a moment, whoever made them so."""
    count = 30_000
    results = [
        {"filename": "./a.py", "test_id": "B307", "line_range": [number + 1]} for number in range(count)
    ]
    answer = tmp_path / "tool" / "answer.json"
    flood = script("bandit", f"cat {answer}\n")
    answer.write_text(json.dumps({"errors": [], "metrics": {"./a.py": {}}, "results": results}))
    many = replace(bandit, executable=declared(str(flood), ""))

    started = time.process_time()
    scan = many.scan(
        [source("a.py", b"eval(x)  # and a comment that makes the file large\n" * count)], sandbox
    )

    assert time.process_time() - started < 4
    assert len(scan.results) == count


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("a\r\n\x0c\u2028"), max_size=30))
def test_line_starts_are_pythons(text):
    """Lines begin where Python's universal newlines begin them."""
    translated = text.replace("\r\n", "\n").replace("\r", "\n")

    assert len(python_line_starts(text.encode())) == translated.count("\n") + 1
