"""The process in which an embedded llama.cpp runs. Started by `embedded`, never by hand."""

import importlib
import os
import sys
import threading


def main(gguf: str, name: str, context_tokens: str, threads: str) -> None:
    """Load the weights, print the address, and serve until standard input ends."""
    xllamacpp = importlib.import_module("xllamacpp")  # an optional extra; only this process loads it

    parameters = xllamacpp.CommonParams()
    parameters.model.path = gguf
    parameters.model_alias = {name}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = int(context_tokens)
    parameters.n_parallel = 1
    parameters.ui = False
    parameters.offline = True
    # ggml's threads spin: one more than there are cores costs ten times the speed.
    parameters.cpuparams.n_threads = int(threads)
    parameters.cpuparams_batch.n_threads = int(threads)
    _end_with_parent()
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    threading.Event().wait()


def _end_with_parent() -> None:
    """Leave at once when the other end of standard input is gone, however the parent ended."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
