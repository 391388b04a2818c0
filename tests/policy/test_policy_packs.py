"""Loading rule packs, and refusing what would not be read as it was meant."""

import os
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import ReviewDetector, SemgrepDetector, ToolDetector
from reviewbot.errors import PolicyError
from reviewbot.policy.pack_files import MAX_FILES
from reviewbot.policy.packs import load_rules
from reviewbot.policy.reference import page
from reviewbot.shipped import folder

RULE = (
    "id: {id}\ntitle: Text is evaluated\nwhy: >\n  What a sender writes\n  is run.\nseverity: error\nconfidence: high\n"
    "languages: [python]\nowner: appsec\nsince: 1.0.0\n"
)
ENDS = "bad: |\n  eval(x)\ngood: |\n  int(x)\n"
SEMGREP = (
    RULE
    + "detect:\n  semgrep:\n    patterns:\n      - pattern: eval(...)\n      - pattern-not: eval('1')\n"
    + ENDS
)
TOOL = RULE + "detect: {detect}\n" + ENDS


def load(rules: Path, *packs: str, folders: tuple[str, ...] = (), today: date | None = None):
    """Load packs from a folder as if it came with the program."""
    return load_rules(Policy(packs=packs, pack_folders=folders), shipped=rules, today=today)


def refused(rules: Path, *packs: str, **more) -> str:
    """Load what must be refused; give the sentences, paths from the rules folder on."""
    with pytest.raises(PolicyError) as caught:
        load(rules, *packs, **more)
    return str(caught.value).replace(f"{rules}/", "")


def test_a_rule_arrives_whole(make_pack):
    """Every field of a rule file is in the rule, native semgrep stays as it was written."""
    more = (
        "cwe: [95]\nowasp: ['A03:2021']\nreferences: ['https://cwe.mitre.org/x']\napplies_to: ['src/**/*.py']\n"
        "fix: {safety: safe, semgrep: 'int($X)'}\nexpiry: 2027-01-31\n"
    )
    rules = make_pack("mine", {"a-rule.yml": SEMGREP.format(id="a-rule") + more}).parent
    found = load(rules, "mine", today=date(2027, 1, 31))

    (rule,) = found.rules
    assert (rule.id, rule.pack, rule.title, rule.why) == (
        "a-rule",
        "mine",
        "Text is evaluated",
        "What a sender writes is run.",
    )
    assert (rule.severity, rule.confidence, rule.cwe, rule.owasp) == (
        Severity.ERROR,
        Confidence.HIGH,
        (95,),
        ("A03:2021",),
    )
    assert (rule.languages, rule.owner, rule.since) == (("python",), "appsec", "1.0.0")
    assert (rule.references, rule.applies_to) == (("https://cwe.mitre.org/x",), ("src/**/*.py",))
    assert rule.detector == SemgrepDetector(
        {"patterns": [{"pattern": "eval(...)"}, {"pattern-not": "eval('1')"}]}
    )
    assert (rule.bad, rule.good, rule.fix, rule.fix_safe) == ("eval(x)\n", "int(x)\n", "int($X)", True)
    (pack,) = found.packs
    assert (pack.id, pack.version, pack.owner, pack.description, pack.threshold) == (
        "mine",
        "1.0.0",
        "appsec",
        "For tests",
        "",
    )


def test_every_detector(make_pack):
    """Rules of other scanners, one id or several, and questions for the model."""
    review = (
        "detect: {review: {question: Is it?, evidence: The line., violations: [a], not_violations: [b]}}\n"
    )
    files = {
        "one.yml": TOOL.format(id="one", detect="{bandit: B602}"),
        "two.yml": TOOL.format(id="two", detect="{secrets: [aws, gcp]}"),
        "three.yml": TOOL.format(id="three", detect="{sarif: {tool: checkov, rule: CKV_AWS_20}}"),
        "four.yml": RULE.format(id="four")
        .replace("confidence: high\n", "")
        .replace("languages: [python]\n", "")
        + review
        + ENDS,
        "five.yml": RULE.format(id="five") + "detect: {suppressions: [nosec, noqa]}\n",
    }
    found = load(make_pack("mine", files).parent, "mine")

    assert [rule.id for rule in found.rules] == ["five", "four", "one", "three", "two"]
    assert found.find("one").detector == ToolDetector("bandit", ("B602",))
    assert found.for_tool("secrets", "gcp") is found.for_tool("secrets", "aws") is found.find("two")
    assert found.for_tool("checkov", "CKV_AWS_20") is found.find("three")
    assert found.for_tool("suppressions", "noqa") is found.find("five")
    assert found.for_tool("bandit", "B603") is None
    assert found.find("four").detector == ReviewDetector("Is it?", "The line.", ("a",), ("b",))
    assert found.find("four").confidence is Confidence.MEDIUM
    assert found.review == (found.find("four"),)


def test_packs_of_the_operators_folders(make_pack):
    """Packs come from either place, in the policy's order; a folder may be a pack itself."""
    rules = make_pack("core").parent
    far = make_pack("far", folder="etc/packs")
    found = load(rules, "far", "core", folders=(str(far.parent),))

    assert [pack.id for pack in found.packs] == ["far", "core"]
    assert [rule.id for rule in found.rules] == ["far-eval", "core-eval"]
    assert load(rules, "far", folders=(str(far),)).packs[0].id == "far"
    assert load(rules, "core", folders=(str(rules), str(rules / "core"))).packs[0].id == "core"


def test_unknown_and_doubled_packs(make_pack):
    """A missing pack names the nearest one, two packs of one name are told apart by nobody."""
    rules = make_pack("python-security").parent
    assert refused(rules, "python-securty") == (
        f'no rule pack is called "python-securty" (did you mean python-security?)\n  looked in {rules}'
    )
    again = make_pack("python-security", folder="etc").parent
    assert refused(rules, "python-security", folders=(str(again),)).startswith(
        'two packs are called "python-security": '
    )
    assert "cannot be read" in refused(rules, "other", folders=("/no/such/folder",))


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("other.yml", SEMGREP.format(id="a-rule"), 'mine/other.yml:1: id: "a-rule", but the file is called other.yml'),
        ("a.yml", SEMGREP.format(id="a") + "expiry: 2026-12-31\n", "mine/a.yml:20: expiry: the rule expired on 2026-12-31; renew it or take it out"),
        ("a.yml", SEMGREP.format(id="a") + "expiry: soon\n", "mine/a.yml:20: expiry: wants a date, as in 2027-01-31"),
        ("a.yml", SEMGREP.format(id="a") + "sevrity: note\n", "mine/a.yml:20: sevrity: unknown key (did you mean severity?)"),
        ("a.yml", SEMGREP.format(id="a").partition("good:")[0], "mine/a.yml:1: good: missing; a rule shows code that it must report and code that it must not"),
        ("a.yml", SEMGREP.format(id="a") + "fix: {safety: look}\n", "mine/a.yml:20: fix: wants exactly one of semgrep and structural, which says how it is mended"),
        ("a.yml", SEMGREP.format(id="a") + "fix: {safety: look, semgrep: a, structural: debug-off}\n", "mine/a.yml:20: fix: wants exactly one of semgrep and structural, which says how it is mended"),
        ("a.yml", SEMGREP.format(id="a") + "fix: {safety: look, structural: debug-of}\n", "mine/a.yml:20: fix.structural: there is no such fix (did you mean debug-off?)"),
        ("a.yml", SEMGREP.format(id="a") + "fix: {safety: look, semgrep: ''}\n", "mine/a.yml:20: fix.semgrep: is empty"),
        ("a.yml", "id: [", "mine/a.yml:1: not valid YAML: while parsing a flow node did not find expected node content"),
        ("a.yaml", SEMGREP.format(id="a"), "mine/a.yaml would not be read as a rule\n  rules lie directly in the pack's folder and end in .yml, lists in shared/ and approved/; fixtures have .test. in their name"),
        ("sub/a.yml", SEMGREP.format(id="a"), "mine/sub/a.yml would not be read as a rule\n  rules lie directly in the pack's folder and end in .yml, lists in shared/ and approved/; fixtures have .test. in their name"),
        ("pack.yml", "id: other\nversion: 1.0.0\nowner: x\ndescription: y\n", 'mine/pack.yml:1: id: "other", but its folder is called mine'),
        ("pack.yml", "id: mine\n", "mine/pack.yml:1: description: missing\nmine/pack.yml:1: owner: missing\nmine/pack.yml:1: version: missing"),
        ("a\u200bb.py", "", 'the file name "a\\342\\200\\213b.py" in mine holds odd characters'),
    ],
)  # fmt: skip
def test_a_pack_that_is_wrong_is_refused_by_file_line_and_key(make_pack, path, text, sentence):
    """The run refuses, and says which file, which line, which key."""
    rules = make_pack("mine", {path: text}).parent

    got = refused(rules, "mine", today=date(2027, 1, 1)).replace(str(rules / "mine"), "mine")

    assert got == sentence


def test_all_mistakes_of_all_packs_are_named(make_pack):
    """A security team mends a pack in one go."""
    make_pack("one", {"a.yml": "id: a"})
    rules = make_pack("two", {"b.yml": SEMGREP.format(id="c")}).parent
    text = refused(rules, "one", "two", "three")

    assert "one/a.yml:1: title: missing" in text
    assert 'two/b.yml:1: id: "c"' in text
    assert 'no rule pack is called "three"' in text


def test_rules_that_clash(make_pack):
    """One id twice, or one scanner's rule taken over twice, would let one hide the other."""
    make_pack(
        "one",
        {"a.yml": SEMGREP.format(id="a"), "b.yml": TOOL.format(id="b", detect="{bandit: [B602, B602]}")},
    )
    rules = make_pack(
        "two",
        {"a.yml": SEMGREP.format(id="a"), "c.yml": TOOL.format(id="c", detect="{bandit: [B101, B602]}")},
    ).parent

    assert refused(rules, "one", "two").split("\n") == [
        "two/a.yml:1: id: a is taken by one/a.yml already",
        "two/c.yml:11: detect: bandit B602 is taken by one/b.yml already",
    ]
    assert len(load(rules, "one").rules) == 2


def test_fixtures_and_hidden_files(make_pack):
    """Fixtures belong to the pack and are no rules; hidden files and caches are no part of it."""
    pack = make_pack("mine")
    before = load(pack.parent, "mine")
    (pack / ".hidden.yml").write_text("nonsense")
    (pack / "..2027").mkdir()
    (pack / "..2027" / "x.yml").write_text("nonsense")
    (pack / "__pycache__").mkdir()
    (pack / "__pycache__" / "mine-eval.test.pyc").write_bytes(b"\0")
    assert load(pack.parent, "mine") == before

    (pack / "mine-eval.test.py").write_text("eval(x)")
    (pack / "mine-eval.test.yml").write_text("not: [a rule")
    (pack / "README.md").write_text("# Mine")
    after = load(pack.parent, "mine")
    assert after.rules == before.rules
    assert after.packs[0].digest != before.packs[0].digest


def test_the_digest_is_what_the_documentation_says(make_pack):
    """Coreutils give the same digest as the program, by the command of the reference page."""
    pack = make_pack("mine")
    (pack / "fixtures").mkdir()
    (pack / "fixtures" / "café b.test.py").write_text("eval(x)")
    (pack / "Z.test.py").symlink_to("fixtures/café b.test.py")
    (pack / ".hidden").write_text("x")
    command = page().split("```sh\n")[1].split("\n```")[0]
    printed = subprocess.run(["sh", "-c", command], cwd=pack, capture_output=True, check=True).stdout

    assert load(pack.parent, "mine").packs[0].digest == f"sha256:{printed.split()[0].decode()}"


@pytest.mark.parametrize("target", ["/etc/hostname", "../other.yml", "fixtures", "gone"])
def test_links_out_of_the_pack_are_refused(make_pack, target):
    """A link to elsewhere, to a folder or to nothing is refused: the digest would not cover it."""
    pack = make_pack("mine")
    (pack / "fixtures").mkdir()
    (pack.parent / "other.yml").write_text("x")
    (pack / "link.txt").symlink_to(target)

    assert "is a link to a folder or out of its pack" in refused(pack.parent, "mine")


def test_a_mounted_volume_with_links_inside_loads(make_pack):
    """A pack as an orchestrator mounts it, each file a link into a hidden folder, is a pack."""
    pack = make_pack("mine")
    data = pack / "..2027_01"
    data.mkdir()
    for name in ("pack.yml", "mine-eval.yml"):
        (pack / name).rename(data / name)
        (pack / name).symlink_to(f"..data/{name}")
    (pack / "..data").symlink_to("..2027_01")

    assert [rule.id for rule in load(pack.parent, "mine").rules] == ["mine-eval"]


def test_pipes_and_very_many_files_are_refused(make_pack):
    """A pack is bounded, and holds files only."""
    pack = make_pack("mine")
    os.mkfifo(pack / "pipe")
    assert refused(pack.parent, "mine").endswith("pipe is neither a file nor a folder")
    (pack / "pipe").unlink()
    for number in range(MAX_FILES):
        (pack / f"{number}.test.py").touch()
    assert f"is over {MAX_FILES:,} files" in refused(pack.parent, "mine")


def test_a_huge_file_is_refused_unread(make_pack):
    """A sparse file of gigabytes does not fill the memory."""
    pack = make_pack("mine")
    with (pack / "big.test.py").open("wb") as file:
        file.truncate(10_000_000_000)

    assert "50,000,000 bytes" in refused(pack.parent, "mine")


def test_the_shipped_packs_load():
    """Every pack that comes with the program loads, its rules are all there, and two loads are equal."""
    rules = folder("rules")
    names = tuple(sorted(path.name for path in rules.iterdir() if path.is_dir()))
    found = load_rules(replace(Policy(), packs=names), shipped=rules)

    assert [pack.id for pack in found.packs] == list(names)
    files = {
        path.stem for path in rules.glob("*/*.yml") if ".test." not in path.name and path.name != "pack.yml"
    }
    assert {rule.id for rule in found.rules} == files
    assert load_rules(replace(Policy(), packs=names), shipped=rules) == found
