"""The result of a run: what `--output json` writes and what passes between the stages."""

from dataclasses import dataclass
from datetime import date

from reviewbot.domain.change import Change
from reviewbot.domain.claim import ModelReport
from reviewbot.domain.coverage import FileCoverage
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Judged, Outcome
from reviewbot.domain.patch import Patch, Unproven
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.secret import Mask
from reviewbot.domain.suite import SuiteRun

SCHEMA = "reviewbot/review/1"


@dataclass(frozen=True, slots=True)
class ToolVersion:
    """A scanner as it ran: name, version, and its front end or mode where it has several."""

    name: str
    version: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's word. `at_threshold` counts findings that make the result red, `failing_tests` tests that do.

    `untested` says why tests that may block have no result, "" if they have one or need none.
    """

    complete: bool
    at_threshold: int
    exit_code: int
    failing_tests: int = 0
    untested: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """Everything a run has to say. Findings are unmasked: writers apply `mask` to all they write.

    `run`, `seconds` and `day` differ from run to run; all else is the same for the same inputs. `day`, in UTC,
    is the one by which waivers were judged. `patches` are proven. `suite` is how the repository's own tests
    ended on the head, None if they were not run.
    """

    run: str
    day: date
    seconds: float
    change: Change
    policy: Policy
    rules: RuleSet
    sandbox: str
    tools: tuple[ToolVersion, ...]
    findings: tuple[Judged, ...]
    coverage: tuple[FileCoverage, ...]
    excerpts: tuple[Excerpt, ...]
    model: ModelReport | None
    verdict: Verdict
    mask: Mask
    notes: tuple[str, ...] = ()
    patches: tuple[Patch, ...] = ()
    suite: SuiteRun | None = None
    unproven: tuple[Unproven, ...] = ()

    def with_outcome(self, *outcomes: Outcome) -> tuple[Judged, ...]:
        """Give the findings that ended so, in order."""
        return tuple(judged for judged in self.findings if judged.outcome in outcomes)

    def counts(self) -> dict[Outcome, int]:
        """Count findings per outcome; the counts add up to all findings."""
        return {outcome: len(self.with_outcome(outcome)) for outcome in Outcome}

    @property
    def gaps(self) -> tuple[FileCoverage, ...]:
        """Files that a required reviewer did not read."""
        return tuple(file for file in self.coverage if file.gaps)
