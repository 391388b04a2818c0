"""The whole of the scanners' part, on changes put together by hand."""

import json
import time

import pytest
from scanning import CountedSandbox, MemoryCache, World, rule, rule_set

from reviewbot.domain.change import FileClass, Status
from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.policy import Limits, Policy, SarifTool
from reviewbot.domain.review import ToolVersion
from reviewbot.errors import PolicyError, SandboxError, ScannerError
from reviewbot.scanners import registry
from reviewbot.scanners.base import Executable, Scan, ScannerPaths, ToolResult
from reviewbot.scanners.run import scan_change

RULES = rule_set(rule("no-eval"), rule("bandit-eval", tool=("bandit", "B307")))
KEY = b"aws_access_key_id = 'AKIA" + b"Q3EGRZ7WLKJ5TNXB'\n"


@pytest.fixture
def scanners(tools):
    return registry.build(Policy(), RULES, tools=tools)


def words(report, path):
    return {name: word for name, at, word in report.coverage if at == path}


def places(findings):
    return [(finding.rule, finding.span.path, finding.span.first) for finding in findings]


def test_new_and_existing_are_told_apart(world, scanners, sandbox):
    """Head and base are both scanned; what the base has as well is existing, and nothing is lost."""
    world.add("a.py", b"x = 1\neval(x)\ny = 2\neval(y)\n", old=b"eval(x)\ny = 2\n")

    report = world.scan(scanners, sandbox, rules=RULES)

    assert places(report.new) == [("bandit-eval", "a.py", 4), ("no-eval", "a.py", 4)]
    assert places(report.existing) == [("bandit-eval", "a.py", 2), ("no-eval", "a.py", 2)]
    assert all(finding.fingerprint for finding in report.new + report.existing)
    assert set(words(report, "a.py").values()) == {DONE}
    assert [tool.name for tool in report.tools] == ["semgrep", "bandit", "secrets", "suppressions", "hidden"]


def test_a_renamed_file_has_nothing_new(world, scanners, sandbox):
    """Moving a file moves its flaws; they stay old."""
    old = b"eval(x)\n" + b"x = 1\n" * 9
    world.add("new/b.py", old + b"y = 1\n", old=old, old_path="a.py", status=Status.RENAMED)

    report = world.scan(scanners, sandbox, rules=RULES)

    assert (report.new, len(report.existing)) == ((), 2)


def test_a_copied_file_has_its_flaws_anew(world, scanners, sandbox):
    """A copy of a flawed file is one more flaw."""
    world.add("b.py", b"eval(x)\n", old=b"eval(x)\n", old_path="a.py", status=Status.COPIED)

    assert len(world.scan(scanners, sandbox, rules=RULES).new) == 2


def test_text_that_becomes_code_is_new(world, scanners, sandbox):
    """Giving a page of text a name that runs makes its flaws live: they are new."""
    world.add("a.py", b"eval(x)\n", old=b"eval(x)\n", old_path="a.txt", status=Status.RENAMED)

    assert len(world.scan(scanners, sandbox, rules=RULES).new) == 2


def test_a_base_that_cannot_be_read_excuses_nothing(world, scanners, sandbox):
    """Where the old side could not be parsed, all that the head has counts as new."""
    world.add("a.py", b"eval(x)\n", old=b"eval(x)\ndef (:\n")

    report = world.scan(scanners, sandbox, rules=RULES)

    assert places(report.new) == [("bandit-eval", "a.py", 1), ("no-eval", "a.py", 1)]
    assert words(report, "a.py")["semgrep"] == DONE


def test_each_file_has_a_word_of_each_scanner(world, scanners, sandbox):
    """Deleted, excluded, foreign, too large: each pair of file and scanner is accounted for."""
    world.add("gone.py", None, old=b"eval(x)\n")
    world.add("sub", b"", mode="160000", file_class=FileClass.METADATA)
    world.add("third_party/a.py", b"eval(x)\n")
    world.add("big.py", b"eval(x)\n" + b"#" * 3_100_000)
    world.add("a.txt", b"eval\n", file_class=FileClass.TEXT)
    world.add("link.py", b"a.py", mode="120000", file_class=FileClass.METADATA)
    policy = Policy(exclude=("third_party/**",))

    report = world.scan(scanners, sandbox, rules=RULES, policy=policy)

    names = {"semgrep", "bandit", "secrets", "suppressions", "hidden"}
    assert all(words(report, file.path).keys() == names for file in world.files)
    said = {file.path: words(report, file.path)["semgrep"] for file in world.files}
    assert said["gone.py"] == Coverage(Read.NOT_APPLICABLE, "deleted")
    assert said["sub"].reason.startswith("a submodule")
    assert said["third_party/a.py"] == Coverage(
        Read.NOT_APPLICABLE, "excluded by the operator: third_party/**"
    )
    assert said["big.py"] == Coverage(Read.FAILED, "over the size limit (3.1 MB)")
    assert said["a.txt"] == Coverage(Read.NOT_APPLICABLE, "not a kind of file that semgrep looks at")
    assert said["link.py"].state is Read.NOT_APPLICABLE
    assert words(report, "a.txt")["secrets"] == DONE
    assert report.new == ()


def test_a_file_within_the_limit_is_scanned_whole(world, scanners, sandbox):
    """Over semgrep's own million bytes, and under the policy's limit, a file is scanned."""
    world.add("pad.py", b"eval(x)\n" + b"# padding\n" * 130_000)

    report = world.scan(scanners, sandbox, rules=RULES)

    assert len(report.new) == 2
    assert set(words(report, "pad.py").values()) == {DONE}


def test_an_unreadable_blob_is_failed(world, scanners, sandbox):
    """An object that is not there is a gap with its reason; the other files go on."""
    world.add("a.py", b"eval(x)\n").add("b.py", b"eval(y)\n")

    def read(oid):
        if world.blobs[oid] == b"eval(x)\n":
            raise ScannerError("object is missing")
        return world.blobs[oid]

    report = scan_change(
        world.change(), read, rules=RULES, policy=Policy(), scanners=scanners, sandbox=sandbox,
        cache=MemoryCache(), progress=lambda _: None,
    )  # fmt: skip

    assert words(report, "a.py")["semgrep"] == Coverage(Read.FAILED, "object is missing")
    assert {finding.span.path for finding in report.new} == {"b.py"}


def test_the_second_run_needs_no_sandbox(world, scanners):
    """Everything remembered: the same report, without a tree or a tool, in well under 0.3 seconds."""
    for number in range(10):
        world.add(f"{number}.py", b"eval(x)\n" * number, old=b"eval(x)\n")
    world.earlier("c" * 40, "k.txt", KEY)
    cache = MemoryCache()
    first = world.scan(scanners, CountedSandbox(), rules=RULES, cache=cache)
    idle = CountedSandbox()

    started = time.perf_counter()
    second = world.scan(scanners, idle, rules=RULES, cache=cache)
    took = time.perf_counter() - started

    assert second == first
    assert idle.jobs == []
    assert took < 0.3


def test_only_what_changed_is_scanned_again(world, scanners, sandbox):
    """A later push sends only the files that it touched to the tools."""
    cache = MemoryCache()
    world.add("a.py", b"eval(x)\n").add("b.py", b"eval(x)\n")
    world.scan(scanners, sandbox, rules=RULES, cache=cache)
    again, later = CountedSandbox(), World(blobs=world.blobs)
    later.add("a.py", b"eval(x)\n").add("b.py", b"eval(y)\n")

    report = later.scan(scanners, again, rules=RULES, cache=cache)

    assert len(report.new) == 4
    for job in again.jobs:
        assert "a.py" not in job.argv
        assert b"eval(x)" not in job.stdin


def test_another_rule_set_is_not_answered_from_memory(world, tools, sandbox):
    """New rules look at old files."""
    cache = MemoryCache()
    world.add("a.py", b"exec(x)\n")
    policy = Policy(scanners=("semgrep",))
    one, other = rule_set(rule("no-eval")), rule_set(rule("no-exec", pattern="exec(...)"))

    world.scan(registry.build(policy, one, tools=tools), sandbox, rules=one, cache=cache)
    report = world.scan(registry.build(policy, other, tools=tools), sandbox, rules=other, cache=cache)

    assert places(report.new) == [("no-exec", "a.py", 1)]


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"[]",
        b'{"tool": ["a"], "results": []}',
        b'{"tool": ["a", "1", ""], "results": [[1]]}',
        b'{"tool": ["semgrep", "1", ""], "results": [["r", 5, 1, null]]}',
        b'{"tool": ["semgrep", "1", ""], "results": [["r", 1, 1, [1]]]}',
        b"[" * 100_000,
    ],
)
def test_a_broken_memory_is_none(world, tools, sandbox, entry):
    """What cannot be read of the cache is scanned again."""
    scanners = registry.build(Policy(scanners=("semgrep",)), RULES, tools=tools)
    cache = MemoryCache()
    world.add("a.py", b"eval(x)\n")
    world.scan(scanners, sandbox, rules=RULES, cache=cache)
    cache.entries = dict.fromkeys(cache.entries, entry)

    assert places(world.scan(scanners, sandbox, rules=RULES, cache=cache).new) == [("no-eval", "a.py", 1)]


def test_failures_are_not_remembered(world, tools, sandbox):
    """What failed is tried again; what was done is not."""
    scanners = registry.build(Policy(scanners=("semgrep",)), RULES, tools=tools)
    cache = MemoryCache()
    world.add("a.py", b"eval(x)\n").add("b.py", b"eval(x)\ndef (:\n")
    world.scan(scanners, sandbox, rules=RULES, cache=cache)
    again = CountedSandbox()

    report = world.scan(scanners, again, rules=RULES, cache=cache)

    assert words(report, "b.py")["semgrep"].state is Read.FAILED
    assert len(report.new) == 2
    assert [job.argv[-1] for job in again.jobs] == ["b.py"]


def test_a_missing_scanner_fails_its_files_only(world, tools, sandbox):
    """Without bandit the other scanners report, and each Python file says what is missing."""
    absent = ScannerPaths(
        tools.semgrep, tools.core, Executable(missing="bandit was not found in X", hint="y")
    )
    world.add("a.py", b"eval(x)\n").add("a.md", b"x\n", file_class=FileClass.TEXT)

    report = world.scan(registry.build(Policy(), RULES, tools=absent), sandbox, rules=RULES)

    assert words(report, "a.py")["bandit"] == Coverage(Read.FAILED, "bandit was not found in X")
    assert words(report, "a.md")["bandit"].state is Read.NOT_APPLICABLE
    assert places(report.new) == [("no-eval", "a.py", 1)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sleep 60\n", "lint did not finish within 2 seconds"),
        ("echo garbage\n", "lint's answer is not SARIF 2.1.0: expecting value at character 0"),
        ("exit 70\n", "lint's answer is not SARIF 2.1.0: expecting value at character 0"),
        ("head -c 70000000 /dev/zero\n", "lint printed more than 64 MB"),
    ],
)
def test_a_scanner_gone_wrong_leaves_the_others(tools, sandbox, script, body, reason):
    """A hang, garbage, a crash and a flood are sentences in the coverage of the files it was for."""
    tool = SarifTool("lint", ("*.py",), (str(script("lint", body)),))
    policy = Policy(scanners=("secrets",), sarif=(tool,), limits=Limits(scanner_seconds=2.0))
    world = World().add("a.py", KEY)

    report = world.scan(registry.build(policy, RULES, tools=tools), sandbox, rules=RULES, policy=policy)

    assert words(report, "a.py")["lint"] == Coverage(Read.FAILED, reason)
    assert words(report, "a.py")["secrets"] == DONE
    assert len(report.new) == 1


def test_one_file_that_breaks_a_tool_fails_alone(world, tools, sandbox, script):
    """A file on which a tool crashes does not take the findings in the others with it."""
    body = """
    grep -rq BOOM . && kill -SEGV $$
    printf '{"version":"2.1.0","runs":[{"tool":{"driver":{}},"results":['
    sep=; for f in *.py; do
    printf '%s{"ruleId":"R","locations":[{"physicalLocation":{"artifactLocation":{"uri":"%s"}}}]}' "$sep" "$f"; sep=,
    done; printf ']}]}'
    """
    tool = SarifTool("lint", ("*.py",), (str(script("lint", body)),))
    policy = Policy(scanners=(), sarif=(tool,))
    for number in range(20):
        world.add(f"{number}.py", b"BOOM\n" if number == 13 else b"%d\n" % number)

    report = world.scan(registry.build(policy, RULES, tools=tools), sandbox, policy=policy)

    states = {path: word.state for name, path, word in report.coverage if name == "lint"}
    assert [path for path, state in states.items() if state is Read.FAILED] == ["13.py"]
    assert {finding.span.path for finding in report.new} == states.keys() - {"13.py"}


def test_a_tool_that_always_breaks_is_not_tried_forever(world, tools, sandbox, script):
    """Cornering a file takes a few starts; a tool that fails on everything is given up after those."""
    policy = Policy(scanners=(), sarif=(SarifTool("lint", ("*.py",), (str(script("lint", "exit 9\n")),)),))
    for number in range(200):
        world.add(f"{number}.py", b"%d\n" % number)

    report = world.scan(registry.build(policy, RULES, tools=tools), sandbox, policy=policy)

    assert len(sandbox.jobs) < 30
    assert {word.state for name, _, word in report.coverage if name == "lint"} == {Read.FAILED}


class BrokenSandbox:
    """A rung that breaks at every job, as one whose program was removed."""

    name = "broken"

    def __init__(self, error):
        self.error = error

    def run(self, _job):
        raise self.error


@pytest.mark.parametrize(
    ("error", "reason"),
    [(SandboxError("bwrap is gone"), "bwrap is gone"), (OSError("no"), "semgrep broke: OSError")],
)
def test_a_broken_sandbox_fails_every_file(world, scanners, error, reason):
    """Without a sandbox nothing was scanned, and nothing looks clean."""
    world.add("a.py", b"eval(x)\n")

    report = world.scan(scanners, BrokenSandbox(error), rules=RULES)

    assert words(report, "a.py")["semgrep"] == Coverage(Read.FAILED, reason)
    assert words(report, "a.py")["bandit"].state is Read.FAILED


def test_a_broken_rule_refuses_the_run(world, tools, sandbox):
    """A rule that semgrep cannot use is the policy's fault, not the file's."""
    rules = rule_set(rule("broken", pattern="eval((("))
    world.add("a.py", b"eval(x)\n")

    with pytest.raises(PolicyError, match="semgrep cannot use the rule broken"):
        world.scan(registry.build(Policy(), rules, tools=tools), sandbox, rules=rules)


class Liar:
    """A scanner that speaks of other files, or leaves one out."""

    name = "liar"

    def __init__(self, scan: Scan):
        self.answer = scan

    def wants(self, _source):
        return True

    def cache_key(self):
        return "1"

    def scan(self, _sources, _sandbox):
        return self.answer


def test_a_scanner_that_leaves_files_out_has_failed_on_them(world, sandbox):
    """Silence on a file is a gap, and so is an answer about strangers."""
    world.add("a.py", b"x\n")
    silent = Scan(ToolVersion("liar", "1"), (), ())
    forged = Scan(
        ToolVersion("liar", "1"), (ToolResult("liar", "r", "/etc/passwd", 1, 1),), (("a.py", DONE),)
    )

    for answer, reason in (
        (silent, "liar said nothing of it"),
        (forged, "liar reports files that it was not given"),
    ):
        report = world.scan([Liar(answer)], sandbox)
        assert words(report, "a.py")["liar"] == Coverage(Read.FAILED, reason)
        assert report.new == ()


def test_both_sides_of_a_file_go_in_one_run(world, tools, sandbox):
    """Head and base of all files share one start of each tool, under paths of their own."""
    scanners = registry.build(Policy(scanners=("semgrep", "bandit")), RULES, tools=tools)
    world.add("a.py", b"eval(x)\n", old=b"eval(y)\n").add("version-1/a.py", b"eval(z)\n")

    report = world.scan(scanners, sandbox, rules=RULES)

    assert len(sandbox.jobs) == 2
    assert {finding.span.path for finding in report.new} == {"a.py", "version-1/a.py"}
    assert len(report.new) == 4


class Counter:
    """A scanner that finds nothing and counts how much it is given at a time."""

    name = "counter"

    def __init__(self):
        self.given = []

    def wants(self, _source):
        return True

    def cache_key(self):
        return "1"

    def scan(self, sources, _sandbox):
        self.given.append(len(sources))
        return Scan(ToolVersion("counter", "1"), (), tuple((one.path, DONE) for one in sources))


def test_large_changes_pass_in_batches(sandbox):
    """Only so many files, and so much content, are held at a time; each is scanned once."""
    many, large = World(), World()
    for number in range(1001):
        many.add(f"{number}.txt", b"%d\n" % number)
    for number in range(3):
        large.add(f"{number}.txt", b"%d" % number * 20_000_000)
    policy = Policy(limits=Limits(file_bytes=30_000_000))

    for world, given in ((many, [1000, 1]), (large, [2, 1])):
        counter = Counter()
        report = world.scan([counter], sandbox, policy=policy)
        assert counter.given == given
        assert {word for _, _, word in report.coverage} == {DONE}
        assert len(report.coverage) == len(world.files)


def test_secrets_of_earlier_commits(world, scanners, sandbox):
    """A key that a commit of the range brought and the next took out is found, with its commit."""
    world.add("a.py", b"x = 1\n", old=b"x = 0\n")
    world.earlier("c" * 40, "old/conf.py", b"x = 1\n" + KEY)
    world.earlier("d" * 40, "old/conf.py", b"y = 1\n" + KEY)
    world.earlier("d" * 40, "evals.py", b"eval(x)\n")

    (finding,) = world.scan(scanners, sandbox, rules=RULES).new

    assert (finding.commit, finding.span.path, finding.span.first) == ("c" * 40, "old/conf.py", 2)
    assert finding.sources == ("secrets",)
    assert finding.fingerprint


@pytest.mark.parametrize("where", ["head", "base", "deleted", "renamed"])
def test_what_either_end_shows_is_not_history(world, scanners, sandbox, where):
    """A key that the base has, or the head, is reported there or not at all, not once more for a commit."""
    if where == "head":
        world.add("conf.py", KEY, old=b"")
    elif where == "base":
        world.add("conf.py", b"x\n", old=KEY)
    elif where == "deleted":
        world.add("conf.py", None, old=KEY)
    else:
        world.add("conf.py", b"x\n", old=KEY, old_path="old.py", status=Status.RENAMED)
    world.earlier("c" * 40, "conf.py", b"x = 1\n" + KEY)

    report = world.scan(scanners, sandbox, rules=RULES)

    assert [finding.commit for finding in report.new] == ([None] if where == "head" else [])


def test_history_that_cannot_be_scanned_is_a_gap(world, scanners, sandbox):
    """A version between that is too large to scan fails the file of that path, and names the commit."""
    world.add("a.py", b"x = 1\n", old=b"x = 0\n")
    world.earlier("c" * 40, "a.py", b"#" * 3_000_000)
    world.earlier("c" * 40, "gone.bin", b"#" * 3_000_000)

    report = world.scan(scanners, sandbox, rules=RULES)

    reason = f"over the size limit (3.0 MB) (in commit {'c' * 12})"
    assert words(report, "a.py")["secrets"] == Coverage(Read.FAILED, reason)
    assert words(report, "a.py")["semgrep"] == DONE
    assert words(report, "gone.bin") == {"secrets": Coverage(Read.FAILED, reason)}


def test_the_report_does_not_depend_on_chance(world, scanners, sandbox):
    """Two runs from nothing give the same report, to the byte."""
    for name in ("z.py", "a.py", "m/b.py"):
        world.add(name, b"eval(x)\neval(x)\n" + KEY, old=b"eval(x)\n")

    one, other = (json.dumps(repr(world.scan(scanners, CountedSandbox(), rules=RULES))) for _ in range(2))

    assert one == other


def test_no_files_no_scan(world, scanners, sandbox):
    """An empty change is an empty report."""
    report = world.scan(scanners, sandbox, rules=RULES)

    assert (report.new, report.existing, report.coverage, report.tools, report.notes) == ((), (), (), (), ())
    assert sandbox.jobs == []
