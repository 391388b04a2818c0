"""Pieces of the repository given to the model beside the change itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Whole lines of a file at a commit, with the reason they were chosen.

    `id` (`x1`, `x2`, …) is what the model cites. `text` is unmasked: mask before showing.
    """

    id: str
    repository: str
    path: str
    commit: str
    first: int
    last: int
    why: str
    text: str
