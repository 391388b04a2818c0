"""The repository's own tests, as values: what was run and how it ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SuitePolicy:
    """Whether and how the repository's tests are run. `allow` is the operator's, `command` the target branch's.

    `command` is an argv whose first word is looked up on the operator's PATH; empty: there is none.
    `gate`: failing tests make the result red. `timeout_s` is seconds for one run.
    """

    allow: bool = False
    command: tuple[str, ...] = ()
    timeout_s: float = 300.0
    gate: bool = False

    @property
    def runs(self) -> bool:
        """Say whether tests are run at all."""
        return self.allow and bool(self.command)


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A test that failed: its name, and the first lines that it printed, both untrusted text of the change."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """One run of the tests. `broken` says why it could not be run to its end; "" if it was.

    `passed` and `failed` are by name where the output names tests in a form that we know; `named` is false
    where it does not, and then only `exit_code` tells. `counted` is how many passed by the runner's own count,
    which some give without the names. `notes` are sentences on what of the head was not there to be tested.
    """

    exit_code: int
    seconds: float
    passed: tuple[str, ...] = ()
    failed: tuple[FailedTest, ...] = ()
    named: bool = False
    broken: str = ""
    counted: int = 0
    notes: tuple[str, ...] = ()

    @property
    def passes(self) -> int:
        """How many tests passed, as far as the output tells."""
        return len(self.passed) or self.counted

    @property
    def green(self) -> bool:
        """Say whether the run was whole and nothing failed."""
        return not self.broken and self.exit_code == 0 and not self.failed
