"""Credentials in the files and statements of well-known programs, where the syntax says what they are.

Sources: the programs' own documentation and what they write. netrc(5); PostgreSQL "The Password File" and
`CREATE ROLE`; MySQL `CREATE USER`; FileZilla's `sitemanager.xml`; msmtp(1); Firefox's `logins.json`
(base64 of an ASN.1 sequence that begins with the key id f8 00 … 01, the same in every profile); WordPress's
`wp-config.php`; Laravel's `APP_KEY`; sshpass(1).
"""

import re

from reviewbot.domain.secret_accepts import encoded, password, typed
from reviewbot.domain.secret_placeholders import entropy

_ALONE = re.compile(r"[A-Za-z0-9.*_-]{1,253}$")
_ACCOUNT = re.compile(r"(?m)^[ \t]{0,8}(?:host|hostname|account|identity|poll|server)[ \t]{1,8}\S")
_OWNER = re.compile(r"(?m)^[ \t]{0,8}(?:user|username|login)[ \t]{1,8}\S")
_ROLE = re.compile(r"(?i)\b(?:role|user|login)\b[^\n;]{1,200}$")


def _alone_on_line(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 254) : match.start()].rpartition("\n")[2]
    return _ALONE.fullmatch(before) is not None and typed(match)


def _in_account(match: re.Match[str]) -> bool:
    around = match.string[max(0, match.start() - 300) : match.end() + 300]
    return _ACCOUNT.search(around) is not None and _OWNER.search(around) is not None and typed(match)


def _of_role(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 250) : match.start()].rpartition("\n")[2]
    return _ROLE.search(before) is not None and password(match)


def _salt(match: re.Match[str]) -> bool:
    return entropy(match["v"]) >= 4.0 and "unique phrase" not in match["v"]


def _mixed(match: re.Match[str]) -> bool:
    return entropy(match["v"]) >= 3.5


_SDR = r"M[A-Za-z0-9+/]{5,9}A{15,20}[A-Za-z0-9+/]{20,4000}+={0,2}"
_UNTIL_SAME = r"(?P<v>(?:(?!(?P=q))[^\n]){6,128}+)(?P=q)"

ROWS = (
    ("netrc-password", "machine ", r".{8}\S{1,200}+\s{1,40}+login\s{1,40}+\S{1,200}+\s{1,40}+password\s{1,40}+(?P<v>\S{4,256}+)", typed),
    ("stored-password", ":5432:", r".{6}[^:\s]{1,64}+:[^:\s]{1,64}+:(?P<v>[^:\s]{4,128}+)(?=\s|$)", _alone_on_line),
    ("stored-password", ":*:", r".{3}[^:\s]{1,64}+:[^:\s]{1,64}+:(?P<v>[^:\s]{4,128}+)(?=\s|$)", _alone_on_line),
    ("stored-password", '<pass encoding="base64">', r".{24}[ \t]{0,4}+(?P<v>[A-Za-z0-9+/]{4,400}+={0,2})[ \t]{0,4}+</", encoded),
    ("stored-password", "\npassword", r"""\n.{8}[ \t]{1,8}+"?(?P<v>[^\s"]{4,128}+)"?[ \t]{0,8}+(?=\n|$)""", _in_account),
    ("stored-password", "identified by ", r""".{14}[ \t]{0,4}+(?:(?i:password|with \w{4,40} by)[ \t]{1,4})?(?P<q>["'])""" + _UNTIL_SAME, password),
    ("stored-password", "password '", r".{9}(?P<q>')" + _UNTIL_SAME, _of_role),
    ("stored-password", "sshpass -p", r""".{10}[ \t]{0,4}+["']?(?P<v>[^\s"'`$]{4,128}+)""", password),
    ("stored-password", ".login(", r""".{7}\s{0,40}+(?P<q>["'])[^"'\n@ ]{1,64}+@[^"'\n@ ]{3,190}+(?P=q)[ \t]{0,4}+,\s{0,40}+(?P<p>["'])(?P<v>[^"'\n]{6,128}+)(?P=p)""", password),
    ("browser-login", '"encryptedusername"', rf""".{{19}}[ \t]{{0,4}}+:[ \t]{{0,4}}+"(?P<v>{_SDR})\"""", _mixed),
    ("browser-login", '"encryptedpassword"', rf""".{{19}}[ \t]{{0,4}}+:[ \t]{{0,4}}+"(?P<v>{_SDR})\"""", _mixed),
    ("framework-key", "app_key=", r""".{8}["']?base64:(?P<v>[A-Za-z0-9+/]{43,44}=?)(?![A-Za-z0-9+/=])""", _mixed),
    ("framework-key", "define(", r""".{7}[ \t]{0,8}+["'](?:AUTH|SECURE_AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)["'][ \t]{0,20}+,[ \t]{0,20}+(?P<q>["'])(?P<v>(?:(?!(?P=q))[^\n]){32,128}+)(?P=q)""", _salt),
)  # fmt: skip
