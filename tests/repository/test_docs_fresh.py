"""What is generated is committed, and fresh."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_generated_pages_are_fresh():
    """Reference pages and schemas are what the program would write now: run scripts/generate_docs.py if not."""
    done = subprocess.run(
        [sys.executable, "scripts/generate_docs.py", "--check"], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (0, "")


def test_the_check_bites(tmp_path):
    """A page that differs is named, and the exit code says so."""
    copy = tmp_path / "scripts" / "generate_docs.py"
    copy.parent.mkdir()
    copy.write_text((ROOT / "scripts" / "generate_docs.py").read_text("utf-8"))
    done = subprocess.run([sys.executable, str(copy), "--check"], capture_output=True, check=False)
    assert done.returncode == 1
    assert "policy.md" in done.stdout.decode()
