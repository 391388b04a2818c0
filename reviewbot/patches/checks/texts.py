"""What may not be written anew in any language: orders to tools, addresses, encoded data, secrets."""

import re
from collections import Counter
from collections.abc import Iterator

from reviewbot.domain.secret_kinds import find_secrets
from reviewbot.patches.checks.comparing import Comparison

# Comments with which tools are told to look away. The names of the tools are enough: a remedy has no word for them.
_SUPPRESSIONS = re.compile(
    r"""(?ix)
    \b no(?:sem(?:grep)?|sec|qa|sonar|lint\w*|inspection|pmd|verify|check) \b | \b lgtm \b | codeql \s* \[ | \b codacy | \b skipcq \b
    | \b coverity \b | (?: checkov | tfsec | trivy | kics | terrascan | cfn | hadolint | gitleaks | trufflehog | snyk | horusec )
      [\s:_-]* (?: : | skip | ignore | allow | disable | scan )
    | pragma \s* : | (?:eslint|tslint|jshint|jslint|pylint|rubocop|shellcheck|swiftlint|ktlint|detekt|stylelint|markdownlint
      |clang-format|clang-tidy|brakeman|bearer|oxlint|biome|deno-lint|prettier|yapf|fmt|isort|black|flake8|ruff|mypy|pyright
      |pytype|pyre|phpcs|phpstan|psalm|checkstyle|spotbugs|sourcery|cspell|yamllint|ansible-lint|actionlint|zizmor|bandit
      |semgrep|reviewbot|sonar)
      [\s:_-]* (?: : | ignore | disable | enable | skip | off | exempt | allow )
    | \b type \s* : \s* ignore | @ts-(?:ignore|nocheck|expect-error) | @?suppress(?:warnings|fbwarnings|lint)? \s* \( | \[suppressmessage
    | \#!?\[ \s* (?:allow|expect|cfg_attr) \b | \b istanbul \s+ ignore | \b [cv]8 \s+ ignore | @codingStandardsIgnore | @phpstan-ignore | @psalm-suppress
    | \b allowlist \s+ (?:nextline\s+)? secret | \b whitelist \s+ secret | \b deepcode \s+ ignore
    """
)
# Comments that a compiler, an editor or an agent obeys, and instructions to whoever reviews.
_ORDERS = re.compile(
    r"""(?ix)
    ^ \s* \#! | //\s*go: | ^ \s* //\s*\+build | ^ \s* (?:\#|//|/\*) \s* vim? \s* : | -\*- | sourceMappingURL | \b sourceURL \s*=
    | \#\s*cython \s* : | \#\s*distutils \s* : | \b frozen_string_literal \b | ^ \s* \# \s* syntax \s* = | ^ \s* \# \s* escape \s* =
    | \b ignore \s+ (?:all\s+|any\s+|the\s+)? (?:previous|prior|above) \b | \b (?:system|developer) \s+ prompt \b
    """
)
_ENCODING = re.compile(r"^[ \t\f]*#.*?coding[:=]")
_ADDRESS = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}:/{1,2}(?:[^\s/@'\"<>]{0,200}@)?([\w\[\].:{}%$-]*)|(?<![\w.:/])//([\w-]+(?:\.[\w-]+)+)"
)
_IP = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![\w:])",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?i)['\"`@]((?:[a-z0-9-]{1,63}\.){1,6}(?:com|net|org|io|dev|app|xyz|ru|cn|info|biz|top|site|online|me|co|us|uk|de|eu|onion))\b"
)
_HERE = frozenset({"127.0.0.1", "localhost", "::1", ""})
_BLOB = re.compile(
    r"(?<![\w+/=-])(?:[A-Za-z0-9+/_-]{28,}={0,2}|[0-9a-fA-F]{24,}|(?:\\x[0-9a-fA-F]{2}){6,}|(?:\\u[0-9a-fA-F]{4}){4,})(?![\w+/=-])"
)
_DECODABLE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])|^\d+$|(?=.*[a-z])(?=.*[A-Z]).{40}")


def forbidden(asked: Comparison) -> str:
    """Give the code of what the new lines say and the file did not; "" if there is nothing."""
    before, after = asked.before.text, asked.after.text
    for code, pattern in (("suppression", _SUPPRESSIONS), ("order", _ORDERS), ("encoding", _ENCODING)):
        if _said(pattern, asked.after.edited()) - _said(pattern, asked.before.edited()):
            return code
    had, has = set(addresses(before)), set(addresses(after))
    if has - had - _HERE:
        return "address"
    if _blobs(asked.after.edited()) - _blobs(asked.before.lines):
        return "blob"
    values = {value for found in find_secrets(before) for value in found.values}
    if any(
        value not in values and value not in before for found in find_secrets(after) for value in found.values
    ):
        return "secret"
    return ""


def _said(pattern: re.Pattern[str], lines: list[str]) -> Counter[str]:
    return Counter(" ".join(found.group().split()) for line in lines for found in pattern.finditer(line))


def addresses(text: str) -> Iterator[str]:
    """Give the hosts that a text names."""
    for found in _ADDRESS.finditer(text):
        host = (found.group(1) or found.group(2) or "").lower()
        yield host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    for pattern in (_IP, _HOST):
        for found in pattern.finditer(text):
            yield (found.group(1) if pattern.groups else found.group()).lower()


def _blobs(lines: list[str]) -> set[str]:
    return {
        found.group() for line in lines for found in _BLOB.finditer(line) if _DECODABLE.search(found.group())
    }
