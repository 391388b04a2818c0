"""The one way in which every SDK here speaks HTTP, whatever the SDK itself would do.

All three SDKs use `requests`, and each has its own ideas: to take proxies and certificates from the
environment, to wait for ever, to follow redirects, to repeat a POST after a 502 and so to post a comment
twice. Here the policy is settled below them. One host is spoken to; TLS is verified against the system's
authorities and the operator's bundle; only reads are repeated. Sources: python-gitlab 8.6 `client.py`,
PyGithub 2.10 `Requester.py`, msrest 0.7.1 `universal_http/requests.py`, which sets `trust_env`,
`max_retries` and `resolve_redirects` on any session that it is given.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.errors import ForgeError, UncertainWriteError
from reviewbot.forges.transport import VerifyingAdapter, allowed_origin, context_for, origin

_BODY_BYTES = 20 * 1024 * 1024
_PIECE_BYTES = 64 * 1024
_JSON_DEPTH = 64
_TRIES = 3
_LONGEST_WAIT_S = 60.0
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class _Broken(Exception):  # noqa: N818 (it says what the answer is)
    """No answer that can be used.

    `harmless`: nothing can have been written. `final`: another try would end in the same way. `wait` is
    the forge's Retry-After, in seconds.
    """

    def __init__(
        self, why: str, *, harmless: bool = False, final: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(why)
        self.why = why
        self.harmless = harmless
        self.final = final
        self.wait = wait


class PoliteSession(requests.Session):
    """A `requests.Session` for one forge; `api` is its address. What it returns and raises: see `base`.

    `sleep` is called with seconds between two tries of a read; `answer_s` is how long the body of one answer
    may take, in seconds, however steadily it drips.
    """

    def __init__(
        self,
        api: str,
        network: NetworkPolicy,
        *,
        sleep: Callable[[float], None] = time.sleep,
        answer_s: float = 300.0,
    ) -> None:
        self._origin = allowed_origin(api)
        super().__init__()
        self._network = network
        self._sleep = sleep
        self._answer_s = answer_s
        self._reading = 0
        self._proxies = {} if self._origin.loopback or not network.proxy else {"https": network.proxy}
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = VerifyingAdapter(context_for(self._origin, network))
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    @property
    def trust_env(self) -> bool:
        """False for good: no proxy, netrc or bundle of the environment takes part."""
        return False

    @trust_env.setter
    def trust_env(self, _: object) -> None:
        return

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Know of no redirect: requests would read its body without a bound."""

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Mark what is sent inside as reads, whatever the method: a GraphQL query is a POST."""
        self._reading += 1
        try:
            yield
        finally:
            self._reading -= 1

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        """Send under our own terms. Raises `ForgeError` and `UncertainWriteError`."""
        asked = f"{request.method} {urlsplit(request.url or '').path}"
        self._check_target(request, asked)
        request.headers["Accept-Encoding"] = "identity"
        is_read = request.method in _READS or self._reading > 0
        for again in range(_TRIES):
            try:
                return self._once(request)
            except _Broken as error:
                if not is_read and not error.harmless:
                    raise UncertainWriteError(
                        f"{asked} was sent and may have been done: {error.why}"
                    ) from None
                wait = 0.5 * 2**again if error.wait is None else error.wait
                if not is_read or error.final or again == _TRIES - 1 or wait > _LONGEST_WAIT_S:
                    raise ForgeError(f"the forge gave no answer to {asked}: {error.why}") from None
            self._sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _check_target(self, request: requests.PreparedRequest, asked: str) -> None:
        try:
            there = origin(request.url or "")
        except ValueError:
            there = None
        if there != self._origin:
            raise ForgeError(f"{asked} would go to another host than the forge's: it was not sent")

    def _once(self, request: requests.PreparedRequest) -> requests.Response:
        try:
            response = super().send(
                request,
                stream=True,
                verify=True,
                cert=None,
                proxies=self._proxies,
                allow_redirects=False,
                timeout=(self._network.connect_s, self._network.idle_s),
            )
            with response:
                _fill(response, self._answer_s)
        except (requests.RequestException, HTTPError) as error:
            raise _broken(error, self._network) from None
        _check(response)
        return response


def _fill(response: requests.Response, seconds: float) -> None:
    """Read the body within its bounds; requests keeps it then as if it had read it itself."""
    end = time.monotonic() + seconds
    body = bytearray()
    # Not iter_content(): that one waits for a full piece, and so for ever on a server that drips.
    while piece := response.raw.read1(_PIECE_BYTES, decode_content=True):
        body += piece
        if len(body) > _BODY_BYTES:
            raise _Broken(f"its answer is larger than {_BODY_BYTES // 2**20} MB")
        if time.monotonic() > end:
            raise _Broken(f"its answer took longer than {seconds:g} s")
    _keep(response, bytes(body))


def _keep(response: requests.Response, body: bytes) -> None:
    response._content = body  # noqa: SLF001 (requests has no public way to bound a body and keep it)


def _check(response: requests.Response) -> None:
    """Raise what stands for anything but a whole answer of 2xx, or a refusal of 4xx."""
    status = response.status_code
    if 300 <= status < 400:
        raise ForgeError(
            f"the forge redirected the request: HTTP {status}",
            hint="redirects are not followed: use the address that answers itself, and check the token",
        )
    if status == 429 or (status == 403 and "Retry-After" in response.headers):
        raise _Broken(f"HTTP {status}, too many requests", harmless=True, wait=_wait(response))
    if status >= 500 or status == 408:
        raise _Broken(f"HTTP {status}", wait=_wait(response))
    if status >= 400:
        if not _is_json(response.content):
            _keep(response, b"")  # the SDKs would read it, and may die of it
        return
    if status != 204 and response.request.method != "HEAD":
        _check_body(response)


def _check_body(response: requests.Response) -> None:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "text/html":
        why = "it sent a web page instead of data, as to somebody who must sign in: check the token and the address"
        raise _Broken(why, final=True)
    if not kind.endswith("json"):
        raise _Broken("the answer is not JSON")
    if not _is_json(response.content):
        raise _Broken("the answer is broken JSON")


def _is_json(body: bytes) -> bool:
    try:
        # As text: `surrogates` shall let escapes of half characters pass (fields.text replaces them), not bytes.
        loads(body.decode("utf-8"), limit=_BODY_BYTES, depth=_JSON_DEPTH, surrogates=True)
    except (BadJson, UnicodeDecodeError):
        return False
    return True


def _wait(response: requests.Response) -> float | None:
    """Read Retry-After in seconds; None where there is none, or a date."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else None


def _broken(error: Exception, network: NetworkPolicy) -> _Broken:
    """Say why there was no answer, in our words: those of libraries quote headers and proxies."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.exceptions.ProxyError):
        return _Broken("the proxy did not connect", harmless=True)
    if isinstance(error, requests.ConnectTimeout):
        return _Broken(f"no connection within {network.connect_s:g} s", harmless=True)
    if isinstance(reason, NewConnectionError):
        return _Broken("no connection", harmless=True)
    if isinstance(error, requests.exceptions.SSLError):
        refused = "CERTIFICATE_VERIFY_FAILED" in str(reason)
        why = "its certificate is not trusted: set network.ca_bundle" if refused else "TLS failed"
        return _Broken(why, harmless=refused, final=refused)
    if isinstance(error, (requests.Timeout, ReadTimeoutError)):
        return _Broken(f"silence for {network.idle_s:g} s")
    return _Broken("the connection broke")
