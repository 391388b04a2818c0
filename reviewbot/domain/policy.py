"""The policy as the run obeys it: operator, repository and flags already settled."""

from dataclasses import dataclass, field
from typing import Literal

from reviewbot.domain.change import FileClass
from reviewbot.domain.finding import Confidence, Finding, Severity
from reviewbot.domain.suite import SuitePolicy


@dataclass(frozen=True, slots=True)
class ModelPolicy:
    """Which model server is asked. `url` None means no model is configured.

    `key_env` names the variable that holds the key. `allow_http` lists hosts beside loopback
    that may be spoken to without TLS. `context_tokens` None means: discover it.
    """

    url: str | None = None
    name: str | None = None
    key_env: str = "REVIEWBOT_MODEL_KEY"
    context_tokens: int | None = None
    allow_http: tuple[str, ...] = ()
    second_view: bool = False
    gguf: str | None = None
    answer_tokens: int = 2048
    parallel: int = 4
    thinking: bool = False


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """How connections are made: one setting for forge, git and model. Seconds throughout."""

    ca_bundle: str | None = None
    proxy: str | None = None
    connect_s: float = 10.0
    idle_s: float = 120.0


@dataclass(frozen=True, slots=True)
class ForgePolicy:
    """How reviewbot speaks on pull requests. `token_env` and `keys_env` name variables, never values.

    `accounts` are the forge's ids of accounts that were ours before a token was changed. `status` is
    the name of the one status. `url`, `git` and `repositories` hold a run to what the operator means: the
    interface's address, how addresses for git begin, and patterns of repositories; None or empty where the
    environment is believed. `github_status`: a commit status, or a check run. `suggestions`: whether Azure DevOps Server has its apply button; None
    means from Server 2022 on.
    """

    token_env: str = "REVIEWBOT_FORGE_TOKEN"  # noqa: S105 (the name of a variable)
    keys_env: str = "REVIEWBOT_MARKER_KEYS"
    url: str | None = None
    git: str | None = None
    repositories: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    status: str = "reviewbot"
    github_status: Literal["status", "check"] = "status"
    suggestions: bool | None = None


@dataclass(frozen=True, slots=True)
class SandboxPolicy:
    """Which rungs may be tried, in order. `job` declares the job's own container as the sandbox."""

    rungs: tuple[str, ...] = ("bubblewrap", "landlock-netns", "landlock-seccomp")
    image: str | None = None


@dataclass(frozen=True, slots=True)
class SarifTool:
    """A further scanner that writes SARIF 2.1.0, declared by the operator.

    `command` is an argv; the changed files that match `files` lie under the working directory.
    `output` is the file the tool writes there, or None if SARIF comes on standard output.
    """

    name: str
    files: tuple[str, ...]
    command: tuple[str, ...]
    output: str | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """When the result is red. `fail_on` None means never by findings.

    Unless `explicit`, which is the operator's word or a free flag's, a pack's own threshold counts beside
    `fail_on`: a finding that reaches either of them does.
    """

    fail_on: Severity | None = Severity.ERROR
    confidence: Confidence = Confidence.LOW
    incomplete_fails: bool = True
    model_blocks: bool = False
    explicit: bool = False

    def counts(self, finding: Finding, threshold: Severity | None) -> bool:
        """Say whether a finding makes the result red; `threshold` is that of its rule's pack."""
        if finding.model_only and not self.model_blocks:
            return False
        asked = (self.fail_on, None if self.explicit else threshold)
        return finding.confidence.reaches(self.confidence) and any(
            severity is not None and finding.severity.reaches(severity) for severity in asked
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a run. Tokens are the model's, bytes are per file."""

    minutes: float = 15.0
    model_tokens: int = 1_000_000
    inline_comments: int = 25
    file_bytes: int = 2_000_000
    scanner_seconds: float = 300.0
    memory_bytes: int = 4_000_000_000
    snapshot_bytes: int = 4_000_000_000


@dataclass(frozen=True, slots=True)
class RedactPattern:
    """A pattern of the operator's whose matches are masked like secrets."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Somebody's Ed25519 public key: `key` is base64 of its 32 bytes (RFC 8032, section 5.1.5)."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class WaiverPolicy:
    """Who may waive findings, for how many days at most, and whether approval needs a signature.

    `file` is the operator's own waiver file, beside the repository's.
    """

    approvers: tuple[str, ...] = ()
    max_days: int = 90
    signed: bool = False
    keys: tuple[PublicKey, ...] = ()
    file: str | None = None


@dataclass(frozen=True, slots=True)
class PatchPolicy:
    """Whose patches are tried and proven, and for how many findings of one run."""

    rules: bool = True
    model: bool = True
    most: int = 50


DEFAULT_PACKS = (
    "python-security",
    "javascript-security",
    "crypto-approved",
    "secrets",
    "hidden-text",
    "supply-chain",
    "ci-pipelines",
    "iac",
    "review-controls",
    "secure-coding",
    "reliability",
    "api-and-data",
)
"""The packs that are on where no policy names any: all that come with the program."""

DEFAULT_REQUIRED: tuple[tuple[FileClass, tuple[str, ...]], ...] = (
    (FileClass.CODE, ("semgrep", "bandit", "secrets", "model")),
    (FileClass.TEXT, ("secrets",)),
    (FileClass.BINARY, ()),
    (FileClass.METADATA, ()),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """All settings of a run, settled. `digest` covers every one of them.

    `required` names the reviewers per class of file. `sources` says where settings came from.
    """

    digest: str = ""
    sources: tuple[str, ...] = ()
    target_branch: str | None = None
    model: ModelPolicy = field(default_factory=ModelPolicy)
    network: NetworkPolicy = field(default_factory=NetworkPolicy)
    forge: ForgePolicy = field(default_factory=ForgePolicy)
    sandbox: SandboxPolicy = field(default_factory=SandboxPolicy)
    packs: tuple[str, ...] = DEFAULT_PACKS
    pack_folders: tuple[str, ...] = ()
    keys: tuple[PublicKey, ...] = ()
    signatures: tuple[str, ...] = ()
    waivers: WaiverPolicy = field(default_factory=WaiverPolicy)
    scanners: tuple[str, ...] = ("semgrep", "bandit", "secrets")
    sarif: tuple[SarifTool, ...] = ()
    gate: Gate = field(default_factory=Gate)
    required: tuple[tuple[FileClass, tuple[str, ...]], ...] = DEFAULT_REQUIRED
    exclude: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    suite: SuitePolicy = field(default_factory=SuitePolicy)
    patches: PatchPolicy = field(default_factory=PatchPolicy)
    redact: tuple[RedactPattern, ...] = ()
    guidelines: tuple[str, ...] = ()
    rule_links: str | None = None

    def required_for(self, file_class: FileClass) -> tuple[str, ...]:
        """Name the reviewers that must have read a file of this class."""
        return dict(self.required).get(file_class, ())
