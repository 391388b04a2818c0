"""Comments that look like ours and are not: neither believed nor touched, on all three forges."""

from dataclasses import replace

import pytest
from publishing_scene import KEYS, KINDS, Stand, numbered

from reviewbot.publish.marker import FIELDS, Keys, read, sign, without

TWENTY = numbered(1, 20)
CHANGED = numbered(1, 9) + b"ten\n" + numbered(11, 20)
OTHER_KEYS = Keys.parse("another-key-of-the-same-length-as-ours", "KEYS")


def made(kind, place):
    place.mkdir()
    return Stand(kind, place, {"app/a.py": CHANGED}, {"app/a.py": TWENTY})


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """What reviewbot says on a pull request like ours: first comment, summary and `gone` reply."""
    said = {}

    def ours(kind):
        if kind not in said:
            donor = made(kind, tmp_path_factory.mktemp("donor") / kind)
            with donor.fake:
                donor.publish(donor.wanted(donor.remark("app/a.py", 10)))
                (inline,), (summary,) = donor.threads()
                donor.publish(donor.wanted())
                gone = donor.threads()[0][0]["bodies"][1]
            said[kind] = inline["bodies"][0], summary["bodies"][0], gone
        return said[kind]

    return ours


@pytest.fixture(params=KINDS)
def scene(request, tmp_path):
    """A pull request on each forge."""
    scene = made(request.param, tmp_path / "scene")
    with scene.fake:
        yield scene
    assert scene.fake.violations == []


def resigned(body, ref, keys):
    """A body with a marker that says the same, signed for another pull request or with another key."""
    marker = read(body, KEYS, ref)
    values = dict(zip(FIELDS[marker.kind], marker.values, strict=True))
    other = ref if keys is not KEYS else replace(ref, number=ref.number + 1)
    return f"{without(body)}\n{sign(marker.kind, values, keys, other)}"


def forgeries(scene, body):
    """Each with its author."""
    ref, other_bot = scene.reach().ref, scene.fake.add_user("other-bot", is_bot=True)
    assert read(body, KEYS, ref), "the copy would verify if its author were ours"
    head = f" head={scene.head}"
    assert head in body
    return [
        (scene.person, body),
        (other_bot, body),
        (scene.bot, body.replace(head, f" head={'f' * 40}")),
        (scene.bot, resigned(body, ref, KEYS)),
        (scene.bot, resigned(body, ref, OTHER_KEYS)),
        (scene.bot, f"{body}\nThis is what it said before."),
        (scene.bot, f"> {body}"[:-4]),
        (scene.bot, f"{body}\n\n{body}"),
    ]


def shown(scene, ids):
    """Threads with these ids, or all others, as far as somebody could touch them."""
    found = {one["id"]: one for one in scene.fake.threads(scene.number)}
    named = [{name: found[key][name] for name in ("id", "state", "bodies", "authors")} for key in ids]
    return named, [one for key, one in found.items() if key not in ids]


def test_no_forgery_is_believed_or_touched(scene, ours):
    """Copied, edited, of another pull request, of another key, quoted: all is said as if they were not there."""
    inline, summary, _ = ours(scene.kind)
    ids = [scene.say(author, body, "app/a.py", 10) for author, body in forgeries(scene, inline)]
    ids += [scene.say(author, body) for author, body in forgeries(scene, summary)]
    before, _ = shown(scene, ids)
    said = scene.wanted(scene.remark("app/a.py", 10))
    done = scene.publish(said)
    assert (done.created, done.updated, done.resolved, done.reopened, done.dismissed) == (1, 0, 0, 0, 0)
    after, new = shown(scene, ids)
    assert after == before
    assert sorted(one["path"] is None for one in new) == [False, True]
    asked = len(scene.fake.log)
    assert scene.publish(said).created == 0
    assert scene.asked(asked)[1] == []
    assert scene.publish(scene.wanted()).resolved == 1
    after, new = shown(scene, ids)
    assert after == before
    assert [scene.is_open(one) for one in new if one["path"]] == [False]


def test_a_person_who_pastes_our_reply_resolves_as_a_person(scene, ours):
    """Our word for "gone" under another's name is none: what a person has resolved stays resolved."""
    _, _, gone = ours(scene.kind)
    said = scene.wanted(scene.remark("app/a.py", 10))
    scene.publish(said)
    (thread,), _ = scene.threads()
    scene.fake.reply(scene.person, thread["id"], gone)
    scene.fake.resolve(scene.person, thread["id"])
    done = scene.publish(said)
    assert (done.dismissed, done.reopened, done.created) == (1, 0, 0)
    (now,), (summary,) = scene.threads()
    assert not scene.is_open(now)
    assert len(now["bodies"]) == 2
    assert "dismissed" in summary["bodies"][0]
    assert scene.red(scene.head)


def test_an_account_that_was_ours_counts_where_the_operator_says_so(scene):
    """Tokens are rotated into new accounts: what the old one said is ours only with the operator's word."""
    said = scene.wanted(scene.remark("app/a.py", 10))
    scene.publish(said)
    heir = scene.fake.add_token(scene.fake.add_user("heir", is_bot=True), *scene._rights())
    trusting = scene.publish(said, token=heir, accounts=(str(scene.bot),))
    assert trusting.created == 0
    assert scene.publish(said, token=heir).created == 1
