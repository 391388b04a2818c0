"""The real semgrep, in the real sandbox."""

import json
from dataclasses import replace

import pytest
from scanning import rule, rule_set, source

from reviewbot.domain.change import FileClass
from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.finding import Fix
from reviewbot.domain.policy import Limits, Policy
from reviewbot.errors import PolicyError, ScannerError
from reviewbot.scanners import registry, semgrep_answer
from reviewbot.scanners.base import Executable, ToolResult
from reviewbot.scanners.locate import declared
from reviewbot.scanners.strict_json import UnreadableError


def scanner_for(tools, *rules, policy=None):
    return registry.build(policy or Policy(), rule_set(*rules), tools=tools)[0]


def test_a_hit_has_our_rule_and_lines(tools, sandbox):
    """Results carry the rule's own id, whole lines, and a fix in characters of the decoded line."""
    scanner = scanner_for(tools, rule("a.b/c", fix="safe($X)", body={"pattern": "eval($X)"}))
    content = "é = eval(\n  1)\r\n".encode()

    scan = scanner.scan([source("src/a.py", content)], sandbox)

    assert scan.results == (ToolResult("semgrep", "a.b/c", "src/a.py", 1, 2),)
    assert scan.results[0].fix == Fix(1, 5, 2, 5, "safe(1)", safe=False)
    assert scan.coverage == (("src/a.py", DONE),)
    assert (scan.tool.name, scan.tool.detail) == ("semgrep", "experimental front end")
    assert scan.tool.version == tools.semgrep.version


@pytest.mark.parametrize("path", ["web/api.d.ts", "web/app.min.js", "web/vendor.bundle.js", "x.pyi"])
def test_no_name_keeps_a_file_from_being_looked_at(tools, sandbox, path):
    """Names that semgrep passes over by itself are looked at all the same."""
    languages = ("python",) if path.endswith("pyi") else ("typescript", "javascript")
    scan = scanner_for(tools, rule("r", languages=languages)).scan([source(path, b"eval(x)\n")], sandbox)

    assert [(result.path, result.first) for result in scan.results] == [(path, 1)]
    assert scan.coverage == ((path, DONE),)


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfeval(x)\n", b"\xef\xbb\xbf\xef\xbb\xbf\neval(x)\n"])
def test_a_byte_order_mark_hides_nothing(tools, sandbox, content):
    """A flaw in the very first word is found, and its fix starts after the mark."""
    scan = scanner_for(tools, rule("r", fix="f()")).scan([source("a.py", content)], sandbox)

    (result,) = scan.results
    line = content.split(b"\n")[result.first - 1].decode()
    assert result.fix is not None
    assert line[result.fix.first_column - 1 : result.fix.last_column - 1] == "eval(x)"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"eval(x)\ndef (:\n", Coverage(Read.FAILED, "part of it could not be parsed", ((2, 2),))),
        (b"eval(x)\ny = 1\rz = 2\n", Coverage(Read.FAILED, "part of it could not be parsed", ((2, 2),))),
    ],
)
def test_what_cannot_be_parsed_is_failed_and_keeps_its_findings(tools, sandbox, content, word):
    """A broken file is no clean file, and what semgrep saw in the rest of it stays."""
    scan = scanner_for(tools, rule("r")).scan([source("a.py", content)], sandbox)

    assert scan.coverage == (("a.py", word),)
    assert [result.first for result in scan.results] == [1]


@pytest.mark.parametrize(
    ("body", "languages"),
    [
        ({"pattern": "eval((("}, ["python"]),
        ({"patternz": "eval"}, ["python"]),
        ({"pattern": "eval"}, ["pythonx"]),
        ({"pattern": "eval", "min-version": "99.0.0"}, ["python"]),
        ({"pattern": "eval", "mode": "nonsense"}, ["python"]),
    ],
)
def test_a_broken_rule_is_named_and_refused(tools, sandbox, body, languages):
    """semgrep goes on without a rule it cannot use; we do not."""
    scanner = scanner_for(tools, rule("fine"), rule("broken-one", body=body, languages=languages))

    with pytest.raises(PolicyError, match="broken-one") as caught:
        scanner.scan([source("a.py", b"eval(x)\n")], sandbox)

    assert "fine" not in caught.value.sentence
    assert "pack test" in caught.value.hint


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"pattern": "eval((("}, "the rule broken-one"),
        ({"pattern": "x", "mode": "odd"}, "does not say which"),
    ],
)
def test_the_default_front_end_refuses_rules_too(tools, sandbox, body, said):
    """The fall-back does not go on without a rule either, and names it where semgrep does."""
    failing = Executable(("/bin/false",), ("/bin",))
    scanner = scanner_for(replace(tools, core=failing), rule("fine"), rule("broken-one", body=body))

    with pytest.raises(PolicyError, match=said):
        scanner.scan([source("a.py", b"eval(x)\n")], sandbox)


@pytest.mark.parametrize("key", ["id", "message", "severity", "languages", "paths"])
def test_keys_that_are_ours_are_refused(tools, sandbox, key):
    """A rule cannot bring its own id, words or paths into semgrep's part."""
    scanner = scanner_for(tools, rule("r", body={"pattern": "x", key: "y"}))

    with pytest.raises(PolicyError, match=f"rule r: the key {key}"):
        scanner.cache_key()


HIT = (
    '{"version":"2","results":[{"check_id":"in.r0","path":"./a.py","extra":{},"start":{"offset":0},'
    '"end":{"offset":7}}],"errors":[],"paths":{"scanned":["./a.py"]}}'
)


@pytest.mark.parametrize(
    "body",
    [
        "exit 3\n",
        "echo garbage\n",
        "kill -SEGV $$\n",
        'echo \'{"version":"1","results":[],"errors":[{"type":"SemgrepError"}],"paths":{"scanned":[]}}\'\n',
        'echo \'{"version":"1","results":[],"errors":[],"paths":{"scanned":[]}}\'; exit 2\n',
        'echo \'{"version":"1","results":[],"errors":[{"type":"Timeout","path":"/etc/x"}],"paths":{"scanned":[]}}\'\n',
    ],
)
def test_the_other_front_end_steps_in(tools, sandbox, script, body):
    """Where the fast front end fails, crashes or answers nonsense, the other one is asked."""
    broken = declared(str(script("semgrep-core", body)), "")
    other = declared(str(script("semgrep", f"echo '{HIT}'\n")), "")
    scanner = scanner_for(replace(tools, core=broken, semgrep=other), rule("r"))

    scan = scanner.scan([source("a.py", b"eval(x)\n")], sandbox)

    assert scan.results == (ToolResult("semgrep", "r", "a.py", 1, 1),)
    assert scan.coverage == (("a.py", DONE),)
    assert (scan.tool.version, scan.tool.detail) == ("2", "default front end")


def test_the_real_default_front_end_gives_the_same(tools, sandbox):
    """What steps in for a failing fast front end reports the same hits, fixes and broken files."""
    sources = [source("a.py", "é = eval(1)\n".encode()), source("b.py", b"eval(x)  # nosemgrep\ndef (:\n")]
    failing = Executable(("/bin/false",), ("/bin",))
    one, other = (
        scanner_for(found, rule("r", fix="f()")).scan(sources, sandbox)
        for found in (tools, replace(tools, core=failing))
    )

    assert [(result, result.fix) for result in one.results] == [
        (result, result.fix) for result in other.results
    ]
    assert one.coverage == other.coverage
    assert other.tool.detail == "default front end"


def test_the_launcher_alone_will_do(tools, sandbox):
    """Without semgrep's binary at its usual place, the launcher starts the fast front end."""
    absent = Executable(missing="no core")

    scan = scanner_for(replace(tools, core=absent), rule("r")).scan([source("a.py", b"eval(x)\n")], sandbox)

    assert len(scan.results) == 1
    assert scan.tool.detail == "experimental front end"


def test_both_front_ends_broken_is_an_error(tools, sandbox, script):
    """Nothing to fall back on: the scan fails and says so."""
    broken = declared(str(script("semgrep-core", "exit 3\n")), "")

    with pytest.raises(ScannerError, match="semgrep failed with exit code 3"):
        scanner_for(replace(tools, core=broken, semgrep=broken), rule("r")).scan(
            [source("a.py", b"")], sandbox
        )


def test_a_hang_ends_and_is_not_tried_again(tools, sandbox, script):
    """Over the policy's time the tool is ended, and the other front end does not get as long again."""
    slow = declared(str(script("semgrep-core", "sleep 60\n")), "")
    policy = Policy(limits=Limits(scanner_seconds=0.5))

    with pytest.raises(ScannerError, match="did not finish within"):
        scanner_for(replace(tools, core=slow), rule("r"), policy=policy).scan([source("a.py", b"")], sandbox)

    assert len(sandbox.jobs) == 1


def test_thousands_of_files_take_several_command_lines(tools, sandbox):
    """More targets than fit on one command line are scanned, each once."""
    sources = [source(f"{'d' * 60}/{'n' * 60}{number}.py", b"eval(x)\n") for number in range(900)]

    scan = scanner_for(tools, rule("r")).scan(sources, sandbox)

    assert len(sandbox.jobs) == 2
    assert {result.path for result in scan.results} == {one.path for one in sources}
    assert {word for _, word in scan.coverage} == {DONE}


def test_wants_goes_by_language_path_and_kind(tools):
    """A file is wanted if some rule is for its language and path; links and binaries are not read."""
    python = scanner_for(tools, rule("r", applies_to=["src/**"]))
    text = scanner_for(tools, rule("r", languages=["regex"], body={"pattern-regex": "x"}))
    script = scanner_for(tools, rule("r", languages=["javascript"]))

    assert python.wants(source("src/a.py", b""))
    assert not python.wants(source("a.py", b""))
    assert not python.wants(source("src/a.js", b""))
    assert not python.wants(source("src/a.py", b"b.py", mode="120000"))
    assert text.wants(source("README", b"", file_class=FileClass.TEXT))
    assert not text.wants(source("a.png", b"\0", file_class=FileClass.BINARY))
    assert script.wants(source("a.tsx", b""))
    assert not scanner_for(tools).wants(source("a.py", b""))
    # The class is the change's word; a name that is code is scanned whatever it says.
    assert python.wants(source("src/a.py", b"\0", file_class=FileClass.BINARY))


def test_cache_key_follows_the_rules(tools):
    """Another rule set is another key, the same one the same."""
    one = scanner_for(tools, rule("r"))

    assert one.cache_key() == scanner_for(tools, rule("r")).cache_key()
    assert one.cache_key() != scanner_for(tools, rule("r", pattern="exec(...)")).cache_key()


def answer(**changes):
    full = {
        "version": "1",
        "results": [],
        "errors": [],
        "paths": {"scanned": ["./a.py"], "skipped": [{"path": "b.py", "reason": "?"}]},
    }
    return json.dumps(full | changes).encode()


def test_skipped_files_are_failed():
    """What semgrep lists as skipped it has not looked at."""
    read = semgrep_answer.read(answer())

    assert read.scanned == {"a.py"}
    assert read.failed == {"b.py": Coverage(Read.FAILED, "semgrep skipped it")}


def test_several_errors_of_a_file_join():
    """Lines of partial parses add up; a failure of the whole file outranks them."""
    part = {"path": "a.py", "type": ["PartialParsing", [{"start": {"line": 3}, "end": {"line": 4}}]]}
    other = {"path": "a.py", "type": ["PartialParsing", [{"start": {"line": 1}, "end": {"line": 1}}]]}
    time = {"path": "a.py", "type": "Timeout", "rule_id": "r1"}

    joined = semgrep_answer.read(answer(errors=[part, other])).failed["a.py"]

    assert joined.lines == ((1, 1), (3, 4))
    for errors in ([part, time, other], [time, part]):
        word = semgrep_answer.read(answer(errors=errors)).failed["a.py"]
        assert word == Coverage(Read.FAILED, "semgrep ran out of time on it")


def test_an_unknown_error_still_fails_the_file():
    """An error type that we have no words for is a failure like the others."""
    odd = {"path": "a.py", "type": ["New", {}]}
    broken = {"path": "b.py", "type": ["PartialParsing", [{"start": 1}]]}

    failed = semgrep_answer.read(answer(errors=[odd, broken])).failed

    assert failed["a.py"] == Coverage(Read.FAILED, "semgrep reported an error on it")
    assert failed["b.py"].lines == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"results": {}},
        {"errors": None},
        {"paths": []},
        {"paths": {"scanned": [1]}},
        {"version": 1},
        {"version": "<b>\n"},
        {"results": [{"check_id": "r0", "path": "a.py", "extra": {}, "start": {}, "end": {}}]},
        {
            "results": [
                {"check_id": "r0", "path": "a.py", "extra": {}, "start": {"offset": 5}, "end": {"offset": 1}}
            ]
        },
        {
            "results": [
                {"check_id": 3, "path": "a.py", "extra": {}, "start": {"offset": 0}, "end": {"offset": 1}}
            ]
        },
    ],
)
def test_an_answer_of_another_shape_is_refused(changes):
    """Missing or mistyped members are no empty answer."""
    with pytest.raises(UnreadableError):
        semgrep_answer.read(answer(**changes))


@pytest.mark.parametrize(
    "result",
    [
        '{"check_id":"r0","path":"a.py","extra":{},"start":{"offset":0},"end":{"offset":999}}',
        '{"check_id":"r7","path":"a.py","extra":{},"start":{"offset":0},"end":{"offset":1}}',
        '{"check_id":"rx","path":"a.py","extra":{},"start":{"offset":0},"end":{"offset":1}}',
    ],
)
def test_a_place_or_rule_that_does_not_exist_is_an_error(tools, sandbox, script, result):
    """What semgrep cannot have found is not reported, and not passed over."""
    body = f'echo \'{{"version":"1","results":[{result}],"errors":[],"paths":{{"scanned":["a.py"]}}}}\'\n'
    forged = declared(str(script("semgrep-core", body)), "")

    with pytest.raises(ScannerError, match="semgrep reports"):
        scanner_for(replace(tools, core=forged), rule("r")).scan([source("a.py", b"x\n")], sandbox)
