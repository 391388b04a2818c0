"""What a remedy in Python consists of, as data: calls that may come, calls that may go and for what, words, values.

Calls are full dotted names through the file's imports; `.name` is a method of something that no import gave.
"""

import re

CALLS = frozenset(
    {
        "hmac.compare_digest", "hmac.new", "hmac.digest", "secrets.compare_digest", "secrets.token_hex", "secrets.token_urlsafe",
        "secrets.token_bytes", "secrets.choice", "secrets.randbelow", "secrets.randbits", "secrets.SystemRandom", "random.SystemRandom",
        "hashlib.sha256", "hashlib.sha384", "hashlib.sha512", "hashlib.sha3_256", "hashlib.sha3_512", "hashlib.blake2b", "hashlib.blake2s",
        "hashlib.scrypt", "hashlib.pbkdf2_hmac", "os.getenv", "os.environ.get", "os.path.realpath", "os.path.abspath", "os.path.join",
        "os.path.basename", "os.path.normpath", "os.path.commonpath", "os.fspath", "os.open", "os.fdopen", "pathlib.Path", "pathlib.PurePosixPath",
        "shlex.quote", "shlex.split", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
        "subprocess.Popen", "tempfile.mkstemp", "tempfile.mkdtemp", "tempfile.NamedTemporaryFile", "tempfile.TemporaryDirectory",
        "tempfile.TemporaryFile", "json.load", "json.loads", "ast.literal_eval", "yaml.safe_load", "yaml.safe_load_all", "html.escape",
        "markupsafe.escape", "flask.escape", "urllib.parse.quote", "urllib.parse.quote_plus", "urllib.parse.urlparse", "urllib.parse.urlsplit",
        "urllib.parse.urlencode", "re.escape", "ssl.create_default_context", "werkzeug.utils.secure_filename", "werkzeug.utils.safe_join",
        "werkzeug.security.safe_join", "werkzeug.security.check_password_hash", "werkzeug.security.generate_password_hash",
        "django.utils.html.escape", "django.utils.html.format_html", "django.utils.html.conditional_escape",
        "django.utils.crypto.constant_time_compare", "django.utils.crypto.get_random_string", "psycopg2.sql.SQL", "psycopg2.sql.Identifier",
        "psycopg2.sql.Literal", "psycopg.sql.SQL", "psycopg.sql.Identifier", "sqlalchemy.text", "sqlalchemy.bindparam", "ipaddress.ip_address",
        "contextlib.closing", "jinja2.select_autoescape", "bleach.clean", "flask.send_from_directory", "ldap3.utils.conv.escape_filter_chars", "ldap.filter.escape_filter_chars",
        "uuid.uuid4", "str", "int", "float", ".encode", ".decode", ".resolve", ".joinpath", ".relative_to", ".hexdigest", ".digest",
        ".quote_ident", ".bindparams", ".choice", ".randint", ".randrange", ".sample", ".random", ".shuffle",
    }
)  # fmt: skip
"""Calls that a remedy may bring."""

ASKED = frozenset(
    {"len", "isinstance", "all", "any", ".is_relative_to", ".startswith", ".endswith", ".isdigit", ".isalnum", ".isidentifier", ".strip", ".lower",
     "django.utils.http.url_has_allowed_host_and_scheme", ".is_file", ".is_private", ".is_loopback", ".is_global", "urllib.parse.urlparse", "urllib.parse.urlsplit", "re.fullmatch"}
)  # fmt: skip
"""Calls that the condition of a new guard may hold. Elsewhere they would make two things equal that are not."""

ATTRIBUTES = frozenset(
    {
        ".name",
        ".parent",
        ".path",
        ".stdout",
        ".text",
        ".netloc",
        ".scheme",
        ".hostname",
        ".parents",
        ".suffix",
        ".stem",
        ".returncode",
    }
)
"""Attributes that a remedy may read."""

SANITIZERS = frozenset(
    {"werkzeug.utils.secure_filename", "os.path.basename", "os.path.realpath", "os.path.abspath", "html.escape", "markupsafe.escape",
     "flask.escape", "shlex.quote", "re.escape", "urllib.parse.quote", "urllib.parse.quote_plus", "int", "django.utils.html.escape",
     "ldap3.utils.conv.escape_filter_chars", "ldap.filter.escape_filter_chars", "bleach.clean"}
)  # fmt: skip
"""Calls whose result may take the place of what they are given: `name = secure_filename(name)`."""

_RUN = frozenset(
    {
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.Popen",
    }
)
_HASH = frozenset(
    {"hashlib.sha256", "hashlib.sha384", "hashlib.sha512", "hashlib.sha3_256", "hashlib.sha3_512", "hashlib.blake2b", "hashlib.blake2s",
     "hashlib.scrypt", "hashlib.pbkdf2_hmac", "hashlib.new", "argon2.PasswordHasher", "bcrypt.hashpw"}
)  # fmt: skip
_RANDOM = frozenset(
    {"secrets.token_hex", "secrets.token_urlsafe", "secrets.token_bytes", "secrets.choice", "secrets.randbelow", "secrets.randbits",
     "secrets.SystemRandom", "random.SystemRandom", "uuid.uuid4", "os.urandom"}
)  # fmt: skip
_TEMPORARY = frozenset(
    {
        "tempfile.mkstemp",
        "tempfile.mkdtemp",
        "tempfile.NamedTemporaryFile",
        "tempfile.TemporaryFile",
        "tempfile.TemporaryDirectory",
    }
)
_PARSE = frozenset({"ast.literal_eval", "json.loads", "json.load", "int", "float"})
_ESCAPE = frozenset({"markupsafe.escape", "html.escape", "flask.escape", "django.utils.html.escape", "django.utils.html.format_html",
                     "django.utils.html.conditional_escape"})  # fmt: skip

SUCCESSORS: dict[str, frozenset[str]] = {
    "os.system": _RUN, "os.popen": _RUN, "os.popen2": _RUN, "os.popen3": _RUN, "os.popen4": _RUN, "popen2.": _RUN, "commands.": _RUN, "os.spawn": _RUN,
    "subprocess.": _RUN, "hashlib.": _HASH, "Crypto.Hash.": _HASH, "Cryptodome.Hash.": _HASH, "crypt.crypt": _HASH,
    "md5": _HASH, "sha": _HASH, "sha1": _HASH, "random.": _RANDOM, "numpy.random.": _RANDOM, "uuid.uuid1": _RANDOM, "time.time": _RANDOM,
    "uuid.uuid3": _RANDOM, "uuid.uuid5": _RANDOM, "tempfile.mktemp": _TEMPORARY, "os.tempnam": _TEMPORARY, "os.tmpnam": _TEMPORARY,
    "open": frozenset({"os.fdopen", "os.open"}), "flask.send_file": frozenset({"flask.send_from_directory"}),
    "cryptography.hazmat.primitives.hashes.": frozenset(
        f"cryptography.hazmat.primitives.hashes.{name}" for name in ("SHA256", "SHA384", "SHA512", "SHA3_256", "SHA3_512", "BLAKE2b")
    ), "eval": _PARSE, "exec": _PARSE, "compile": _PARSE,
    "yaml.load": frozenset({"yaml.safe_load"}), "yaml.unsafe_load": frozenset({"yaml.safe_load"}), "yaml.full_load": frozenset({"yaml.safe_load"}),
    "yaml.load_all": frozenset({"yaml.safe_load_all"}), "yaml.unsafe_load_all": frozenset({"yaml.safe_load_all"}),
    "yaml.full_load_all": frozenset({"yaml.safe_load_all"}), "yaml.Loader": frozenset({"yaml.SafeLoader"}),
    "pickle.": frozenset({"json.loads", "json.load", "json.dumps", "json.dump"}), "cPickle.": frozenset({"json.loads", "json.load", "json.dumps", "json.dump"}),
    "dill.": frozenset({"json.loads", "json.load"}), "marshal.": frozenset({"json.loads", "json.load", "json.dumps", "json.dump"}),
    "markupsafe.Markup": _ESCAPE, "flask.Markup": _ESCAPE, "jinja2.Markup": _ESCAPE, "django.utils.safestring.mark_safe": _ESCAPE,
    "ssl._create_unverified_context": frozenset({"ssl.create_default_context"}), "ssl._create_stdlib_context": frozenset({"ssl.create_default_context"}),
    "ssl.SSLContext": frozenset({"ssl.create_default_context"}), "ssl.wrap_socket": frozenset({".wrap_socket", "ssl.create_default_context"}),
    "time.clock": frozenset({"time.perf_counter"}), "cgi.escape": frozenset({"html.escape"}), "os.getcwdu": frozenset({"os.getcwd"}),
    "base64.encodestring": frozenset({"base64.encodebytes"}), "base64.decodestring": frozenset({"base64.decodebytes"}),
    "string.maketrans": frozenset({"str.maketrans", ".maketrans"}),
    "ftplib.FTP": frozenset({"ftplib.FTP_TLS"}), "os.path.join": frozenset({"werkzeug.utils.safe_join", "werkzeug.security.safe_join", ".joinpath"}),
    "paramiko.AutoAddPolicy": frozenset({"paramiko.RejectPolicy"}), "paramiko.WarningPolicy": frozenset({"paramiko.RejectPolicy"}),
    "paramiko.client.AutoAddPolicy": frozenset({"paramiko.RejectPolicy", "paramiko.client.RejectPolicy"}),
    "paramiko.client.WarningPolicy": frozenset({"paramiko.RejectPolicy", "paramiko.client.RejectPolicy"}),
}  # fmt: skip
"""What a dangerous call may become. A trailing dot stands for all below."""

COMPANIONS = {".read": "os.popen", ".readlines": "os.popen", ".readline": "os.popen", ".close": "os.popen"}
"""Calls that go with another one that goes."""

DROPPED = frozenset(
    {"format", "str", "repr", "join", "format_map", "substitute", "safe_substitute", "Template", "quote", "escape_string", "unicode", "shlex.split"}
)  # fmt: skip
"""Last names, or full ones, of calls that only built a text or took one apart, which a remedy does otherwise."""

DROPPED_BY_RULES = DROPPED | {
    "replace", "encode", "decode", "seed", "range", "literal", "disable_warnings", "set_missing_host_key_policy",
}  # fmt: skip
"""The same for our own fixes, which look at more than names before they drop one."""

_COOKIE = r".*set_cookie|.*Cookie|.*CookieMiddleware|.*SessionMiddleware"
_PROCESS = r"subprocess\..*"
_CLIENT = r"(?:requests|httpx|aiohttp|urllib3|urllib\.request|smtplib|ftplib|socket|http\.client)\..*|.*\.(?:get|post|put|patch|delete|head|options|request|connect|urlopen)"
_XML = r".*(?:XMLParser|parse|fromstring|iterparse|make_parser)"

KEYWORDS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    name: (re.compile(of), re.compile(pattern))
    for name, of, pattern in (
        ("verify", _CLIENT + r"|.*Session|.*Client", "True"), ("verify_ssl", _CLIENT, "True"), ("timeout", _CLIENT, r"\d{1,3}(?:\.\d+)?"),
        ("allow_redirects", _CLIENT, "False"), ("follow_redirects", _CLIENT, "False"), ("check_hostname", r"ssl\..*", "True"),
        ("secure", _COOKIE, "True"), ("httponly", _COOKIE, "True"), ("samesite", _COOKIE, "'(?:Lax|Strict)'"),
        ("shell", _PROCESS, "False"), ("check", _PROCESS, "True|False"), ("capture_output", _PROCESS, "True"), ("text", _PROCESS, "True"),
        ("stdout", _PROCESS, "…"), ("autoescape", r".*Environment", "True|…"), ("debug", r".*run", "False"), ("use_reloader", r".*run", "False"),
        ("host", r".*run|.*Server|.*serve.*", r"'(?:127\.0\.0\.1|localhost)'"), ("Loader", r"yaml\..*", "…"), ("filter", r".*extract(?:all)?", "'data'"),
        ("resolve_entities", _XML, "False"), ("no_network", _XML, "True"), ("forbid_dtd", r"defusedxml\..*", "True"), ("weights_only", r"torch\.load", "True"),
        ("algorithms", r"(?:jwt|jose)\..*", "…"), ("delete", r"tempfile\..*", "True|False"), ("dir", r"tempfile\..*", "…"),
        ("params", r".*\.(?:execute|executemany|raw|extra|read_sql(?:_query)?)", "…"), ("encoding", r"str|bytes|open", "'(?:utf-8|ascii)'"),
    )
}  # fmt: skip
"""Arguments that a remedy may bring: to which calls, and what may be given; `…` is anything but a constant."""

LEAST = {
    "secrets.token_hex": 16, "secrets.token_urlsafe": 16, "secrets.token_bytes": 12, "secrets.randbits": 64, "hashlib.pbkdf2_hmac": 100_000,
}  # fmt: skip
"""The smallest number that a remedy gives to a call."""

KEPT_KEYWORDS = frozenset(
    {"check", "timeout", "delete", "dir", "encoding", "text", "capture_output", "params", "stdout"}
)
"""Arguments that a remedy may bring, but not change."""

DROPPED_KEYWORDS = frozenset(
    {"verify", "verify_ssl", "ssl_verify", "shell", "debug", "Loader", "context", "cert_reqs", "check_hostname", "autoescape", "allow_pickle",
     "resolve_entities", "usedforsecurity", "safe", "executable", "use_debugger", "assert_hostname", "universal_newlines"}
)  # fmt: skip
"""Arguments whose loss is the remedy."""

WORDS = frozenset(
    {"utf", "8", "ascii", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "https", "Lax", "Strict", "data", "HS256", "RS256", "ES256",
     "rb", "r", "w", "wb", "html", "xml", "True", "False", "None", "/", "-", "_", "=", "*", "sh", "127", "0", "1", "localhost", "--"}
)  # fmt: skip
"""Pieces of text that a remedy may bring."""

LOST_TEXTS = re.compile(
    r"(?i)md[245]|sha-?1|des3?|rc[24]|blowfish|0\.0\.0\.0|::|/tmp/.*|/var/tmp/.*|\*|http|ecb|<[^<>]*>|.{0,2}"
)
"""Texts that may go with the flaw; all others must stay, word for word."""

SETTINGS = frozenset(
    {("verify", "True"), ("check_hostname", "True"), ("SESSION_COOKIE_SECURE", "True"), ("SESSION_COOKIE_HTTPONLY", "True"), ("CSRF_COOKIE_SECURE", "True"),
     ("SECURE_SSL_REDIRECT", "True"), ("DEBUG", "False"), ("debug", "False"), ("autoescape", "True"), ("WTF_CSRF_ENABLED", "True")}
)  # fmt: skip
"""What may be set to which value: by a name, an attribute or a key."""

COUNTED = frozenset(
    {"secrets.token_hex", "secrets.token_urlsafe", "secrets.token_bytes", "secrets.randbelow", "secrets.randbits", "os.chmod", "os.open", "os.fchmod", "os.umask", ".chmod",
     "os.mkdir", "os.makedirs", "hashlib.scrypt", "hashlib.pbkdf2_hmac", "subprocess.run", "shlex.split"}
)  # fmt: skip
"""Calls whose numbers are the remedy's business."""


def successor(old: str, new: str) -> bool:
    """Say whether one call is known to take another's place."""
    if old.startswith("os.spawn"):
        old = "os.spawn"
    names = [old]
    while "." in old:
        old = old.rpartition(".")[0]
        names.append(old + ".")
    return any(new in SUCCESSORS.get(name, ()) for name in names)
