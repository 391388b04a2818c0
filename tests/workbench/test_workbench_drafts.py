"""`rules new`: what it writes loads, and its examples come out as they are to."""

from datetime import date
from pathlib import Path

import pytest
from rule_texts import quiet

from reviewbot.domain.policy import Policy
from reviewbot.errors import PolicyError, UsageError
from reviewbot.shipped import folder
from reviewbot.workbench import drafts, house, lint, starters, testing
from reviewbot.workbench.drafts import Draft

DETAILS = {
    "bandit": {"tests": "B602"}, "review": {"question": "Is it odd?"}, "touch": {"paths": ("deploy/**",)},
    "approved": {"use": ("corp_http.Session",), "instead_of": ("requests.*", "urllib.request.urlopen"), "purpose": "Requests"},
}  # fmt: skip


def draft(pack: Path, name: str, kind: str = "semgrep", language: str = "python", **more) -> Draft:
    return Draft(
        folder=pack, id=name, title="Something dangerous is called", why="It breaks. Use the safe one.", kind=kind, language=language,
        severity="error", confidence="medium", owner="appsec", cwe=95, details=DETAILS.get(kind, {}), **more,
    )  # fmt: skip


def write(*those: Draft) -> None:
    for one in those:
        drafts.write(drafts.files(one, folder("templates")))


def test_what_is_written_passes_or_fails_where_it_is_to_be_filled_in(tmp_path, bench):
    """Every language that we know passes at once; a test of bandit's, and a language that we do not, want an example."""
    pack = tmp_path / "corp"
    write(*(draft(pack, f"a-{name}", language=name) for name in starters.STARTERS))
    write(
        *(draft(pack, f"flow-{name}", "taint", name) for name, one in starters.STARTERS.items() if one.taint)
    )
    write(*(draft(pack, f"kind-{kind}", kind) for kind in DETAILS), draft(pack, "unknown", language="scala"))
    shelf = bench.open(pack)

    tools = bench.tools(shelf)
    tested = testing.scanned(shelf, (), Policy(), tools, quiet)

    assert {one.rule for one in tested.failing} == {"kind-bandit", "unknown"}
    assert {"bad: not found by kind-bandit"} <= {one.said for one in tested.failing}
    assert house.recorded(shelf, ()).untested == (("kind-review", house.UNRECORDED),)
    assert tested.marks >= len(starters.STARTERS)
    assert [one for one in lint.read(shelf, date(2026, 11, 21)) if one.weight == "error"] == []


def test_an_approved_call_in_a_script(tmp_path, bench):
    """A list for JavaScript, of a module and of a function."""
    pack = tmp_path / "corp"
    module = draft(pack, "no-axios", "approved", "javascript")
    write(Draft(**{**_fields(module), "details": {"use": ("corpHttp",), "instead_of": ("axios.*",)}}))
    write(
        Draft(
            **{
                **_fields(module),
                "id": "no-md5",
                "language": "python",
                "details": {"use": ("corp.digest",), "instead_of": ("hashlib.md5",)},
            }
        )
    )
    shelf = bench.open(pack)

    assert testing.scanned(shelf, (), Policy(), bench.tools(shelf), quiet).failing == ()


def _fields(one: Draft) -> dict:
    return {name: getattr(one, name) for name in Draft.__slots__}


def test_text_of_any_kind_survives(tmp_path, bench):
    """Quotes, colons, hashes and other scripts in the answers stay text."""
    odd = 'A "title": with #, \' and ü'
    pack = tmp_path / "corp"
    write(
        Draft(
            **{
                **_fields(draft(pack, "one")),
                "title": odd,
                "why": odd + "\nand more",
                "owner": "a: b",
                "description": "{[*&",
            }
        )
    )

    shelf = bench.open(pack)
    rule = shelf.rules.find("one")
    assert (rule.title, rule.why, rule.owner) == (odd, odd + "\nand more", "a: b")
    assert shelf.rules.packs[0].description == "{[*&"


def test_nothing_is_overwritten(tmp_path):
    """Neither the rule nor its fixture; a new rule goes into the pack that is there."""
    pack = tmp_path / "corp"
    write(draft(pack, "one"))
    own = (pack / "pack.yml").read_text()

    with pytest.raises(UsageError, match=r"one\.yml is there already"):
        drafts.files(draft(pack, "one"), folder("templates"))
    (pack / "two.test.py").write_text("x")
    with pytest.raises(UsageError, match=r"two\.test\.py is there already"):
        drafts.files(draft(pack, "two"), folder("templates"))
    assert not (pack / "two.yml").exists()
    write(draft(pack, "three"))
    assert (pack / "pack.yml").read_text() == own


def test_the_version_of_the_pack_is_the_rules(tmp_path):
    """A rule of a pack at 2.1.0 came with 2.1.0."""
    pack = tmp_path / "corp"
    write(draft(pack, "one"))
    (pack / "pack.yml").write_text((pack / "pack.yml").read_text().replace("0.1.0", "2.1.0"))
    write(draft(pack, "two"))

    assert "since: 2.1.0" in (pack / "two.yml").read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "No Good"}, "id: wants a name in small letters"), ({"id": "../up"}, "id: wants a name"), ({"title": "two\nlines"}, "title: wants one line"),
        ({"id": "a\nowner: b"}, "owner: written twice"),
    ],
)  # fmt: skip
def test_answers_that_make_no_rule_are_refused_before_anything_is_written(tmp_path, change, said):
    """The loader's own sentence says which answer it was."""
    with pytest.raises(PolicyError, match=said):
        drafts.files(Draft(**{**_fields(draft(tmp_path / "corp", "one")), **change}), folder("templates"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["taint", "approved", "touch"])
def test_what_a_kind_needs_is_asked_for(tmp_path, kind):
    """Data flow in a language that we have no beginning for, lists and paths that are missing."""
    with pytest.raises(UsageError) as refused:
        drafts.files(
            Draft(**{**_fields(draft(tmp_path / "corp", "one", kind, "yaml")), "details": {}}),
            folder("templates"),
        )
    assert refused.value.hint
