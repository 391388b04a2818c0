"""Who asks, and what they may do; what the server says of itself."""

import base64
import binascii
from typing import Any

from fakes.azure_rest import READ
from fakes.azure_state import guid
from fakes.azure_versions import Server
from fakes.azure_wire import SIGN_IN, UNAUTHORIZED, page, refused_git
from fakes.server import Entry, Token, User


class Who:
    """Authentication, rights and the location service."""

    url: str
    name: str
    sign_in: int
    server: Server
    users: dict[Any, User]
    tokens: dict[str, Token]

    # -- who asks --------------------------------------------------------------------------------

    def new_user_id(self, name: str) -> str:
        return guid(f"user {len(self.users)} {name}")

    def token_of(self, headers: dict[str, str]) -> str | None:
        """A PAT is the password of Basic, whatever the name; a job's token also goes as Bearer."""
        scheme, _, value = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return value
        if scheme.lower() != "basic":
            return None
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return None

    def admit(self, entry: Entry) -> None:
        token = self.tokens.get(entry.token or "")
        bearer = entry.headers.get("authorization", "").lower().startswith("bearer ")
        if token and not (bearer and token.more.get("kind", "pat") == "pat"):
            return
        if self.sign_in != 401 and entry.headers.get("x-tfs-fedauthredirect", "").lower() != "suppress":
            where = {"Location": f"{self.url}/_signin?realm=127.0.0.1"} if self.sign_in == 302 else {}
            raise page(self.sign_in, SIGN_IN, where)
        raise page(
            401, UNAUTHORIZED, {"WWW-Authenticate": 'Bearer, Basic realm="127.0.0.1", Negotiate, NTLM'}
        )

    def demand(self, entry: Entry, right: str) -> User:
        """The account, if it has the right. The sentence about the missing one is exact [I]."""
        token = self.tokens[entry.token or ""]
        if right and READ not in token.rights:
            raise self.no_repository(entry)
        if right and right not in token.rights:
            who = f"Build\\{token.user.id}" if token.user.is_bot else token.user.name
            raise refused_git(
                403,
                "GitNeedsPermissionException",
                f"TF401027: You need the Git '{right}' permission to perform this action. "
                f"Details: identity '{who}', scope 'repository'.",
            )
        return token.user

    def no_repository(self, entry: Entry) -> Exception:
        return refused_git(
            404,
            "GitRepositoryNotFoundException",
            f"TF401019: The Git repository with name or identifier {entry.params.get('repository', self.name)} does "
            "not exist or you do not have permissions for the operation you are attempting.",
        )  # [K]

    # -- who and where ---------------------------------------------------------------------------

    def connection_data(self, entry: Entry) -> dict[str, Any]:
        user = self.demand(entry, "")
        me = {
            "id": user.id,
            "descriptor": f"System.Security.Principal.WindowsIdentity;{user.id}",
            "subjectDescriptor": f"win.{base64.urlsafe_b64encode(user.name.encode()).decode().rstrip('=')}",
            "providerDisplayName": user.name,
            "isActive": True,
            "properties": {"Account": {"$type": "System.String", "$value": user.name}},
            "resourceVersion": 2,
            "metaTypeId": 0,
        }
        return {
            "authenticatedUser": me,
            "authorizedUser": me,
            "instanceId": guid("instance"),
            "deploymentId": guid("deployment"),
            "deploymentType": "onPremises",
            "locationServiceData": {"serviceOwner": guid("owner"), "lastChangeId": 7},
        }

    def list_locations(self, entry: Entry) -> list[dict[str, Any]]:
        self.demand(entry, "")
        return self.server.locations()

    def list_areas(self, entry: Entry) -> list[dict[str, Any]]:
        """Empty on the customer's own servers: everything is below the collection [E, S SDK]."""
        self.demand(entry, "")
        return []
