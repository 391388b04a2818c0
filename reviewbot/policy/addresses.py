"""Addresses that a policy or a flag may name: where code and findings are sent.

A URL with a user name in it would carry a credential into logs; one without TLS would show the
code to the network. Both are refused here, at the door, for the model, the proxy and links alike.
"""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from reviewbot.domain.hosts import is_loopback

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?")


def model_url(url: str, allow_http: tuple[str, ...] = ()) -> str:
    """Check the address of a model server and give it without a slash at its end.

    `http://` is for loopback and for the hosts in `allow_http`. Raises `ValueError` with a
    sentence that never repeats the address: it may hold a credential.
    """
    parts = _parts(url, ("https", "http"))
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise ValueError("a model address has no ? or # part; give it as in https://llm.corp.example/v1")
    host = parts.hostname or ""
    if parts.scheme == "http" and not is_loopback(host) and host not in allow_http:
        raise ValueError(
            f"http:// would send code to {host} unencrypted; use https://, "
            "or let the operator's policy list that host under model.allow_http"
        )
    return url.rstrip("/")


def proxy_url(url: str) -> str:
    """Check the address of a proxy. Raises `ValueError` with a sentence."""
    parts = _parts(url, ("http", "https"))
    if parts.path not in {"", "/"} or "?" in url or "#" in url:
        raise ValueError("a proxy is scheme, host and port, as in http://proxy.corp.example:3128")
    return url.rstrip("/")


def forge_url(url: str) -> str:
    """Check the address of a forge's interface, or how addresses for git begin. Raises `ValueError` with a sentence."""
    if re.fullmatch(r"file:///[!-\[\]-~]+", url):
        return url
    parts = _parts(url, ("https", "http"))
    if "?" in url or "#" in url:
        raise ValueError("a forge's address has no ? or # part")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("http:// would send the token unencrypted; use https://")
    return url


def link_url(url: str) -> str:
    """Check the beginning of the links to rule pages. Raises `ValueError` with a sentence."""
    parts = _parts(url, ("https", "http"))
    if "?" in url or "#" in url or not parts.path.endswith("/"):
        raise ValueError("the rule's id is put behind it: let the address end with /, without ? or #")
    return url


def host_name(text: str) -> str:
    """Check a bare host name, and give it in lower case. Raises `ValueError` with a sentence."""
    host = text.lower()
    if not _is_host(host):
        raise ValueError("wants a host by its name or address alone, without scheme, port or path")
    return host


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _HOST.fullmatch(host) is not None
    return True


def same_server(one: str, other: str) -> bool:
    """Say whether two checked addresses are the same endpoint: scheme, host, port and path."""
    return _endpoint(one) == _endpoint(other)


def _endpoint(url: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(url)
    usual = 443 if parts.scheme == "https" else 80
    return parts.scheme, parts.hostname, parts.port or usual, parts.path.rstrip("/")


def _parts(url: str, schemes: tuple[str, ...]) -> SplitResult:
    # Checked before parsing: urlsplit drops tabs and newlines, and treats a backslash as path.
    if not re.fullmatch(r"[!-\[\]-~]+", url):
        raise ValueError("an address holds no spaces, backslashes or characters beyond ASCII")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("not an address; give it as in https://llm.corp.example/v1") from None
    if parts.scheme not in schemes:
        raise ValueError(f"an address here begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if "@" in parts.netloc:
        raise ValueError("an address holds no user name or password; a key is given by variable only")
    if port == 0 or not _is_host(parts.hostname or ""):
        raise ValueError("the address names no valid host")
    return parts
