"""Which right each operation needs on GitHub, and where it is given. Source: GitHub's REST description,
"permissions required for fine-grained personal access tokens"; for resolving [I github/gh-aw#35726].
"""

from reviewbot.forges.base import Access, Rights

_CLASSIC = "of a classic token: scope repo"


def reading(access: Access) -> Rights:
    """Read the pull request and what was said on it."""
    return _rights(access, "read the pull request", "pull-requests: read and statuses: read")


def commenting(access: Access, doing: str = "take the comments") -> Rights:
    """Write comments of either kind."""
    return _rights(access, doing, "pull-requests: write")


def resolving(access: Access, doing: str) -> Rights:
    """Resolve and reopen threads: of an App, and so of GITHUB_TOKEN, GitHub wants more than for comments."""
    return _rights(access, doing, "pull-requests: write and contents: write")


def reporting(access: Access, *, check: bool) -> Rights:
    """Set the status, or make a check run; only an App can do that."""
    if check:
        return _rights(
            access, "make a check run", "checks: write, of a GitHub App or GITHUB_TOKEN", classic=""
        )
    needs = "of a classic token: scope repo:status"
    return _rights(access, "set the status", "statuses: write", classic=needs)


def _rights(access: Access, doing: str, permission: str, *, classic: str = _CLASSIC) -> Rights:
    needs = f"permission {permission}" + (f" ({classic})" if classic else "")
    return Rights(doing, f"{needs}, and an account that may see the repository", _where(access))


def _where(access: Access) -> str:
    """Name the page by what the token's first letters say of its kind."""
    if access.token.startswith("ghs_"):
        return "permissions: of the job in the workflow file, or the permissions of the GitHub App"
    if access.token.startswith("github_pat_"):
        return "Settings > Developer settings > Fine-grained tokens of the account"
    return "Settings > Developer settings > Personal access tokens of the account"
