"""The socket under a fake: HTTP/1.1 with keep-alive on 127.0.0.1, one thread per connection."""

import os
import select
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from urllib.parse import parse_qsl

from fakes.wire import Entry, Fault, Reply, parsed

MOST = 40_000_000  # bytes of a request body
Serve = Callable[[Entry], tuple[Reply | None, Fault | None]]


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate for 127.0.0.1 and localhost; give it and its key."""
    pem, key = folder / "ca.pem", folder / "key.pem"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    usage = "keyUsage=critical,digitalSignature,keyCertSign"
    kind = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    files = ("-keyout", str(key), "-out", str(pem))
    command = ["openssl", "req", *kind, *files, "-subj", "/CN=fake forge", "-addext", names, "-addext", usage]
    subprocess.run(command, check=True, capture_output=True)
    return pem, key


class Listener(ThreadingMixIn, TCPServer):
    """Binds at once and answers after `start()`."""

    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, serve: Serve, *, tls: bool) -> None:
        self.serve = serve
        self.ca: Path | None = None
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._context: ssl.SSLContext | None = None
        self._thread: threading.Thread | None = None
        super().__init__(("127.0.0.1", 0), _Handler)
        if tls:
            self._folder = tempfile.TemporaryDirectory(prefix="fake-forge-")
            self.ca, key = certificate(Path(self._folder.name))
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(self.ca, key)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        """Take connections until the socket is shut: the loop of the library only looks now and then."""
        while True:
            try:
                connection, address = self.socket.accept()
            except OSError:
                return
            self.process_request(connection, address)

    def close(self) -> None:
        if self.closing.is_set():
            return
        self.closing.set()
        if self._thread:
            self.socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
        self.server_close()
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._emptied()
        if self._folder:
            self._folder.cleanup()

    def _emptied(self) -> None:
        until = time.monotonic() + 2
        while self._open and time.monotonic() < until:
            time.sleep(0.005)

    def process_request_thread(self, request: socket.socket, client_address: object) -> None:
        if self._context:
            try:
                request.settimeout(10)
                request = self._context.wrap_socket(request, server_side=True)
                request.settimeout(None)
            except OSError:  # the client does not trust us, or speaks no TLS
                self.shutdown_request(request)
                return
        with self._guard:
            self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients are killed on purpose, and a fake's own faults are in its violations."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Listener

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if self.parse_request():
            self._answer(self._entry())
            self.wfile.flush()

    def _entry(self) -> Entry:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = int(headers.get("content-length", "0"))
        if length > MOST:
            raise ConnectionAbortedError("a body over the fake's limit")
        raw = self.rfile.read(length)
        path, _, query = self.path.partition("?")
        body, kind = parsed(headers.get("content-type", ""), raw)
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        return Entry(0, self.command, path, pairs, headers, raw, body, kind)

    def _answer(self, entry: Entry) -> None:
        reply, fault = self.server.serve(entry)
        kind = fault.kind if fault else ""
        if kind == "reset":
            self._reset()
        elif kind == "timeout":
            self._hold(fault.hold)
        elif kind == "truncated":
            self._send(reply or Reply(200, {"id": 1, "body": "an answer that does not end"}), cut=True)
        else:
            self._send(reply)

    def _send(self, reply: Reply, *, cut: bool = False) -> None:
        body = reply.encoded()
        self.send_response_only(reply.status)
        if body or reply.status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        if body:
            self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())  # closing the object alone would wait for rfile, and say FIN

    def _hold(self, seconds: float) -> None:
        self.close_connection = True
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.server.closing.is_set():
            ready, _, _ = select.select([self.connection], [], [], 0.02)
            if ready:  # the client gave up
                return

    def log_message(self, *_: object) -> None:
        pass
