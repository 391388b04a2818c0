"""Where settings come from, and in which order they win: operator, repository, flags.

The operator's policy outranks the rest. A repository's policy may only add and tighten, and so
may flags and variables, unless the operator's policy allows a flag by name. Without an
operator's policy, as on a laptop, flags are free.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import Policy
from reviewbot.errors import PolicyError, ReviewbotError, UsageError

SYSTEM_POLICY = Path("/etc/reviewbot/policy.yml")
"""The policy of the whole machine. Beside it, one may lie in the installation itself."""

_MOST_BYTES = 1_000_001  # one over what the reader takes, so that it can say so


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy's text, and the name that messages call it by."""

    name: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Overrides:
    """What flags and variables ask for. `given_as` names the flag or variable, for messages."""

    model_url: str | None = None
    model_name: str | None = None
    gguf: str | None = None
    no_model: bool = False
    rules: tuple[str, ...] = ()
    fail_on: str | None = None
    unsandboxed: bool = False
    patches: str | None = None
    given_as: Mapping[str, str] = field(default_factory=dict)

    def called(self, name: str) -> str:
        """Give the flag or variable by which a setting came: `--no-model`, `REVIEWBOT_NO_MODEL`."""
        return self.given_as.get(name) or f"--{name.replace('_', '-')}"


def load(*, operator: PolicyFile | None, repository: PolicyFile | None, overrides: Overrides) -> Policy:
    """Settle the policy of a run.

    Raises `PolicyError` for a file that does not load or that loosens, and `UsageError` for a
    flag or variable that loosens what an operator's policy demands.
    """
    from reviewbot.policy import settle  # noqa: PLC0415 (pydantic is heavy, and `--help` needs none of it)

    if operator is None and repository is None:
        return settle.settled(None, None, overrides)
    from reviewbot.policy.documents import OperatorDocument, RepositoryDocument  # noqa: PLC0415 (as above)
    from reviewbot.policy.reading import read  # noqa: PLC0415 (as above)

    return settle.settled(
        read(OperatorDocument, operator.name, operator.text) if operator else None,
        read(RepositoryDocument, repository.name, repository.text) if repository else None,
        overrides,
    )


def operator_policy(
    environ: Mapping[str, str], *, installed: Path, given: Path | None = None, system: Path = SYSTEM_POLICY
) -> PolicyFile | None:
    """Find the operator's policy: the machine's or the installation's, else the given one.

    `given` is the flag's file, before the variable REVIEWBOT_POLICY (an empty one counts as not
    given). Raises `UsageError` for a given file beside an installed one, unless the installed
    one allows it by `allow: [policy]`, and `PolicyError` where two installed ones differ.
    """
    ours = _installed(system, installed)
    path = given or (Path(environ["REVIEWBOT_POLICY"]) if environ.get("REVIEWBOT_POLICY") else None)
    if path is None:
        return ours
    theirs = _file(path, UsageError)
    if ours is None or ours.text == theirs.text or _gives_way(ours):
        return theirs
    raise UsageError(
        f"the policy {quoted(theirs.name)} was given, but {quoted(ours.name)} is installed and outranks it",
        hint="leave out --policy and REVIEWBOT_POLICY; or let the installed policy say `allow: [policy]`",
    )


def _installed(system: Path, installed: Path) -> PolicyFile | None:
    found = [_file(path, PolicyError) for path in dict.fromkeys((system, installed)) if _is_there(path)]
    if len({file.text for file in found}) > 1:
        names = " and ".join(quoted(file.name) for file in found)
        raise PolicyError(f"two policies are installed and differ: {names}", hint="keep one of them")
    return found[0] if found else None


def _gives_way(ours: PolicyFile) -> bool:
    from reviewbot.policy.documents import OperatorDocument  # noqa: PLC0415 (pydantic, as above)
    from reviewbot.policy.reading import read  # noqa: PLC0415 (as above)

    return "policy" in read(OperatorDocument, ours.name, ours.text).document.allow


def _is_there(path: Path) -> bool:
    # Only "no such file" is absence: a policy that may not be looked at must not be passed over.
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise _unreadable(path, error, PolicyError) from None
    return True


def _file(path: Path, refuse: type[ReviewbotError]) -> PolicyFile:
    try:
        # Not blocking, so that a pipe in the file's place is refused instead of waited for.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise refuse(f"the policy {quoted(str(path))} is not a regular file")
            with os.fdopen(handle, "rb", closefd=False) as file:
                return PolicyFile(str(path), file.read(_MOST_BYTES))
        finally:
            os.close(handle)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error, refuse) from None


def _unreadable(path: Path, error: OSError | ValueError, refuse: type[ReviewbotError]) -> ReviewbotError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
    return refuse(f"the policy {quoted(str(path))} cannot be read: {reason.lower()}")
