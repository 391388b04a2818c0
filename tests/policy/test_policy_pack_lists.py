"""Shared lists and approved libraries of a pack, and how rules refer to them."""

from datetime import date

import pytest

from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import ApprovedLibrary, SemgrepDetector, ToolDetector
from reviewbot.errors import PolicyError
from reviewbot.policy.packs import load_rules

HEAD = (
    "id: {id}\ntitle: Text is evaluated\nwhy: It is run.\nseverity: error\nconfidence: high\nowner: appsec\n"
    "since: 1.0.0\nbad: eval(x)\ngood: int(x)\n"
)
TAINT = (
    HEAD + "languages: [python]\nshared: [{shared}]\ndetect:\n  semgrep:\n    mode: {mode}\n"
    "    pattern-sources: [{{pattern: own()}}]\n    pattern-sinks: [{{pattern: eval(...)}}]\n"
)
WEB = (
    "description: What comes from the web\npattern-sources:\n  - pattern: request.args\n"
    "pattern-sanitizers:\n  - pattern: int(...)\n"
)
LIST = (
    "id: http\npurpose: Requests to other services\nlanguages: [python]\nuse: [corp_http.Session]\n"
    "instead_of: ['requests.*', urllib.request.urlopen]\nexample: |\n  from corp_http import Session\n"
)
APPROVED = HEAD + "detect: {{approved: {name}}}\n"


def load(pack):
    return load_rules(Policy(packs=(pack.name,)), shipped=pack.parent)


def refused(pack):
    with pytest.raises(PolicyError) as caught:
        load(pack)
    return str(caught.value).replace(f"{pack}/", "")


def test_shared_lists_stand_behind_a_rules_own(make_pack):
    """A taint rule gets the sources and sanitizers of the lists that it names, and nothing else is touched."""
    rule = TAINT.format(id="one", shared="web", mode="taint")
    (found,) = load(make_pack("mine", {"one.yml": rule, "shared/web.yml": WEB})).rules

    assert found.detector == SemgrepDetector(
        {
            "mode": "taint",
            "pattern-sources": [{"pattern": "own()"}, {"pattern": "request.args"}],
            "pattern-sinks": [{"pattern": "eval(...)"}],
            "pattern-sanitizers": [{"pattern": "int(...)"}],
        }
    )


def test_an_approved_list_detects_what_it_takes_the_place_of(make_pack):
    """Modules where they are imported, callables where they are called; the list is known to the run."""
    pack = make_pack(
        "mine", {"use-http.yml": APPROVED.format(id="use-http", name="http"), "approved/http.yml": LIST}
    )
    found = load(pack)

    (rule,) = found.rules
    assert (rule.approved, rule.languages) == ("http", ("python",))
    assert rule.detector == SemgrepDetector(
        {"pattern-either": [{"pattern": "import requests"}, {"pattern": "urllib.request.urlopen(...)"}]}
    )
    assert found.approved == (
        ApprovedLibrary(
            "http", "mine", "Requests to other services", ("python",), ("corp_http.Session",),
            ("requests.*", "urllib.request.urlopen"), "from corp_http import Session\n",
        ),
    )  # fmt: skip


def test_own_scanners_go_by_their_kinds(make_pack):
    """Hidden text and dependencies are found by kinds, as secrets are."""
    files = {
        f"{name}.yml": HEAD.format(id=name) + f"detect: {{{name}: [one, two]}}\n"
        for name in ("hidden", "dependencies")
    }
    found = load(make_pack("mine", files))

    assert found.for_tool("hidden", "two").detector == ToolDetector("hidden", ("one", "two"))
    assert found.for_tool("dependencies", "one").id == "dependencies"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"one.yml": TAINT.format(id="one", shared="wob", mode="taint"), "shared/web.yml": WEB},
         "one.yml:11: shared[0]: the pack has no shared/wob.yml (did you mean web?)"),
        ({"one.yml": TAINT.format(id="one", shared="web", mode="search"), "shared/web.yml": WEB},
         "one.yml:11: shared: only a semgrep rule with `mode: taint` has sources and sanitizers"),
        ({"one.yml": APPROVED.format(id="one", name="htp"), "approved/http.yml": LIST},
         "one.yml:10: detect.approved: the pack has no approved/htp.yml (did you mean http?)"),
        ({"one.yml": APPROVED.format(id="one", name="http"), "approved/http.yml": LIST.replace("[python]", "[cobol]")},
         "one.yml:10: detect.approved: the list is of a language that is not searched"),
        ({"shared/web.yml": "description: Nothing\n"}, "shared/web.yml:1: nothing is shared"),
        ({"shared/web.yml": WEB.replace("pattern-sources", "pattern-source")},
         "shared/web.yml:2: pattern-source: unknown key (did you mean pattern-sources?)"),
        ({"one.yml": TAINT.format(id="one", shared="web", mode="taint"), "shared/web.yml": WEB.replace("pattern-sources", "pattern-source")},
         "one.yml:11: shared[0]: shared/web.yml does not load"),
        ({"approved/web.yml": LIST}, 'approved/web.yml:1: id: "http", but the file is called web.yml'),
        ({"approved/http.yml": LIST.replace("'requests.*'", "'requests.get()'")},
         "approved/http.yml:5: instead_of[0]: wants a module, as in requests.*, or something that is called"),
        ({"shared/deep/web.yml": WEB}, "shared/deep/web.yml would not be read as a rule"),
        ({"approved/http.yaml": LIST}, "approved/http.yaml would not be read as a rule"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(make_pack, files, said):
    """File, line, key and the mend."""
    assert said in refused(make_pack("mine", files))


def test_a_list_counts_for_the_digest_and_a_signature_does_not(make_pack):
    """Who changes what a rule finds changes the pack; who signs it does not."""
    rule = TAINT.format(id="one", shared="web", mode="taint")
    pack = make_pack("mine", {"one.yml": rule, "shared/web.yml": WEB})
    before = load(pack).packs[0].digest
    (pack / "pack.sig").write_text("")
    signed = load(pack).packs[0].digest
    (pack / "shared" / "web.yml").write_text(WEB.replace("int(...)", "str(...)"))

    assert before == signed != load(pack).packs[0].digest


def test_a_pack_that_nobody_answers_for_any_more_does_not_load(make_pack):
    """On the owner's last day it loads, on the day after it says who has to be named."""
    pack = make_pack("mine")
    (pack / "pack.yml").write_text((pack / "pack.yml").read_text() + "owner_until: 2027-01-31\n")
    policy = Policy(packs=("mine",))

    assert load_rules(policy, shipped=pack.parent, today=date(2027, 1, 31)).packs[0].owner == "appsec"
    with pytest.raises(
        PolicyError, match=r"pack.yml:5: owner_until: appsec answered for the pack until 2027-01-31"
    ):
        load_rules(policy, shipped=pack.parent, today=date(2027, 2, 1))
