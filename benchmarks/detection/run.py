"""Detection on public test sets, ours beside other tools in the same run, as Markdown.

    python benchmarks/detection/run.py --owasp PATH --securityeval PATH --leaky PATH --community PATH
        --ordinary PATH... [--detect-secrets COMMAND] [--gitleaks COMMAND] [--packs FOLDER...] [--both]
        [--only owasp|securityeval|leaky|ordinary|speed]...

A PATH is a folder or a git directory, of which the newest commit is taken. What is not given is not measured. The Python
sets are made neutral first; with --both the other tools also get them as they are. Ours is the product itself, without a
model, on a change that adds all files at once. `--work FOLDER` keeps the copies. Exits 1 if a tool gives no answer. Needs Python 3.12 or newer.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from detection import chapters
from detection.chapters import Bench
from detection.ours import pack_folders
from detection.sets import OWASP, SECURITYEVAL
from detection.tools import ToolError

PARTS = (OWASP, SECURITYEVAL, "leaky", "ordinary", "speed")


def main() -> int:
    """Measure every part that is asked for and whose set is there."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        bench = Bench(
            asked.work or Path(folder), asked.packs or pack_folders(), asked.community, both=asked.both
        )
        try:
            for part in asked.only or PARTS:
                _say(_part(part, asked, bench))
        except ToolError as error:
            print(f"detection: {error}", file=sys.stderr)
            return 1
    return 0


def _part(part: str, asked: argparse.Namespace, bench: Bench) -> Iterator[str]:
    place = getattr(asked, part, None)
    if part == "speed":
        yield from chapters.speed(bench, asked.owasp)
    elif not place:
        yield f"{part}: not measured."
    elif part == OWASP:
        yield from chapters.owasp(bench, place)
    elif part == SECURITYEVAL:
        yield from chapters.securityeval(bench, place)
    elif part == "leaky":
        yield from chapters.secrets(
            bench, place, {"detect-secrets": asked.detect_secrets, "gitleaks": asked.gitleaks}
        )
    else:
        yield from chapters.noise(bench, place)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
    print(flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in (OWASP, SECURITYEVAL, "leaky", "community", "work"):
        parser.add_argument(f"--{name}", type=Path, metavar="PATH")
    parser.add_argument("--ordinary", type=Path, nargs="+", default=[], metavar="PATH")
    parser.add_argument("--packs", type=Path, nargs="+", default=[], metavar="FOLDER")
    parser.add_argument("--detect-secrets", metavar="COMMAND")
    parser.add_argument("--gitleaks", metavar="COMMAND")
    parser.add_argument("--both", action="store_true", help="the other tools also on the sets as they are")
    parser.add_argument("--only", choices=PARTS, action="append")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
