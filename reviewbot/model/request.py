"""What the model's part of a review is given."""

from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain.change import Change, ReadBlob
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Finding
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import ApprovedLibrary, RuleSet
from reviewbot.domain.secret import Mask


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """The change with all that is known about it.

    `findings` are the scanners' new ones, `templates` the folder that holds `prompts/`.
    """

    change: Change
    read: ReadBlob
    rules: RuleSet
    excerpts: tuple[Excerpt, ...]
    findings: tuple[Finding, ...]
    mask: Mask
    policy: Policy
    templates: Path


@dataclass(frozen=True, slots=True)
class MendRequest:
    """What questions for remedies are made from. `templates` is the folder that holds `prompts/`."""

    approved: tuple[ApprovedLibrary, ...]
    mask: Mask
    policy: Policy
    templates: Path
