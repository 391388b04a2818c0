"""Connections to a forge: where they may go, and which certificates they believe."""

import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from reviewbot.domain.hosts import is_loopback
from reviewbot.domain.policy import NetworkPolicy
from reviewbot.errors import UsageError
from reviewbot.trust import tls_context


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: the only ones that a session speaks to."""

    scheme: str
    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """True if it is this machine."""
        return is_loopback(self.host)


def origin(url: str) -> Origin:
    """Read where an address points. Raises `ValueError` for what is no plain http(s) address."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or "\\" in url:
        raise ValueError("not a plain http(s) address")
    return Origin(parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))


def allowed_origin(api: str) -> Origin:
    """Check the address of a forge. `http://` is for loopback alone. Raises `UsageError`."""
    try:
        found = origin(api)
    except ValueError:
        raise UsageError(
            "the forge's address is not a plain http(s) address", hint="write it as https://host:port/path"
        ) from None
    if found.scheme == "http" and not found.loopback:
        raise UsageError(
            f"the forge's address is http:// and {found.host} is not this machine: the token would cross the network in clear",
            hint="use the forge's https:// address",
        )
    return found


def context_for(place: Origin, network: NetworkPolicy) -> ssl.SSLContext:
    """Give the context for an origin. Plain http to this machine gets one that trusts nobody: reading a bundle takes a while."""
    return tls_context(network) if place.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class VerifyingAdapter(HTTPAdapter):
    """Connections under our context. What requests and msrest would set on them has no effect."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    @property
    def max_retries(self) -> Retry:
        """No repetition down here, where nobody knows a read from a write."""
        return Retry(0, read=False, redirect=False)

    @max_retries.setter
    def max_retries(self, _: object) -> None:
        return

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the pool alone: requests would add certifi's authorities to the system's."""

    def build_connection_pool_key_attributes(
        self,
        request: PreparedRequest,
        verify: Any,  # noqa: ARG002 (overruled)
        cert: Any = None,  # noqa: ARG002 (overruled)
    ) -> tuple[Any, Any]:
        """Give each connection our context, whatever `verify` says."""
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"ssl_context": self._context}

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Verify an https proxy in the same way."""
        return super().proxy_manager_for(proxy, proxy_ssl_context=self._context, **proxy_kwargs)
