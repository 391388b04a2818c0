"""Secrets known by the syntax around them: URLs with passwords, HTTP authorization, connection strings.

Each pattern is tried only where its cue stands (found in the lower-cased text), matches forward
from there, and has bounded, possessive quantifiers: linear time.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewbot.domain.secret_placeholders import entropy, is_hollow, is_placeholder


@dataclass(frozen=True, slots=True)
class Context:
    """`pattern` is matched from the cue on; its group `v` is the secret if `accept` says so."""

    kind: str
    cue: str
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool]


def _random(match: re.Match[str]) -> bool:
    value = match["v"]
    return not is_hollow(value) and entropy(value) >= 3.0 and not value.isalpha()


def _password(match: re.Match[str]) -> bool:
    value = match["v"]
    return not is_placeholder(value) and not value.startswith("{") and len(set(value)) > 2


def _url(match: re.Match[str]) -> bool:
    return _password(match) and match["v"].lower() != match["u"].lower() and not match["v"].isdigit()


def _basic(match: re.Match[str]) -> bool:
    """Say whether the value is base64 of `user:password`, as RFC 7617 has it."""
    plain = _decoded(match["v"])
    _, colon, password = plain.partition(":")
    return bool(colon and password) and plain.isprintable() and not is_placeholder(password)


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


def _hash(match: re.Match[str]) -> bool:
    return not is_hollow(match["v"])


def _near_server(match: re.Match[str]) -> bool:
    """Say whether this is the password of a connection string, not any `password=…;` of a program."""
    text = match.string
    around = text[max(0, match.start() - 300) : match.end() + 300].lower()
    keys = (
        "server=",
        "data source=",
        "host=",
        "user id=",
        "uid=",
        "username=",
        "database=",
        "initial catalog=",
        "user=",
    )
    return ";" in around and any(key in around for key in keys) and _password(match)


def _signed_url(match: re.Match[str]) -> bool:
    text = match.string
    around = text[max(0, match.start() - 400) : match.end() + 400]
    return "sv=20" in around and ("se=" in around or "sp=" in around)


_BASE64 = r"[A-Za-z0-9+/]"
_TOKEN = r"[A-Za-z0-9._~+/=-]"  # noqa: S105 - RFC 6750's b64token characters
_GAP = r"""["'\\]{0,3}+[ \t]{0,4}+[:=,][ \t]{0,4}+["'\\]{0,3}+"""

_TABLE: tuple[tuple[str, str, str, Callable[[re.Match[str]], bool]], ...] = (
    ("aws-secret-key", "secret_access_key", rf".{{17}}{_GAP}(?P<v>{_BASE64}{{40}})(?![A-Za-z0-9+/=])", _random),
    ("aws-secret-key", "secretaccesskey", rf".{{15}}{_GAP}(?P<v>{_BASE64}{{40}})(?![A-Za-z0-9+/=])", _random),
    ("aws-secret-key", "aws_secret_key", rf".{{14}}{_GAP}(?P<v>{_BASE64}{{40}})(?![A-Za-z0-9+/=])", _random),
    ("azure-sas", "sig=", r".{4}(?P<v>[A-Za-z0-9%+/]{40,70}+(?:=|%3[Dd])?)", _signed_url),
    ("azure-storage-key", "accountkey", rf".{{10}}{_GAP}(?P<v>{_BASE64}{{86}}==)", _random),
    ("url-password", "://", r"""://(?P<u>[^\s:@/"'`<>{}$]{0,128}+):(?P<v>[^\s:@/"'`<>]{3,256}+)@[A-Za-z0-9\[$%{.]""", _url),
    ("authorization", "bearer ", rf".{{7}}(?P<v>{_TOKEN}{{20,2000}}+)", _random),
    ("authorization", "basic ", rf".{{6}}(?P<v>{_BASE64}{{8,400}}+={{0,2}})", _basic),
    ("connection-string", "password=", r"""(?s:.{9})(?P<v>[^;"'\s<>]{4,128}+)""", _near_server),
    ("connection-string", "pwd=", r"""(?s:.{4})(?P<v>[^;"'\s<>]{4,128}+)""", _near_server),
    ("npmrc-token", ":_authtoken", r".{11}[ \t]{0,4}+=[ \t]{0,4}+[\"']?(?P<v>[A-Za-z0-9_.=+/-]{16,600}+)", _random),
    ("npmrc-token", "_auth", r".{5}[ \t]{0,4}+=[ \t]{0,4}+[\"']?(?P<v>[A-Za-z0-9+/]{12,400}+={0,2})", _basic),
    ("netrc-password", "machine ", r".{8}\S{1,200}+\s{1,40}+login\s{1,40}+\S{1,200}+\s{1,40}+password\s{1,40}+(?P<v>\S{4,256}+)", _password),
    ("docker-auth", '"auth"', r""".{6}[ \t]{0,4}+:[ \t]{0,4}+"(?P<v>[A-Za-z0-9+/]{12,600}+={0,2})\"""", _basic),
    ("kube-credential", "client-key-data:", rf".{{16}}[ \t]{{0,4}}+(?P<v>{_BASE64}{{60,8000}}+={{0,2}})", _random),
    ("curl-password", " -u ", r""".{4}["']?[A-Za-z0-9_.@+-]{1,64}+:(?P<v>[^\s"'`:$]{4,128}+)["']?[ \t\n\\]""", _password),
    ("password-hash", ":$apr1$", r".(?P<v>\$apr1\$[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{22})", _hash),
    ("password-hash", ":$2", r".(?P<v>\$2[aby]\$[0-9]{2}\$[A-Za-z0-9./]{53})", _hash),
    ("password-hash", ":$5$", r".(?P<v>\$5\$[A-Za-z0-9./=,$]{10,120}+)", _hash),
    ("password-hash", ":$6$", r".(?P<v>\$6\$[A-Za-z0-9./=,$]{40,140}+)", _hash),
    ("password-hash", ":$y$", r".(?P<v>\$y\$[A-Za-z0-9./$]{40,140}+)", _hash),
    ("password-hash", ":{sha}", r".(?P<v>\{SHA\}[A-Za-z0-9+/]{27}=)", _hash),
    ("wireguard-key", "privatekey", rf".{{10}}[ \t]{{0,4}}+=[ \t]{{0,4}}+(?P<v>{_BASE64}{{43}}=)", _random),
    ("twilio-auth-token", "twilio", r"""(?i:[^\n]{0,40}?(?:token|secret))["'\]]{0,3}+[ \t]{0,4}+[:=]{1,2}+[ \t]{0,4}+["']?(?P<v>[0-9a-f]{32})(?![0-9A-Za-z])""", _random),
)  # fmt: skip

CONTEXTS = tuple(Context(kind, cue, re.compile(pattern), accept) for kind, cue, pattern, accept in _TABLE)
_USER_FIRST = re.compile(r"(?:^|[\s\"'=])[A-Za-z0-9_.@-]{1,64}$")


def find_in_context(text: str, lowered: str) -> Iterator[tuple[str, int, int]]:
    """Find kind, start and end of each such secret. `lowered` is `text` in lower case, of equal length."""
    for context in CONTEXTS:
        at = lowered.find(context.cue)
        while at >= 0:
            match = context.pattern.match(text, at)
            if match is not None and _applies(context, match):
                yield context.kind, match.start("v"), match.end("v")
            at = lowered.find(context.cue, at + 1)


def _applies(context: Context, match: re.Match[str]) -> bool:
    if context.kind == "password-hash":
        before = match.string[max(0, match.start() - 66) : match.start()].rpartition("\n")[2]
        if _USER_FIRST.search(before) is None:
            return False
    return context.accept(match)
