"""Password hashes run as many rounds as is advised today, and keys are as long."""

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import argument, keyword, rebuilt, without
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, fix
from reviewbot.patches.python.names import imported, sibling
from reviewbot.patches.python.origins import Constant, constant, plain

_PBKDF2 = {"sha1": "1_300_000", "sha256": "600_000", "sha512": "210_000"}
"""Rounds by hash. Source: OWASP Password Storage Cheat Sheet."""

_OTHERS = {
    # By function: the name and place of the number, the fewest that will do, and what is advised.
    "bcrypt.gensalt": ("rounds", 0, 10, "12"),
    "hashlib.scrypt": ("n", 9, 2**14, "2**14"),  # more needs more memory than OpenSSL gives by itself
    "cryptography.hazmat.primitives.kdf.scrypt.Scrypt": ("n", 2, 2**14, "2**17"),
    "cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC": ("iterations", 3, 100_000, "600_000"),
    "Crypto.Protocol.KDF.PBKDF2": ("count", 3, 100_000, "600_000"),
    "Cryptodome.Protocol.KDF.PBKDF2": ("count", 3, 100_000, "600_000"),
}
_KEYS = {
    "cryptography.hazmat.primitives.asymmetric.rsa.generate_private_key": ("key_size", 1),
    "cryptography.hazmat.primitives.asymmetric.dsa.generate_private_key": ("key_size", 0),
    "cryptography.hazmat.primitives.asymmetric.dh.generate_parameters": ("key_size", 1),
    "Crypto.PublicKey.RSA.generate": ("bits", 0),
    "Crypto.PublicKey.DSA.generate": ("bits", 0),
    "Cryptodome.PublicKey.RSA.generate": ("bits", 0),
    "Cryptodome.PublicKey.DSA.generate": ("bits", 0),
    "rsa.newkeys": ("nbits", 0),
    "paramiko.RSAKey.generate": ("bits", 0),
}
_SHORTEST, _BITS = 2048, "3072"
_CURVES = {"SECP192R1", "SECT163K1", "SECT163R2"}
_CURVE_PACKAGE = "cryptography.hazmat.primitives.asymmetric.ec."


def more_rounds(parsed: Parsed) -> Rewritten | Unmended:
    """Raise the number to what is advised."""
    changes = [new for call in parsed.calls() if (new := _raised(parsed, call)) is not None]
    if changes:
        return Rewritten(_fitting(parsed, changes))
    calls = meant(
        parsed, [call for call in parsed.calls("werkzeug.security.generate_password_hash") if _method(call)]
    )
    if calls:
        return Rewritten(rebuilt(parsed, calls, _own_method))
    return Unmended(
        "how many rounds there are cannot be seen, or what is stored could not be checked any more"
    )


Change = tuple[cst.CSTNode, cst.CSTNode]


def _fitting(parsed: Parsed, changes: list[tuple[cst.Call, Change]]) -> list[Change]:
    chosen = meant(parsed, [call for call, _ in changes])
    return [change for call, change in changes if any(call is one for one in chosen)]


def _raised(parsed: Parsed, call: cst.Call) -> tuple[cst.Call, Change] | None:
    name = imported(parsed, call.func)
    if name == "hashlib.pbkdf2_hmac":
        hashed = argument(call, "hash_name", 0)
        algorithm = constant(parsed, hashed.value) if hashed is not None else None
        advised = _PBKDF2.get(str(algorithm.value).lower()) if algorithm is not None else None
        word, place, fewest = "iterations", 3, 100_000
    elif name in _OTHERS:
        word, place, fewest, advised = _OTHERS[name]
    else:
        return None
    found = _number(parsed, call, word, place)
    if found is None or advised is None or not isinstance(found.value, int) or found.value >= fewest:
        return None
    return call, (found.at, cst.parse_expression(advised))


def _number(parsed: Parsed, call: cst.Call, word: str, place: int) -> Constant | None:
    arg = argument(call, word, place)
    return constant(parsed, arg.value) if arg is not None else None


def _method(call: cst.Call) -> cst.Arg | None:
    arg = keyword(call, "method")
    return arg if arg is not None and isinstance(plain(arg.value), str) else None


def _own_method(call: cst.Call) -> cst.Call:
    """Leave the method to Werkzeug, which writes it beside each hash."""
    arg = _method(call)
    return without(call, arg) if arg is not None else call


def longer_key(parsed: Parsed) -> Rewritten | Unmended:
    """Make keys of 3072 bits, and curves of 256."""
    changes: list[tuple[cst.Call, Change]] = []
    for call in parsed.calls():
        word, place = _KEYS.get(imported(parsed, call.func), ("", 99))
        found = _number(parsed, call, word, place) if word else None
        if found is not None and isinstance(found.value, int) and found.value < _SHORTEST:
            changes.append((call, (found.at, cst.Integer(_BITS))))
    return Rewritten(_fitting(parsed, changes)) if changes else _curve(parsed)


def _curve(parsed: Parsed) -> Rewritten | Unmended:
    for call in parsed.calls():
        for node in (call.func, *(arg.value for arg in call.args)):
            if imported(parsed, node) in {_CURVE_PACKAGE + one for one in _CURVES} and not isinstance(
                node, cst.Call
            ):
                renamed = sibling(parsed, node, "SECP256R1")
                if renamed is not None:
                    return Rewritten(renamed.replacements, renamed.imports)
        arg = keyword(call, "curve")
        if arg is not None and "192" in str(plain(arg.value)) and parsed.found(arg):
            return Rewritten([(arg.value, cst.SimpleString('"P-256"'))])
    return Unmended("how long the key is cannot be seen")


FIXES = {"more-rounds": fix(more_rounds), "longer-key": fix(longer_key)}
