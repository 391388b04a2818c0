"""The `bad` examples of the shipped rules that fixes of this room mend, and where the scanner reports them."""

import difflib
from functools import cache

import yaml

from reviewbot.patches.fixing import Asked, Mended, Unmended
from reviewbot.patches.worker import fix_named
from reviewbot.shipped import folder

PACKS = ("javascript-security", "crypto-approved", "ci-pipelines", "iac")
_LINES = {
    "actions-permissions-not-set": (6, 6), "actions-script-injection": (9, 9), "actions-trusts-actor-name": (5, 5),
    "actions-uploads-checkout": (9, 9), "azure-credentials-persisted": (2, 3), "azure-pipelines-script-injection": (3, 3),
    "ci-tls-not-verified": (3, 3), "compose-gives-host-away": (4, 4), "dockerfile-file-open-to-others": (2, 2),
    "dockerfile-runs-as-root": (3, 3), "dockerfile-tls-not-verified": (2, 2), "dockerfile-uses-sudo": (2, 2),
    "gitlab-docker-tls-off": (4, 4), "kubernetes-added-capability": (10, 10), "kubernetes-runs-as-root": (10, 10),
    "terraform-database-is-public": (4, 4), "terraform-instance-metadata-open": (5, 5), "terraform-logging-is-off": (4, 4),
    "terraform-old-tls-version": (3, 3), "terraform-storage-is-public": (3, 3), "terraform-storage-not-encrypted": (1, 4),
    "terraform-traffic-in-clear": (3, 3), "javascript-cookie-without-protection": (2, 2), "javascript-electron-page-has-node": (2, 2),
    "javascript-file-open-to-others": (2, 2), "javascript-guessable-secret": (2, 2), "javascript-html-from-input": (2, 2),
    "javascript-key-in-code": (3, 3), "javascript-ldap-filter-from-input": (3, 3), "javascript-log-line-from-input": (2, 2),
    "javascript-message-from-any-origin": (1, 3), "javascript-message-to-any-origin": (2, 2), "javascript-nosql-query-from-input": (2, 2),
    "javascript-objects-from-input": (3, 3), "javascript-old-tls-version": (2, 2), "javascript-page-navigates-to-input": (2, 2),
    "javascript-path-from-archive": (4, 4), "javascript-path-from-input": (6, 6), "javascript-prototype-from-input": (3, 3),
    "javascript-redirect-from-input": (4, 4), "javascript-regex-from-input": (2, 2), "javascript-shell-built-from-input": (5, 5),
    "javascript-shell-with-variable": (3, 3), "javascript-sql-built-from-input": (5, 5), "javascript-template-does-not-escape": (2, 2),
    "javascript-template-from-input": (3, 3), "javascript-timing-unsafe-comparison": (4, 4), "javascript-tls-verification-off": (2, 2),
    "javascript-weak-hash": (4, 4), "javascript-xml-entities-expanded": (3, 3), "javascript-xpath-from-input": (3, 3),
}  # fmt: skip
_ENDINGS = {
    "javascript": "code.js",
    "typescript": "code.js",
    "terraform": "main.tf",
    "dockerfile": "Dockerfile",
}


@cache
def structural_rules() -> dict[str, dict[str, str]]:
    """Give the rules of these packs that name a structural fix of this room: id, fix, path and example."""
    found: dict[str, dict[str, str]] = {}
    for pack in PACKS:
        for file in sorted((folder("rules") / pack).glob("*.yml")):
            rule = {} if ".test." in file.name else yaml.safe_load(file.read_text("utf-8"))
            name = (rule.get("fix") or {}).get("structural")
            if name and not rule["id"].startswith("python-"):
                path = _ENDINGS.get(rule.get("languages", ["yaml"])[0], "code.yml")
                path = "Dockerfile" if rule["id"].startswith("dockerfile-") else path
                found[rule["id"]] = {"fix": name, "path": path, "bad": rule["bad"]}
    return found


def lines_of(rule: str) -> tuple[int, int]:
    """Give the lines on which a rule reports its own example."""
    return _LINES[rule]


def mended(name: str, path: str, text: str, first: int, last: int = 0, *, rule: str = "a-rule") -> str | None:
    """Run a fix; None if it refuses."""
    found = fix_named(name)(Asked(path, text, rule, first, last or first))
    assert isinstance(found, Mended | Unmended)
    return found.text if isinstance(found, Mended) else None


def difference(before: str, after: str) -> str:
    """Show what a fix changed, without line numbers."""
    shown = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    return "\n".join(line for line in shown if not line.startswith(("---", "+++", "@@")))
