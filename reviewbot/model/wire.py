"""One request over the wire, with every bound that a hostile or dying server makes necessary.

A stopping vLLM leaves connections open and silent: a read that brings nothing for
`NetworkPolicy.idle_s` ends the request. A server that drips a byte a second is ended by the
wall clock: a timer shuts the socket down, whatever part of the response is being waited for.
Answers are asked for without compression, and refused with it, so nothing can unfold.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.model.events import Collector, Reply, error_text
from reviewbot.model.faults import NoAnswer, Refused, Unreachable, refused, shown

if TYPE_CHECKING:
    import httpx

_ERROR_BYTES = 256 * 1024
_INFO_BYTES = 4 * 1024 * 1024
_INFO_SECONDS = 20.0
_LONGEST_WAIT = 60.0


class Deadline:
    """Shuts the connection of one request down when its time is up. Use it as a context."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(max(0.0, seconds), self.cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Start the clock."""
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the clock."""
        self._timer.cancel()

    def trace(self, _event: str, info: Mapping[str, object]) -> None:
        """Learn of the connection's socket: httpcore's `trace` extension."""
        get = getattr(info.get("return_value"), "get_extra_info", None)
        found = get("socket") if callable(get) else None
        if isinstance(found, socket.socket):
            with self._lock:
                self._socket = found
                if self.passed:
                    _shut(found)

    def cut(self) -> None:
        """End the request now, from any thread."""
        with self._lock:
            self.passed = True
            if self._socket is not None:
                _shut(self._socket)


def _shut(connection: socket.socket) -> None:
    try:
        # The plain method also for TLS: SSLSocket's own would pull the state from under the reader.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return  # closed already


@dataclass(frozen=True, slots=True)
class Wire:
    """The connection to one server. The key is needed here only to keep it out of messages."""

    client: "httpx.Client"
    key: str | None

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "Wire()"

    def chat(self, url: str, body: Mapping[str, object], deadline: Deadline) -> Reply:
        """Send a chat request and collect its answer. Raises a class of `faults`."""
        tokens = body.get("max_tokens")
        # A token is rarely more than one event; what sends many more than were allowed never ends.
        most = 4 * (tokens if isinstance(tokens, int) else 0) + 2000
        collector = Collector(key=self.key, most_events=most)
        with self._send("POST", url, body, deadline) as response:
            for chunk in response.iter_raw():
                collector.feed(chunk)
                if deadline.passed:
                    raise _too_slow(deadline)
                if collector.complete:
                    break
        if deadline.passed:  # a shut socket may look like the plain end of the body
            raise _too_slow(deadline)
        return collector.reply()

    def info(self, method: str, url: str, body: Mapping[str, object] | None = None) -> object:
        """Ask a small question; None if the server has no such route or no JSON there.

        Raises `Refused` for a key that is not accepted, `Unreachable` and `NoAnswer`.
        """
        try:
            with Deadline(_INFO_SECONDS) as deadline, self._send(method, url, body, deadline) as response:
                raw = _all(response, _INFO_BYTES, deadline)
            return loads(raw, limit=_INFO_BYTES, depth=32)
        except Refused as error:
            if error.status in {401, 403, 429, 503} or 300 <= error.status < 400:
                raise
            return None
        except BadJson:
            return None

    @contextmanager
    def _send(
        self, method: str, url: str, body: Mapping[str, object] | None, deadline: Deadline
    ) -> "Iterator[httpx.Response]":
        import httpx  # noqa: PLC0415 (heavy; see address.open_client)

        request = self.client.build_request(method, url, json=body, extensions={"trace": deadline.trace})
        try:
            response = self.client.send(request, stream=True)
            try:
                self._check(response, deadline)
                yield response
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise self._unreachable(request.url.netloc.decode("ascii"), error) from None
        except httpx.TimeoutException:
            raise NoAnswer(
                "the model server took the request and then sent nothing more",
                hint="if it is only slow, raise network.idle_s",
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            if deadline.passed:
                raise _too_slow(deadline) from None
            raise NoAnswer(f"the connection to the model server broke: {type(error).__name__}") from None

    def _check(self, response: "httpx.Response", deadline: Deadline) -> None:
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            raise NoAnswer(
                "the model server sent a compressed answer though none was asked for",
                hint="switch compression off in the gateway",
            )
        if response.status_code == 200:
            return
        raw = _all(response, _ERROR_BYTES, deadline)
        raise refused(response.status_code, _text(raw), key=self.key, wait=_retry_after(response))

    def _unreachable(self, host: str, error: Exception) -> Unreachable:
        return Unreachable(
            f"the model server {host} cannot be reached: {shown(str(error), key=self.key) or type(error).__name__}",
            hint="check model.url, that the server runs, and network.ca_bundle if its certificate is the organisation's",
        )


def _all(response: "httpx.Response", limit: int, deadline: Deadline) -> bytes:
    raw = bytearray()
    for chunk in response.iter_raw():
        raw += chunk
        if deadline.passed:
            raise _too_slow(deadline)
        if len(raw) > limit:
            raise NoAnswer(f"the model server sent more than {limit} bytes for a small question")
    return bytes(raw)


def _too_slow(deadline: Deadline) -> NoAnswer:
    # The last request of a run may get only what is left of the run's time.
    time = f"within {deadline.seconds:.0f} s" if deadline.seconds >= 1 else "in the time that was left"
    return NoAnswer(f"the model server did not finish its answer {time}")


def _text(raw: bytes) -> str:
    """Give the error message of a body: its JSON's, or the start of what else it is."""
    try:
        value = loads(raw, limit=_ERROR_BYTES, depth=32)
    except BadJson:
        return raw[:1000].decode("utf-8", "replace")
    return error_text(value) or raw[:1000].decode("utf-8", "replace")


def _retry_after(response: "httpx.Response") -> float | None:
    """Read Retry-After in seconds, bounded; a date is not worth a clock (RFC 9110, section 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal() and len(text) <= 6:
        return min(float(text), _LONGEST_WAIT)
    return None
