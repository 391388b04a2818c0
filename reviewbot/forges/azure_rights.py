"""What each operation needs on Azure DevOps, and where it is set: for the message when it is refused.

Names of the permissions and pages: the product's own; TF401027 names the missing one and the identity.
"""

from dataclasses import replace

from reviewbot.domain.pull import PullRef
from reviewbot.forges.base import Access, Rights

_SIGN_IN = {
    "pat": "User settings > Personal access tokens (https only, and IIS Basic authentication must be off)",
    "bearer": "the pipeline's step: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)",
}


def reading(ref: PullRef, doing: str) -> Rights:
    """What is needed to read."""
    return Rights(doing, 'permission "Read", scope Code (read)', _page(ref))


def commenting(ref: PullRef, doing: str) -> Rights:
    """What is needed to write threads and statuses."""
    return Rights(doing, 'permission "Contribute to pull requests", scope Code (read and write)', _page(ref))


def setting_status(ref: PullRef, doing: str) -> Rights:
    """What is needed to set a status."""
    return Rights(doing, 'permission "Contribute to pull requests", scope Code (status)', _page(ref))


def at(status: int, rights: Rights, access: Access) -> Rights:
    """Name the place that helps with an answer of this status: with 401 it is the token's own."""
    return replace(rights, where=_SIGN_IN[access.kind]) if status == 401 else rights


def _page(ref: PullRef) -> str:
    project, _, repository = ref.repository.partition("/")
    return f"Project settings > Repositories > {repository} > Security, in project {project}, for the token's account"
