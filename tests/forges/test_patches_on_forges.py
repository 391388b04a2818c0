"""A proven patch on its way onto each forge: a click gives exactly its bytes, or the comment shows what to apply."""

from datetime import date

import pytest
from publishing_scene import KINDS, Stand, numbered

from reviewbot.derivation.ground import Files, Ground
from reviewbot.derivation.offers import Offers
from reviewbot.domain.change import Change
from reviewbot.domain.edits import applied
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.domain.patch import Edit, Origin, State, Step
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.secret import Mask
from reviewbot.domain.waiver import Waivers
from reviewbot.publish.document_patches import SaidEdit, SaidPatch, SaidProof, SaidStep

PATH = "app/new.py"
STYLES = {"gitlab": SuggestionStyle.OFFSETS, "github": SuggestionStyle.LINES, "azure": SuggestionStyle.RANGE}
CONTEXT = {"gitlab": 3, "github": 3, "azure": None}
PROOF = SaidProof(
    steps=tuple(
        SaidStep(step=step, state=State.NOT_RUN if step is Step.TESTS_PASS else State.PASSED, said="")
        for step in Step
    ),
    tests=None,
)


@pytest.fixture(params=KINDS)
def published(request, tmp_path):
    """Publish a finding on line 12 with a patch of these edits; give the scene, its one thread, the file, the edits."""
    scenes = []

    def publish(content, *edits):
        scene = Stand(request.param, tmp_path, {PATH: content})
        scenes.append(scene)
        files, blobs = scene._diff()
        change = Change("r", "b", "b", "h", "t", "t", "", tuple(files.values()), (), ())
        ground = Ground(
            change, change, blobs.__getitem__, Policy(), RuleSet((), ()), Mask(), Waivers(()), date(2026, 1, 1),
            CONTEXT[request.param], STYLES[request.param], (),
        )  # fmt: skip
        made = tuple(Edit(PATH, files[PATH].new.oid, first, last, lines) for first, last, lines in edits)
        remark = scene.remark(PATH, 12)
        said = SaidPatch(
            id="p", finding=remark.fingerprint, origin=Origin.RULE, safe=True, sentence="", needs=(), proof=PROOF,
            edits=tuple(SaidEdit(path=PATH, oid=one.oid, first=one.first, last=one.last, lines=one.lines, exact=True) for one in made),
        )  # fmt: skip
        offers = Offers(Files(ground), ground, {said.finding: said}, {said.finding: "3f9a0c"})
        anchor, offered = offers.for_finding(said.finding, PATH, remark.anchor)
        scene.publish(scene.wanted(scene.remark(PATH, 12, anchor=anchor, suggestion=offered)))
        (thread,) = scene.threads()[0]
        return scene, thread, content, made

    yield publish
    for scene in scenes:
        scene.fake.close()
        assert scene.fake.violations == []


@pytest.mark.parametrize(
    "edits",
    [
        [(11, 13, ("    one", "    two"))],
        [(4, 3, ("import safely",)), (12, 12, ("    safely(x)", "    more(x)"))],
    ],
    ids=["several lines", "an import above"],
)
def test_a_click_gives_the_proven_bytes(published, edits):
    """One place, or several that are near enough to be one: what the button makes of the file is the patch."""
    scene, thread, content, made = published(numbered(1, 40), *edits)
    assert scene.fake.apply_suggestion(scene.number, thread["id"]) == applied(content, made)
    assert "`reviewbot fix 3f9a0c`" in thread["bodies"][0]


def test_far_places_are_shown_and_named(published):
    """There is nothing to click: each place as a diff, what was proven, and the command."""
    scene, thread, *_ = published(numbered(1, 40), (2, 1, ("import safely",)), (30, 30, ("safely(x)",)))
    (body,) = thread["bodies"]
    assert (
        "@@ -1,0 +2,1 @@\n+import safely\n@@ -30,1 +31,1 @@\n-line 30\n+safely(x)\n```\nProven: applies"
        in body
    )
    assert "`reviewbot fix 3f9a0c`" in body
    with pytest.raises((ValueError, AssertionError)):
        scene.fake.apply_suggestion(scene.number, thread["id"])


def test_several_lines_with_crlf_are_shown(published):
    """No forge's button would end the inner lines as the file does."""
    _, thread, *_ = published(numbered(1, 40, end="\r\n"), (12, 12, ("a", "b")))
    assert "```diff\n-line 12\n+a\n+b\n```" in thread["bodies"][0]
