"""A rule in words: what its detector looks for, as a person would say it."""

from reviewbot.domain.rule import ReviewDetector, Rule, RuleSet, SemgrepDetector, ToolDetector
from reviewbot.domain.structural import STRUCTURAL

_KINDS = {
    "secrets": "secrets in the text, of the kinds {}",
    "suppressions": "markers that switch a scanner off: {}",
    "hidden": "characters that a reader does not see or takes for others: {}",
    "dependencies": "changes to manifests and lock files: {}",
    "bandit": "bandit's own {}",
}


def detector(rule: Rule) -> str:
    """Say in one sentence how the rule is detected."""
    found = rule.detector
    if isinstance(found, SemgrepDetector):
        return _semgrep(rule, found)
    if isinstance(found, ReviewDetector):
        return "a question to the model, whose quote is checked"
    if isinstance(found, ToolDetector):
        names = ", ".join(found.tool_rules)
        return _KINDS.get(found.tool, f"{found.tool}'s own {{}}").format(names)
    return "any change of a file under its paths, its deletion too"


def short(rule: Rule) -> str:
    """Name the kind of detector in a word, for tables."""
    if isinstance(rule.detector, SemgrepDetector):
        if rule.approved:
            return "approved"
        return "taint" if rule.detector.body.get("mode") == "taint" else "semgrep"
    if isinstance(rule.detector, ReviewDetector):
        return "model"
    return rule.detector.tool if isinstance(rule.detector, ToolDetector) else "touch"


def fix(rule: Rule) -> str:
    """Say how the rule is mended, and whether that wants a look; nothing where it brings no fix."""
    safety = "safe" if rule.fix_safe else "look before applying"
    if rule.structural:
        return f"`{rule.structural}` ({safety}): {STRUCTURAL[rule.structural].sentence}"
    return f"a replacement of the rule's own ({safety}): `{' '.join(rule.fix.split())}`" if rule.fix else ""


def question(rule: Rule) -> dict[str, str]:
    """Give what the model is asked, for a house rule."""
    found = rule.detector
    return {"asked": found.question, "evidence": found.evidence} if isinstance(found, ReviewDetector) else {}


def approved(rule: Rule, rules: RuleSet) -> dict[str, str]:
    """Give what the approved list of a rule says."""
    library = next((one for one in rules.approved if (one.pack, one.id) == (rule.pack, rule.approved)), None)
    if library is None:
        return {}
    return {
        "for": library.purpose,
        "use": ", ".join(library.use),
        "instead of": ", ".join(library.instead_of),
    }


def _semgrep(rule: Rule, found: SemgrepDetector) -> str:
    spoken = ", ".join(rule.languages)
    if rule.approved:
        return f"semgrep, in {spoken}: what the approved list {rule.approved} takes the place of"
    if found.body.get("mode") != "taint":
        return f"semgrep, in {spoken}: a pattern of code"
    counts = {name: len(found.body.get(f"pattern-{name}", ())) for name in ("sources", "sinks", "sanitizers")}
    parts = ", ".join(
        f"{count} {name if count != 1 else name[:-1]}" for name, count in counts.items() if count
    )
    return f"semgrep, in {spoken}: data that flows from a source to a sink ({parts})"
