"""One HTTP policy under all SDKs: where requests go, what is repeated, what is believed."""

import gzip
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
from fakes.listener import Listener
from fakes.wire import SIGN_IN, Fault, Reply
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.domain.policy import NetworkPolicy
from reviewbot.errors import ForgeError, UncertainWriteError, UsageError
from reviewbot.forges import fields
from reviewbot.forges.base import Access, Rights, refusal
from reviewbot.forges.session import PoliteSession
from reviewbot.forges.transport import tls_context

TOKEN = "glpat-0123456789abcdef"
QUICK = NetworkPolicy(connect_s=1.0, idle_s=0.3)
FINE = Reply(200, {"fine": True})
PAGE = Reply(200, SIGN_IN, {}, "text/html; charset=utf-8")


class Server:
    """Answers with the given replies in turn, the last one for ever; a `Fault` drops the connection its way."""

    def __init__(self, *replies, tls=False):
        self.replies = list(replies)
        self.log = []
        self.listener = Listener(self.serve, tls=tls)
        self.url = self.listener.url
        self.ca = self.listener.ca

    def serve(self, entry):
        self.log.append(entry)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return (None, reply) if isinstance(reply, Fault) else (reply, None)


@contextmanager
def serving(*replies, tls=False):
    server = Server(*replies, tls=tls)
    server.listener.start()
    try:
        yield server
    finally:
        server.listener.close()


@contextmanager
def session_to(server, network=QUICK, **more):
    waits = more.pop("waits", [])
    with PoliteSession(server.url, network, sleep=waits.append, **more) as session:
        yield session


def drop(kind, **more):
    return Fault("*", "", kind, times=99, hold=2.0, **more)


# -- what is repeated ------------------------------------------------------------------------------

BROKEN = {
    "502": Reply(502, b"<html>", {}, "text/html"),
    "500": Reply(500, {"message": "no"}),
    "408": Reply(408, {"message": "slow"}),
    "reset": drop("reset"),
    "silence": drop("timeout"),
    "cut": drop("truncated"),
    "half": Reply(200, b'{"id": 1, "bo', {}, "application/json"),
    "empty": Reply(200),
    "words": Reply(200, b"{}", {}, "text/plain"),
    "latin": Reply(200, b'{"name": "M\xfcller"}'),
    "nested": Reply(200, b"[" * 100_000 + b"]" * 100_000, {}, "application/json"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_read_is_tried_three_times(broken):
    with serving(broken, broken, FINE) as server, session_to(server) as session:
        assert session.get(f"{server.url}/x").json() == {"fine": True}
        assert len(server.log) == 3


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_and_then_it_failed(method):
    waits = []
    with serving(Reply(502)) as server, session_to(server, waits=waits) as session:
        with pytest.raises(ForgeError, match="HTTP 502") as error:
            session.request(method, f"{server.url}/x")
        assert type(error.value) is ForgeError
        assert len(server.log) == 3
        assert waits == [0.5, 1.0]


@pytest.mark.parametrize(
    ("method", "kind"),
    [("POST", kind) for kind in ("502", "reset", "silence", "cut", "half", "empty", "words")]
    + [("PUT", "502"), ("PATCH", "500"), ("DELETE", "reset")],
)
def test_a_write_is_never_repeated_and_is_uncertain(method, kind):
    with serving(BROKEN[kind], FINE) as server, session_to(server) as session:
        with pytest.raises(UncertainWriteError, match=f"{method} /x"):
            session.request(method, f"{server.url}/x", json={})
        assert len(server.log) == 1


def test_too_many_requests_refuses_a_write_for_certain():
    waits = []
    with (
        serving(Reply(429, {}, {"Retry-After": "1"}), FINE) as server,
        session_to(server, waits=waits) as session,
    ):
        with pytest.raises(ForgeError, match="too many requests") as error:
            session.post(f"{server.url}/x", json={})
        assert not isinstance(error.value, UncertainWriteError)
        assert (len(server.log), waits) == (1, [])


@pytest.mark.parametrize("status", [429, 403, 503])
def test_a_read_waits_as_long_as_it_is_told(status):
    waits = []
    told = Reply(status, {}, {"Retry-After": "7"})
    with serving(told, FINE) as server, session_to(server, waits=waits) as session:
        assert session.get(f"{server.url}/x").ok
        assert waits == [7.0]


def test_it_does_not_wait_longer_than_a_minute():
    waits = []
    with serving(Reply(429, {}, {"Retry-After": "61"})) as server, session_to(server, waits=waits) as session:
        with pytest.raises(ForgeError):
            session.get(f"{server.url}/x")
        assert (len(server.log), waits) == (1, [])


@pytest.mark.parametrize("said", ["Wed, 21 Oct 2026 07:28:00 GMT", "-5", "\u00b2", "nan", ""])
def test_an_odd_retry_after_is_no_wait(said):
    waits = []
    reply = Reply(429, {}, {"Retry-After": said})
    with serving(reply, FINE) as server, session_to(server, waits=waits) as session:
        assert session.get(f"{server.url}/x").ok
        assert waits == [0.5]


def test_a_post_that_reads_is_a_read():
    with serving(Reply(502), FINE) as server, session_to(server) as session:
        with session.reading():
            assert session.post(f"{server.url}/graphql", json={}).ok
        assert len(server.log) == 2
        server.replies = [Reply(502)]
        with pytest.raises(UncertainWriteError):
            session.post(f"{server.url}/graphql", json={})


def test_without_a_connection_a_write_did_not_happen():
    with serving(FINE) as server:
        url = server.url
    with PoliteSession(url, QUICK, sleep=lambda _: None) as session:
        with pytest.raises(ForgeError, match="no connection") as error:
            session.post(f"{url}/x", json={})
        assert not isinstance(error.value, UncertainWriteError)


# -- what is believed ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 203])
def test_a_page_to_sign_in_is_no_answer(status):
    page = Reply(status, SIGN_IN, {}, "text/html; charset=utf-8")
    with serving(page, FINE) as server, session_to(server) as session:
        with pytest.raises(ForgeError, match="web page instead of data"):
            session.get(f"{server.url}/x")
        assert len(server.log) == 1


def test_a_page_to_sign_in_leaves_a_write_uncertain():
    with serving(PAGE) as server, session_to(server) as session, pytest.raises(UncertainWriteError):
        session.post(f"{server.url}/x", json={})


def test_a_refusal_comes_back_with_its_words():
    with serving(Reply(422, {"message": "no"})) as server, session_to(server) as session:
        answer = session.post(f"{server.url}/x", json={})
        assert (answer.status_code, answer.json()) == (422, {"message": "no"})


@pytest.mark.parametrize("body", [b"<html>no</html>", b"[" * 100_000, b"\xff"])
def test_a_refusal_that_is_no_json_comes_back_without_its_words(body):
    with serving(Reply(404, body)) as server, session_to(server) as session:
        answer = session.get(f"{server.url}/x")
        assert (answer.status_code, answer.content) == (404, b"")


def test_half_a_character_does_not_break_an_answer():
    with serving(Reply(200, b'{"name": "\\ud800"}')) as server, session_to(server) as session:
        assert fields.text(session.get(f"{server.url}/x").json(), "name", "a thing") == "?"


def test_nothing_at_all_is_an_answer_where_it_was_announced():
    with serving(Reply(204)) as server, session_to(server) as session:
        assert session.post(f"{server.url}/x", json={}).status_code == 204


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_of_more_than_20_mb_is_not_read(packed):
    body = b'"' + b"a" * (21 * 2**20) + b'"'
    headers = {"Content-Encoding": "gzip"} if packed else {}
    reply = Reply(200, gzip.compress(body, 1) if packed else body, headers)
    with serving(reply) as server, session_to(server, NetworkPolicy(idle_s=5)) as session:
        with pytest.raises(ForgeError, match="larger than 20 MB"):
            session.get(f"{server.url}/x")
        assert server.log[0].headers["accept-encoding"] == "identity"


def test_an_answer_that_drips_comes_to_an_end():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        threading.Thread(target=drip, args=(listening,), daemon=True).start()
        with PoliteSession(url, QUICK, sleep=lambda _: None, answer_s=0.3) as session:
            begun = time.monotonic()
            with pytest.raises(UncertainWriteError, match="took longer than"):
                session.post(f"{url}/x", json={})
            assert time.monotonic() - begun < 3


def drip(listening):
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        )
        for _ in range(60):
            time.sleep(0.05)
            try:
                connection.sendall(b" ")
            except OSError:
                return


def test_connections_are_kept():
    with serving(FINE, Reply(204), FINE) as server, session_to(server) as session:
        for _ in range(3):
            session.get(f"{server.url}/x")
        pools = session.get_adapter(server.url).poolmanager.pools
        assert [pools[key].num_connections for key in pools.keys()] == [1]  # noqa: SIM118 (no mapping)


# -- where requests go -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_refused(method, status):
    with serving(FINE) as elsewhere, serving(Reply(status, None, {"Location": elsewhere.url})) as server:
        with session_to(server) as session, pytest.raises(ForgeError, match="redirected") as error:
            session.request(method, f"{server.url}/x", allow_redirects=True)
        assert not isinstance(error.value, UncertainWriteError)
        assert (len(server.log), elsewhere.log) == (1, [])


def test_even_a_redirect_to_itself_is_refused():
    with serving(Reply(302, None, {"Location": "/y"}), FINE) as server, session_to(server) as session:
        with pytest.raises(ForgeError, match="redirected"):
            session.get(f"{server.url}/x")
        assert len(server.log) == 1


def test_the_body_of_a_redirect_is_bounded_too():
    reply = Reply(302, b"a" * (21 * 2**20), {"Location": "/y"})
    patient = NetworkPolicy(idle_s=5)
    larger = pytest.raises(UncertainWriteError, match="larger than 20 MB")
    with serving(reply) as server, session_to(server, patient) as session, larger:
        session.post(f"{server.url}/x", json={})


def test_no_other_host_port_or_scheme_is_spoken_to():
    with serving(FINE) as other, serving(FINE) as server, session_to(server) as session:
        port = server.url.rpartition(":")[2]
        for url in (
            f"{other.url}/x",
            f"https://127.0.0.1:{port}/x",
            f"http://localhost:{port}/x",
            f"http://user@127.0.0.1:{port}/x",
            f"http://127.0.0.1:{port}@{other.url.removeprefix('http://')}/x",
            "file:///etc/passwd",
        ):
            with pytest.raises(ForgeError, match="not sent"):
                session.get(url, headers={"Authorization": TOKEN})
        assert (other.log, server.log) == ([], [])


def test_the_environment_takes_no_part(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    with serving(FINE) as proxy, serving(FINE) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
        with session_to(server) as session:
            session.trust_env = True  # as msrest does
            assert session.get(f"{server.url}/x").ok
        assert proxy.log == []
        assert "authorization" not in server.log[0].headers


def test_the_proxy_of_the_policy_is_used_and_learns_no_token():
    with serving(Reply(403)) as proxy:
        network = NetworkPolicy(proxy=proxy.url, connect_s=1, idle_s=1)
        with PoliteSession("https://forge.example", network, sleep=lambda _: None) as session:
            with pytest.raises(ForgeError, match="the proxy did not connect") as error:
                session.post("https://forge.example/x", headers={"PRIVATE-TOKEN": TOKEN}, json={})
            assert not isinstance(error.value, UncertainWriteError)
        assert [(entry.method, entry.raw_path) for entry in proxy.log] == [("CONNECT", "forge.example:443")]
        assert TOKEN not in str(proxy.log)


@pytest.mark.parametrize("trusted", [False, True])
def test_a_proxy_is_verified_like_the_forge(trusted):
    with serving(Reply(403), tls=True) as proxy:
        bundle = str(proxy.ca) if trusted else None
        network = NetworkPolicy(ca_bundle=bundle, proxy=proxy.url, connect_s=1, idle_s=1)
        session = PoliteSession("https://forge.example", network, sleep=lambda _: None)
        with (
            session,
            pytest.raises(ForgeError, match="did not connect" if trusted else "TLS|trusted|connect"),
        ):
            session.get("https://forge.example/x", proxies={"https": proxy.url})
        assert {entry.method for entry in proxy.log} == ({"CONNECT"} if trusted else set())


@pytest.mark.parametrize("tls", [False, True])
def test_this_machine_is_reached_without_the_proxy(tls):
    with serving(FINE) as proxy, serving(FINE, tls=tls) as server:
        bundle = str(server.ca) if tls else None
        with session_to(server, NetworkPolicy(ca_bundle=bundle, proxy=proxy.url)) as session:
            assert session.get(f"{server.url}/x", proxies={"http": proxy.url, "https": proxy.url}).ok
        assert proxy.log == []


def test_cookies_are_not_kept():
    with (
        serving(Reply(200, {}, {"Set-Cookie": "session=abc; Path=/"})) as server,
        session_to(server) as session,
    ):
        session.get(f"{server.url}/x")
        session.get(f"{server.url}/x")
        assert not SimpleCookie(server.log[1].headers.get("cookie", ""))


@pytest.mark.parametrize(
    "url", ["http://forge.example/api/v4", "http://10.0.0.1", "http://127.0.0.1.example"]
)
def test_only_this_machine_is_spoken_to_in_clear(url):
    with pytest.raises(UsageError, match="http://"):
        PoliteSession(url, QUICK)


@pytest.mark.parametrize(
    "url", ["", "forge", "ftp://forge", "https://", "https://u:p@forge", "https://forge:x", "https://a\\b"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(UsageError, match="not a plain"):
        PoliteSession(url, QUICK)


def test_timeouts_are_ours_whatever_is_asked_for():
    with serving(drop("timeout")) as server, session_to(server) as session:
        begun = time.monotonic()
        with pytest.raises(UncertainWriteError, match="silence for"):
            session.post(f"{server.url}/x", json={}, timeout=None)
        assert time.monotonic() - begun < 1.5


# -- TLS -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_certificate_is_refused_whatever_is_asked_for(method):
    with serving(FINE, tls=True) as server, session_to(server) as session:
        session.verify = False
        with pytest.raises(ForgeError, match="not trusted") as error:
            session.request(method, f"{server.url}/x", verify=False)
        assert not isinstance(error.value, UncertainWriteError)
        with pytest.raises(ForgeError, match="not trusted"):
            session.request(method, f"{server.url}/x", verify=str(server.ca))
        assert server.log == []


def test_the_bundle_of_the_policy_is_added_to_the_systems_own():
    with serving(FINE, tls=True) as server:
        network = NetworkPolicy(ca_bundle=str(server.ca))
        with session_to(server, network) as session:
            context = session.get_adapter("https://")._context
            before = context.cert_store_stats()
            assert session.get(f"{server.url}/x").json() == {"fine": True}
            assert context.cert_store_stats() == before
            assert before["x509_ca"] == tls_context(QUICK).cert_store_stats()["x509_ca"] + 1


def test_a_certificate_for_another_name_is_refused(tmp_path):
    pem, key = tmp_path / "other.pem", tmp_path / "other.key"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=other"
    named = ["-addext", "subjectAltName=DNS:forge.example", "-keyout", str(key), "-out", str(pem)]
    subprocess.run([*command.split(), *named], check=True, capture_output=True)
    with serving(FINE, tls=True) as server:
        server.listener._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.listener._context.load_cert_chain(pem, key)
        network = NetworkPolicy(ca_bundle=str(pem), connect_s=1, idle_s=1)
        with session_to(server, network) as session, pytest.raises(ForgeError, match="not trusted"):
            session.get(f"{server.url}/x")
        assert server.log == []


def test_old_tls_is_not_spoken():
    context = tls_context(QUICK)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_bundle_that_does_not_load_is_refused(tmp_path):
    with pytest.raises(UsageError, match="ca_bundle does not load"):
        PoliteSession("https://forge", NetworkPolicy(ca_bundle=str(tmp_path / "none.pem")))


def test_an_sdk_cannot_make_the_transport_repeat():
    with serving(Reply(502)) as server, session_to(server) as session:
        session.get_adapter(server.url).max_retries = 5
        with pytest.raises(UncertainWriteError):
            session.post(f"{server.url}/x", json={})
        assert len(server.log) == 1


# -- tokens and words ------------------------------------------------------------------------------


def test_the_token_is_in_no_representation():
    access = Access(TOKEN, "REVIEWBOT_FORGE_TOKEN", "private")
    denied = refusal(access, Rights("list the threads", "role Developer", "Settings"), 403, f"bad {TOKEN}!")
    assert TOKEN not in repr(access)
    assert TOKEN not in f"{denied}{denied.args}"


@pytest.mark.parametrize("token", ["", "gl pat", "glpat\n", "gl\u00e9pat", "glpat\x00"])
def test_a_token_that_cannot_be_a_header_is_refused_unseen(token):
    with pytest.raises(UsageError, match="FORGE_TOKEN") as error:
        Access(token, "FORGE_TOKEN", "private")
    assert not token or token not in error.value.sentence


def test_a_refusal_says_token_needs_where():
    access = Access(TOKEN, "REVIEWBOT_FORGE_TOKEN", "private")
    rights = Rights("list the threads", "role Developer, scope api", "Settings > Access tokens of pay/ledger")
    assert str(refusal(access, rights, 403, "insufficient_scope")) == (
        "the forge refused to list the threads: HTTP 403: insufficient_scope\n"
        "  token   REVIEWBOT_FORGE_TOKEN\n"
        "  needs   role Developer, scope api\n"
        "  where   Settings > Access tokens of pay/ledger"
    )


def test_a_token_that_is_not_known_needs_another_token():
    access = Access(TOKEN, "T", "private")
    text = str(refusal(access, Rights("read", "role Developer", "there"), 401))
    assert "needs   a token that this forge knows" in text


def test_other_refusals_give_the_forges_words_made_visible_and_no_advice():
    access = Access(TOKEN, "T", "private")
    denied = refusal(access, Rights("post", "x", "y"), 400, "no\u202e\n##vso[" + "a" * 999)
    assert str(denied).startswith("the forge refused to post: HTTP 400: no<U+202E> ##vso[aaa")
    assert len(str(denied)) < 400
    assert denied.hint == ""


# -- fields ----------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SOME
@given(JSON)
def test_fields_are_of_their_type_or_an_error(value):
    for read, kind in (
        (fields.text, str),
        (fields.number, int),
        (fields.flag, bool),
        (fields.optional_text, str),
    ):
        try:
            found = read({"field": value}, "field", "a thing")
        except ForgeError:
            assert not isinstance(value, kind) or isinstance(value, bool)
        else:
            assert type(found) is kind or (found is None and value is None)


@SOME
@given(JSON)
def test_records_are_objects_or_an_error(value):
    try:
        found = fields.records(value, "a list")
    except ForgeError:
        assert not isinstance(value, list) or any(not isinstance(item, dict) for item in value)
    else:
        assert found == value


def test_half_characters_are_replaced():
    assert fields.text({"a": "x\ud800\u00e9"}, "a", "a thing") == "x?\u00e9"


def test_what_is_odd_after_a_write_is_uncertain():
    with pytest.raises(UncertainWriteError):
        fields.number({}, "id", "a comment", write=True)
