"""Secrets known by what they are assigned to: `db_password = "…"`, `TOKEN=…`, `<secret>…</secret>`.

The search goes from one telling word to the next and looks at a bounded piece of text around
each, so its time is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.domain.secret_placeholders import entropy, is_name, is_placeholder, is_random

PASSWORD = "generic-password"  # noqa: S105 - the name of a kind
SECRET = "generic-secret"  # noqa: S105 - the name of a kind

_TELLING = re.compile(
    "password|passwd|passphrase|pwd|pass|secret|token|api[_-]?key|access[_-]?key|auth_?key|account_?key|private_key"
    "|signing_key|encryption_?key|master_key|credential"
)

# Names that hold a telling word and yet no secret: `token_url`, `password_field`, `tokenizer`, `max_tokens`.
_TELLS_OTHERWISE = re.compile(
    "name|field|ur[il]|type|label|hint|placeholder|regex|pattern|path|file|header|prefix|suffix|izer|len|count|"
    "expir|ttl|policy|error|message|msg|title|text|template|endpoint|algorithm|column|param|kind|scope|attr|select|class|"
    "limit|policy|format|version|ary|_id$|port$|age$|able$|public|hash|digest|checksum|encod|min|max|step"
)
_NAME_BEFORE = re.compile(r"[A-Za-z0-9_.-]{0,48}$")
# A whole word before it: `max_tokens`, `resetPassword`, but not the end of `AdminPassword`.
_BEFORE_IS_OTHER = re.compile(
    r"(?:(?<![A-Za-z])(?i:max|min|num|forgot|reset|show|no|next|page|public|csrf|by|bypass|com)"
    r"|(?:Max|Min|Num|Forgot|Reset|Show|No|Next|Page|Public|Csrf|By|Bypass|Com))[_.-]?$"
)
_QUOTED = r"""(?:"(?P<d>[^"\n]{4,256}+)"|'(?P<s>[^'\n]{4,256}+)'|`(?P<b>[^`\n]{4,256}+)`)"""
_LITERAL = re.compile(
    r"""(?P<suffix>[A-Za-z0-9_.-]{0,32}+)\\?["'`\]]{0,3}+[ \t]{0,8}+"""
    r"""(?::[ \t]{0,4}+[A-Za-z_][A-Za-z0-9_.\[\]| ]{0,40}+(?==))?"""  # a type annotation
    r"""(?:=>|:=|[=!]?={1,2}+|:|,|\(|>)[ \t]{0,8}+(?:\([ \t]{0,4}+)?"""
    rf"""(?:[rbuRBU]{{0,2}}+{_QUOTED}|(?<=>)(?P<x>[^<\s]{{4,256}}+)</)"""
)
_BARE = re.compile(
    r"(?P<suffix>[A-Za-z0-9_.-]{0,32}+)(?:[ \t]{0,4}+[=:]|[ \t])[ \t]{0,4}+"
    r"""(?P<v>[^\s"'`#,;(){}\[\]<>$]{6,256}+)(?:[ \t]{1,8}+[#;][^\n]{0,300}+)?[ \t\r]{0,8}+(?:\n|$)"""
)
_BARE_LINE = re.compile(r"[ \t]{0,40}+(?:(?:export|set|ENV|ARG|-|;|\+)[ \t]{1,4}+)?[A-Za-z0-9_.-]{0,64}+$")
_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}+(?:\.[A-Za-z_][A-Za-z0-9_]{0,80}+){0,12}+")
# The other keys of a login, as they stand in the settings of transfer and database programs.
_HOST_KEY = re.compile(
    r"""["'](?:[a-z]{0,12}[_-]?host(?:_?name)?|server)["'][ \t]{0,4}:[ \t]{0,4}["'][^"'\n]"""
)
_USER_KEY = re.compile(r"""["'][a-z]{0,12}[_-]?user(?:_?name)?["'][ \t]{0,4}:[ \t]{0,4}["'][^"'\n]""")
_WINDOW = 120
_LOGIN_WINDOW = 400


@dataclass(frozen=True, slots=True)
class Assigned:
    """Where an assigned value stands, as offsets into the text."""

    kind: str
    start: int
    end: int


def find_assigned(text: str, lowered: str) -> Iterator[Assigned]:
    """Find the literal values of telling names. `lowered` is `text` in lower case, of equal length."""
    for word in _TELLING.finditer(lowered):
        found = _literal(text, lowered, word) or _bare(text, word)
        if found is not None:
            yield found


def _literal(text: str, lowered: str, word: re.Match[str]) -> Assigned | None:
    match = _LITERAL.match(text, word.end())
    if match is None or _is_other(text, word, match["suffix"]):
        return None
    group = next(name for name in ("d", "s", "b", "x") if match[name] is not None)
    kind = _kind(word)
    if "," in text[match.end("suffix") : match.start(group)] and not _reads_environment(text, word):
        return None
    found = Assigned(kind, match.start(group), match.end(group))
    sure = _is_secret(match[group], kind) or (
        kind == PASSWORD and _is_word_of_login(match[group], lowered, found)
    )
    return found if sure else None


def _is_word_of_login(value: str, lowered: str, found: Assigned) -> bool:
    """Say whether a plain word is the password of a login: `"host": …, "user": …, "password": "swordfish"`."""
    if len(value) < 6 or not value.isalnum() or len(set(value)) <= 3 or is_placeholder(value):
        return False
    before = lowered[max(0, found.start - _LOGIN_WINDOW) : found.start]
    after = lowered[found.end : found.end + _LOGIN_WINDOW]
    # No further than the braces: a login is one object, and the next one is another's.
    around = re.split(r"[{}]", before)[-1] + re.split(r"[{}]", after, maxsplit=1)[0]
    return _HOST_KEY.search(around) is not None and _USER_KEY.search(around) is not None


def _reads_environment(text: str, word: re.Match[str]) -> bool:
    """Say whether `"NAME", "value"` is a name and what it stands for, not two arguments side by side."""
    before = text[max(0, word.start() - 60) : word.start()].rpartition("\n")[2].lower()
    return any(reader in before for reader in ("env", "get(", "config(", "define("))


def _bare(text: str, word: re.Match[str]) -> Assigned | None:
    """Find an unquoted value, as in an environment file: alone on its line and random enough."""
    match = _BARE.match(text, word.end())
    if match is None or _is_other(text, word, match["suffix"]):
        return None
    before = text[max(0, word.start() - _WINDOW) : word.start()].rpartition("\n")[2]
    value, kind = match["v"], _kind(word)
    separator = text[match.end("suffix") : match.start("v")]
    if _BARE_LINE.fullmatch(before) is None or (separator.isspace() and "ENV " not in before):
        return None
    if _ATTRIBUTE.fullmatch(value) and not re.search(r"[0-9]", value):
        return None
    if entropy(value) < 2.8 or not _is_secret(value, kind):
        return None
    return Assigned(kind, match.start("v"), match.end("v"))


def _kind(word: re.Match[str]) -> str:
    return PASSWORD if word.group().startswith(("pass", "pwd")) else SECRET


def _is_other(text: str, word: re.Match[str], suffix: str) -> bool:
    """Say whether the whole name is not one of a secret."""
    if _TELLS_OTHERWISE.search(suffix.lower()):
        return True
    before = _NAME_BEFORE.search(text[max(0, word.start() - 48) : word.start()])
    name = before.group() if before else ""
    if word.group() == "pass":
        # Too short a word to be trusted inside another: `compass`, `bypass`, `passed`.
        return bool(suffix) or (name[-1:].isalpha() and not _camel(text, word))
    return _BEFORE_IS_OTHER.search(name) is not None


def _camel(text: str, word: re.Match[str]) -> bool:
    return text[word.start()].isupper() and text[word.start() + 1].islower()


def _is_secret(value: str, kind: str) -> bool:
    if is_random(value):
        return True
    if is_placeholder(value) or is_name(value):
        return False
    digits = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    if kind == PASSWORD:
        return len(value) >= 6 and letters > 0 and letters < len(value) and len(set(value)) > 3
    return len(value) >= 12 and digits > 0 and letters > 0 and entropy(value) >= 3.0
