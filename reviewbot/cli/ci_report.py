"""What a CI shows of a run beside its log: marks on lines, and a page for the job."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.change.event import Ci, ci
from reviewbot.cli.ci_log import MOST_ANNOTATIONS, Annotation, CleanStream, annotation
from reviewbot.domain.finding import Severity

if TYPE_CHECKING:
    from reviewbot.domain.wanted import Wanted
    from reviewbot.stages import Published


def tell(published: "Published", review: Path, environ: Mapping[str, str]) -> None:
    """Mark the findings in the CI's own way, and give it the page. On a laptop nothing happens."""
    found = ci(environ)
    if found is None:
        return
    lines = _marks(found, published.wanted) if published.wanted is not None else []
    page = _page(published.page, review) if found is not Ci.GITLAB else None
    if found is Ci.AZURE and page is not None:
        # The path is ours and the operator's; nothing of the change can be in it.
        lines.append(f"##vso[task.uploadsummary]{page.absolute()}")
    _raw(lines)
    place = environ.get("GITHUB_STEP_SUMMARY")
    if found is Ci.GITHUB and place:
        _append(published.page, Path(place))


def _page(text: str, review: Path) -> Path | None:
    """Write the page beside the review, for a CI that wants a file."""
    path = review / "summary.md"
    # The page is a courtesy: that there is no place for it must not change the result.
    with suppress(OSError):
        review.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path
    return None


def _marks(found: Ci, wanted: "Wanted") -> list[str]:
    worst_first = sorted(wanted.remarks, key=lambda remark: -remark.severity.rank)
    marks: list[str] = []
    for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE):
        same = [remark for remark in worst_first if remark.severity is severity][:MOST_ANNOTATIONS]
        said = [
            Annotation(str(severity), remark.place.path, remark.place.first, remark.rule, remark.title)
            for remark in same
        ]
        marks += [line for one in said if (line := annotation(found, one)) is not None]
    return marks


def _raw(lines: list[str]) -> None:
    """Write commands of ours past the cleaning."""
    out = sys.stdout.raw if isinstance(sys.stdout, CleanStream) else sys.stdout
    sys.stdout.flush()
    out.write("".join(line + "\n" for line in lines))
    out.flush()


def _append(page: str, place: Path) -> None:
    with suppress(OSError), place.open("a", encoding="utf-8") as file:
        file.write(page)
