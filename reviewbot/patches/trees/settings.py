"""Settings that stand on a line of their own, in files without a grammar: YAML, Terraform, Dockerfiles, shell.

Each rule has patterns for the wrong setting, and what stands in its place. Nothing of a file is read as YAML.
"""

import re
from collections.abc import Mapping

from reviewbot.patches.fixing import Asked, Mended, Unmended
from reviewbot.patches.trees.source import UNCLEAR

Rule = tuple[tuple[re.Pattern[str], str], ...]


def _rule(*patterns: tuple[str, str]) -> Rule:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in patterns)


def _yaml(key: str, wrong: str, right: str) -> tuple[str, str]:
    """Write the pattern of a key of a block or flow mapping; quotation marks around the value stay."""
    return (
        rf"(^|[\s{{,-])([\"']?(?:{key})[\"']?\s*:\s+)([\"']?)(?:{wrong})\3(?=\s*(?:$|[,}}#]))",
        rf"\g<1>\g<2>\g<3>{right}\g<3>",
    )


def _terraform(key: str, wrong: str, right: str) -> tuple[str, str]:
    return rf"^(\s*(?:{key})\s*=\s*){wrong}(?=\s*(?:$|#|//))", rf"\g<1>{right}"


_TLS12_POLICY = "ELBSecurityPolicy-TLS-1-2-2017-01"
_ANY_TLS = (
    "min_tls_version|minimum_tls_version|minimum_protocol_version|tls_version|security_policy|ssl_policy|"
    "tls_security_policy|ssl_minimal_tls_version_enforced"
)
# In a bundle such as `-fsSLk`, letters before the k that take no value of their own.
_CURL_FLAGS = "fsSLvgGIijJlnNOpqRVa0123456"
_CHECKS: Rule = _rule(
    (r"(\bcurl\b(?:[^|;&]*?[ \t]))(?:-k|--insecure)[ \t]+", r"\g<1>"),
    (rf"(\bcurl\b(?:[^|;&]*?[ \t])-)k([{_CURL_FLAGS}o]+[ \t])", r"\g<1>\g<2>"),
    (rf"(\bcurl\b(?:[^|;&]*?[ \t])-[{_CURL_FLAGS}]+)k([A-Za-z]*[ \t])", r"\g<1>\g<2>"),
    (r"(\bwget\b[^|;&]*?)[ \t]+--no-check-certificate\b", r"\g<1>"),
    (r"(\bnpm[ \t]+config[ \t]+set[ \t]+strict-ssl[ \t=]+)false\b", r"\g<1>true"),
    (r"(http\.sslVerify[ \t=]+[\"']?)(?:false|0)\b", r"\g<1>true"),
    (r"(\bNODE_TLS_REJECT_UNAUTHORIZED[ \t]*[:=]?[ \t]*[\"']?)0(?!\d)", r"\g<1>1"),
    (r"(\bPYTHONHTTPSVERIFY[ \t]*[:=]?[ \t]*[\"']?)0(?!\d)", r"\g<1>1"),
    # git looks at whether this one is set at all, so it has to go.
    (r"\bGIT_SSL_NO_VERIFY=(?:true|1)[ \t]+(?=git\b)", ""),
    (r"(\bapt(?:-get)?\b[^|;&]*?)[ \t]+--allow-unauthenticated\b", r"\g<1>"),
)

_SETTINGS: Mapping[str, Rule] = {
    "ci-tls-not-verified": _CHECKS,
    "dockerfile-tls-not-verified": _CHECKS,
    "dockerfile-file-open-to-others": _rule(
        (r"(\bchmod[ \t]+(?:-[A-Za-z-]+[ \t]+)*0?)777\b", r"\g<1>775"),
        (r"(\bchmod[ \t]+(?:-[A-Za-z-]+[ \t]+)*)(?:a|ugo)\+rwx\b", r"\g<1>a+rx,ug+w"),
        (r"(--chmod=0?)777\b", r"\g<1>775"),
    ),
    "compose-gives-host-away": _rule(
        _yaml("privileged", "true", "false"), _yaml("network_mode", "host", "bridge")
    ),
    "kubernetes-runs-as-root": _rule(
        _yaml("allowPrivilegeEscalation", "true", "false"),
        _yaml("runAsNonRoot", "false", "true"),
        _yaml("runAsUser", "0", "10001"),
    ),
    "azure-credentials-persisted": _rule(_yaml("persistCredentials", "true", "false")),
    "actions-trusts-actor-name": _rule(
        (r"\bgithub\.actor(?=\s*==\s*'[\w-]+\[bot\]')", "github.event.pull_request.user.login")
    ),
    "terraform-database-is-public": _rule(
        _terraform("publicly_accessible|public_network_access_enabled", "true", "false")
    ),
    "terraform-instance-metadata-open": _rule(_terraform("http_tokens", '"optional"', '"required"')),
    "terraform-logging-is-off": _rule(
        _terraform(
            "enable_logging|include_global_service_events|enable_log_file_validation|enabled|enable_flow_logs",
            "false",
            "true",
        ),
        _terraform("logging_service", '"none"', '"logging.googleapis.com/kubernetes"'),
        _terraform("monitoring_service", '"none"', '"monitoring.googleapis.com/kubernetes"'),
    ),
    "terraform-old-tls-version": _rule(
        _terraform(_ANY_TLS, r'"1\.[01]"', '"1.2"'),
        _terraform(_ANY_TLS, '"TLS1_[01]"', '"TLS1_2"'),
        _terraform(_ANY_TLS, '"TLS_1_[01]"', '"TLS_1_2"'),
        _terraform(_ANY_TLS, r'"(?:TLSv1|TLSv1_2016|TLSv1\.1_2016|SSLv3)"', '"TLSv1.2_2021"'),
        _terraform(
            _ANY_TLS,
            '"ELBSecurityPolicy-(?:2015-05|2016-08|TLS-1-0-2015-04|TLS-1-1-2017-01)"',
            f'"{_TLS12_POLICY}"',
        ),
        _terraform(_ANY_TLS, '"Policy-Min-TLS-1-0-2019-07"', '"Policy-Min-TLS-1-2-2019-07"'),
        _terraform("ssl_minimal_tls_version_enforced", '"TLSEnforcementDisabled"', '"TLS1_2"'),
    ),
    "terraform-storage-is-public": _rule(
        _terraform("acl", '"(?:public-read|public-read-write|authenticated-read)"', '"private"'),
        _terraform(
            "block_public_acls|block_public_policy|ignore_public_acls|restrict_public_buckets",
            "false",
            "true",
        ),
        _terraform("container_access_type", '"(?:blob|container)"', '"private"'),
        _terraform("allow_nested_items_to_be_public|allow_blob_public_access", "true", "false"),
    ),
    "terraform-traffic-in-clear": _rule(
        _terraform("viewer_protocol_policy", '"allow-all"', '"redirect-to-https"'),
        _terraform("origin_protocol_policy", '"http-only"', '"https-only"'),
        _terraform(
            "enable_https_traffic_only|https_traffic_only_enabled|ssl_enforcement_enabled|require_ssl|enforce_https",
            "false",
            "true",
        ),
    ),
    "terraform-storage-not-encrypted": _rule(
        _terraform(
            "storage_encrypted|encrypted|encrypt_at_rest|at_rest_encryption_enabled|transit_encryption_enabled|"
            "encryption_at_host_enabled|infrastructure_encryption_enabled",
            "false",
            "true",
        )
    ),
}
"""Wrong settings and right ones, by rule."""


def setting(asked: Asked) -> Mended | Unmended:
    """Put the right value for the wrong one, on the finding's lines; a comment is left as it is."""
    patterns = _SETTINGS.get(asked.rule)
    if patterns is None:
        return Unmended("the fix does not know this rule")
    lines = asked.text.split("\n")
    changed = False
    for number in range(asked.first - 1, min(asked.last, len(lines))):
        head, sharp, tail = lines[number].partition("#")
        new = head if not head.strip() else _replaced(head, patterns)
        changed |= new != head
        lines[number] = new + sharp + tail
    return Mended("\n".join(lines)) if changed else UNCLEAR


def _replaced(head: str, patterns: Rule) -> str:
    for pattern, replacement in patterns:
        head = pattern.sub(replacement, head)
    return head


FIXES = {"line-setting": setting}
"""Structural fixes by name."""
