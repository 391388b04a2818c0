"""What a remedy in other languages than Python consists of, as data: words, texts, values; by family of languages."""

import re

CONTROL = frozenset(
    {
        "if",
        "for",
        "while",
        "switch",
        "catch",
        "return",
        "function",
        "typeof",
        "sizeof",
        "match",
        "when",
        "case",
        "await",
    }
)

DROPPED = frozenset(
    {"format", "Sprintf", "concat", "join", "toString", "String", "fmt", "strconv", "Itoa", "to_s"}
)
"""Words that only built a text."""

DROPPED_BY_RULES = DROPPED | {
    "replace", "random", "floor", "substr", "substring", "slice", "push", "require", "Buffer", "eval", "Function", "exec", "Math", "unescape",
}  # fmt: skip

DANGEROUS = frozenset(
    {"exec", "execSync", "eval", "md5", "sha1", "innerHTML", "Math", "random", "createCipher", "pseudoRandomBytes", "MD5", "SHA1", "rand",
     "unserialize", "deserialize", "insertAdjacentHTML", "strcpy", "strcat", "sprintf", "gets", "html_safe", "raw", "new", "load"}
)  # fmt: skip
"""Words whose loss is the remedy."""

SUCCESSORS: dict[str, frozenset[str]] = {
    "exec": frozenset({"execFile", "spawn"}), "execSync": frozenset({"execFileSync", "spawnSync"}), "eval": frozenset({"parse"}),
    "random": frozenset({"randomBytes", "randomInt", "randomUUID", "getRandomValues", "Read", "hex", "urlsafe_base64"}),
    "md5": frozenset({"sha256"}), "sha1": frozenset({"sha256"}), "createCipher": frozenset({"createCipheriv"}),
    "pseudoRandomBytes": frozenset({"randomBytes"}), "strcpy": frozenset({"strncpy", "snprintf", "strlcpy"}),
    "strcat": frozenset({"strncat", "strlcat", "snprintf"}), "sprintf": frozenset({"snprintf"}), "gets": frozenset({"fgets"}),
    "load": frozenset({"safe_load"}),
    "insertAdjacentHTML": frozenset({"insertAdjacentText"}),
    "html": frozenset({"text"}),
    "unserialize": frozenset({"parse"}),
    "deserialize": frozenset({"parse"}), "rand": frozenset({"random_number", "Int"}), "createStatement": frozenset({"prepareStatement"}),
}  # fmt: skip
"""Calls that are known to take another's place."""

ASKED = frozenset(
    {
        "startsWith",
        "endsWith",
        "includes",
        "hasOwn",
        "isInteger",
        "isFinite",
        "has",
        "length",
        "sep",
        "test",
        "path",
        "Object",
        "Number",
    }
)
"""Words that the condition of a new guard may hold."""

COMPARES = frozenset(
    {"timingSafeEqual", "ConstantTimeCompare", "secure_compare", "fixed_length_secure_compare", "isEqual"}
)

WORDS: dict[str, frozenset[str]] = {
    "script": frozenset(
        {"const", "crypto", "randomBytes", "randomInt", "randomUUID", "getRandomValues", "timingSafeEqual", "Buffer", "from", "createHash", "createHmac",
         "createCipheriv", "scryptSync", "scrypt", "pbkdf2Sync", "execFile", "execFileSync", "spawn", "spawnSync", "textContent", "encodeURIComponent",
         "JSON", "parse", "path", "basename", "resolve", "normalize", "startsWith", "sep", "rejectUnauthorized", "httpOnly", "secure", "sameSite",
         "signal", "AbortSignal", "timeout", "origin", "minVersion", "DOMPurify", "sanitize", "createTextNode", "Number", "parseInt", "String",
         "algorithms", "helmet", "noent", "nonet", "verify", "setAttribute", "toString", "hasOwn", "Object", "create", "stringify", "insertAdjacentText", "text", "type", "replacements", "__dirname"}
    ),
    "go": frozenset(
        {"sha256", "Sum256", "New", "rand", "Read", "subtle", "ConstantTimeCompare", "html", "EscapeString", "filepath", "Base", "Clean", "Join",
         "url", "QueryEscape", "PathEscape", "QueryContext", "ExecContext", "HttpOnly", "Secure", "SameSite", "SameSiteStrictMode", "SameSiteLaxMode",
         "http", "MinVersion", "VersionTLS12", "VersionTLS13", "tls", "Timeout", "time", "Second", "byte", "crypto"}
    ),
    "java": frozenset(
        {"PreparedStatement", "prepareStatement", "setString", "setInt", "setLong", "SecureRandom", "MessageDigest", "isEqual", "getBytes",
         "setSecure", "setHttpOnly", "setFeature", "StandardCharsets", "UTF_8", "getInstance", "nextInt", "nextBytes", "new"}
    ),
    "c": frozenset({"strlcpy", "strlcat", "fgets", "sizeof", "stdin", "mkstemp"}),
    "rust": frozenset({"bind", "Sha256", "digest", "OsRng", "rand"}),
    "ruby": frozenset({"SecureRandom", "hex", "urlsafe_base64", "safe_load", "Digest", "SHA256", "hexdigest", "secure_compare", "ActiveSupport",
                       "SecurityUtils", "sanitize", "h", "ERB", "Util", "html_escape", "Shellwords", "File", "basename", "httponly", "secure", "where"}),
    "bash": frozenset(),
    "yaml": frozenset(
        {"securityContext", "privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "runAsNonRoot", "capabilities", "drop",
         "resources", "limits", "memory", "cpu", "requests", "automountServiceAccountToken", "permissions", "contents", "read", "persist"}
    ),
    "terraform": frozenset(
        {"encrypted", "private", "storage_encrypted", "publicly_accessible", "enable_key_rotation", "http_tokens", "metadata_options",
         "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets", "logging", "min_tls_version", "sensitive"}
    ),
}  # fmt: skip
"""Words that a remedy may bring."""

TEXTS = frozenset(
    {"sha256", "sha384", "sha512", "utf8", "utf", "8", "hex", "base64url", "base64", "strict", "lax", "Strict", "Lax", "none", "TLSv1", "2", "3",
     "aes", "256", "gcm", "HS256", "RS256", "ES256", "private", "required", "https", "?", "$1", "$2", "$3", "'", '"', "`", "$", "1", "SHA", "text", "plain", "=", "/", "-"}
)  # fmt: skip
"""Pieces of text that a remedy may bring."""

PAIRS = frozenset(
    {("rejectUnauthorized", "true"), ("secure", "true"), ("httpOnly", "true"), ("strictSSL", "true"), ("contextIsolation", "true"), ("sandbox", "true"),
     ("nodeIntegration", "false"), ("webSecurity", "true"), ("noent", "false"), ("nonet", "true"), ("InsecureSkipVerify", "false"), ("HttpOnly", "true"),
     ("Secure", "true"), ("setSecure", "true"), ("setHttpOnly", "true"), ("shell", "false"), ("httponly", "true"), ("autoescape", "true"), ("escape", "true"),
     ("privileged", "false"), ("allowPrivilegeEscalation", "false"), ("readOnlyRootFilesystem", "true"), ("runAsNonRoot", "true"), ("hostNetwork", "false"),
     ("hostPID", "false"), ("hostIPC", "false"), ("automountServiceAccountToken", "false"), ("encrypted", "true"), ("storage_encrypted", "true"),
     ("publicly_accessible", "false"), ("enable_key_rotation", "true"), ("block_public_acls", "true"), ("block_public_policy", "true"),
     ("ignore_public_acls", "true"), ("restrict_public_buckets", "true"), ("credentials", "false"), ("verify", "true"), ("debug", "false")}
)  # fmt: skip
"""Settings that a remedy may bring, with their value."""

LOSABLE = frozenset(
    {"rejectUnauthorized", "strictSSL", "InsecureSkipVerify", "shell", "noent", "nodeIntegration", "debug"}
)
"""Settings whose loss is the remedy."""

NUMBERS = frozenset({"0", "1", "8", "12", "16", "24", "32", "64", "5000", "10000", "30000", "256"})
"""Numbers that a remedy may bring: lengths of keys and tokens, times, indexes of parameters."""

LOST_TEXTS = re.compile(
    r"(?i)md[245]|sha-?1|des3?(?:-\w+)*|rc[24]|blowfish|aes-\d+-ecb|0\.0\.0\.0(?:/0)?|\*|http|public-read(?:-write)?|tlsv1(?:\.[01])?|sslv3|.{0,2}"
)
"""Short texts that may go with the flaw."""
