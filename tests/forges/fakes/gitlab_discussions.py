"""`/discussions` and `/notes` of a merge request [S lib/api/discussions.rb, notes.rb, helpers/notes_helpers.rb]."""

from typing import TYPE_CHECKING

from fakes import gitlab_params as params
from fakes.gitlab_access import at_least, forbidden, not_found
from fakes.gitlab_state import Discussion, MergeRequest
from fakes.wire import Entry, RefusedError, Reply

if TYPE_CHECKING:
    from fakes.gitlab import FakeGitLab

PAGES = {"page", "per_page"}
ONE_OF = "body, resolved"


class DiscussionRoutes:
    """The endpoints, which check who and what, and leave the work to `Notes`."""

    def __init__(self, forge: "FakeGitLab", root: str) -> None:
        self.forge, self.notes = forge, forge.notes
        one, all_notes = f"{root}/discussions/{{discussion}}", f"{root}/notes"
        in_thread = f"{one}/notes/{{note:int}}"
        body = {"body", "created_at"}
        forge.route("GET", f"{root}/discussions", self.index, query=PAGES)
        forge.route(
            "POST", f"{root}/discussions", self.create, query=(), keys={*body, "position", "commit_id"}
        )
        forge.route("GET", one, self.show, query=())
        forge.route("PUT", one, self.resolve, query={"resolved"}, keys={"resolved"})
        forge.route("POST", f"{one}/notes", self.reply, query=(), keys=body)
        forge.route("GET", in_thread, self.show_note, query=())
        forge.route("PUT", in_thread, self.change, query=(), keys={"body", "resolved"})
        forge.route("DELETE", in_thread, self.delete, query=())
        forge.route("GET", all_notes, self.list_notes, query={*PAGES, "sort", "order_by", "activity_filter"})
        forge.route("POST", all_notes, self.create_note, query=(), keys={*body, "internal", "confidential"})
        forge.route("GET", f"{all_notes}/{{note:int}}", self.show_note, query=())
        forge.route(
            "PUT", f"{all_notes}/{{note:int}}", self.change_note, query=(), keys={"body", "confidential"}
        )
        forge.route("DELETE", f"{all_notes}/{{note:int}}", self.delete, query=())

    def _pull(self, entry: Entry) -> MergeRequest:
        """Who may not see the merge request's notes is told that there is none [S find_noteable]."""
        pull = self.forge.pulls.get(int(entry.params["iid"]))
        if pull is None or not at_least(self.forge.token(entry), "reporter"):
            raise not_found("MergeRequest")
        return pull

    def _thread(self, pull: MergeRequest, entry: Entry) -> Discussion:
        found = pull.thread(entry.params["discussion"])
        if found is None:
            raise not_found("Discussion")
        return found

    # -- threads ---------------------------------------------------------------------------------

    def index(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        return self.forge.paged(
            entry, pull.discussions, lambda each: self.forge.entities.discussion(pull, each)
        )

    def show(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        return Reply(200, self.forge.entities.discussion(pull, self._thread(pull, entry)))

    def create(self, entry: Entry) -> Reply:
        pull, user = self._pull(entry), self.forge.token(entry).user
        given = params.fields(entry)
        self.forge.no_unknown(entry, given)
        body = params.text(given, "body")
        position = params.position(given)
        self.forge.note_rate.count(user.id)
        if self.forge.drops_positions:
            position = None
        made = self.notes.begin(pull, user, body, position=position, thread=True)
        return Reply(201, self.forge.entities.discussion(pull, made))

    def reply(self, entry: Entry) -> Reply:
        pull, user = self._pull(entry), self.forge.token(entry).user
        discussion = self._thread(pull, entry)
        body = params.text(params.fields(entry), "body")
        self.forge.note_rate.count(user.id)
        made = self.notes.answer(pull, user, discussion, body)
        return Reply(201, self.forge.entities.note(pull, made))

    def resolve(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        discussion = self._thread(pull, entry)
        wanted = params.flag(params.fields(entry), "resolved")
        self.notes.settle(pull, self.forge.token(entry), discussion, resolved=wanted)
        return Reply(200, self.forge.entities.discussion(pull, discussion))

    def change(self, entry: Entry) -> Reply:
        """Exactly one of body and resolved [S]."""
        pull = self._pull(entry)
        self._thread(pull, entry)
        given = params.fields(entry)
        sent = [name for name in ("body", "resolved") if given.get(name) is not None]
        if len(sent) != 1:
            words = (
                "are mutually exclusive" if sent else "are missing, exactly one parameter must be provided"
            )
            raise params.bad(f"{ONE_OF} {words}")
        if sent == ["body"]:
            return self._edited(entry, pull)
        note = self.notes.find(pull, int(entry.params["note"]))
        token = self.forge.token(entry)
        if not self.notes.may_resolve(pull, token.user, str(token.more.get("role", "developer")).lower()):
            raise forbidden()
        if not note.resolvable:
            raise RefusedError(400, {"message": "400 Bad request - Note is not resolvable"})
        self.notes.set_resolved([note], token.user, resolved=params.flag(given, "resolved"))
        return Reply(200, self.forge.entities.note(pull, note))

    # -- notes -----------------------------------------------------------------------------------

    def list_notes(self, entry: Entry) -> Reply:
        """Newest first unless told [D]."""
        pull = self._pull(entry)
        notes = sorted(
            pull.notes, key=lambda note: note.id, reverse=entry.query.get("sort", "desc") == "desc"
        )
        wanted = entry.query.get("activity_filter", "all_notes")
        if wanted != "all_notes":
            notes = [note for note in notes if note.system == (wanted == "only_activity")]
        return self.forge.paged(entry, notes, lambda each: self.forge.entities.note(pull, each))

    def show_note(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        return Reply(200, self.forge.entities.note(pull, self.notes.find(pull, int(entry.params["note"]))))

    def create_note(self, entry: Entry) -> Reply:
        pull, user = self._pull(entry), self.forge.token(entry).user
        body = params.text(params.fields(entry), "body")
        self.forge.note_rate.count(user.id)
        made = self.notes.begin(pull, user, body, position=None, thread=False)
        return Reply(201, self.forge.entities.note(pull, made.notes[0]))

    def change_note(self, entry: Entry) -> Reply:
        return self._edited(entry, self._pull(entry))

    def _edited(self, entry: Entry, pull: MergeRequest) -> Reply:
        note = self.notes.find(pull, int(entry.params["note"]))
        self.notes.may_change(self.forge.token(entry), note)
        self.notes.edit(pull, note, params.text(params.fields(entry), "body"))
        return Reply(200, self.forge.entities.note(pull, note))

    def delete(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        note = self.notes.find(pull, int(entry.params["note"]))
        self.notes.may_change(self.forge.token(entry), note)
        self.notes.delete(pull, note)
        return Reply(204)
