"""What a server says of itself: the names of its models, and how much text they take.

Context length, in this order: the policy, the model list (`max_model_len` of vLLM and SGLang,
`meta.n_ctx` of llama.cpp), `/props` (llama.cpp, per slot), `/info` (TGI), `/api/ps` (Ollama, the
real one), `/api/show` (Ollama, what the model was trained for, so not more than Ollama's
default is believed), and 8192. Gateways often answer none of these: then the policy must say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from reviewbot.domain.visible import visible
from reviewbot.errors import ModelError

DEFAULT_CONTEXT = 8192
_OLLAMA_DEFAULT = 4096
_SMALLEST, _LARGEST = 256, 20_000_000
# Servers whose templates take `enable_thinking` and that ignore it where a template does not.
_QUIETABLE = {"vllm", "sglang", "llamacpp"}

Ask = Callable[[str, str, Mapping[str, object] | None], object]
"""Method, path, body -> JSON or None. A path with `/v1` in front belongs to the base address."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server as it presented itself.

    `tight` asks for the schema with bounds (llama.cpp). `slots` is how many requests it works on
    at once, 0 if it does not say: more than that only wait, silently, and may be taken for dead.
    """

    name: str
    context_tokens: int
    tight: bool = False
    owner: str = ""
    slots: int = 0

    @property
    def quietable(self) -> bool:
        """True if it may be asked not to let the model think aloud."""
        return self.owner in _QUIETABLE


def discover(
    ask: Ask, *, name: str | None, context_tokens: int | None, load: Callable[[str], None]
) -> Server:
    """Find out name and context length. `load` makes the server load a model (Ollama).

    Raises `ModelError` if the name is not served, or not given and not the only one.
    """
    entries = _entries(ask("GET", "/v1/models", None))
    chosen = choose_name(tuple(entries), name)
    entry = entries.get(chosen) or entries.get(f"{chosen}:latest") or {}
    owner = str(entry.get("owned_by", "")).lower()
    props = ask("GET", "/props", None) if owner in {"", "llamacpp"} or not entries else None
    tight = isinstance(props, dict) and "default_generation_settings" in props
    tokens = context_tokens or _from_entry(entry, props)
    if tokens is None:
        tokens = _from_info(ask("GET", "/info", None))
    if tokens is None:
        tokens = _from_ollama(ask, chosen, load)
    return Server(chosen, tokens or DEFAULT_CONTEXT, tight, owner, _slots(props))


def choose_name(served: tuple[str, ...], wanted: str | None) -> str:
    """Settle the model's name. Raises `ModelError` with the names there are."""
    listed = ", ".join(visible(one)[:100] for one in served[:10]) + (", …" if len(served) > 10 else "")
    if wanted:
        if not served or any(_same(one, wanted) for one in served):
            return wanted
        raise ModelError(
            f"the model server does not serve {visible(wanted)}: it has {listed}",
            hint="set model.name to one of these, or start the server with the right model",
        )
    if len(served) == 1:
        return served[0]
    if served:
        raise ModelError(
            f"the model server serves several models: {listed}", hint="set model.name to one of these"
        )
    raise ModelError("the model server does not say which models it serves", hint="set model.name")


def _same(served: str, wanted: str) -> bool:
    return served in {wanted, f"{wanted}:latest"} or ("*" in served and fnmatchcase(wanted, served))


def _entries(answer: object) -> dict[str, dict[str, object]]:
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list):
        return {}
    found = [entry for entry in data if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
    return {str(entry["id"]): entry for entry in found if entry["id"]}


def _slots(props: object) -> int:
    slots = props.get("total_slots") if isinstance(props, dict) else None
    return slots if isinstance(slots, int) and 0 < slots < 10_000 else 0


def _from_entry(entry: Mapping[str, object], props: object) -> int | None:
    for key in ("max_model_len", "context_length", "max_context_length"):
        tokens = _tokens(entry.get(key))
        if tokens:
            return tokens
    settings = props.get("default_generation_settings") if isinstance(props, dict) else None
    per_slot = _tokens(settings.get("n_ctx")) if isinstance(settings, dict) else None
    meta = entry.get("meta")
    whole = _tokens(meta.get("n_ctx")) if isinstance(meta, dict) else None
    return min((tokens for tokens in (per_slot, whole) if tokens), default=None)


def _from_info(info: object) -> int | None:
    if not isinstance(info, dict):
        return None
    return _tokens(info.get("max_total_tokens")) or _tokens(info.get("max_input_tokens"))


def _from_ollama(ask: Ask, name: str, load: Callable[[str], None]) -> int | None:
    """Only a loaded model's length is real; the trained one is cut down without a word."""
    running = ask("GET", "/api/ps", None)
    if not isinstance(running, dict):
        return None
    tokens = _running(running, name)
    if tokens is None:
        load(name)
        tokens = _running(ask("GET", "/api/ps", None), name)
    if tokens is None:
        tokens = _trained(ask("POST", "/api/show", {"model": name}))
    return tokens


def _running(answer: object, name: str) -> int | None:
    models = answer.get("models") if isinstance(answer, dict) else None
    for model in models if isinstance(models, list) else ():
        if isinstance(model, dict) and _same(str(model.get("name", "")), name):
            return _tokens(model.get("context_length"))
    return None


def _trained(answer: object) -> int | None:
    info = answer.get("model_info") if isinstance(answer, dict) else None
    if not isinstance(info, dict):
        return None
    lengths = [_tokens(value) for key, value in info.items() if str(key).endswith(".context_length")]
    return min((*filter(None, lengths), _OLLAMA_DEFAULT))


def _tokens(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and _SMALLEST <= value <= _LARGEST:
        return value
    return None
