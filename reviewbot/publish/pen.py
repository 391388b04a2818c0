"""Writing to the forge: each act is on record before it is done, and so is how it ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reviewbot.domain.forge import Forge, Post, Refused, Status, Thread
from reviewbot.domain.ports import Progress, Record
from reviewbot.domain.pull import PullRequest
from reviewbot.errors import ForgeError, UncertainWriteError
from reviewbot.publish.inert import Posted


@dataclass(frozen=True, slots=True)
class Pen:
    """Does single acts on one pull request, and never one twice."""

    forge: Forge
    pull: PullRequest
    record: Record
    progress: Progress

    def post(self, posts: tuple[Post, ...]) -> tuple[Refused, ...]:
        """Create threads; give back those that the forge refused."""
        self.progress(f"posting {len(posts)} comments")
        refused: list[Refused] = []
        detail = {"findings": [post.key for post in posts]}
        self._write("post", detail, lambda: refused.extend(self.forge.post(self.pull, posts)))
        return tuple(refused)

    def edit(self, thread: Thread, body: Posted) -> None:
        """Write the first comment of a thread anew."""
        first = thread.comments[0]
        detail = {"thread": thread.id, "comment": first.id}
        self._write("edit", detail, lambda: self.forge.edit(self.pull, thread, first, body))

    def general(self, body: Posted) -> None:
        """Post the summary."""
        self._write("post_general", {}, lambda: self.forge.post_general(self.pull, body))

    def reply(self, thread: Thread, body: Posted) -> None:
        """Reply in a thread of ours."""
        self._write("reply", {"thread": thread.id}, lambda: self.forge.reply(self.pull, thread, body))

    def resolve(self, thread: Thread) -> None:
        """Resolve a thread of ours."""
        self._write("resolve", {"thread": thread.id}, lambda: self.forge.resolve(self.pull, thread))

    def reopen(self, thread: Thread) -> None:
        """Open a thread of ours again."""
        self._write("reopen", {"thread": thread.id}, lambda: self.forge.reopen(self.pull, thread))

    def status(self, status: Status) -> None:
        """Set our status on the head."""
        detail = {"state": status.state.value, "description": status.description}
        self._write("set_status", detail, lambda: self.forge.set_status(self.pull, status))

    def _write(self, act: str, detail: Mapping[str, object], do: Callable[[], None]) -> None:
        where = {"pull_request": self.pull.ref.name, "head": self.pull.head}
        number = self.record.intent(f"forge.{act}", {**where, **detail})
        try:
            do()
        except UncertainWriteError as error:
            self.record.outcome(number, {"ended": "unknown", "why": error.sentence})
            raise
        except ForgeError as error:
            self.record.outcome(number, {"ended": "refused", "why": error.sentence})
            raise
        self.record.outcome(number, {"ended": "done"})
