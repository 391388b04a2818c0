"""MD5, SHA-1 and their like become SHA-256, where nothing but this program decides which hash it is."""

import re
from collections.abc import Sequence

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import imported, sibling
from reviewbot.patches.python.origins import constant
from reviewbot.patches.python.statements import texts_on

_WEAK = {"md2", "md4", "md5", "sha", "sha1", "ripemd", "ripemd160"}
_PASSWORD = re.compile(r"(?i)passw|passphrase|\bpwd?\b|passcode|credential")
_AGREED = re.compile(
    r"(?i)gravatar|content.?md5|hibp|pwned|digest.?auth|\bha[12]\b|websocket|258EAFA5|totp|hotp|\botp\b|oauth|"
    r"git.?(blob|object|hash|sha)|\bsha1sum|md5sum|torrent|info_?hash|fingerprint|hmac_?sha1|legacy|postgres|mysql"
)
"""Words of places where somebody else asks for MD5 or SHA-1."""


_SIZED = re.compile(
    r"\bUUID\b|\bunpack(?:_from)?\(|\b[A3]?DES\b|\bAES\b|Cipher|\b[Ii][Vv]\b|\b0?32x\b|\bFernet\b|zfill\("
)
"""Words of places that take a digest of one length only."""


def approved_hash(parsed: Parsed) -> Rewritten | Unmended:
    """Replace the hash where it is called, or its name where that is written."""
    around = texts_on(parsed)
    if _PASSWORD.search(around):
        return Unmended("a password needs a slow hash with a salt, and what is kept has to be made anew")
    if _AGREED.search(around):
        return Unmended("somebody else seems to ask for this hash")
    if _SIZED.search(around):
        return Unmended("the length of the digest counts here, and another hash has another one")
    return _called(parsed) or _named(parsed) or Unmended("which hash is meant cannot be seen on these lines")


def _called(parsed: Parsed) -> Rewritten | None:
    """`hashlib.md5(x)`, `Crypto.Hash.MD5.new(x)`, `hashes.Hash(hashes.SHA1())`, `hashlib.file_digest(f, hashlib.md5)`."""
    found: list[tuple[cst.BaseExpression, str]] = []
    for call in parsed.calls():
        for node in (call.func, *(arg.value for arg in call.args)):
            name = imported(parsed, node)
            package, _, last = name.rpartition(".")
            if package == "hashlib" and last in _WEAK:
                found.append((node, "sha256"))
            elif (
                re.fullmatch(r"Crypto(dome)?\.Hash", package.rpartition(".")[0])
                and last == "new"
                and _weak(package)
            ):
                assert isinstance(node, cst.Attribute)
                found.append((node.value, "SHA256"))
            elif package == "cryptography.hazmat.primitives.hashes" and last.lower() in _WEAK:
                found.append((node, "SHA256"))
    chosen = meant(parsed, [node for node, _ in found])
    return _renamed(parsed, [(node, member) for node, member in found if any(node is one for one in chosen)])


def _weak(name: str) -> bool:
    return name.rpartition(".")[2].lower() in _WEAK


def _renamed(parsed: Parsed, found: Sequence[tuple[cst.BaseExpression, str]]) -> Rewritten | None:
    changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []
    imports: list[str] = []
    for node, member in found:
        if not isinstance(node, cst.Call):
            renamed = sibling(parsed, node, member)
            if renamed is None:
                return None
            changes += [
                pair for pair in renamed.replacements if all(pair[0] is not old for old, _ in changes)
            ]
            imports += renamed.imports
    return Rewritten(changes, tuple(imports)) if changes else None


def _named(parsed: Parsed) -> Rewritten | None:
    """`hashlib.new("md5")`: the text, also behind a name, `or` and a default of `get`."""
    changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []
    for call in parsed.calls("hashlib.new", "hashlib.file_digest", "builtins.getattr"):
        place = 0 if imported(parsed, call.func) == "hashlib.new" else 1
        wanted = [arg.value for number, arg in enumerate(call.args) if number == place or _is_name(arg)]
        for node in wanted:
            changes += [
                (text.at, cst.SimpleString(_replacement(text.at, str(text.value))))
                for part in _parts(node)
                if (text := constant(parsed, part)) is not None
                and str(text.value).replace("-", "").lower() in _WEAK
            ]
    return Rewritten(changes) if changes else None


def _is_name(arg: cst.Arg) -> bool:
    return arg.keyword is not None and arg.keyword.value == "name"


def _parts(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    match node:
        case cst.BooleanOperation(left=left, right=right):
            return [*_parts(left), *_parts(right)]
        case cst.Call():
            return [part for arg in node.args[1:] for part in _parts(arg.value)]
        case cst.IfExp(body=body, orelse=orelse):
            return [*_parts(body), *_parts(orelse)]
    return [node]


def _replacement(old: cst.BaseExpression, value: str) -> str:
    quote = "'" if code(old).startswith("'") else '"'
    return f"{quote}{'SHA256' if value.isupper() else 'sha256'}{quote}"


FIXES = {"approved-hash": fix(approved_hash)}
