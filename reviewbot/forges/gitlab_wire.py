"""Calls to GitLab through python-gitlab: what it refuses becomes a sentence, what it answers is checked."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import gitlab
import requests
from gitlab.exceptions import GitlabError
from gitlab.utils import EncodedId

from reviewbot.domain.pull import PullRef
from reviewbot.errors import ForgeError, UsageError
from reviewbot.forges.base import Access, Rights, refusal
from reviewbot.forges.fields import record, records
from reviewbot.forges.session import PoliteSession

_PER_PAGE = 100  # the most that GitLab gives
_PAGES = 200
_API = "/api/v4"
_PRESENTED = {"private": "private_token", "pat": "private_token", "bearer": "oauth_token", "job": "job_token"}

T = TypeVar("T")
Record = Mapping[str, object]


class Wire:
    """One project and merge request of one GitLab. `doing` in its methods is for the message of a refusal."""

    def __init__(self, ref: PullRef, access: Access, *, sleep: Callable[[float], None] = time.sleep) -> None:
        if not ref.api.endswith(_API):
            raise UsageError(
                f"the forge's address does not end in {_API}", hint="give CI_API_V4_URL as it is"
            )
        if access.kind not in _PRESENTED:
            raise UsageError(f"GitLab takes no token of the kind {access.kind}")
        self._access = access
        self._where = f"Settings > Access tokens of {ref.repository}"
        session = PoliteSession(ref.api, access.network, sleep=sleep)
        given: dict[str, Any] = {_PRESENTED[access.kind]: access.token}
        self.client = gitlab.Gitlab(
            ref.api.removesuffix(_API),
            session=session,
            user_agent=access.user_agent,
            keep_base_url=True,
            **given,
        )
        # Lazy objects, for their paths. The SDK's full ones are not made from answers: they die of odd ones.
        self.project = self.client.projects.get(ref.repository, lazy=True)
        self.merge = self.project.mergerequests.get(ref.number, lazy=True)
        self.project_path = f"/projects/{EncodedId(ref.repository)}"
        self.merge_path = f"{self.project.mergerequests.path}/{ref.number}"

    def read(self, doing: str, path: str) -> object:
        """Ask for one thing; None for an answer of nothing. Raises `DeniedError` for a 4xx, else `ForgeError`."""
        return _value(self._get(doing, path, {}))

    def post(self, doing: str, path: str, fields: Mapping[str, object], what: str) -> Record:
        """Create something. Raises `DeniedError` for a 4xx, else `UncertainWriteError`."""
        made = self._do(doing, lambda: self.client.http_post(path, post_data={**fields}))
        return record(made, what, write=True)

    def put(self, doing: str, path: str, fields: Mapping[str, object], what: str) -> Record:
        """Change something. Raises as `post`."""
        made = self._do(doing, lambda: self.client.http_put(path, post_data={**fields}))
        return record(made, what, write=True)

    def command(self, doing: str, path: str) -> None:
        """Post to what answers nothing. Raises as `post`."""
        self._do(doing, lambda: self.client.http_post(path))

    def delete(self, doing: str, path: str) -> None:
        """Delete something. Raises as `post`."""
        self._do(doing, lambda: self.client.http_delete(path))

    def pages(self, doing: str, path: str, what: str, **query: str) -> Iterator[Record]:
        """Read a list to its end. The pages are counted here: the SDK trusts any list, however long or odd."""
        before: list[Record] = []
        for page in range(1, _PAGES + 1):
            answer = self._get(doing, path, {**query, "page": page, "per_page": _PER_PAGE})
            found = records(_value(answer), what)
            if found and found == before:  # some lists (draft notes) have no pages and come whole each time
                return
            yield from found
            following = answer.headers.get("X-Next-Page")
            # Without the header (no pages, or a proxy took it away) only a full page has one after it.
            if following == "" or (following is None and len(found) != _PER_PAGE):
                return
            before = found
        raise ForgeError(f"GitLab's list does not end after {_PAGES * _PER_PAGE} entries ({doing})")

    def close(self) -> None:
        """Close the connections."""
        self.client.session.close()

    def _get(self, doing: str, path: str, query: dict[str, Any]) -> requests.Response:
        return self._do(doing, lambda: self.client.http_request("get", path, query_data=query))

    def _do(self, doing: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except GitlabError as error:
            # Without a status: the SDK could not read what the session took for whole. That is a bug of ours.
            if error.response_code is None:
                raise
            rights = Rights(doing, self._needs(), self._where)
            raise refusal(self._access, rights, error.response_code, str(error.error_message)) from None

    def _needs(self) -> str:
        job = "; a job token cannot do it" if self._access.kind == "job" else ""
        return f"role Developer, scope api{job}"


def _value(answer: requests.Response) -> object:
    return answer.json() if answer.content else None
