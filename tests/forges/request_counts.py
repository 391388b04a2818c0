"""How many requests publishing makes: the cases that have a budget, counted by the fake itself."""

from collections import Counter
from dataclasses import dataclass

from publishing_scene import Stand, numbered
from sleep_watch import SLEPT

BATCHED = {"github"}  # where one request carries many comments
POSTED, AGAIN, MANY = "one file, 2 comments posted", "again, nothing new", "200 findings, all inline"


@dataclass(frozen=True)
class Counted:
    """The requests of one run by method; a GraphQL query counts as QUERY, a mutation as MUTATION."""

    methods: Counter
    writes: int
    slept: tuple

    @property
    def total(self):
        return self.methods.total()


def limit(kind, case):
    """The most requests that a case may make."""
    if case == POSTED:
        return 14 if kind == "azure" else 10
    if case == AGAIN:
        return 8
    return 15 if kind in BATCHED else 15 + 200


def counts(kind, place):
    """Publish each case on a pull request of its own, the second run on the first one's."""
    small = _stand(kind, place / "small", 2)
    large = _stand(kind, place / "large", 200)
    with small.fake, large.fake:
        found = {case: _run(small, 2) for case in (POSTED, AGAIN)} | {MANY: _run(large, 200)}
        posted = [len(scene.threads()[0]) for scene in (small, large)]
    assert posted == [2, 200]
    assert [*small.fake.violations, *large.fake.violations] == []
    return found


def _stand(kind, place, lines):
    place.mkdir()
    return Stand(kind, place, {"app/a.py": numbered(1, lines, word="query")})


def _run(scene, lines):
    said = scene.wanted(*(scene.remark("app/a.py", line) for line in range(1, lines + 1)))
    start = len(scene.fake.log)
    del SLEPT[:]
    scene.publish(said)
    entries, writes = scene.asked(start)
    return Counted(Counter(_method(scene, entry) for entry in entries), len(writes), tuple(SLEPT))


def _method(scene, entry):
    if not entry.path.endswith("/graphql"):
        return entry.method
    return "MUTATION" if scene.fake.is_write(entry) else "QUERY"
