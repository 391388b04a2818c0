"""The JSON that GitLab makes of its records [S lib/api/entities]."""

import hashlib
from typing import Any

from fakes.gitlab_state import Discussion, Draft, MergeRequest, Note, Version
from fakes.server import User


class Entities:
    """JSON of one project."""

    def __init__(self, url: str, project_id: int, path: str) -> None:
        self.url = url
        self.project_id = project_id
        self.path = path

    def user(self, user: User) -> dict[str, Any]:
        return {
            "id": user.id,
            "username": user.name,
            "public_email": None,
            "name": user.name.title(),
            "state": "active",
            "locked": False,
            "avatar_url": None,
            "web_url": f"{self.url}/{user.name}",
        }

    def note(self, pull: MergeRequest, note: Note) -> dict[str, Any]:
        out = {
            "id": note.id,
            "type": note.kind,
            "body": note.body,
            "attachment": None,
            "author": self.user(note.author),
            "created_at": note.created,
            "updated_at": note.updated,
            "system": note.system,
            "noteable_id": pull.id,
            "noteable_type": "MergeRequest",
            "project_id": self.project_id,
            "resolvable": note.resolvable,
            "confidential": False,
            "internal": False,
            "imported": False,
            "imported_from": "none",
            "noteable_iid": pull.iid,
            "commands_changes": {},
        }
        if note.kind == "DiffNote":
            out |= {"commit_id": None, "position": note.position}
        if note.resolvable:
            resolver = self.user(note.resolver) if note.resolver else None
            out |= {
                "resolved": note.resolver is not None,
                "resolved_by": resolver,
                "resolved_at": note.resolved_at,
            }
        return out

    def discussion(self, pull: MergeRequest, discussion: Discussion) -> dict[str, Any]:
        notes = [self.note(pull, note) for note in discussion.notes]
        return {"id": discussion.id, "individual_note": discussion.individual, "notes": notes}

    def draft(self, pull: MergeRequest, draft: Draft, nothing: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": draft.id,
            "author_id": draft.author.id,
            "merge_request_id": pull.id,
            "resolve_discussion": draft.resolve,
            "discussion_id": draft.discussion,
            "note": draft.note,
            "commit_id": None,
            "line_code": draft.line_code,
            "position": draft.position or nothing,
        }

    def version(self, pull: MergeRequest, version: Version, files: int) -> dict[str, Any]:
        return {
            "id": version.id,
            "head_commit_sha": version.head,
            "base_commit_sha": version.base,
            "start_commit_sha": version.start,
            "created_at": version.created,
            "merge_request_id": pull.id,
            "state": "collected",
            "real_size": str(files),
            "patch_id_sha": hashlib.sha1("".join(version.shas).encode()).hexdigest(),
        }

    def merge_request(self, pull: MergeRequest, head: str, files: int) -> dict[str, Any]:
        """`head` is the source branch's tip; the diff's shas lag behind while GitLab prepares them [K]."""
        ready = pull.unready <= 0
        version = pull.versions[-2] if pull.behind > 0 else pull.latest
        refs = (
            {"base_sha": version.base, "head_sha": version.head, "start_sha": version.start}
            if ready
            else None
        )
        return {
            "id": pull.id,
            "iid": pull.iid,
            "project_id": self.project_id,
            "title": pull.title,
            "description": "",
            "state": pull.state,
            "created_at": pull.created,
            "updated_at": pull.created,
            "merged_at": pull.created if pull.state == "merged" else None,
            "target_branch": pull.target_branch,
            "source_branch": pull.source_branch,
            "user_notes_count": sum(not note.system for note in pull.notes),
            "author": self.user(pull.author),
            "assignees": [],
            "reviewers": [],
            "source_project_id": pull.source_project_id,
            "target_project_id": self.project_id,
            "labels": [],
            "draft": pull.draft,
            "work_in_progress": pull.draft,
            "merge_status": "can_be_merged" if ready else "checking",
            "detailed_merge_status": "mergeable" if ready else "preparing",
            "sha": head,
            "merge_commit_sha": None,
            "discussion_locked": None,
            "reference": f"!{pull.iid}",
            "references": {
                "short": f"!{pull.iid}",
                "relative": f"!{pull.iid}",
                "full": f"{self.path}!{pull.iid}",
            },
            "web_url": f"{self.url}/{self.path}/-/merge_requests/{pull.iid}",
            "has_conflicts": False,
            "blocking_discussions_resolved": all(
                each.resolved for each in pull.discussions if each.resolvable
            ),
            "changes_count": str(files) if ready else None,
            "diff_refs": refs,
            "head_pipeline": None,
        }
