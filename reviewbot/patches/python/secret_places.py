"""Where a secret is written in Python code: the literal, and a name for it from what it is given to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m

from reviewbot.domain.secret_kinds import find_secrets
from reviewbot.patches.python.arguments import argument, keyword
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.origins import enclosing, plain, values
from reviewbot.patches.python.settings import name_of, text_of

_SECRET = re.compile(
    r"(?i)passw|passphrase|passcode|pass$|^pwd|pwd$|secret|token|key$|key_|credential|auth|signature|salt|dsn|private|"
    r"webhook|database_ur[il]|connection_string|^[a-z]+_url$"
)
_SERVICES = {
    "postgres": "DATABASE_URL", "postgresql": "DATABASE_URL", "mysql": "DATABASE_URL", "mariadb": "DATABASE_URL",
    "mssql": "DATABASE_URL", "oracle": "DATABASE_URL", "redis": "REDIS_URL", "rediss": "REDIS_URL",
    "mongodb": "MONGODB_URL", "amqp": "AMQP_URL", "amqps": "AMQP_URL",
}  # fmt: skip
_VAGUE = {"URL", "URI", "DSN", "ADDRESS", "CONNECTION", "CONN"}
_KEYS = {
    # Functions that take a key by place: its keyword, its place, and a name for it.
    "jwt.encode": ("key", 1, "JWT_KEY"),
    "jwt.decode": ("key", 1, "JWT_KEY"),
    "jose.jwt.encode": ("key", 1, "JWT_KEY"),
    "jose.jwt.decode": ("key", 1, "JWT_KEY"),
    "hmac.new": ("key", 0, "SIGNING_KEY"),
    "hmac.digest": ("key", 0, "SIGNING_KEY"),
    "cryptography.fernet.Fernet": ("key", 0, "ENCRYPTION_KEY"),
    "requests.auth.HTTPBasicAuth": ("password", 1, "AUTH_PASSWORD"),
    "psycopg2.connect": ("dsn", 0, "DATABASE_URL"),
    "psycopg.connect": ("conninfo", 0, "DATABASE_URL"),
    "sqlalchemy.create_engine": ("url", 0, "DATABASE_URL"),
    "pymongo.MongoClient": ("host", 0, "MONGODB_URL"),
    "redis.from_url": ("url", 0, "REDIS_URL"),
    "redis.Redis.from_url": ("url", 0, "REDIS_URL"),
}
_PACKAGES = {
    "itsdangerous.": "SIGNING_KEY",
    "Crypto.Cipher.": "ENCRYPTION_KEY",
    "Cryptodome.Cipher.": "ENCRYPTION_KEY",
    "cryptography.hazmat.primitives.ciphers.": "ENCRYPTION_KEY",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A literal, and the name under which the secret store is to hold its value."""

    literal: cst.BaseExpression
    name: str

    @property
    def value(self) -> str | bytes:
        """What is written there."""
        found = plain(self.literal)
        assert isinstance(found, str | bytes)
        return found


def places(parsed: Parsed) -> list[Place]:
    """Find the literals on the finding's lines that the scanner knows for secrets, or whose names tell of one."""
    near = [place for place in all_places(parsed) if parsed.found(place.literal)]
    if parsed.asked.rule.startswith("secret-"):
        known = _known(parsed)
        return [place for place in near if any(secret in text_in(place.value) for secret in known)]
    found = [place for place in near if _SECRET.search(place.name)] or _behind_names(parsed)
    defaults = [place for place in found if _is_default(parsed, place.literal)]
    if defaults and parsed.asked.rule == "python-password-in-code":
        # The finding is about a function's head, and its lines are those of the whole function.
        found = defaults
    chosen = meant(parsed, [place.literal for place in found])
    return [place for place in found if not chosen or any(place.literal is one for one in chosen)]


def _is_default(parsed: Parsed, literal: cst.BaseExpression) -> bool:
    above = parsed.parent(literal)
    function = enclosing(parsed, literal)
    begun = function is not None and parsed.where(function.name).start.line == parsed.asked.first
    return isinstance(above, cst.Param) and begun


def _known(parsed: Parsed) -> set[str]:
    """Give what the secret scanner finds on the finding's lines."""
    found = find_secrets(parsed.asked.text)
    return {value for one in found if parsed.asked.overlaps(one.line, one.last_line) for value in one.values}


def text_in(value: str | bytes) -> str:
    """Give a literal's value as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def all_places(parsed: Parsed) -> Iterator[Place]:
    """Give every literal of text or bytes that has a name."""
    for node in m.findall(parsed.module, m.SimpleString() | m.ConcatenatedString()):
        assert isinstance(node, cst.SimpleString | cst.ConcatenatedString)
        if isinstance(parsed.parent(node), cst.ConcatenatedString) or not isinstance(
            plain(node), str | bytes
        ):
            continue
        name = variable(_named(parsed, node), plain(node))
        if name:
            yield Place(node, name)


def _behind_names(parsed: Parsed) -> list[Place]:
    """`jwt.encode(claims, KEY)`: the key is written where the name is bound."""
    found: list[Place] = []
    for call in parsed.calls():
        for node in (arg.value for arg in call.args if isinstance(arg.value, cst.Name)):
            kept = values(parsed, node) or []
            literal = kept[0] if len(kept) == 1 else None
            if (
                literal is not None
                and isinstance(plain(literal), str | bytes)
                and _asked_name(parsed, call, node)
            ):
                found.append(Place(literal, variable(node.value, plain(literal))))
    return found


def _named(parsed: Parsed, node: cst.BaseExpression) -> str:
    """Give the name of what a literal is given to; "" where there is none."""
    above = parsed.parent(node)
    name = ""
    match above:
        case cst.Assign() if len(above.targets) == 1:
            name = name_of(above.targets[0].target)
        case cst.AnnAssign() if above.value is node:
            name = name_of(above.target)
        case cst.DictElement() if above.value is node:
            name = text_of(above.key)
        case cst.Param() if above.default is node:
            name = above.name.value
        case cst.Arg():
            name = _of_argument(parsed, above)
        case cst.Attribute(attr=cst.Name(value="encode")) if (call := parsed.parent(above)) is not None:
            name = _named(parsed, call) if isinstance(call, cst.Call) else ""
        case cst.ComparisonTarget() | cst.Comparison():
            name = _compared(parsed, above, node)
        case cst.Element():
            name = _of_pair(parsed, above)
    return name


def _of_argument(parsed: Parsed, arg: cst.Arg) -> str:
    call = parsed.parent(arg)
    if not isinstance(call, cst.Call):
        return ""
    if arg.keyword is not None:
        return arg.keyword.value
    default = imported(parsed, call.func) in {"os.environ.get", "os.getenv"} and len(call.args) > 1
    if default and arg is call.args[1]:
        return text_of(call.args[0].value)
    return _asked_name(parsed, call, arg.value)


def _asked_name(parsed: Parsed, call: cst.Call, value: cst.BaseExpression) -> str:
    """Give the name of a key or address that a known function takes at this place."""
    name = imported(parsed, call.func)
    word, place, said = _KEYS.get(name, ("key", 0, ""))
    said = said or next((one for package, one in _PACKAGES.items() if name.startswith(package)), "")
    arg = argument(call, word, place) or keyword(call, "secret_key")
    return said if arg is not None and arg.value is value else ""


def _of_pair(parsed: Parsed, element: cst.Element) -> str:
    """`auth=("user", "text")`."""
    pair = parsed.parent(element)
    arg = parsed.parent(pair) if pair is not None else None
    if not isinstance(pair, cst.Tuple) or not isinstance(arg, cst.Arg) or arg.keyword is None:
        return ""
    return "auth_password" if arg.keyword.value == "auth" and pair.elements[-1] is element else ""


def _compared(parsed: Parsed, above: cst.CSTNode, node: cst.BaseExpression) -> str:
    whole = parsed.parent(above) if isinstance(above, cst.ComparisonTarget) else above
    if not isinstance(whole, cst.Comparison) or len(whole.comparisons) != 1:
        return ""
    target = whole.comparisons[0]
    other = target.comparator if whole.left is node else whole.left
    if not isinstance(target.operator, cst.Equal | cst.NotEqual):
        return ""
    if isinstance(other, cst.Call) and m.matches(other.func, m.Attribute(attr=m.Name("get"))) and other.args:
        return text_of(other.args[0].value)
    return name_of(other)


def variable(name: str, value: object = None) -> str:
    """Write a name as variables of the environment are: `dbPassword` is DB_PASSWORD, `X-Api-Key` is X_API_KEY."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    made = re.sub(r"[^A-Za-z0-9]+", "_", parted).strip("_").upper()
    scheme = re.match(r"[a-z0-9]+(?=[a-z0-9+]*://)", value) if isinstance(value, str) else None
    if scheme is not None and made in _VAGUE:
        return _SERVICES.get(scheme.group().partition("+")[0], made)
    return made if made.isidentifier() else ""
