"""Merge requests, their versions and diffs; the project itself [S lib/api/merge_requests.rb, merge_request_diffs.rb]."""

from typing import TYPE_CHECKING, Any

from fakes.gitlab_access import at_least, forbidden, not_found
from fakes.gitlab_state import MergeRequest, Version
from fakes.repo import FileChange
from fakes.wire import Entry, Reply

if TYPE_CHECKING:
    from fakes.gitlab import FakeGitLab


class MergeRoutes:
    """The endpoints that only read."""

    def __init__(self, forge: "FakeGitLab", project: str, merge: str) -> None:
        self.forge = forge
        wanted = {"include_diverged_commits_count", "include_rebase_in_progress", "render_html"}
        pages = {"page", "per_page"}
        forge.route("GET", project, self.project, query={"license", "statistics", "with_custom_attributes"})
        forge.route("GET", merge, self.show, query=wanted)
        forge.route("GET", f"{merge}/versions", self.versions, query=pages)
        forge.route("GET", f"{merge}/versions/{{version:int}}", self.version, query={"unidiff"})
        forge.route("GET", f"{merge}/diffs", self.diffs, query={*pages, "unidiff"})

    def _pull(self, entry: Entry) -> MergeRequest:
        if not at_least(self.forge.token(entry), "reporter"):
            raise forbidden()
        pull = self.forge.pulls.get(int(entry.params["iid"]))
        if pull is None:
            raise not_found()
        return pull

    def project(self, _: Entry) -> Reply:
        forge = self.forge
        name = forge.path.rpartition("/")[2]
        return Reply(
            200,
            {
                "id": forge.project_id,
                "name": name,
                "path": name,
                "path_with_namespace": forge.path,
                "default_branch": "main",
                "visibility": "private",
                "web_url": f"{forge.external_url or forge.url}/{forge.path}",
                "http_url_to_repo": f"{forge.external_url or forge.url}/{forge.path}.git",
            },
        )

    def show(self, entry: Entry) -> Reply:
        """`diff_refs` are null for the first reads of one that was opened so [K]."""
        pull = self._pull(entry)
        head = self.forge.repo.resolve(pull.source_branch) or pull.latest.head
        out = self.forge.entities.merge_request(pull, head, len(self._files(pull.latest)))
        pull.unready -= 1
        pull.behind -= 1
        return Reply(200, out)

    def _files(self, version: Version) -> tuple[FileChange, ...]:
        return self.forge.repo.diff(version.base, version.head)

    def versions(self, entry: Entry) -> Reply:
        """Newest first [D]."""
        pull = self._pull(entry)
        newest = [] if pull.unready > 0 else pull.versions[::-1]
        return self.forge.paged(entry, newest, lambda each: self._version(pull, each))

    def _version(self, pull: MergeRequest, version: Version) -> dict[str, Any]:
        return self.forge.entities.version(pull, version, len(self._files(version)))

    def version(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        found = next((each for each in pull.versions if each.id == int(entry.params["version"])), None)
        if found is None:
            raise not_found()
        diffs = [self._diff(file, whole=False) for file in self._files(found)]
        return Reply(200, {**self._version(pull, found), "commits": [], "diffs": diffs})

    def diffs(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        whole = entry.query.get("unidiff") == "true"
        files = [] if pull.unready > 0 else list(self._files(pull.latest))
        return self.forge.paged(entry, files, lambda file: self._diff(file, whole=whole))

    def _diff(self, file: FileChange, *, whole: bool) -> dict[str, Any]:
        """Lines as text; a diff over a tenth of the limits is there without its text [I gitlab#414389]."""
        collapsed = len(file.patch) > self.collapse_over
        text = "" if collapsed else file.patch.decode("utf-8", "replace")
        if whole and text:
            old = "/dev/null" if file.status == "added" else f"a/{file.old_path}"
            new = "/dev/null" if file.status == "deleted" else f"b/{file.new_path}"
            text = f"--- {old}\n+++ {new}\n{text}"
        return {
            "diff": text,
            "collapsed": collapsed,
            "too_large": False,
            "new_path": file.new_path,
            "old_path": file.old_path,
            "a_mode": "0" if file.status == "added" else file.old_mode,
            "b_mode": "0" if file.status == "deleted" else file.new_mode,
            "new_file": file.status == "added",
            "renamed_file": file.status == "renamed",
            "deleted_file": file.status == "deleted",
            "generated_file": False,
        }

    collapse_over = 20_096  # bytes: so many were shown, 20 224 were not [I gitlab#414389]
