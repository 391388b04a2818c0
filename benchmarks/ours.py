"""What is ours on a 10-file change: CPU and memory of a run whose scanner answers are cached, without a model.

The repository is generated; the first run fills the cache, the runs that count find every answer there. So what
is left is start-up, diff, policy, rules, cache, secrets for the mask, verdict, and rendering to JSON and the terminal.
"""

import subprocess
import sysconfig
import tempfile
from pathlib import Path

from measure import PYTHON, median, run

FILES, ROUNDS = 10, 7


def build(repo, files=FILES):
    """Commit `files` Python files on main and a change of each on a branch."""
    library = Path(sysconfig.get_path("stdlib"))
    names = sorted(path for path in library.glob("*.py") if 5_000 < path.stat().st_size < 40_000)[:files]
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.invalid", "-C", str(repo)]
    subprocess.run(["git", "init", "-q", "-b", "main", str(repo)], check=True)
    for path in names:
        (repo / path.name).write_bytes(path.read_bytes())
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "base"], check=True)
    subprocess.run([*git, "checkout", "-qb", "topic"], check=True)
    for number, path in enumerate(names):
        lines = path.read_text("utf-8").split("\n")
        for at in range(10, len(lines), 40):
            lines[at] += f"  # changed {number}"
        lines.append(
            f"import subprocess\n\n\ndef changed_{number}(name):\n    return subprocess.run(name, shell=True)\n"
        )
        (repo / path.name).write_text("\n".join(lines), "utf-8")
    subprocess.run([*git, "commit", "-qam", "change"], check=True)


def main():
    """Measure, print, and give the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        repo = Path(folder) / "repo"
        build(repo)
        command = [
            PYTHON,
            "-m",
            "reviewbot",
            "run",
            "--repo",
            str(repo),
            "--no-model",
            "--fail-on",
            "warning",
            "--output",
            f"json={folder}/r.json",
        ]
        cold = run(command)
        warm = [run(command) for _ in range(ROUNDS)]
        assert {cost.code for cost in [cold, *warm]} == {10}, (
            "the change has findings, and the review is whole"
        )
    cpu, wall, peak = median(warm, "cpu"), median(warm, "wall"), median(warm, "peak") / 1e6
    return [
        ("everything ours, 10 files, CPU", f"{cpu:.2f} s", "<= 0.8 s", cpu <= 0.8),
        ("everything ours, 10 files, peak memory", f"{peak:.0f} MB", "<= 150 MB", peak <= 150),
        ("the same change again, wall, all but the model", f"{wall:.2f} s", "< 0.8 s", wall < 0.8),
        ("the same change the first time, wall", f"{cold.wall:.2f} s", "", True),
    ]


if __name__ == "__main__":
    print(main())
