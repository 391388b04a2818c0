"""Where connections go: to the configured host, verified, and nowhere else."""

import socket
import ssl
import subprocess
import threading

import pytest
from model_world import Log, Memory
from scripted_model import ScriptedModel, Status

from reviewbot.domain.policy import ModelPolicy, NetworkPolicy
from reviewbot.errors import ModelError, UsageError
from reviewbot.model.address import parse, tls_context
from reviewbot.model.client import Patience, connect
from reviewbot.model.faults import Unreachable


@pytest.mark.parametrize(
    ("url", "base", "root"),
    [
        ("https://llm.corp.example/v1", "https://llm.corp.example/v1", "https://llm.corp.example"),
        (
            "https://LLM.corp.example:8443/v1/",
            "https://llm.corp.example:8443/v1",
            "https://llm.corp.example:8443",
        ),
        ("http://localhost:8000/v1", "http://localhost:8000/v1", "http://localhost:8000"),
        ("http://127.1.2.3/v1", "http://127.1.2.3/v1", "http://127.1.2.3"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1", "http://[::1]:9"),
        ("https://gw.example/ai/chat", "https://gw.example/ai/chat", "https://gw.example/ai/chat"),
    ],
)
def test_addresses_are_normalised(url, base, root):
    """Case, a slash at the end and the place of the other routes are settled once."""
    address = parse(ModelPolicy(url=url))
    assert (address.base, address.root) == (base, root)


@pytest.mark.parametrize(
    "url",
    [
        None, "", "llm.corp.example", "ftp://h/v1", "file:///etc/passwd", "https://", "https:///v1", "https://h:99999/v1",
        "https://u:p@h/v1", "https://u@h/v1", "https://h/v1?key=1", "https://h/v1#x", "https://h\n/v1", "https://h /v1",
        "https://h\\@evil/v1", "https://hé.example/v1", "https://[::1/v1",
        "http://llm.corp.example/v1", "http://127.0.0.1.nip.example/v1", "http://127.0.0.1@evil.example/v1",
        "http://localhost.evil.example/v1", "http://0.0.0.0/v1", "http://0x7f000001/v1", "http://[::ffff:10.0.0.1]/v1",
        "http://10.0.0.1/v1",
    ],
)  # fmt: skip
def test_what_is_no_safe_address_is_refused(url):
    """No host, no user or query, no other scheme, and no clear text beyond this machine."""
    with pytest.raises(UsageError) as caught:
        parse(ModelPolicy(url=url))
    assert "p@" not in str(caught.value)


def test_the_operator_may_list_hosts_for_plain_http():
    """By host, or by host and port; nothing else matches."""
    url = "http://llm.corp.example:8000/v1"
    for listed in ("llm.corp.example", "llm.corp.example:8000"):
        assert parse(ModelPolicy(url=url, allow_http=(listed,))).host == "llm.corp.example:8000"
    for other in ("corp.example", "llm.corp.example:80", "*"):
        with pytest.raises(UsageError, match="allow_http"):
            parse(ModelPolicy(url=url, allow_http=(other,)))


@pytest.mark.parametrize("key", ["sesame one", "a\nX-Other: 1", "clé", "a\x00b"])
def test_a_key_that_cannot_be_a_header_is_refused_unseen(key):
    """The message names the variable, never the key."""
    with pytest.raises(UsageError) as caught:
        connect(ModelPolicy(url="https://h/v1"), NetworkPolicy(), key=key, record=Log())
    assert key not in str(caught.value)
    assert "REVIEWBOT_MODEL_KEY" in str(caught.value)


def test_the_key_is_in_the_header_and_nowhere_else(scripted, client_for, log):
    """Not in repr, record or errors; a line end from a file is taken off; without a key there is no header."""
    server = scripted(key="sesame-123")
    client = client_for(server, key="sesame-123\n")
    client.meet(Memory())
    assert {headers["Authorization"] for headers in server.headers} == {"Bearer sesame-123"}
    assert "sesame" not in repr(client) + repr(client._wire) + repr(log.events)
    other = scripted()
    client_for(other).meet(Memory())
    assert all("Authorization" not in headers for headers in other.headers)


def test_nothing_is_asked_for_compressed(scripted, client_for):
    """Identity encoding only, so nothing can unfold."""
    server = scripted()
    client_for(server).meet(Memory())
    assert {headers["Accept-Encoding"] for headers in server.headers} == {"identity"}


class Trap:
    """A listener that counts connections; there should be none."""

    def __init__(self):
        self.server = ScriptedModel()

    def __enter__(self):
        self.server.__enter__()
        return self.server

    def __exit__(self, *_):
        self.server.__exit__()
        assert self.server.connections == 0


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(scripted, client_for, code):
    """Neither for questions nor for chats; the key goes nowhere else."""
    with Trap() as trap:
        server = scripted(answer=lambda _: Status(code, "", (("Location", trap.url),)))
        client = client_for(server, key="sesame")
        client.meet(Memory())
        with pytest.raises(ModelError, match="redirects are not followed"):
            client.ask((), max_tokens=1, schema=None)


def test_the_environment_has_no_say(scripted, client_for, monkeypatch, tmp_path):
    """Proxies, netrc and certificate variables of the environment change nothing."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login u password p\n")
    netrc.chmod(0o600)
    keylog = tmp_path / "keys"
    with Trap() as trap:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, trap.root)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("SSLKEYLOGFILE", str(keylog))
        server = scripted()
        client_for(server).meet(Memory())
        assert all("Authorization" not in headers for headers in server.headers)
    assert not keylog.exists()


def test_an_explicit_proxy_is_used_but_not_for_loopback(scripted, client_for):
    """The operator's proxy carries what leaves the machine; this machine's own servers are spoken to directly."""
    proxy = scripted()
    network = NetworkPolicy(proxy=proxy.root, connect_s=2, idle_s=2)
    own = scripted()
    client_for(own, network=network).meet(Memory())
    assert proxy.connections == 0
    client = client_for("http://llm.invalid/v1", network=network, allow_http=("llm.invalid",), name="x")
    client.meet(Memory())
    assert proxy.connections > 0
    assert proxy.seen[0][1].startswith("http://llm.invalid/")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority of our own, and certificates for loopback: good, expired, for another host."""
    folder = tmp_path_factory.mktemp("tls")

    def run(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)

    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj",
        "/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    for name, subject in (
        ("good", "IP:127.0.0.1"),
        ("other", "DNS:other.example"),
        ("expired", "IP:127.0.0.1"),
    ):
        run(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            "-subj",
            f"/CN={name}",
        )
        (folder / f"{name}.ext").write_text(
            f"subjectAltName={subject}\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n"
        )
        days = "0" if name == "expired" else "2"
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            f"{name}.pem", "-days", days, "-extfile", f"{name}.ext")  # fmt: skip
    return folder


@pytest.fixture
def over_tls(scripted, authority):
    """A scripted server behind TLS with one of the certificates."""

    def start(name):
        server = ScriptedModel()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority / f"{name}.pem", authority / f"{name}.key")
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        scripted.servers.append(server)
        server.__enter__()
        return f"https://127.0.0.1:{server.port}/v1"

    return start


def test_the_operators_authority_is_added(over_tls, authority, client_for):
    """With the bundle the server is verified; without it, it is not."""
    url = over_tls("good")
    network = NetworkPolicy(ca_bundle=str(authority / "ca.pem"), connect_s=2, idle_s=2)
    assert client_for(url, network=network).meet(Memory()).name == "scripted"
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        client_for(url).meet(Memory())


def test_the_authority_of_the_environment_is_not(over_tls, authority, client_for, monkeypatch):
    """SSL_CERT_FILE and its like cannot bring in an authority."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority / "ca.pem"))
    with pytest.raises(Unreachable):
        client_for(over_tls("good")).meet(Memory())


@pytest.mark.parametrize("name", ["other", "expired"])
def test_a_wrong_certificate_is_refused(over_tls, authority, client_for, name):
    """Another host's, or one that is over, though its authority is trusted."""
    network = NetworkPolicy(ca_bundle=str(authority / "ca.pem"), connect_s=2, idle_s=2)
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        client_for(over_tls(name), network=network).meet(Memory())


def test_a_bundle_that_does_not_load_is_a_usage_error(tmp_path):
    """Missing or without a certificate."""
    empty = tmp_path / "empty.pem"
    empty.write_text("not a certificate")
    for path in (tmp_path / "missing.pem", empty):
        with pytest.raises(UsageError, match="ca_bundle"):
            tls_context(NetworkPolicy(ca_bundle=str(path)))


def test_the_context_verifies():
    """Chain and host name are checked, old protocol versions are not spoken, and the system's authorities are there."""
    context = tls_context(NetworkPolicy())
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_handshake_that_never_ends_is_bounded(client_for):
    """A peer that accepts and says nothing does not hold the run."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        held = []
        thread = threading.Thread(target=lambda: held.append(listener.accept()), daemon=True)
        thread.start()
        client = client_for(f"https://127.0.0.1:{port}/v1", network=NetworkPolicy(connect_s=0.3, idle_s=0.3))
        client._patience = Patience(1, 1)
        with pytest.raises(ModelError):
            client.meet(Memory())
        for connection, _ in held:
            connection.close()


def test_no_model_is_a_usage_error():
    """Connecting without an address says what to set."""
    with pytest.raises(UsageError, match="REVIEWBOT_MODEL_URL"):
        connect(ModelPolicy(), NetworkPolicy(), key=None, record=Log())
