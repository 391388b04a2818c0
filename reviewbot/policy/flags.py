"""Flags and variables over a policy: free without an operator's policy, else only tightening.

What loosens, switches off or leads elsewhere is refused, unless `allow:` in the operator's
policy names the flag. All that is refused is named at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.domain.finding import Severity
from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import PatchPolicy, Policy
from reviewbot.domain.visible import visible
from reviewbot.errors import UsageError
from reviewbot.policy import addresses
from reviewbot.policy.config import Overrides
from reviewbot.policy.pack_files import packs_in
from reviewbot.policy.strictness import STRICTER_LAST, is_weaker

# Most laptops have no policy file: the documents, which take pydantic a while to build, are then not needed.
if TYPE_CHECKING:
    from reviewbot.policy.documents import OperatorDocument
    from reviewbot.policy.reading import Read

    Operator = Read[OperatorDocument] | None


PATCHES = ("none", "rules", "all")
"""Whose patches are tried, as flags say it: nobody's, the rules' own, or the model's too."""


def used(overrides: Overrides) -> tuple[str, ...]:
    """Name the flags and variables that were given, in a fixed order."""
    names = ("model_url", "model_name", "gguf", "no_model", "rules", "fail_on", "unsandboxed", "patches")
    return tuple(overrides.called(name) for name in names if getattr(overrides, name))


def applied(policy: Policy, operator: Operator, overrides: Overrides) -> Policy:
    """Apply the flags. Raises `UsageError` for any that the operator's policy does not allow."""
    if overrides.model_url and overrides.gguf and not overrides.no_model:
        both = f"{overrides.called('model_url')} and {overrides.called('gguf')}"
        raise UsageError(f"{both} both name a model", hint="leave one of them out")
    overrides = _checked(policy, overrides)
    if operator is not None:
        refused = tuple(_refused(policy, operator, overrides))
        if refused:
            names = ", ".join(dict.fromkeys(name for name, _ in refused))
            raise UsageError(
                "\n".join(sentence for _, sentence in refused),
                hint=f"leave it out, or let {quoted(operator.source.name)} say `allow: [{names}]`",
            )
    policy = _with_model(policy, overrides)
    policy = _with_packs(policy, overrides)
    if overrides.fail_on is not None:
        fail_on = None if overrides.fail_on == "never" else Severity(overrides.fail_on)
        # Where it may only tighten, it stands beside the packs' thresholds; where it is free, in their place.
        explicit = policy.gate.explicit or operator is None or "fail-on" in operator.document.allow
        policy = replace(policy, gate=replace(policy.gate, fail_on=fail_on, explicit=explicit))
    if overrides.patches is not None:
        policy = replace(policy, patches=_with_patches(policy.patches, overrides.patches))
    if overrides.unsandboxed:
        policy = replace(policy, sandbox=replace(policy.sandbox, rungs=("job",)))
    return policy


def _checked(policy: Policy, overrides: Overrides) -> Overrides:
    """Check the values themselves; the address loses a slash at its end."""
    if overrides.fail_on is not None and overrides.fail_on not in STRICTER_LAST["fail_on"]:
        words = ", ".join(STRICTER_LAST["fail_on"])
        raise UsageError(
            f"{overrides.called('fail_on')} is one of {words}, not {visible(overrides.fail_on[:30])!r}"
        )
    if overrides.patches is not None and overrides.patches not in PATCHES:
        raise UsageError(
            f"{overrides.called('patches')} is one of {', '.join(PATCHES)}, not {visible(overrides.patches[:30])!r}"
        )
    if overrides.model_url is None:
        return overrides
    try:
        return replace(overrides, model_url=addresses.model_url(overrides.model_url, policy.model.allow_http))
    except ValueError as error:
        raise UsageError(f"{overrides.called('model_url')}: {error}") from None


def _refused(
    policy: Policy, operator: Read[OperatorDocument], overrides: Overrides
) -> Iterator[tuple[str, str]]:
    """Give name and sentence of each flag that loosens and is not allowed."""
    for name, loosening in (
        *_model_loosenings(policy, overrides),
        *_pack_loosenings(operator.document, overrides),
        *_other_loosenings(policy, overrides),
    ):
        flag = name.replace("_", "-")
        if flag not in operator.document.allow:
            yield flag, f"{overrides.called(name)} {loosening}, which the operator's policy does not allow"


def _model_loosenings(policy: Policy, overrides: Overrides) -> Iterator[tuple[str, str]]:
    model = policy.model
    if overrides.no_model:
        if model.url or model.gguf:
            yield "no_model", "switches the model off"
        return
    if overrides.model_url and not (model.url and addresses.same_server(overrides.model_url, model.url)):
        yield "model_url", "sends code to another model server"
    if overrides.gguf and overrides.gguf != model.gguf:
        yield "gguf", "asks other weights"
    if overrides.model_name and model.name and overrides.model_name != model.name:
        yield "model_name", f"asks another model than {visible(model.name)}"


def _pack_loosenings(document: OperatorDocument, overrides: Overrides) -> Iterator[tuple[str, str]]:
    for folder in overrides.rules:
        known = any(
            Path(folder).resolve().is_relative_to(Path(place).resolve()) for place in document.packs.folders
        )
        strange = sorted(set(packs_in(folder)) - {*document.packs.required, *document.packs.offered})
        if not known:
            yield "rules", f"adds rules from {quoted(folder)}"
        elif strange:
            yield "rules", f"adds the pack {strange[0]}"


def _other_loosenings(policy: Policy, overrides: Overrides) -> Iterator[tuple[str, str]]:
    demanded = policy.gate.fail_on.value if policy.gate.fail_on else "never"
    if overrides.fail_on is not None and is_weaker("fail_on", overrides.fail_on, demanded):
        yield "fail_on", f"{overrides.fail_on} is weaker than the policy's {demanded}"
    if overrides.unsandboxed and policy.sandbox.rungs != ("job",):
        yield "unsandboxed", "runs scanners without a sandbox of ours"


def _with_model(policy: Policy, overrides: Overrides) -> Policy:
    model = policy.model
    if overrides.no_model:
        return replace(policy, model=replace(model, url=None, name=None, gguf=None))
    if overrides.model_url:
        model = replace(model, url=overrides.model_url, gguf=None)
    if overrides.gguf:
        model = replace(model, url=None, gguf=overrides.gguf)
    if overrides.model_name:
        model = replace(model, name=overrides.model_name)
    return replace(policy, model=model)


def _with_patches(patches: PatchPolicy, word: str) -> PatchPolicy:
    """Try fewer; what the policy switched off stays off whatever the word, so none of them loosens."""
    return replace(patches, rules=patches.rules and word != "none", model=patches.model and word == "all")


def _with_packs(policy: Policy, overrides: Overrides) -> Policy:
    folders = [*policy.pack_folders, *(str(Path(folder).resolve()) for folder in overrides.rules)]
    names = [*policy.packs, *(name for folder in overrides.rules for name in packs_in(folder))]
    return replace(policy, pack_folders=tuple(dict.fromkeys(folders)), packs=tuple(dict.fromkeys(names)))
