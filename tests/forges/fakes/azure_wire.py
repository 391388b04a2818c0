"""Azure DevOps Server on the wire: the shape of errors, pages for people, names of body keys.

Evidence: [S] official description, [D] docs, [I] seen in a thread, [K] not verified.
"""

from typing import Any

from fakes.wire import RefusedError

SIGN_IN = (
    b"<!DOCTYPE html>\n<html><head><title>Azure DevOps Server | Sign In</title></head><body></body></html>\n"
)
UNAUTHORIZED = b"<!DOCTYPE html>\n<html><head><title>401 - Unauthorized: Access is denied due to invalid credentials.</title></head></html>\n"

_POSITION = {"line": None, "offset": None}
_SIDES = {
    "leftFileStart": _POSITION,
    "leftFileEnd": _POSITION,
    "rightFileStart": _POSITION,
    "rightFileEnd": _POSITION,
}
_ITERATIONS = {"firstComparingIteration": None, "secondComparingIteration": None}
COMMENT_KEYS: dict[str, Any] = {
    **dict.fromkeys(
        ("_links", "author", "commentType", "content", "id", "isDeleted", "lastContentUpdatedDate")
    ),
    **dict.fromkeys(("lastUpdatedDate", "parentCommentId", "publishedDate", "usersLiked")),
}
THREAD_KEYS: dict[str, Any] = {
    **dict.fromkeys(
        ("_links", "id", "identities", "isDeleted", "lastUpdatedDate", "properties", "publishedDate")
    ),
    "status": None,
    "comments": [COMMENT_KEYS],
    "threadContext": {"filePath": None, **_SIDES},
    "pullRequestThreadContext": {
        "changeTrackingId": None,
        "iterationContext": _ITERATIONS,
        "trackingCriteria": None,
    },
}
STATUS_KEYS: dict[str, Any] = {
    **dict.fromkeys(
        ("_links", "createdBy", "creationDate", "description", "id", "iterationId", "properties")
    ),
    **dict.fromkeys(("state", "targetUrl", "updatedDate")),
    "context": {"genre": None, "name": None},
}


def refused(status: int, key: str, message: str, home: str = "") -> RefusedError:
    """An error in the server's shape [I]; `home` is the assembly that its type lives in."""
    home = home or ("Microsoft.VisualStudio.Services.WebApi" if key.startswith("Vss") else "System")
    assembly = "mscorlib" if home == "System" else home
    body = {
        "$id": "1",
        "innerException": None,
        "message": message,
        "typeName": f"{home}.{key}, {assembly}",
        "typeKey": key,
        "errorCode": 0,
        "eventId": 3000 if home != "System" else 0,
    }
    return RefusedError(status, body)


def refused_git(status: int, key: str, message: str) -> RefusedError:
    """An error of the git part of the server."""
    return refused(status, key, message, "Microsoft.TeamFoundation.Git.Server")


def page(status: int, body: bytes, headers: dict[str, str]) -> RefusedError:
    """A page for people instead of data: how IIS and the sign-in answer."""
    error = RefusedError(status, body, headers)
    error.reply.content_type = "text/html; charset=utf-8"
    return error


def unknown_keys(body: Any, known: Any, where: str = "") -> list[str]:
    """Find keys that the server has no name for; it passes over them in silence, a test must not."""
    if isinstance(known, list):
        entries = body if isinstance(body, list) else []
        return [name for each in entries for name in unknown_keys(each, known[0], where)]
    if not isinstance(known, dict) or not isinstance(body, dict):
        return []
    found = [f"{where}{key}" for key in body if key not in known]
    for key in known.keys() & body.keys():
        found += unknown_keys(body[key], known[key], f"{where}{key}.")
    return sorted(found)


def without_nulls(body: Any) -> Any:
    """A body as it is without the keys that were sent as null."""
    if isinstance(body, dict):
        return {key: without_nulls(value) for key, value in body.items() if value is not None}
    return [without_nulls(each) for each in body] if isinstance(body, list) else body
