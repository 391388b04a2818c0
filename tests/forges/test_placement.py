"""Every comment stands on the lines it quotes, and a click gives the patch: the benchmark's parts on a small corpus."""

import itertools
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.repo import Repo, split

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from placement import corpus, edits
from placement.judge import Tally
from placement.remarks import Diff
from placement.trial import Trial
from placement.variants import ALTERED, variant

from reviewbot.domain.forge import SuggestionStyle
from reviewbot.publish import suggest
from reviewbot.publish.suggest import Edit

ROOT = Path(__file__).parents[2]
FORGES = ["gitlab", "github", "azure"]
WORDS = [
    "def run(x):",
    "    return x",
    "",
    "\t- item",
    "gr\u00fc\u00df dich",
    "\U0001f600 \U00020bb7",
    "```",
    "  trailing  ",
]


def content(rng, count, end):
    text = "".join(f"{rng.choice(WORDS)} {rng.randrange(9)}{end}" for _ in range(count))
    return (text if rng.random() < 0.7 else text.rstrip("\r\n")).encode()


def edited(rng, before):
    """Some lines replaced, taken out and put in; the file's own line ends."""
    lines = list(split(before))
    end = b"\r\n" if lines and lines[0].endswith(b"\r\n") else b"\n"
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines) + 1)
        new = [f"{rng.choice(WORDS)} new {rng.randrange(9)}".encode() + end for _ in range(rng.randrange(4))]
        if at == len(lines) and lines and not lines[-1].endswith(b"\n"):
            lines[-1] += end
        lines[at : at + rng.randrange(4)] = new
    return b"".join(lines)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    """A repository of random edits: changed, new, renamed and deleted files, LF and CRLF, with and without last end."""
    rng = random.Random("a small corpus")
    repo = Repo.create(tmp_path_factory.mktemp("synthetic") / "synthetic.git")
    files = {
        f"src/file {n}.py": content(rng, rng.randint(1, 60), rng.choice(["\n", "\r\n"])) for n in range(8)
    }
    repo.commit("main", files | {"README.md": b"nobody touches this\n"})
    for turn in range(14):
        changed = {name: edited(rng, files[name]) for name in rng.sample(sorted(files), 1)}
        away = rng.choice(sorted(files))
        changed[f"src/new {turn}.py"] = edited(rng, files[away]) if turn % 2 else content(rng, 9, "\n")
        changed[away] = None
        repo.commit("main", changed)
        files = {name: text for name, text in (files | changed).items() if text is not None}
    return repo.path


def judged(kind, source, folder, commits, *, variants=(), diff=Diff):
    """The tally of a forge over drawn commits, and over one variant of each kind."""
    repo = corpus.borrow(source, folder / "borrowed.git")
    tally = Tally()
    held = Trial(kind, repo, tally, diff)
    made = []
    try:
        for commit, parent in corpus.drawn(source, f"test {kind}"):
            if len(made) == commits:
                break
            try:
                made.append(corpus.request(repo, "test", commit, parent))
            except corpus.Unfit:
                continue
        altered = [variant(repo, each, name) for each, name in zip(itertools.cycle(made), variants)]
        for request in made + altered:
            held.run(request, "test")
    finally:
        held.close()
    return tally


@pytest.mark.parametrize("kind", FORGES)
def test_random_edits(kind, synthetic, tmp_path):
    """New, renamed, deleted, CRLF and endless files: nothing misplaced, nothing lost, every click exact."""
    tally = judged(kind, synthetic, tmp_path, 1, variants=ALTERED)
    assert tally.faults == []
    assert all(tally.counts[name] for name in ("inline", "listed", "exact", "as diff", "moved on"))
    assert tally.counts["text right"] == tally.counts["inline"]
    assert tally.counts["inline"] + tally.counts["listed"] == tally.counts["remarks"] > 60


@pytest.mark.parametrize("kind", FORGES)
def test_own_history(kind, tmp_path):
    """The same over commits of this project, where its history is at hand."""
    found = corpus.repositories([ROOT]) if (ROOT / ".git").is_dir() else []
    if not found or next(corpus.drawn(found[0], "test"), None) is None:
        pytest.skip("no history here")
    tally = judged(kind, found[0], tmp_path, 1)
    assert tally.faults == []
    assert tally.counts["text right"] == tally.counts["inline"]


@pytest.mark.parametrize("kind", FORGES)
def test_mostly_rewritten_file(kind, tmp_path):
    """A moved file of which 40 % stayed is a renamed one to GitLab, a new one to the others."""
    repo = Repo.create(tmp_path / "moved.git")
    old = [f"line {n:02} as it always stood here\n" for n in range(40)]
    new = [line if n % 5 < 2 else f"{n:02} is another text altogether\n" for n, line in enumerate(old)]
    base = repo.commit("main", {"old.py": "".join(old).encode()})
    repo.commit("main", {"old.py": None, "new.py": "".join(new).encode()}, parents=(base,))
    tally = judged(kind, repo.path, tmp_path, 1)
    assert tally.faults == []
    assert bool(tally.counts["trait renamed, real"]) is (kind == "gitlab")
    assert bool(tally.counts["trait new file, real"]) is (kind != "gitlab")


@pytest.mark.parametrize("style", [SuggestionStyle.LINES, SuggestionStyle.OFFSETS, SuggestionStyle.RANGE])
def test_no_click_over_a_missing_end(style):
    """Where the last line has no end, a click can neither take it out nor add CRLF lines; one line it can change."""
    bare = ["a", "b", "c"]
    gone, changed = suggest.widen(bare, 1, 3, Edit(2, 3, ())), suggest.widen(bare, 1, 3, Edit(3, 3, ("x",)))
    assert suggest.obstacle(b"a\nb\nc", gone, style)
    assert suggest.obstacle(b"a\nb\nc", changed, style) == ""
    assert suggest.obstacle(b"a\r\nb", Edit(2, 2, ("x", "y")), style)
    assert suggest.obstacle(b"a\nb", Edit(2, 2, ("x", "y")), style) == ""


class Shifted(Diff):
    """Places each remark one line below where it belongs."""

    def said(self, word, spot, patch):  # noqa: ARG002 (a patch would widen the place)
        made = super().said(word, replace(spot, first=spot.first + 1, last=spot.last + 1), None)
        return replace(made, spot=spot)


class Other(Diff):
    """Is said to have meant another file."""

    def said(self, word, spot, patch):
        return super().said(word, spot, patch and replace(patch, after=patch.after + b"x"))


class Silent(Diff):
    """Says something else than it is asked for."""

    def said(self, word, spot, patch):
        return replace(super().said("silence", spot, patch), word=word)


def test_judge_sees_what_is_one_line_off(synthetic, tmp_path):
    """Remarks one line off are found out, but for those that the end of a hunk cuts to the same lines."""
    tally = judged("azure", synthetic, tmp_path, 2, diff=Shifted)
    assert tally.counts["text right"] == 0
    assert tally.counts["misplaced"] >= tally.counts["inline"] > 0


def test_judge_sees_another_file(synthetic, tmp_path):
    """A click that does not give the file that was meant is found out."""
    tally = judged("github", synthetic, tmp_path, 2, diff=Other)
    assert tally.counts["exact"] == 0
    assert tally.counts["wrong"] > 0


def test_judge_sees_what_is_lost(synthetic, tmp_path):
    """What stands neither on a line nor in the summary is found out."""
    tally = judged("gitlab", synthetic, tmp_path, 1, diff=Silent)
    assert tally.counts["lost"] == tally.counts["remarks"] > 0


def test_patch_is_bytes():
    """What a patch means: the file's own line ends, and no end where there was none."""
    crlf = (b"a\r\n", b"b\r\n", b"c")
    assert edits.applied(crlf, 3, 3, ("x", "y")) == b"a\r\nb\r\nx\r\ny"
    assert edits.applied(crlf, 1, 1, ()) == b"b\r\nc"
    assert edits.applied((b"a\n", b"b"), 2, 2, ()) == b"a\n"
    assert edits.applied((b"a",), 1, 1, ("x", "y")) == b"x\ny"
