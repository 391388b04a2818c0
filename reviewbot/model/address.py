"""Where the model server is, and how a connection to it is made.

Nothing of the environment takes part: no proxy variable, no netrc, no SSL_CERT_FILE, no
SSLKEYLOGFILE. Redirects are not followed. `http://` goes to loopback, and to hosts that the
operator lists, and nowhere else.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reviewbot.domain.hosts import is_loopback
from reviewbot.domain.policy import ModelPolicy, NetworkPolicy
from reviewbot.errors import UsageError
from reviewbot.trust import tls_context

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Address:
    """A checked server address: `base` ends without a slash, `root` is `base` without its `/v1`."""

    base: str
    host: str
    loopback: bool

    @property
    def root(self) -> str:
        """Where servers keep the routes that are not OpenAI's."""
        return self.base.removesuffix("/v1")


def parse(policy: ModelPolicy) -> Address:
    """Check `policy.url`. Raises `UsageError` for what is not an address, or not allowed without TLS."""
    url = policy.url
    if not url:
        raise UsageError(
            "no model server is configured", hint="set model.url in the policy or REVIEWBOT_MODEL_URL"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError("model.url is not an address", hint="write it as https://host:port/v1") from None
    host = (parts.hostname or "").lower()
    plain = host.isascii() and url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme not in {"http", "https"} or not host or not plain:
        raise UsageError("model.url is not an http(s) address", hint="write it as https://host:port/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(
            "model.url may not hold a user, a password, a query or a fragment",
            hint="the key goes into the variable named by model.key_env",
        )
    shown_host = f"[{host}]" if ":" in host else host
    with_port = f"{shown_host}:{port}" if port else shown_host
    loopback = is_loopback(host)
    if parts.scheme == "http" and not loopback and not {host, with_port} & set(policy.allow_http):
        raise UsageError(
            f"model.url is http:// and {with_port} is not this machine: the code would cross the network in clear",
            hint=f"use https://, or list {host} under model.allow_http in the operator's policy",
        )
    return Address(f"{parts.scheme}://{with_port}{parts.path.rstrip('/')}", with_port, loopback)


def checked_key(key: str | None, policy: ModelPolicy) -> str | None:
    """Give the key without its final line end. Raises `UsageError`, never showing it, if it cannot be a header."""
    clean = key.strip() if key else ""
    if not clean:
        return None
    if not (clean.isascii() and clean.isprintable() and " " not in clean):
        raise UsageError(
            f"the model's key in {policy.key_env} has a character that no key has (a blank, a line end, an accent)"
        )
    return clean


def open_client(
    address: Address,
    network: NetworkPolicy,
    *,
    key: str | None,
    transport: "httpx.BaseTransport | None" = None,
) -> "httpx.Client":
    """Make the one HTTP client. Each request has a connection of its own, so that it can be cut alone."""
    import httpx  # noqa: PLC0415 (heavy; a run without a model does not need it)

    headers = {"Accept-Encoding": "identity", "User-Agent": "reviewbot"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return httpx.Client(
        headers=headers,
        verify=tls_context(network),
        trust_env=False,
        follow_redirects=False,
        proxy=None if address.loopback or transport else network.proxy,
        timeout=httpx.Timeout(network.idle_s, connect=network.connect_s),
        limits=httpx.Limits(max_keepalive_connections=0),
        transport=transport,
    )
