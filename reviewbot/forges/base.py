"""What the adapters share: who we are to a forge, and the words for what it refused.

The connection itself is `session.PoliteSession`: put it under the SDK, and a request ends in one of
three ways. It returns a response of 2xx with a whole JSON body (or 204, or HEAD), or one of 4xx (not
429) whose body is JSON or empty: the adapter says what that means (`refusal`, or a comment that was
refused). Or it raises `ForgeError`: nothing was written. Or it raises `UncertainWriteError`: it was a
write, and it may have happened. Fields of answers are read with `fields`.
"""

from dataclasses import dataclass, field

from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.visible import visible
from reviewbot.errors import DeniedError, UsageError

_SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Access:
    """What a run may use to speak to its forge.

    `token_name` is the variable that the token came from: messages name it, never the token. `kind` is
    how it is presented: `private` (GitLab access token), `job` (GitLab job token), `bearer`, `pat`
    (Azure DevOps, Basic). Raises `UsageError` for a token that cannot be a header.
    """

    token: str = field(repr=False)
    token_name: str
    kind: str
    network: NetworkPolicy = field(default_factory=NetworkPolicy)
    user_agent: str = "reviewbot"

    def __post_init__(self) -> None:
        """Refuse what no forge gives out, without showing it."""
        if not self.token:
            raise UsageError(
                f"{self.token_name} is empty", hint="put the token of the account that comments into it"
            )
        if not (self.token.isascii() and self.token.isprintable() and " " not in self.token):
            raise UsageError(
                f"the token in {self.token_name} has a character that no token has (a blank, a line end, an accent)"
            )


@dataclass(frozen=True, slots=True)
class Rights:
    """What one operation needs: for the message when it is refused.

    `doing` follows "the forge refused to" (`list the threads`); `needs` is a role and a scope; `where` is
    the page on which they are set.
    """

    doing: str
    needs: str
    where: str


def shown(text: str, access: Access) -> str:
    """Make a forge's own words fit for a message: one visible line, cut, the token never in it."""
    line = visible(" ".join(text.replace(access.token, "[token]").split()))
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"


def refusal(access: Access, rights: Rights, status: int, said: str = "") -> DeniedError:
    """Say that the forge refused an operation: one sentence, then token, needs, where, each on a line.

    401: the token is not known there or has expired. 403, and 404 on what exists: a right is missing.
    Anything else is shown with the forge's own words and no advice about rights.
    """
    words = shown(said, access)
    sentence = f"the forge refused to {rights.doing}: HTTP {status}" + (f": {words}" if words else "")
    if status not in {401, 403, 404}:
        return DeniedError(sentence, status=status, said=said)
    needs = "a token that this forge knows and that has not expired" if status == 401 else rights.needs
    lines = (f"token   {access.token_name}", f"needs   {needs}", f"where   {rights.where}")
    return DeniedError(sentence, status=status, said=said, hint="\n  ".join(lines))
