"""What the tests of remedies are made of: one flaw in one changed file, and the way to ask about it."""

from dataclasses import dataclass, field, replace

from model_world import TEMPLATES, Log, Memory, World, rule

from reviewbot.domain.finding import Confidence, Finding, Severity, Span
from reviewbot.domain.mending import Flaw, HeadFile, Refused, Tried
from reviewbot.domain.patch import Edit, Origin, Patch, Proof, Proposal, State, Step, StepResult
from reviewbot.domain.policy import ModelPolicy, NetworkPolicy, PatchPolicy, Policy
from reviewbot.domain.rule import ApprovedLibrary, SemgrepDetector
from reviewbot.domain.secret import Mask
from reviewbot.model.client import Patience, connect
from reviewbot.model.mend import asker
from reviewbot.model.request import MendRequest
from reviewbot.model.sending import Allowance

OLD = "import os\n\n\ndef listed(name):\n    return os.listdir(name)\n"
NEW = """\
import os
import subprocess


def listed(name):
    return os.listdir(name)


def shown(name):
    if name:
        subprocess.run("ls " + name, shell=True)
    return name
"""
FLAW_LINE = 11
GOOD = '        subprocess.run(["ls", name])'
SHELL = rule(
    "shell",
    title="A shell runs text from outside.",
    why="Whoever writes the text runs commands.",
    good='subprocess.run(["ls", name])\n',
    bad="",
    detector=SemgrepDetector({"pattern": "subprocess.run(..., shell=True)"}),
    applies_to=(),
)
APPROVED = (
    ApprovedLibrary("xml", "core", "Reading XML", ("python",), ("defusedxml",), ("xml.*",), ""),
    ApprovedLibrary("http", "core", "Web requests", ("js",), ("corp-fetch",), ("axios",), ""),
)


def finding(path="src/a.py", first=FLAW_LINE, last=None, **more):
    """A finding of a scanner."""
    given = {
        "rule": "shell", "sources": ("semgrep",), "severity": Severity.ERROR, "confidence": Confidence.HIGH,
        "cwe": (78,), "span": Span(path, first, last or first), "title": "A shell runs text from outside",
        "reason": "Commands.", "quote": "", "fingerprint": "f1", **more,
    }  # fmt: skip
    return Finding(**given)


def flaw(new=NEW, old=OLD, *, path="src/a.py", first=FLAW_LINE, last=None, also=(), rule=SHELL, diff=None, **more):  # fmt: skip
    """A flaw in a file that changed from `old` to `new`."""
    content = new if isinstance(new, bytes) else new.encode()
    before = old if isinstance(old, bytes) else old.encode()
    made = World().file(path, content, before, **(diff or {}))
    return Flaw(finding(path, first, last, **more), rule, HeadFile(made, content), tuple(also))


def tried(proposal, step=Step.PARSES, why="line 11 is not Python"):
    """A proposal that failed its proof at a step."""
    proof = Proof.of([StepResult(Step.APPLIES, State.PASSED), StepResult(step, State.FAILED, why)])
    edits = proposal.edits if isinstance(proposal, Proposal) else proposal
    return Tried(Patch("p1", "f1", Origin.MODEL, False, "Proposed by the model.", tuple(edits), proof), why)


def edit(first, last, *lines, path="src/a.py"):
    """An edit of some blob."""
    return Edit(path, "0" * 40, first, last, lines)


@dataclass
class Clinic:
    """Asks a server about flaws; each `mender` is a run of its own with the same memory."""

    memory: Memory = field(default_factory=Memory)
    log: Log = field(default_factory=Log)
    opened: list = field(default_factory=list)

    def mender(self, server, *, mask=None, tokens=1_000_000, seconds=60, patches=None, idle_s=5.0, templates=TEMPLATES, **model):  # fmt: skip
        """Make the asker of a run."""
        url = server if isinstance(server, str) else server.url
        policy = Policy(model=ModelPolicy(url=url, **model), patches=patches or PatchPolicy())
        network = NetworkPolicy(connect_s=2.0, idle_s=idle_s)
        patience = Patience(sleep=lambda _: None)
        client = connect(policy.model, network, key=None, record=self.log, patience=patience)
        self.opened.append(client)
        request = MendRequest(APPROVED, mask or Mask(), policy, templates)
        allowance = Allowance(seconds=seconds, tokens_left=tokens)
        return asker(request, client=client, cache=self.memory, record=self.log, allowance=allowance)

    def close(self):
        """Close what was opened."""
        for client in self.opened:
            client.close()


def refusal(found):
    """Give why there is no proposal."""
    assert isinstance(found, Refused), found
    return found.why


def with_finding(one, **more):
    """The same flaw with a finding that is otherwise."""
    return replace(one, finding=replace(one.finding, **more))
