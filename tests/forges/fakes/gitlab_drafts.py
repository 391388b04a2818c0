"""`/draft_notes` of a merge request [S lib/api/draft_notes.rb, app/models/draft_note.rb, app/services/draft_notes].

The model of a draft asks for no line code: a draft on a line that is not there is taken, its `line_code`
null, and publishing then makes a note that is not valid, answers 204 and deletes the draft; the comment is
lost without a word. So it is here, with a violation. `checks_drafts` refuses such a draft instead, for the
case that some release does.
"""

from typing import TYPE_CHECKING

from fakes import gitlab_params as params
from fakes.gitlab_access import at_least, forbidden, not_found, role_of
from fakes.gitlab_positions import NoLineError, nothing
from fakes.gitlab_state import Discussion, Draft, MergeRequest
from fakes.wire import Entry, RefusedError, Reply

if TYPE_CHECKING:
    from fakes.gitlab import FakeGitLab

CREATE = {"note", "position", "in_reply_to_discussion_id", "resolve_discussion", "commit_id"}


def invalid(errors: dict[str, list[str]]) -> RefusedError:
    """What a draft's model refuses: JSON, unlike a note's [S render_validation_error!]."""
    return RefusedError(400, {"message": errors})


class DraftRoutes:
    """The endpoints. Everybody sees and publishes only their own drafts, and all of those at once."""

    def __init__(self, forge: "FakeGitLab", root: str) -> None:
        self.forge, self.notes = forge, forge.notes
        drafts, one = f"{root}/draft_notes", f"{root}/draft_notes/{{draft:int}}"
        forge.route("GET", drafts, self.index, query={"page", "per_page"})
        forge.route("POST", drafts, self.create, query=(), keys=CREATE)
        forge.route("POST", f"{drafts}/bulk_publish", self.publish_all, query=(), keys=())
        forge.route("GET", one, self.show, query=())
        forge.route("PUT", one, self.change, query=(), keys={"note", "position"})
        forge.route("DELETE", one, self.delete, query=())
        forge.route("PUT", f"{one}/publish", self.publish, query=(), keys=())

    def _pull(self, entry: Entry) -> MergeRequest:
        pull = self.forge.pulls.get(int(entry.params["iid"]))
        if pull is None:
            raise not_found()
        if not at_least(self.forge.token(entry), "reporter"):
            raise forbidden()
        return pull

    def _own(self, entry: Entry, pull: MergeRequest) -> list[Draft]:
        me = self.forge.token(entry).user.id
        return [draft for draft in pull.drafts if draft.author.id == me]

    def _one(self, entry: Entry, pull: MergeRequest) -> Draft:
        found = next((each for each in self._own(entry, pull) if each.id == int(entry.params["draft"])), None)
        if found is None:
            raise not_found()
        return found

    def _json(self, pull: MergeRequest, draft: Draft) -> dict[str, object]:
        return self.forge.entities.draft(pull, draft, nothing())

    # -- endpoints -------------------------------------------------------------------------------

    def index(self, entry: Entry) -> Reply:
        """All of one's own: the source asks for no paging; `pages_drafts` makes it page all the same."""
        pull = self._pull(entry)
        if self.forge.pages_drafts:
            return self.forge.paged(entry, self._own(entry, pull), lambda each: self._json(pull, each))
        return Reply(200, [self._json(pull, draft) for draft in self._own(entry, pull)])

    def show(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        return Reply(200, self._json(pull, self._one(entry, pull)))

    def create(self, entry: Entry) -> Reply:
        pull, user = self._pull(entry), self.forge.token(entry).user
        given = params.fields(entry)
        self.forge.no_unknown(entry, given)
        note = params.text(given, "note")
        position = None if self.forge.drops_positions else params.position(given)
        resolve = params.boolean("resolve_discussion", given.get("resolve_discussion") or False)
        discussion = self._answered(pull, given.get("in_reply_to_discussion_id"))
        role = role_of(self.forge.token(entry))
        may = discussion is not None and discussion.resolvable and self.notes.may_resolve(pull, user, role)
        if resolve and not may:
            raise invalid({"base": ["User is not allowed to resolve thread"]})
        code = self._line(pull, position)
        draft = Draft(
            self.forge.clock.number(), user, note, position, code, discussion and discussion.id, resolve
        )
        pull.drafts.append(draft)
        return Reply(201, self._json(pull, draft))

    def _answered(self, pull: MergeRequest, number: str | None) -> Discussion | None:
        if not number:
            return None
        found = pull.thread(number)
        if found is None:
            raise invalid({"base": ["Thread to reply to cannot be found"]})
        if found.notes[0].system:
            raise invalid({"base": ["Replies to system notes are not allowed"]})
        return found

    def _line(self, pull: MergeRequest, position: dict[str, object] | None) -> str | None:
        if position is None:
            return None
        try:
            return self.forge.located(pull, position)
        except NoLineError as error:
            if self.forge.checks_drafts:
                raise invalid(error.errors) from error
            return None

    def change(self, entry: Entry) -> Reply:
        """The position is set too, and gone if it is not sent along [S]."""
        pull = self._pull(entry)
        given = params.fields(entry)
        self.forge.no_unknown(entry, given)
        if not given.get("note"):
            raise RefusedError(400, {"message": "400 Bad request - Missing params to modify"})
        draft = self._one(entry, pull)
        draft.note, draft.position = params.text(given, "note"), params.position(given)
        draft.line_code = self._line(pull, draft.position)
        return Reply(200, self._json(pull, draft))

    def delete(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        pull.drafts.remove(self._one(entry, pull))
        return Reply(204)

    def publish(self, entry: Entry) -> Reply:
        pull = self._pull(entry)
        return self._published(pull, [self._one(entry, pull)])

    def publish_all(self, entry: Entry) -> Reply:
        """Publish every own draft there is, leftovers of earlier runs too."""
        pull = self._pull(entry)
        return self._published(pull, self._own(entry, pull))

    # -- the work --------------------------------------------------------------------------------

    def _published(self, pull: MergeRequest, drafts: list[Draft]) -> Reply:
        """204; notes that are not valid are lost with their drafts."""
        for draft in drafts:
            try:
                self._publish(pull, draft)
            except RefusedError as refused:
                self.forge.violate(f"draft {draft.id} was lost when it was published: {refused.reply.body}")
            pull.drafts.remove(draft)
        return Reply(204)

    def _publish(self, pull: MergeRequest, draft: Draft) -> None:
        if draft.discussion is None:
            complete = draft.position is not None
            self.notes.begin(
                pull,
                draft.author,
                draft.note,
                position=draft.position,
                thread=complete or self.forge.drafts_are_threads,
            )
            return
        discussion = pull.thread(draft.discussion)
        if discussion is None:
            raise not_found("Discussion")
        self.notes.answer(pull, draft.author, discussion, draft.note)
        # A reply without `resolve_discussion` opens the thread again [S set_discussion_resolve_status].
        self.notes.set_resolved(discussion.notes, draft.author, resolved=draft.resolve)
