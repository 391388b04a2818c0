"""Azure DevOps Server's releases: resource locations, and which api-versions each takes.

Evidence: [S] official description or SDK source, [D] docs, [I] seen in a thread, [K] not verified.
"""

import re
from dataclasses import dataclass
from typing import Any

from fakes.azure_wire import refused

_GIT = "{project}/_apis/{area}/repositories/{repositoryId}"
_PULL = _GIT + "/pullRequests/{pullRequestId}"

# Resource -> (location id, area, resourceName, routeTemplate). The ids are those that the SDK asks for [S].
LOCATIONS = {
    "connectionData": (
        "00d9565f-ed9c-4a06-9a50-00e7896ccab4",
        "Location",
        "ConnectionData",
        "_apis/{resource}",
    ),
    "resourceAreas": (
        "e81700f7-3be2-46de-8624-2eb35882fcaa",
        "Location",
        "ResourceAreas",
        "_apis/{resource}/{areaId}",
    ),
    "repository": (
        "225f7195-f9c7-4d14-ab28-a83f7ff77e1f",
        "git",
        "repositories",
        "{project}/_apis/{area}/{resource}/{repositoryId}",
    ),
    "items": ("fb93c0db-47ed-4a31-8c20-47552878fb44", "git", "items", _GIT + "/{resource}/{*path}"),
    "pullById": (
        "01a46dea-7d46-4d40-bc84-319e7c260d99",
        "git",
        "pullRequests",
        "{project}/_apis/{area}/{resource}/{pullRequestId}",
    ),
    "pull": (
        "9946fd70-0d40-406e-b686-b4744cbbcc37",
        "git",
        "pullRequests",
        _GIT + "/{resource}/{pullRequestId}",
    ),
    "iterations": (
        "d43911ee-6958-46b0-a42b-8445b8a0d004",
        "git",
        "pullRequestIterations",
        _PULL + "/iterations/{iterationId}",
    ),
    "changes": (
        "4216bdcf-b6b1-4d59-8b82-c34cc183fc8b",
        "git",
        "pullRequestIterationChanges",
        _PULL + "/iterations/{iterationId}/changes",
    ),
    "threads": (
        "ab6e2e5d-a0b7-4153-b64a-a4efe0d49449",
        "git",
        "pullRequestThreads",
        _PULL + "/threads/{threadId}",
    ),
    "comments": (
        "965a3ec7-5ed8-455a-bdcb-835a5ea7fe7b",
        "git",
        "pullRequestThreadComments",
        _PULL + "/threads/{threadId}/comments/{commentId}",
    ),
    "statuses": (
        "b5f6bb4f-8d1e-4d79-8d11-4c9172c99c35",
        "git",
        "pullRequestStatuses",
        _PULL + "/statuses/{statusId}",
    ),
    "iterationStatuses": (
        "75cf11c5-979f-4038-a76e-058a06adf2bf",
        "git",
        "pullRequestIterationStatuses",
        _PULL + "/iterations/{iterationId}/statuses/{statusId}",
    ),
}
# Never left preview: a released version is refused on any server [I].
_ALWAYS_PREVIEW = frozenset({"connectionData", "resourceAreas"})
# Preview in the description of 5.0 [S] and in 6.0 [K], released in 7.0 [S].
_LATE = frozenset({"statuses", "iterationStatuses"})


@dataclass(frozen=True)
class Server:
    """A release of the server: the version it is described by, and the highest it takes.

    2019 and 2020 take 5.1 and 6.1 as previews: "The latest REST API version this server supports is 6.1." [I]
    """

    released: str
    highest: str

    def released_of(self, resource: str) -> str:
        """The `releasedVersion` of a resource; 0.0 is one that is a preview still."""
        preview = resource in _ALWAYS_PREVIEW or (resource in _LATE and _number(self.released) < (7, 0))
        return "0.0" if preview else self.released

    def locations(self) -> list[dict[str, Any]]:
        """What `OPTIONS _apis` lists [S: the SDK's ApiResourceLocation]."""
        return [
            {
                "id": identifier,
                "area": area,
                "resourceName": name,
                "routeTemplate": template,
                "resourceVersion": 1,
                "minVersion": "1.0",
                "maxVersion": self.highest,
                "releasedVersion": self.released_of(resource),
            }
            for resource, (identifier, area, name, template) in LOCATIONS.items()
        ]

    def check(self, resource: str, asked: str | None, method: str) -> None:
        """Refuse an api-version as the server does."""
        if asked is None:
            _unless_reading(method)
            return
        found = re.fullmatch(r"(\d+\.\d+)(-preview(?:\.\d+)?)?", asked)
        if not found:
            raise refused(400, "VssInvalidApiResourceVersionException", _NOT_A_VERSION.format(asked))  # [K]
        version, preview = found.groups()
        if _number(version) > _number(self.highest):
            raise refused(400, "VssVersionOutOfRangeException", _OUT_OF_RANGE.format(version, self.highest))
        released = _number(self.released_of(resource))
        if not preview and _number(version) > released:
            raise refused(400, "VssInvalidPreviewVersionException", _PREVIEW.format(version))
        if preview and _number(version) < released:  # deactivated once its release is out [D]
            raise refused(400, "VssVersionNotSupportedException", _DEACTIVATED.format(asked))


SERVERS = {
    "5.0": Server("5.0", "5.1"),  # Azure DevOps Server 2019
    "6.0": Server("6.0", "6.1"),  # 2020
    "7.0": Server("7.0", "7.0"),  # 2022
    "7.1": Server("7.1", "7.1"),  # 2022.1
}

_NOT_A_VERSION = "The api-version '{}' is not valid. The api version must be in the form x.y[-preview[.z]]."
_OUT_OF_RANGE = (  # [I]
    "The requested REST API version of {} is out of range for this server. "
    "The latest REST API version this server supports is {}."
)
_PREVIEW = (  # [I]
    'The requested version "{0}" of the resource is under preview. The -preview flag must be supplied '
    'in the api-version for such requests. For example: "{0}-preview"'
)
_DEACTIVATED = "The requested version {} of the resource is a preview that is no longer supported."  # [K]
_MISSING = (  # [I]
    'No api-version was supplied for the "{}" request. The version must be supplied either as part of the '
    'Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").'
)


def _unless_reading(method: str) -> None:
    """Reading without a version is answered [K], writing is not [I]."""
    if method not in ("GET", "OPTIONS"):
        raise refused(400, "VssVersionNotSpecifiedException", _MISSING.format(method))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def version_of(query: dict[str, str], headers: dict[str, str]) -> str | None:
    """Read the api-version: a query parameter, or a parameter of the Accept header."""
    if "api-version" in query:
        return query["api-version"]
    found = re.search(r";\s*api-version=([^;,\s]+)", headers.get("accept", ""))
    return found.group(1) if found else None
