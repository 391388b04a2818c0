"""A whole review, without a model, of 3,000 files and 300,000 added lines, and of twice that.

Peak memory is that of the whole tree: Python, git and the scanners in their sandboxes together.
"""

import tempfile
from pathlib import Path

from large_change import build
from measure import PYTHON, tree_peak


def once(files, lines):
    """Review a generated change and give what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        repo = Path(folder) / "repo"
        build(repo, files, lines)
        command = [
            PYTHON,
            "-m",
            "reviewbot",
            "run",
            "--repo",
            str(repo),
            "--no-model",
            "--output",
            f"json={folder}/r.json",
        ]
        wall, code, peak = tree_peak(command)
        assert code in {0, 10}, f"exit code {code}: the review is not whole"
        return wall, peak


def main():
    """Measure, print, and give the rows of the table."""
    whole, twice = (once(3000 * factor, 300_000 * factor) for factor in (1, 2))
    peak = whole[1] / 1e6
    growth = twice[0] / whole[0]
    return [
        ("3,000 files, 300,000 lines: wall", f"{whole[0]:.0f} s", "finishes", True),
        ("3,000 files, 300,000 lines: peak memory", f"{peak:.0f} MB", "< 1,000 MB", peak < 1000),
        ("twice the size: time", f"{growth:.2f} x", "<= 2.3 x", growth <= 2.3),
    ]


if __name__ == "__main__":
    print(main())
