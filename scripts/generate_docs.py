"""Write the parts of `docs/` that are generated from the program; `--check` only compares.

To add a page, add a pair of its path under `docs/` and a function that gives its text.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from reviewbot.change import snapshot
from reviewbot.domain.policy import Policy
from reviewbot.policy import reference, schema
from reviewbot.report.reference import review_reference
from reviewbot.report.schema import schema_text
from reviewbot.shipped import folder
from reviewbot.workbench import pages, shelf

DOCS = Path(__file__).resolve().parents[1] / "docs"


def rule_pages() -> dict[str, str]:
    """Give the pages about the packs that come with the program."""
    return pages.pages(shelf.opened(shelf.folders_of((), Policy(), folder("rules"))))


RULES = rule_pages()
PAGES: list[tuple[str, Callable[[], str]]] = [
    ("policy.md", reference.page),
    *((f"schemas/{name}", lambda name=name: schema.schema_files()[name]) for name in schema.schema_files()),
    ("schemas/review.schema.json", schema_text),
    ("schemas/snapshot.schema.json", snapshot.schema_text),
    ("review-format.md", review_reference),
    *((f"rules/{name}", lambda name=name: RULES[name]) for name in RULES),
]


def stale() -> list[Path]:
    """Name the committed pages that differ from what the program would write."""
    return [
        DOCS / path
        for path, text in PAGES
        if not (DOCS / path).is_file() or (DOCS / path).read_text(encoding="utf-8") != text()
    ]


def main(arguments: list[str]) -> int:
    """Write or compare; give the exit code."""
    old = stale()
    for path in old:
        print(f"{'stale' if '--check' in arguments else 'written'}: {path}")
    if "--check" in arguments:
        return 1 if old else 0
    for path, text in PAGES:
        (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / path).write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
