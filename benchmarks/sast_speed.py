"""What scanning costs: ten changed Python files, a hundred semgrep rules, all scanners, both sides, sandboxed.

    python benchmarks/sast_speed.py [--rounds N]

Beside it, in the same run and by turns, bare `semgrep --experimental` on the ten head files at the
best of its `--jobs`. Prints medians, the ratio (which must not be over 3) and the time of the same
change again. Exits 1 if a bound is broken.
"""

import difflib
import os
import statistics
import subprocess
import tempfile
import time
from hashlib import sha1
from pathlib import Path

from security_rules import security_rules

from reviewbot.domain.change import Change, FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.policy import Policy, SandboxPolicy
from reviewbot.domain.rule import RuleSet
from reviewbot.sandbox import ladder
from reviewbot.scanners import registry
from reviewbot.scanners.locate import locate
from reviewbot.scanners.run import ScanReport, scan_change
from reviewbot.scanners.semgrep_rules import configuration

FILES = (
    "bisect.py", "colorsys.py", "fnmatch.py", "getpass.py", "linecache.py", "netrc.py", "sched.py", "shelve.py",
    "stringprep.py", "textwrap.py",
)  # fmt: skip
ADDED = (
    b"\n\ndef added(name):\n    import os\n    os.system('ls ' + name)  # nosec\n    return eval(input())\n"
)
MOST_RATIO = 3.0
MOST_AGAIN_S = 0.3


class MemoryCache:
    """A cache in a dict."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.entries.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.entries[key] = value


def oid(content: bytes) -> str:
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def changed() -> tuple[Change, dict[str, bytes]]:
    """Take ten files of the standard library, and add flaws in the middle and at the end of each."""
    library = Path(os.__file__).parent
    files, blobs = [], {}
    for name in [name for name in FILES if (library / name).is_file()]:
        old = (library / name).read_bytes()
        lines = old.split(b"\n")
        tops = [at for at, line in enumerate(lines) if line.startswith((b"def ", b"class "))]
        middle = tops[len(tops) // 2]
        new = b"\n".join(lines[:middle]) + ADDED + b"\n\n" + b"\n".join(lines[middle:]) + ADDED
        blobs |= {oid(old): old, oid(new): new}
        sides = [FileVersion(f"src/{name}", "100644", oid(content)) for content in (old, new)]
        files.append(FileDiff(Status.MODIFIED, *sides, tuple(hunks(old, new)), FileClass.CODE))
    change = Change("r", "b", "b", "h", "", "", "", tuple(files), (), ())
    return change, blobs


def hunks(old: bytes, new: bytes) -> list[Hunk]:
    before, after = old.split(b"\n"), new.split(b"\n")
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [
        Hunk(a + 1 if b > a else a, c + 1 if d > c else c, tuple(before[a:b]), tuple(after[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def main(rounds: int = 7) -> list[tuple[str, str, str, bool]]:
    """Measure by turns and give the rows of the table."""
    change, blobs = changed()
    rules = RuleSet((), security_rules(100))
    tools, policy = locate(os.environ), Policy()
    scanners = registry.build(policy, rules, tools=tools)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        sandbox = ladder.choose(SandboxPolicy(), cache_dir=top / "cache")
        (top / "rules.json").write_bytes(configuration(rules.semgrep))
        (top / "osemgrep").symlink_to(tools.core.command[0])
        heads = []
        for file in change.files:
            assert file.new is not None
            heads.append(file.new.path)
            (top / file.new.path).parent.mkdir(exist_ok=True)
            (top / file.new.path).write_bytes(blobs[file.new.oid])

        def bare(jobs: int) -> None:
            subprocess.run(
                ["./osemgrep", "scan", "--experimental", "--config=rules.json", "--json", "--quiet", "--metrics=off",
                 "--disable-version-check", f"--jobs={jobs}", "--", *heads],
                cwd=top, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={"HOME": folder, "PATH": "/usr/bin:/bin"},
            )  # fmt: skip

        def ours(cache: MemoryCache) -> ScanReport:
            return scan_change(
                change, blobs.__getitem__, rules=rules, policy=policy, scanners=scanners, sandbox=sandbox, cache=cache,
                progress=lambda _: None,
            )  # fmt: skip

        cores = sorted({1, max(1, len(os.sched_getaffinity(0)) // 2), len(os.sched_getaffinity(0))})
        bare(1)
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            cache = MemoryCache()
            steps = [(f"semgrep -j {jobs}", lambda jobs=jobs: bare(jobs)) for jobs in cores]
            steps += [
                ("all scanners", lambda cache=cache: ours(cache)),
                ("the same again", lambda cache=cache: ours(cache)),
            ]
            for name, step in steps:
                started = time.perf_counter()
                step()
                times.setdefault(name, []).append(time.perf_counter() - started)
        report = ours(cache)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    best = min(value for name, value in medians.items() if name.startswith("semgrep"))
    ratio = medians["all scanners"] / best
    lines = sum(blobs[oid_].count(b"\n") for oid_ in blobs)
    again = medians["the same again"]
    what = f"SAST, {len(change.files)} files, {lines:,} lines of both sides, 100 rules, {sandbox.name}"
    assert len(report.coverage) == len(change.files) * len(scanners), (
        "every scanner said a word on every file"
    )
    return [
        *(
            (f"{name}, head files alone", f"{value:.2f} s", "", True)
            for name, value in medians.items()
            if name.startswith("semgrep")
        ),
        (what, f"{medians['all scanners']:.2f} s", "", True),
        ("SAST against the best semgrep", f"{ratio:.2f} x", f"<= {MOST_RATIO:g} x", ratio <= MOST_RATIO),
        ("SAST, the same change again", f"{again:.3f} s", f"<= {MOST_AGAIN_S:g} s", again <= MOST_AGAIN_S),
    ]


if __name__ == "__main__":
    for row in main():
        print(*row, sep=" | ")
