"""What `doctor` asks a model server: does it answer, what does it serve, does it keep to a schema.

Each check ends in a sentence and, where something is wrong, in the one that mends it. The
constraint is really tried: a 200 is no proof that a server obeyed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviewbot.domain.policy import ModelPolicy, NetworkPolicy
from reviewbot.domain.ports import Record
from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.errors import ReviewbotError
from reviewbot.model.client import ChatClient, Patience, connect
from reviewbot.model.dialect import Message
from reviewbot.model.discover import DEFAULT_CONTEXT, Server
from reviewbot.model.events import Reply

_TRY_TOKENS = 64
_TRY_SECONDS = 120.0
_LITTLE_CONTEXT = 8192
_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
# It asks for something else than the schema allows, so that obedience can be told from chance.
_QUESTION = (Message("user", "Say hello in one word, in plain text, not as JSON."),)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `mends` is empty where nothing is to be done."""

    name: str
    works: bool
    said: str
    mends: str = ""


class _Forgetful:
    def get(self, key: str) -> bytes | None:  # noqa: ARG002 (the protocol's name)
        return None

    def put(self, key: str, value: bytes) -> None:
        """Keep nothing: a probe must not learn from the last one."""


def probe(
    policy: ModelPolicy, network: NetworkPolicy, *, key: str | None, record: Record
) -> tuple[Check, ...]:
    """Check the configured server from address to thinking; stops at the first thing without which none works."""
    try:
        client = connect(policy, network, key=key, record=record, patience=Patience(1, 1))
    except ReviewbotError as error:
        return (Check("address", False, error.sentence, error.hint),)
    with client:
        try:
            server = client.meet(_Forgetful())
        except ReviewbotError as error:
            return (Check("reachable", False, error.sentence, error.hint),)
        return tuple(_checks(client, server, policy))


def _checks(client: ChatClient, server: Server, policy: ModelPolicy) -> Iterator[Check]:
    clear = (policy.url or "").startswith("http://")
    yield Check("reachable", True, f"{client.host} answers")
    yield Check(
        "tls", True, "none: plain http, as the policy allows" if clear else "the certificate is verified"
    )
    yield Check("model", True, server.name)
    yield _context(server, policy)
    try:
        reply = client.ask(_QUESTION, max_tokens=_TRY_TOKENS, schema=_SCHEMA, seconds=_TRY_SECONDS)
    except ReviewbotError as error:
        yield Check("constrained output", False, error.sentence, error.hint)
        return
    yield _constrained(client, reply)
    yield _thinking(policy, reply)


def _context(server: Server, policy: ModelPolicy) -> Check:
    said = f"{server.context_tokens:,} tokens"
    if policy.context_tokens:
        return Check("context length", True, f"{said}, as the policy says")
    if server.context_tokens == DEFAULT_CONTEXT and not server.tight:
        return Check(
            "context length", True, f"{said}, assumed", "set model.context_tokens if the server does not say"
        )
    if server.context_tokens < _LITTLE_CONTEXT:
        return Check(
            "context length",
            False,
            f"{said}: too little for more than a few lines",
            "start the server with a longer context",
        )
    return Check("context length", True, said)


def _constrained(client: ChatClient, reply: Reply) -> Check:
    rung = client.constrained
    if _obeyed((reply.text, reply.reasoning)):
        if rung == "json_schema":
            return Check("constrained output", True, "json_schema is honoured")
        return Check(
            "constrained output", True, f"the server takes {rung} only; answers are checked here all the same"
        )
    return Check(
        "constrained output",
        False,
        f"the server accepted {rung} and did not keep to it",
        "switch on structured output in the server (vLLM: --structured-outputs-config), or use a server that has it",
    )


def _obeyed(texts: Sequence[str]) -> bool:
    for text in texts:
        try:
            value = loads(text, limit=10_000, depth=4, raw_controls=True)
        except BadJson:
            continue
        if value in ({"colour": "red"}, {"colour": "green"}):
            return True
    return False


def _thinking(policy: ModelPolicy, reply: Reply) -> Check:
    thinks = bool(reply.reasoning) or "</think>" in reply.text
    if thinks and not policy.thinking:
        return Check(
            "thinking",
            False,
            "the model thinks before it answers, and answers may run out of tokens",
            "set model.thinking: true, or switch thinking off in the server's chat template",
        )
    return Check("thinking", True, "on" if thinks else "off")
