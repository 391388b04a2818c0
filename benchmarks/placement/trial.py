"""One request from opening to judgement, through the program's real publishing on the real adapter."""

import random
from collections.abc import Callable
from functools import partial

from fakes import repo as git
from fakes.repo import Repo

from placement.corpus import Request
from placement.edits import replacement
from placement.judge import Judge, Tally
from placement.places import Sides, Spot, sides, spots
from placement.remarks import Diff, Said, wanted
from placement.servers import Server
from reviewbot.change.git import GitRepository
from reviewbot.domain.forge import Capabilities
from reviewbot.domain.pull import PullRequest
from reviewbot.domain.wanted import Wanted
from reviewbot.publish.apply import Terms, publish
from reviewbot.publish.marker import Keys

_TERMS = Terms(keys=Keys.parse("k" * 32, "REVIEWBOT_MARKER_KEYS"))
_PATCHED = 0.7  # of the remarks, where they can have a patch


class Silent:
    """A record that keeps nothing."""

    def intent(self, act, detail):  # noqa: ARG002 (the protocol's)
        """Forget it."""
        return 0

    def outcome(self, number, detail):
        """Forget it."""

    def keep(self, name, text):
        """Forget it."""


class Speech:
    """What is wanted on one request, once the adapter has told which diff the forge shows."""

    def __init__(self, rng: random.Random, drawn: list[Spot], base: str, seen: Callable[..., Diff]) -> None:
        self.said: list[Said] = []
        self._rng = rng
        self._drawn = drawn
        self._base = base
        self._seen = seen

    def wanted(self, pull: PullRequest, reach: Capabilities) -> Wanted:
        """Place every remark; most have a patch."""
        self.diff = self._seen(pull.diff_base or self._base, pull.head, reach)
        for number, spot in enumerate(self._drawn):
            patch = replacement(self._rng, spot) if self._rng.random() < _PATCHED else None
            self.said.append(self.diff.said(f"word{number}x", spot, patch))
        return wanted(self._base, pull.head, len(self.diff.files), self.said)


class Trial:
    """One forge over one repository, and the program's view of the same; `diff` is how it sees one request."""

    def __init__(self, kind: str, repo: Repo, tally: Tally, diff: type[Diff] = Diff) -> None:
        self._tally = tally
        self._server = Server(kind, repo)
        self._repo = self._server.fake.repo
        self._store = GitRepository.open(repo.path)
        self._seen = partial(diff, self._store)

    def run(self, request: Request, seed: str) -> None:
        """Open the request, publish remarks on it, and judge them."""
        rng = random.Random(f"{seed} {request.name} {request.origin} {self._server.kind}")
        base = self._repo.merge_base(request.target, request.head)
        assert base, request
        files = sides(self._repo, base, request.head)
        speech = Speech(rng, spots(rng, files, self._untouched(base, request.head)), base, self._seen)
        number = self._opened(request)
        forge = self._server.connect(number)
        try:
            reach = forge.capabilities
            publish(
                forge,
                lambda pull, _: speech.wanted(pull, reach),
                _TERMS,
                record=Silent(),
                progress=lambda _: None,
            )
        finally:
            forge.close()
        name, origin = f"{request.name} ({request.origin})", "real" if request.origin == "real" else "variant"
        Judge(self._server, reach, number, name, origin, self._tally).look(speech.said, speech.diff)
        self._count(request, files)

    def _opened(self, request: Request) -> int:
        branch = f"trial/{len(self._server.fake.pulls)}"
        self._repo.set_branch(f"{branch}/source", request.head)
        self._repo.set_branch(f"{branch}/target", request.target)
        return self._server.open(f"{branch}/source", f"{branch}/target")

    def _count(self, request: Request, files: list[Sides]) -> None:
        counts = self._tally.counts
        counts["commits"] += request.origin == "real"
        counts["variants"] += request.origin != "real"
        counts[f"origin {request.origin}"] += 1
        counts["moved on"] += request.target != request.base
        counts["files"] += len(files)
        git._DIFFS.clear()  # noqa: SLF001 (the fakes keep every diff; over a whole corpus that is too much)

    def _untouched(self, base: str, head: str) -> list[str]:
        """Files at the top that the request does not change."""
        listed = self._repo.git("ls-tree", "-z", head).decode("utf-8", "surrogateescape").split("\0")[:-1]
        touched = {name for file in self._repo.diff(base, head) for name in (file.old_path, file.new_path)}
        rows = [row.partition("\t") for row in listed]
        return [name for what, _, name in rows if " blob " in what and name not in touched]

    def close(self) -> None:
        self._server.close()
        self._store.close()
