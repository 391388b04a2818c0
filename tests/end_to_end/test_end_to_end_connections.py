"""No connection but to the model: watched from outside, by the kernel's own account of every child."""

import subprocess
import sys

from connections import needs_strace, peers, watched

FLAW = "import subprocess\n\n\ndef f(name):\n    subprocess.run('ls ' + name, shell=True)\n"


@needs_strace
def test_without_a_model_nothing_is_connected_to(repo, run, tmp_path):
    """A whole review by scanners and rules attempts no connection, in our process or in any child."""
    repo.write(a_dot_py=FLAW)
    repo.commit()
    ran = run("--no-model", "--fail-on", "warning", prefix=watched(tmp_path))
    assert ran.code == 10, ran.out + ran.err
    assert {tool["name"] for tool in ran.review["tools"]} >= {"semgrep", "bandit", "secrets"}
    assert peers(tmp_path) == set()


@needs_strace
def test_with_a_model_only_the_model_is_connected_to(repo, run, tmp_path, scripted_model):
    """With proxies in the environment and a model configured, the one peer is the model server."""
    repo.write(a_dot_py=FLAW)
    repo.commit()
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), "http://127.0.0.1:9")
    ran = run(
        "--model-url", scripted_model.url, "--fail-on", "warning", prefix=watched(tmp_path), env=proxies
    )
    assert ran.code == 10, ran.out + ran.err
    assert {host for host, _ in peers(tmp_path)} == {"127.0.0.1"}
    assert {port for _, port in peers(tmp_path)} == {scripted_model.port}


@needs_strace
def test_the_watch_sees_a_connection(tmp_path):
    """The instrument bites: an attempt from a grandchild is seen."""
    attempt = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 53))"
    child = [
        sys.executable,
        "-c",
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {attempt!r}])",
    ]
    subprocess.run([*watched(tmp_path), *child], check=True)
    assert peers(tmp_path) == {("192.0.2.1", 53)}
