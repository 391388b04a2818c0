"""Secrets known by the syntax around them: URLs with passwords, HTTP authorization, connection strings.

Each pattern is tried only where its cue stands (found in the lower-cased text), matches forward
from there, and has bounded, possessive quantifiers: linear time.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewbot.domain import secret_files, secret_hashes
from reviewbot.domain.secret_accepts import basic, near_server, password, random, signed_url, url


@dataclass(frozen=True, slots=True)
class Context:
    """`pattern` is matched from the cue on; its group `v` is the secret if `accept` says so."""

    kind: str
    cue: str
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool]


_BASE64 = r"[A-Za-z0-9+/]"
_TOKEN = r"[A-Za-z0-9._~+/=-]"  # noqa: S105 - RFC 6750's b64token characters
_GAP = r"""["'\\]{0,3}+[ \t]{0,4}+[:=,][ \t]{0,4}+["'\\]{0,3}+"""

_TABLE: tuple[tuple[str, str, str, Callable[[re.Match[str]], bool]], ...] = (
    ("aws-secret-key", "secret_access_key", rf".{{17}}{_GAP}(?P<v>{_BASE64}{{40}})(?![A-Za-z0-9+/=])", random),
    ("aws-secret-key", "secretaccesskey", rf".{{15}}{_GAP}(?P<v>{_BASE64}{{40}})(?![A-Za-z0-9+/=])", random),
    ("aws-secret-key", "aws_secret_key", rf".{{14}}{_GAP}(?P<v>{_BASE64}{{40}})(?![A-Za-z0-9+/=])", random),
    ("azure-sas", "sig=", r".{4}(?P<v>[A-Za-z0-9%+/]{40,70}+(?:=|%3[Dd])?)", signed_url),
    ("azure-storage-key", "accountkey", rf".{{10}}{_GAP}(?P<v>{_BASE64}{{86}}==)", random),
    ("url-password", "://", r"""://(?P<u>[^\s:@/"'`<>{}$]{0,128}+(?:@[A-Za-z0-9.-]{1,100}+)?):(?P<v>[^\s:@/"'`<>]{3,256}+)@[A-Za-z0-9\[$%{.]""", url),
    ("authorization", "bearer ", rf".{{7}}(?P<v>{_TOKEN}{{20,2000}}+)", random),
    ("authorization", "basic ", rf".{{6}}(?P<v>{_BASE64}{{8,400}}+={{0,2}})", basic),
    ("connection-string", "password=", r"""(?s:.{9})(?P<v>[^;"'\s<>]{4,128}+)""", near_server),
    ("connection-string", "pwd=", r"""(?s:.{4})(?P<v>[^;"'\s<>]{4,128}+)""", near_server),
    ("npmrc-token", ":_authtoken", r".{11}[ \t]{0,4}+=[ \t]{0,4}+[\"']?(?P<v>[A-Za-z0-9_.=+/-]{16,600}+)", random),
    ("npmrc-token", "_auth", r".{5}[ \t]{0,4}+=[ \t]{0,4}+[\"']?(?P<v>[A-Za-z0-9+/]{12,400}+={0,2})", basic),
    ("docker-auth", '"auth"', r""".{6}[ \t]{0,4}+:[ \t]{0,4}+"(?P<v>[A-Za-z0-9+/]{12,600}+={0,2})\"""", basic),
    ("kube-credential", "client-key-data:", rf".{{16}}[ \t]{{0,4}}+(?P<v>{_BASE64}{{60,8000}}+={{0,2}})", random),
    ("curl-password", " -u ", r""".{4}["']?[A-Za-z0-9_.@+-]{1,64}+:(?P<v>[^\s"'`:$]{4,128}+)["']?[ \t\n\\]""", password),
    ("wireguard-key", "privatekey", rf".{{10}}[ \t]{{0,4}}+=[ \t]{{0,4}}+(?P<v>{_BASE64}{{43}}=)", random),
    ("twilio-auth-token", "twilio", r"""(?i:[^\n]{0,40}?(?:token|secret))["'\]]{0,3}+[ \t]{0,4}+[:=]{1,2}+[ \t]{0,4}+["']?(?P<v>[0-9a-f]{32})(?![0-9A-Za-z])""", random),
)  # fmt: skip

CONTEXTS = tuple(
    Context(kind, cue, re.compile(pattern), accept)
    for kind, cue, pattern, accept in (*_TABLE, *secret_files.ROWS, *secret_hashes.ROWS)
)


def find_in_context(text: str, lowered: str) -> Iterator[tuple[str, int, int]]:
    """Find kind, start and end of each such secret. `lowered` is `text` in lower case, of equal length."""
    for context in CONTEXTS:
        at = lowered.find(context.cue)
        while at >= 0:
            match = context.pattern.match(text, at)
            if match is not None and context.accept(match):
                yield context.kind, match.start("v"), match.end("v")
            at = lowered.find(context.cue, at + 1)
