"""Password hashes where programs keep them: password files, rows of a database dump, fixtures.

Formats: crypt(5); Apache "Password Formats"; the PHC string format of Argon2; Django "Password management".
"""

import re

from reviewbot.domain.secret_placeholders import is_hollow

_USER_FIRST = re.compile(r"(?:^|[\s\"'=])[A-Za-z0-9_.@-]{1,64}$")
_ROW = re.compile(r"[ \t]{0,40}\(|.{0,600}(?:values|insert into)\b", re.IGNORECASE)
_TELLING_KEY = re.compile(
    r"(?i)(?:passw(?:or)?d|pwd|pass|password_?hash|encrypted_password)[\"'`]{0,2}[ \t]{0,4}[:=,][ \t]{0,4}[\"'`]?$"
)
_LINE = 700  # characters of a line that are looked at


def of_user(match: re.Match[str]) -> bool:
    """Accept a hash that stands behind a user's name, as in a password file."""
    before = match.string[max(0, match.start() - 66) : match.start()].rpartition("\n")[2]
    return _USER_FIRST.search(before) is not None and not is_hollow(match["v"])


def kept(match: re.Match[str]) -> bool:
    """Accept a hash in a row of a dump (SQL, or tabs as PostgreSQL copies them) or under a password's key."""
    before = match.string[max(0, match.start("v") - _LINE) : match.start("v")].rpartition("\n")[2]
    if is_hollow(match["v"]):
        return False
    return before.endswith("\t") or _ROW.match(before) is not None or _TELLING_KEY.search(before) is not None


_BCRYPT = r"\$2[aby]\$[0-9]{2}\$[A-Za-z0-9./]{53}"
_ARGON = r"\$argon2(?:id|i|d)\$v=[0-9]{1,3}\$m=[0-9]{1,8},t=[0-9]{1,4},p=[0-9]{1,4}\$[A-Za-z0-9+/]{11,90}\$[A-Za-z0-9+/]{16,200}+"
_CRYPT = r"\$[156y]\$[A-Za-z0-9./=,$]{22,140}+"
_DJANGO = r"(?:pbkdf2_sha(?:1|256)|bcrypt_sha256|scrypt)\$[A-Za-z0-9$./]{0,60}\$[A-Za-z0-9+/=.$]{20,140}+"

ROWS = (
    ("password-hash", ":$apr1$", r".(?P<v>\$apr1\$[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{22})", of_user),
    ("password-hash", ":$1$", r".(?P<v>\$1\$[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{22})", of_user),
    ("password-hash", ":$2", rf".(?P<v>{_BCRYPT})", of_user),
    ("password-hash", ":$5$", r".(?P<v>\$5\$[A-Za-z0-9./=,$]{10,120}+)", of_user),
    ("password-hash", ":$6$", r".(?P<v>\$6\$[A-Za-z0-9./=,$]{40,140}+)", of_user),
    ("password-hash", ":$y$", r".(?P<v>\$y\$[A-Za-z0-9./$]{40,140}+)", of_user),
    ("password-hash", ":{sha}", r".(?P<v>\{SHA\}[A-Za-z0-9+/]{27}=)", of_user),
    ("password-hash", ":{ssha}", r".(?P<v>\{SSHA\}[A-Za-z0-9+/]{30,100}={0,2})", of_user),
    ("password-hash", "$2", rf"(?P<v>{_BCRYPT})(?![A-Za-z0-9./])", kept),
    ("password-hash", "$argon2", rf"(?P<v>{_ARGON})", kept),
    ("password-hash", "$6$", rf"(?P<v>{_CRYPT})", kept),
    ("password-hash", "pbkdf2_sha", rf"(?P<v>{_DJANGO})", kept),
)  # fmt: skip
