"""The starter pack: every rule loads, fires on its bad code, and on no good code of any rule."""

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest
import yaml

from reviewbot.domain.change import FileClass
from reviewbot.domain.cwe import families
from reviewbot.domain.globs import first_match
from reviewbot.domain.secret_kinds import KINDS, find_secrets
from reviewbot.scanners.base import Source
from reviewbot.scanners.locate import locate
from reviewbot.scanners.suppressions import RULES, SuppressionScanner
from reviewbot.shipped import folder

PACK = folder("rules") / "core"
FILES = sorted(path for path in PACK.glob("*.yml") if path.name != "pack.yml" and ".test." not in path.name)
DOCUMENTS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
FIXTURES = sorted(PACK.glob("*.test.*"))
ENDINGS = {"python": "py", "javascript": "js", "dockerfile": "dockerfile", "yaml": "yml"}
KEYS = {
    "id", "title", "why", "cwe", "owasp", "languages", "severity", "confidence", "owner", "since", "references",
    "detect", "applies_to", "bad", "good",
}  # fmt: skip
ORDINARY = Path(__file__).parent / "ordinary"


def of(detector):
    return {name: rule for name, rule in DOCUMENTS.items() if detector in rule["detect"]}


def names(rule, detector):
    given = rule["detect"][detector]
    return [given] if isinstance(given, str) else given


def tool(name):
    return getattr(locate(os.environ), name).command[-1]


def semgrep(tmp_path, targets):
    rules = [
        {
            "id": name,
            "message": "-",
            "severity": "ERROR",
            "languages": rule["languages"],
            **rule["detect"]["semgrep"],
        }
        for name, rule in of("semgrep").items()
    ]
    config = tmp_path / "rules.json"
    config.write_text(json.dumps({"rules": rules}))
    options = [
        "--experimental",
        "--json",
        "--metrics=off",
        "--disable-version-check",
        "--disable-nosem",
        "--max-target-bytes=0",
    ]
    argv = [
        tool("semgrep"),
        "scan",
        *options,
        "--x-ignore-semgrepignore-files",
        f"--config={config}",
        "--",
        *map(str, targets),
    ]
    done = subprocess.run(argv, capture_output=True, check=False, env={**os.environ, "HOME": str(tmp_path)})
    answer = json.loads(done.stdout)
    assert answer["errors"] == []
    assert set(answer["paths"]["scanned"]) == {str(path) for path in targets if path.suffix != ".example"}
    found = {str(target): set() for target in targets}
    for result in answer["results"]:
        found[result["path"]].add((result["check_id"].rpartition(".")[2], result["start"]["line"]))
    return found


def bandit(targets):
    argv = [
        tool("bandit"),
        "--quiet",
        "--format=json",
        "--ignore-nosec",
        "--ini=/dev/null",
        "--",
        *map(str, targets),
    ]
    answer = json.loads(subprocess.run(argv, capture_output=True, check=False).stdout)
    assert answer["errors"] == []
    found = {str(target): set() for target in targets}
    for result in answer["results"]:
        found[result["filename"]].add((result["test_id"], result["line_number"]))
    return found


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Every rule's bad and good code as files, in folders that applies_to lets in."""
    folder = tmp_path_factory.mktemp("samples")
    for name, rule in {**of("semgrep"), **of("bandit")}.items():
        for which in ("bad", "good"):
            (folder / f"{name}.{which}.{ENDINGS[rule['languages'][0]]}").write_text(rule[which])
    return folder


@pytest.fixture(scope="module")
def by_semgrep(samples, tmp_path_factory):
    return semgrep(tmp_path_factory.mktemp("run"), [*samples.iterdir(), *FIXTURES, *ordinary()])


@pytest.fixture(scope="module")
def by_bandit(samples):
    return bandit([path for path in (*samples.iterdir(), *ordinary()) if path.suffix == ".py"])


def ordinary():
    return sorted(path for path in ORDINARY.rglob("*") if path.is_file())


def fired(found, start):
    return {
        rule for path, hits in found.items() if PurePosixPath(path).name.startswith(start) for rule, _ in hits
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_shape(name):
    """A rule has its file's name, known keys, and every part that a reader sees."""
    rule = DOCUMENTS[name]

    assert rule["id"] == name
    assert set(rule) <= KEYS
    assert {
        "title",
        "why",
        "severity",
        "owner",
        "since",
        "detect",
        "applies_to",
        "bad",
        "good",
        "confidence",
    } <= set(rule)
    assert len(rule["detect"]) == 1
    assert rule["severity"] in {"note", "warning", "error"}
    assert rule["confidence"] in {"low", "medium", "high"}
    assert rule["owner"] == "appsec"
    assert rule["since"] == "0.1.0"
    assert 10 <= len(rule["title"]) <= 80
    assert not rule["title"].endswith(".")
    assert all(reference.startswith("https://") for reference in rule.get("references", []))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_reasons_are_two_plain_sentences(name):
    """A reason says what happens and what to do, in at most two sentences, without preaching."""
    why = " ".join(DOCUMENTS[name]["why"].split())

    assert why.endswith(".")
    assert len(re.findall(r"[.!?](?= [A-Z`]|$)", why)) <= 2
    assert len(why) <= 320
    assert not re.search(r"(?i)\b(please|consider|should|best practice|vulnerab|attacker|malicious|!)", why)


@pytest.mark.parametrize("name", of("semgrep"))
def test_files_of_a_rule(name):
    """A semgrep rule applies to files that exist under its pattern, at the top and deep down."""
    patterns = DOCUMENTS[name]["applies_to"]
    typical = {
        "python": "app.py", "javascript": "app.ts", "dockerfile": "Dockerfile",
        "yaml": "azure-pipelines.yml" if "azure" in name else ".github/workflows/ci.yml",
    }[DOCUMENTS[name]["languages"][0]]  # fmt: skip

    assert first_match(patterns, typical) is not None
    assert first_match(patterns, f"services/shop/{typical}") is not None
    assert first_match(patterns, "README.md") is None


@pytest.mark.parametrize("name", of("semgrep"))
def test_semgrep_rule_fires_on_bad_and_not_on_good(by_semgrep, name):
    """The bad code is reported by its rule; the good code by no rule at all."""
    assert name in fired(by_semgrep, f"{name}.bad.")
    assert fired(by_semgrep, f"{name}.good.") == set()


@pytest.mark.parametrize("name", of("bandit"))
def test_bandit_rule_fires_on_bad_and_not_on_good(by_bandit, by_semgrep, name):
    """The bad code is reported under one of the rule's own tests, the good code under none that we take over."""
    ours = {test for rule in of("bandit").values() for test in names(rule, "bandit")}

    assert fired(by_bandit, f"{name}.bad.") & set(names(DOCUMENTS[name], "bandit"))
    assert fired(by_bandit, f"{name}.good.") & ours == set()
    assert fired(by_semgrep, f"{name}.good.") == set()


def test_good_code_of_semgrep_rules_is_good_for_bandit(by_bandit):
    """No fixed version of a semgrep rule is reported at error by a rule that comes from bandit."""
    strict = {
        test
        for rule in of("bandit").values()
        if rule["severity"] == "error"
        for test in names(rule, "bandit")
    }

    assert {
        name: fired(by_bandit, f"{name}.good.") & strict
        for name in of("semgrep")
        if fired(by_bandit, f"{name}.good.") & strict
    } == {}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_fixtures(by_semgrep, path):
    """In a longer fixture exactly the lines after `ruleid:` are reported by the rule."""
    name = path.name.partition(".test.")[0]
    lines = path.read_text(encoding="utf-8").split("\n")
    wanted = {number + 2 for number, line in enumerate(lines) if re.search(rf"(#|//) ruleid: {name}$", line)}

    assert {line for rule, line in by_semgrep[str(path)] if rule == name} == wanted


def test_taint_rules_have_fixtures():
    """Every rule that follows data has a longer fixture with both kinds of lines."""
    tainted = {
        name for name, rule in of("semgrep").items() if rule["detect"]["semgrep"].get("mode") == "taint"
    }

    assert tainted <= {path.name.partition(".test.")[0] for path in FIXTURES}


def test_ordinary_code_is_clean(by_semgrep, by_bandit):
    """Fixed versions and everyday code of several kinds give no finding, low-confidence notes aside."""
    sure = [
        rule for rule in of("bandit").values() if (rule["severity"], rule["confidence"]) != ("note", "low")
    ]
    tests = {test for rule in sure for test in names(rule, "bandit")}
    found = []
    for path in ordinary():
        relative = path.relative_to(ORDINARY).as_posix()
        hits = [
            rule for rule, _ in by_semgrep[str(path)] if first_match(DOCUMENTS[rule]["applies_to"], relative)
        ]
        hits += [test for test, _ in by_bandit.get(str(path), ()) if test in tests]
        hits += [match.kind for match in find_secrets(path.read_text(encoding="utf-8"))]
        source = Source(relative, "", "100644", path.read_bytes(), FileClass.CODE)
        hits += [result.tool_rule for result in SuppressionScanner().scan([source], _NoSandbox()).results]
        found += [(relative, hit) for hit in hits]

    assert len(ordinary()) >= 8
    assert found == []


class _NoSandbox:
    name = "none"

    def run(self, job):
        raise AssertionError(f"nothing is run here, least of all {job.argv}")


@pytest.mark.parametrize("name", of("secrets"))
def test_secret_rule_fires_on_bad_and_not_on_good(name):
    """The detector finds one of the rule's kinds in the bad text, and nothing in the good."""
    rule = DOCUMENTS[name]

    assert {match.kind for match in find_secrets(rule["bad"])} <= set(names(rule, "secrets"))
    assert find_secrets(rule["bad"])
    assert find_secrets(rule["good"]) == ()


def test_every_kind_of_secret_has_one_rule():
    """No kind falls through the catalogue, and none has two rules."""
    assert sorted(kind for rule in of("secrets").values() for kind in names(rule, "secrets")) == sorted(KINDS)


def test_every_suppression_has_one_rule():
    """The same for suppression markers."""
    assert sorted(
        kind for rule in of("suppressions").values() for kind in names(rule, "suppressions")
    ) == sorted(RULES)


@pytest.mark.parametrize("name", of("suppressions"))
def test_suppression_rule_fires_on_bad_and_not_on_good(name):
    """The bad text of a suppression rule is reported under one of its names, the good one not at all."""
    rule = DOCUMENTS[name]
    path = ".semgrepignore" if names(rule, "suppressions") == ["ignore-file"] else "a.py"

    def scan(text):
        source = Source(path, "", "100644", text.encode(), FileClass.CODE)
        return {result.tool_rule for result in SuppressionScanner().scan([source], _NoSandbox()).results}

    assert scan(rule["bad"]) <= set(names(rule, "suppressions"))
    assert scan(rule["bad"])
    assert scan(rule["good"]) == set()


@pytest.mark.parametrize("name", of("touch"))
def test_touch_rule_is_about_its_bad_path_and_not_its_good_one(name):
    """`bad` and `good` of such a rule are paths."""
    rule = DOCUMENTS[name]
    assert first_match(rule["applies_to"], rule["bad"].strip()) is not None
    assert first_match(rule["applies_to"], rule["good"].strip()) is None


def test_no_test_of_bandit_has_two_rules():
    """Each of bandit's tests is taken over at most once."""
    counts = Counter(test for rule in of("bandit").values() for test in names(rule, "bandit"))

    assert [test for test, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("python-shell-built-from-input", "python-runs-a-shell"),
        ("python-shell-with-variable", "python-runs-a-shell"),
        ("python-code-from-input", "python-text-run-as-code"),
        ("python-objects-from-input", "python-unpickles-data"),
        ("python-yaml-load-unsafe", "python-yaml-builds-objects"),
        ("python-tls-verification-off", "python-certificate-not-checked"),
        ("python-password-hash-too-fast", "python-weak-hash"),
        ("python-flask-debug-on", "python-flask-debugger"),
        ("python-xml-external-entities", "python-xml-entities-expanded"),
        ("python-sql-built-from-input", "python-django-raw-sql"),
        ("python-sql-built-from-input", "python-sql-built-by-formatting"),
        ("python-html-from-input", "python-text-marked-as-safe-html"),
        ("secret-in-code", "python-password-in-code"),
        ("secret-cloud-credential", "python-password-in-code"),
        ("secret-in-code", "dockerfile-secret-in-image"),
    ],
)
def test_rules_for_one_flaw_are_of_one_family(ours, theirs):
    """Two rules that meet on one line for one flaw merge, because their CWE numbers are of one family."""
    assert families(tuple(DOCUMENTS[ours]["cwe"])) & families(tuple(DOCUMENTS[theirs]["cwe"]))


def test_the_pack_covers_what_it_promises():
    """About twenty semgrep rules or more, over all kinds of files, and about ten questions for the model."""
    languages = Counter(rule["languages"][0] for rule in of("semgrep").values())

    assert all(languages[language] >= 4 for language in ENDINGS)
    assert len(of("semgrep")) >= 20
    assert len(of("review")) >= 10


@pytest.mark.parametrize("name", of("review"))
def test_house_rules_ask_one_question(name):
    """A house rule asks, says what to quote, and shows examples of both kinds."""
    review = DOCUMENTS[name]["detect"]["review"]

    assert set(review) == {"question", "evidence", "violations", "not_violations"}
    assert review["question"].strip().endswith("?")
    assert len(review["violations"]) >= 2
    assert len(review["not_violations"]) >= 2


def test_the_pack_file():
    """The pack says who owns it and which version it is."""
    pack = yaml.safe_load((PACK / "pack.yml").read_text(encoding="utf-8"))

    assert pack["id"] == "core"
    assert pack["version"] == "0.1.0"
    assert {"owner", "description", "threshold"} <= set(pack)
