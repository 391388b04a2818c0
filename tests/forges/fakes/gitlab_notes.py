"""Making, changing and resolving notes: what GitLab's services do, apart from HTTP."""

from typing import TYPE_CHECKING, Any

from fakes import gitlab_markdown
from fakes.gitlab_access import at_least, forbidden, not_found, role_of
from fakes.gitlab_positions import NoLineError, messages
from fakes.gitlab_state import Discussion, MergeRequest, Note
from fakes.server import Token, User
from fakes.wire import RefusedError

if TYPE_CHECKING:
    from fakes.gitlab import FakeGitLab

MOST_CHARACTERS = 1_000_000  # of a note [I froggit-go#133]
MOST_NOTES = 5000  # of a merge request, system notes aside [I gitlab#283926]


def refused(errors: dict[str, list[str]]) -> RefusedError:
    """What a note's model refuses: a Ruby hash as text inside of JSON [I]."""
    return RefusedError(400, {"message": f"400 Bad request - Note {messages(errors)}"})


class Notes:
    """The notes of a fake's merge requests. All of it runs under the fake's lock."""

    def __init__(self, forge: "FakeGitLab") -> None:
        self.forge = forge
        self.by_hand = False  # people may give commands; clients of the API may not

    # -- making ----------------------------------------------------------------------------------

    def note(self, user: User, kind: str | None, body: str, **more: Any) -> Note:
        """A note as it is, unchecked."""
        now = self.forge.clock.now()
        made = Note(self.forge.clock.number(), kind, body, user, now, now, **more)
        made.original = made.position
        return made

    def begin(
        self, pull: MergeRequest, user: User, body: str, *, position: dict[str, Any] | None, thread: bool
    ) -> Discussion:
        """Start a thread, on a line if there is a position, or a comment that stands alone."""
        self.check(pull, body)
        code = None
        if position is not None:
            code = self.line(pull, position)
        kind = "DiffNote" if position is not None else "DiscussionNote" if thread else None
        note = self.note(user, kind, self.acted(pull, body), position=position, line_code=code)
        discussion = Discussion.of(note)
        pull.discussions.append(discussion)
        self.forge.trace(
            pull, note
        )  # a position on an older version moves at once [S diff_positionable_note.rb]
        return discussion

    def line(self, pull: MergeRequest, position: dict[str, Any]) -> str | None:
        """The line code of a position, or the 400 of a note."""
        try:
            return self.forge.located(pull, position)
        except NoLineError as error:
            raise refused(error.errors) from error

    def answer(self, pull: MergeRequest, user: User, discussion: Discussion, body: str) -> Note:
        """Reply. Replies in a resolved thread are born resolved [S app/services/notes/build_service.rb]."""
        first = discussion.notes[0]
        if first.system:
            raise RefusedError(400, {"message": "400 Bad request - Discussion can not be replied to."})
        self.check(pull, body)
        if discussion.individual:  # becomes a thread with its first reply [S]
            discussion.individual, first.kind = False, "DiscussionNote"
            was_resolved = False
        else:
            was_resolved = discussion.resolved
        position = dict(first.position) if first.position else None
        note = self.note(
            user, first.kind, self.acted(pull, body), position=position, line_code=first.line_code
        )
        if was_resolved:
            note.resolver, note.resolved_at = user, note.created
        discussion.notes.append(note)
        return note

    def check(self, pull: MergeRequest, body: str) -> None:
        """What the model demands of any note."""
        if not body.strip():
            raise refused({"note": ["can't be blank"]})
        if len(body) > MOST_CHARACTERS:
            raise refused({"note": [f"is too long (maximum is {MOST_CHARACTERS} characters)"]})
        if sum(not note.system for note in pull.notes) >= self.forge.most_notes:
            raise refused({"base": ["Maximum number of comments exceeded"]})

    def acted(self, pull: MergeRequest, body: str) -> str:
        """Execute the commands in a text, which no client here may ever cause, and give what is left."""
        left, commands = gitlab_markdown.quick_actions(body)
        for command in commands:
            pull.executed.append(command)
            if not self.by_hand:
                self.forge.violate(f"quick action executed: {command}")
        if commands and not left.strip():  # [S notes_helpers.rb]
            raise RefusedError(202, {"commands_changes": {}, "summary": [f"Executed {' '.join(commands)}"]})
        return left

    # -- changing --------------------------------------------------------------------------------

    def find(self, pull: MergeRequest, number: int) -> Note:
        found = next((note for note in pull.notes if note.id == number), None)
        if found is None:
            raise not_found()
        return found

    def may_change(self, token: Token, note: Note) -> None:
        """One's own, or with Maintainer anybody's; a system note nobody's [D]."""
        if note.system:
            raise forbidden()
        if note.author.id == token.user.id:
            return
        if not at_least(token, "maintainer"):
            raise forbidden()
        self.forge.violate(f"{token.user.name} changes note {note.id} of {note.author.name}")

    def edit(self, pull: MergeRequest, note: Note, body: str) -> None:
        if not body.strip():
            raise refused({"note": ["can't be blank"]})
        if len(body) > MOST_CHARACTERS:
            raise refused({"note": [f"is too long (maximum is {MOST_CHARACTERS} characters)"]})
        note.body = self.acted(pull, body)
        note.updated = self.forge.clock.now()

    def delete(self, pull: MergeRequest, note: Note) -> None:
        discussion = pull.thread_of(note.id)
        discussion.notes.remove(note)
        if not discussion.notes:
            pull.discussions.remove(discussion)

    # -- resolving -------------------------------------------------------------------------------

    def may_resolve(self, pull: MergeRequest, user: User, role: str) -> bool:
        """Developers, and the author of the merge request [D]."""
        return role in ("developer", "maintainer", "owner") or user.id == pull.author.id

    def settle(self, pull: MergeRequest, token: Token, discussion: Discussion, *, resolved: bool) -> None:
        """Resolve or reopen for a token. One that is nothing to resolve is forbidden too [S]."""
        if not discussion.resolvable or not self.may_resolve(pull, token.user, role_of(token)):
            raise forbidden()
        self.set_resolved(discussion.notes, token.user, resolved=resolved)

    def set_resolved(self, notes: list[Note], user: User, *, resolved: bool) -> None:
        now = self.forge.clock.now()
        for note in notes:
            if note.resolvable and (note.resolver is None) == resolved:
                note.resolver = user if resolved else None
                note.resolved_at = now if resolved else None

    # -- the forge's own ------------------------------------------------------------------------

    def remark(self, pull: MergeRequest, user: User, body: str) -> None:
        """A system note of its own [D]: listed with all the others, individual, not resolvable."""
        pull.discussions.append(Discussion.of(self.note(user, None, body, system=True)))

    def outdated(self, pull: MergeRequest, user: User, discussion: Discussion) -> None:
        """The system note inside of a thread whose line a push changed [S diff_discussion_outdated]."""
        first = discussion.notes[0]
        number = len(pull.versions)
        body = f"changed this line in [version {number} of the diff](/{self.forge.path}/-/merge_requests/{pull.iid}/diffs)"
        discussion.notes.append(self.note(user, first.kind, body, system=True, position=first.position))
