"""The parts of the operator's policy that say where things run: model server, network, sandbox."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from reviewbot.domain.policy import ForgePolicy, ModelPolicy, NetworkPolicy
from reviewbot.policy import addresses
from reviewbot.policy.sections import AbsolutePath, Argument, Glob, Host, Line, ProxyUrl, Section, Variable
from reviewbot.policy.yaml_source import Key

_MODEL, _NETWORK, _FORGE = ModelPolicy(), NetworkPolicy(), ForgePolicy()
_NO_KEY = "a key never stands in a file: put it in a variable and name that variable with key_env"


class ModelSection(Section):
    """The model server. Without `url` and `gguf` no model is configured."""

    refusals: ClassVar[dict[str, str]] = dict.fromkeys(("key", "api_key", "token", "password"), _NO_KEY)

    url: str | None = Field(
        default=None,
        description="Address of an OpenAI-compatible server, as in https://llm.corp.example/v1. "
        "http:// only to this machine or to hosts under allow_http; no user name, no query.",
    )
    name: Line | None = Field(
        default=None,
        description="The model to ask. A server that serves another is refused. Not given: the only one it serves.",
    )
    key_env: Variable = Field(
        default=_MODEL.key_env, description="Name of the variable that holds the key, never the key itself."
    )
    gguf: AbsolutePath | None = Field(
        default=None, description="Weights to serve with the embedded llama.cpp, instead of a url."
    )
    context_tokens: int | None = Field(
        default=None,
        ge=1024,
        le=10_000_000,
        description="Context length in tokens. Not given: asked of the server.",
    )
    answer_tokens: int = Field(
        default=_MODEL.answer_tokens, ge=128, le=131_072, description="Room for one answer, in tokens."
    )
    parallel: int = Field(
        default=_MODEL.parallel, ge=1, le=64, description="Questions asked at the same time."
    )
    thinking: bool = Field(
        default=_MODEL.thinking, description="Let a reasoning model think before it answers."
    )
    second_view: bool = Field(
        default=_MODEL.second_view,
        description="Review the change a second time without code comments; the union of both counts.",
    )
    allow_http: tuple[Host, ...] = Field(
        default=(), description="Hosts beside this machine that may be spoken to without TLS."
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Check the address against the hosts that may go without TLS."""
        if self.url is not None:
            try:
                addresses.model_url(self.url, self.allow_http)
            except ValueError as error:
                yield ("url",), str(error)
            if self.gguf is not None:
                yield ("gguf",), "a url is given as well; keep one of the two"


class NetworkSection(Section):
    """How connections are made."""

    ca_bundle: AbsolutePath | None = Field(
        default=None, description="Certificates (PEM) that are trusted beside the system's."
    )
    proxy: ProxyUrl | None = Field(
        default=None, description="Proxy for all connections. Proxy variables of the environment are ignored."
    )
    connect_s: float = Field(
        default=_NETWORK.connect_s, gt=0, le=300, description="Time to connect, in seconds."
    )
    idle_s: float = Field(
        default=_NETWORK.idle_s, gt=0, le=3600, description="Longest silence of a server, in seconds."
    )


class ForgeSection(Section):
    """Speaking on pull requests."""

    refusals: ClassVar[dict[str, str]] = dict.fromkeys(
        ("token", "key", "keys", "password"),
        "a secret never stands in a file: put it in a variable and name that variable with token_env or keys_env",
    )

    token_env: Variable = Field(
        default=_FORGE.token_env,
        description="Name of the variable that holds the token for publishing. Not set there: GITHUB_TOKEN on GitHub, "
        "SYSTEM_ACCESSTOKEN on Azure DevOps.",
    )
    keys_env: Variable = Field(
        default=_FORGE.keys_env,
        description="Name of the variable that holds the keys of our markers, separated by commas, 32 characters or more "
        "each. The first signs, all verify.",
    )
    url: str | None = Field(
        default=None,
        description="Address of the forge's interface: https://git.corp.example/api/v4 (GitLab), "
        "https://ghe.corp.example/api/v3 (GitHub), the collection (Azure DevOps). A run whose environment names "
        "another is refused. Not given: the environment is believed, so give it wherever a variable could be set by "
        "somebody who may not have the token.",
    )
    git: str | None = Field(
        default=None,
        description="How the addresses begin that git may fetch from, such as https://git.corp.example/ or a mirror's. "
        "Not given beside url: the host of url.",
    )
    repositories: tuple[Glob, ...] = Field(
        default=(),
        max_length=1000,
        description="Repositories that may be published on, as the forge's environment names them (a number or path on "
        "GitLab, owner/name on GitHub, project/repository on Azure DevOps). Not given: all that the token reaches.",
    )
    accounts: tuple[Argument, ...] = Field(
        default=(),
        max_length=100,
        description="Ids (numbers on GitLab and GitHub, identity ids on Azure DevOps) of accounts that were ours before "
        "a token was replaced. Their threads with a true marker stay ours.",
    )
    status: Line = Field(default=_FORGE.status, description="Name of the one status that is set on the head.")
    github_status: Literal["status", "check"] = Field(
        default=_FORGE.github_status,
        description="GitHub: set a commit status, or make a check run, which only an App's token and GITHUB_TOKEN may "
        "(checks: write).",
    )
    suggestions: bool | None = Field(
        default=None,
        description="Azure DevOps Server: whether its pages have the button that applies a suggestion. "
        "Not given: from Server 2022 on.",
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Check the addresses."""
        for name in ("url", "git"):
            address = getattr(self, name)
            if address is None:
                continue
            try:
                addresses.forge_url(address)
            except ValueError as error:
                yield (name,), str(error)


class SandboxSection(Section):
    """Where scanners run."""

    rungs: tuple[
        Literal["bubblewrap", "landlock", "landlock-netns", "landlock-seccomp", "container", "job"], ...
    ] = Field(
        default=("bubblewrap", "landlock"),
        min_length=1,
        description="Sandboxes to try, in order; the first that really runs is used. `landlock` means landlock-netns, "
        "then landlock-seccomp. `job` declares that the job's own container is the sandbox; every review says so.",
    )
    image: Argument | None = Field(
        default=None,
        description="Image for the rung `container`, with its digest, as in registry.corp.example/scanners@sha256:…",
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Check that a container rung has its image."""
        if "container" in self.rungs and self.image is None:
            yield ("rungs",), "the rung container needs an image; name it with image:"
        if self.image is not None and self.image.startswith("-"):
            yield ("image",), "the name of an image does not begin with -"
