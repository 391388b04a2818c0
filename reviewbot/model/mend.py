"""Asking the model for remedies: one flaw a question, one second try, and no third.

Input: a flaw, and its first try if that failed its proof. Output: a proposal, of which nothing is proven
yet, or why there is none. A server that fails in any way is such a reason, never an exception. An answer,
also one that cannot be used, is kept under the digest of all that was asked, so a second run over the
same change asks nothing.
"""

import hashlib
import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from reviewbot.domain.claim import Usage
from reviewbot.domain.mending import Flaw, Refused, Tried
from reviewbot.domain.patch import Patch, Proposal
from reviewbot.domain.ports import Cache, Record
from reviewbot.errors import ModelError
from reviewbot.model.answer import BadAnswer
from reviewbot.model.client import ChatClient
from reviewbot.model.dialect import SEED, Message
from reviewbot.model.discover import Server
from reviewbot.model.mend_answer import Remedy, kept, mend_schema, read, restored
from reviewbot.model.mend_proposal import Ground, proposal
from reviewbot.model.mend_question import MendDesk, Question
from reviewbot.model.request import MendRequest
from reviewbot.model.sending import Allowance, Sender

PROTOCOL = "reviewbot/mend/1"
"""Raise it when the meaning of a remembered answer changes."""

_UNUSABLE = b"unusable: "
_REASON_CHARACTERS = 300


def asker(
    request: MendRequest, *, client: ChatClient, cache: Cache, record: Record, allowance: Allowance
) -> "Mender":
    """Give the way to ask; nothing is sent, and no server is met, before a flaw is asked about.

    `allowance` is what the review has left of its time and tokens. Raises `PolicyError` for a prompt template
    that does not load.
    """
    sender = Sender(client, record, request.mask, allowance)
    return Mender(MendDesk.of(request), sender, cache)


class Mender:
    """Asks about flaws: `each` is a `domain.mending.AskForPatches`. Safe to use from several threads."""

    def __init__(self, desk: MendDesk, sender: Sender, cache: Cache) -> None:
        self._desk = desk
        self._policy = desk.request.policy
        self._sender = sender
        self._cache = cache
        self._lock = threading.Lock()
        self._meeting = threading.Lock()
        self._server: Server | None = None
        self._tries: dict[str, Patch | None] = {}
        self._usage = Usage()

    @property
    def usage(self) -> Usage:
        """What was spent so far."""
        with self._lock:
            return self._usage

    def __call__(self, flaw: Flaw, tried: Tried | None) -> Proposal | Refused:
        """Ask about one flaw; a second time with its first try. Raises `PolicyError` alone."""
        refusal = self._refusal(flaw, tried)
        if refusal:
            return Refused(refusal)
        try:
            return self._about(flaw, tried, self._met())
        except ModelError as error:
            return Refused(error.sentence)

    def each(self, asked: Sequence[tuple[Flaw, Tried | None]]) -> list[Proposal | Refused]:
        """Do the same for many at once, as many in parallel as the policy allows; in their order."""
        if not asked:
            return []
        workers = max(1, min(self._at_once(), len(asked)))
        executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="mend")
        try:
            running = [executor.submit(self, flaw, tried) for flaw, tried in asked]
            found = [one.result() for one in running]
        except BaseException:
            # An interrupt must not wait for a server: cut what is running, then leave.
            self._sender.client.close()
            executor.shutdown(wait=False, cancel_futures=True)
            raise
        executor.shutdown()
        return found

    def _at_once(self) -> int:
        """How many requests the server works on at once: more would only wait, and may be taken for dead."""
        most = self._policy.model.parallel
        try:
            return min(most, self._met().slots or most)
        except ModelError:
            return 1

    def _refusal(self, flaw: Flaw, tried: Tried | None) -> str:
        """Say why a flaw is not asked about (again), or nothing."""
        name = flaw.finding.fingerprint
        with self._lock:
            if name not in self._tries and len(self._tries) >= self._policy.patches.most:
                return "the limit of patches was reached (patches: most in the policy)"
            earlier = self._tries.setdefault(name, None)
            if tried is not None:
                if earlier is not None and earlier != tried.patch:
                    return "the model has had its second try"
                self._tries[name] = tried.patch
        return "" if flaw.rule is not None else "no rule of ours speaks of it"

    def _met(self) -> Server:
        """Learn of the server; where there is nothing to be had of it any more, it is not asked. Raises `ModelError`."""
        with self._meeting:
            if self._server is None:
                allowance = self._sender.allowance
                refusal = allowance.take(0)
                if refusal:
                    raise ModelError(refusal)
                try:
                    self._server = self._sender.client.meet(self._cache)
                except ModelError as error:
                    allowance.failed(error)
                    raise
            return self._server

    def _about(self, flaw: Flaw, tried: Tried | None, server: Server) -> Proposal | Refused:
        question = self._desk.question(flaw, tried, server)
        return question if isinstance(question, Refused) else self._answered(question, server)

    def _answered(self, question: Question, server: Server) -> Proposal | Refused:
        """Get the answer, from memory or from the server; one that cannot be used is asked for once more."""
        messages = question.compose("")
        key = self._key(messages, server)
        remembered = self._remembered(self._cache.get(key), question.ground)
        if remembered is not None:
            self._spend(Usage(answered_from_cache=1))
            return remembered
        answer_tokens = self._desk.answer_tokens(server)
        reason = ""
        for _ in range(2):
            messages = question.compose(reason) if reason else messages
            name = "mend-" + self._key(messages, server).removeprefix("model-remedy:")[:16]
            reply, share = self._sender.send(
                name, messages, answer_tokens=answer_tokens, schema=mend_schema(tight=server.tight)
            )
            self._spend(share)
            if reply.cut_short:
                reason = "the answer was cut off at the limit of its tokens"
                answer_tokens *= 2
                continue
            try:
                remedy = read(reply.text, reply.reasoning)
                found = self._let_in(remedy, question.ground)
            except BadAnswer as error:
                reason = str(error)
                continue
            self._cache.put(key, kept(remedy))
            return found
        self._cache.put(key, _UNUSABLE + reason.encode())
        return _unusable(reason)

    def _let_in(self, remedy: Remedy, ground: Ground) -> Proposal | Refused:
        if remedy.give_up:
            return Refused("the model knows no remedy")
        return proposal(remedy, ground, self._desk.veil)

    def _remembered(self, raw: bytes | None, ground: Ground) -> Proposal | Refused | None:
        """Read what is remembered through the same door as an answer; anything unexpected is a miss."""
        if raw is None:
            return None
        if raw.startswith(_UNUSABLE):
            reason = raw.removeprefix(_UNUSABLE).decode("utf-8", "replace")
            return _unusable(self._desk.veil.line(reason)[:_REASON_CHARACTERS])
        remedy = restored(raw)
        try:
            return None if remedy is None else self._let_in(remedy, ground)
        except BadAnswer:
            return None

    def _key(self, messages: tuple[Message, ...], server: Server) -> str:
        """Name a question by all that decides its answer."""
        policy = self._policy.model
        asked = {
            "protocol": PROTOCOL,
            "host": self._sender.client.host,
            "model": server.name,
            "messages": [[message.role, message.content] for message in messages],
            "parameters": [0, SEED, policy.answer_tokens, policy.thinking],
            "schema": mend_schema(tight=server.tight),
        }
        text = json.dumps(asked, sort_keys=True, ensure_ascii=True)
        return "model-remedy:" + hashlib.sha256(text.encode()).hexdigest()

    def _spend(self, share: Usage) -> None:
        with self._lock:
            self._usage += share


def _unusable(reason: str) -> Refused:
    return Refused(f"the model gave no usable answer: {reason}")
