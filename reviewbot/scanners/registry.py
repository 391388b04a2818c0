"""Which scanners run: a dict of ours, and what the operator declares."""

from collections.abc import Callable

from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import RuleSet
from reviewbot.errors import PolicyError
from reviewbot.scanners import bandit, hidden, jobs, locate, secrets, semgrep, suppressions
from reviewbot.scanners.bandit import BanditScanner
from reviewbot.scanners.base import Scanner, ScannerPaths
from reviewbot.scanners.hidden import HiddenTextScanner
from reviewbot.scanners.sarif import SarifScanner
from reviewbot.scanners.secrets import SecretScanner
from reviewbot.scanners.semgrep import SemgrepScanner
from reviewbot.scanners.suppressions import SuppressionScanner

_Build = Callable[[Policy, RuleSet, ScannerPaths], Scanner]


def _semgrep(policy: Policy, rules: RuleSet, tools: ScannerPaths) -> Scanner:
    limits = jobs.limits_for(policy.limits.scanner_seconds, policy.limits.memory_bytes)
    return SemgrepScanner(tools.core, tools.semgrep, rules.semgrep, limits)


def _bandit(policy: Policy, rules: RuleSet, tools: ScannerPaths) -> Scanner:
    limits = jobs.limits_for(policy.limits.scanner_seconds, policy.limits.memory_bytes)
    return BanditScanner(tools.bandit, limits, rules.taken_over(bandit.NAME))


def _secrets(policy: Policy, _rules: RuleSet, _tools: ScannerPaths) -> Scanner:
    return SecretScanner(jobs.limits_for(policy.limits.scanner_seconds, policy.limits.memory_bytes))


_MODEL = "model"  # a reviewer's name too, in coverage and in a finding's sources
OURS: dict[str, _Build] = {
    semgrep.NAME: _semgrep,
    bandit.NAME: _bandit,
    secrets.NAME: _secrets,
}
"""The scanners that a policy can name."""


def build(policy: Policy, rules: RuleSet, *, tools: ScannerPaths) -> tuple[Scanner, ...]:
    """Make the scanners of this policy, in its order, then the declared tools, then the watches for
    suppressions and for hidden text, which are always on. A scanner that is not installed is here too, and fails when asked.

    Raises `PolicyError` for a scanner that nobody knows, or a name that stands twice.
    """
    names = [*policy.scanners, *(tool.name for tool in policy.sarif), suppressions.NAME, hidden.NAME, _MODEL]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise PolicyError(
            f"the scanner name {twice[0]} stands twice in the policy, or is another reviewer's",
            hint="give each tool under scanners.sarif a name of its own",
        )
    unknown = [name for name in policy.scanners if name not in OURS]
    if unknown:
        raise PolicyError(
            f"the policy names the scanner {unknown[0]}, which reviewbot does not have",
            hint=f"known are {', '.join(OURS)}; declare others under scanners.sarif",
        )
    limits = jobs.limits_for(policy.limits.scanner_seconds, policy.limits.memory_bytes)
    scanners = [OURS[name](policy, rules, tools) for name in policy.scanners]
    for tool in policy.sarif:
        if not tool.command:
            raise PolicyError(f"the scanner {tool.name} has no command")
        scanners.append(SarifScanner(tool, locate.declared(tool.command[0], tools.search), limits))
    return (*scanners, SuppressionScanner(), HiddenTextScanner())
