"""The pull request (GitLab: merge request) that a run was started for, and what its forge says of it."""

from dataclasses import dataclass
from enum import StrEnum


class ForgeKind(StrEnum):
    """The forges that reviewbot speaks to."""

    GITLAB = "gitlab"
    GITHUB = "github"
    AZURE = "azure"


@dataclass(frozen=True, slots=True)
class PullRef:
    """The one pull request of a run, as the run's own environment names it; nothing else may be written to.

    `api` is the address of the interface without a slash at its end: `https://host/api/v4` (GitLab),
    `https://host/api/v3` (GitHub), the collection `https://host/tfs/Collection` (Azure DevOps).
    `repository` is a project's number or path (GitLab), `owner/name` (GitHub), `project/repository`,
    names or ids (Azure DevOps).
    """

    kind: ForgeKind
    api: str
    repository: str
    number: int

    @property
    def name(self) -> str:
        """How people and markers name it: `gitlab:group/project!12`."""
        return f"{self.kind}:{self.repository}!{self.number}"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as its forge describes it at one moment.

    `head` is the newest commit of the source branch, never a trial merge. `diff_base` is the commit
    from which the forge's own diff starts, where it says so: anchors count lines of that diff.
    `revision` is what the forge calls this state of the request (GitLab: the start commit of the
    version; Azure DevOps: the iteration's number); empty where it has no such thing.
    """

    ref: PullRef
    head: str
    target_branch: str
    diff_base: str | None
    revision: str
    is_open: bool
