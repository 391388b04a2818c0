"""Which files are which language, in semgrep's terms, and the names that make semgrep see it.

Source: semgrep's own table (`semgrep_interfaces/lang.json` of 1.182). To it we add names that
people use and semgrep does not know (`Dockerfile.dev`, `Containerfile`, `.pyw`, `.mts`, upper-case
extensions, scripts known by their first line): those go into the tree under a name it does know.
"""

import re

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "bash": (".bash", ".sh"),
    "c": (".c", ".h"),
    "cairo": (".cairo",),
    "circom": (".circom",),
    "clojure": (".clj", ".cljs", ".cljc", ".edn"),
    "cpp": (
        ".cc",
        ".cpp",
        ".cxx",
        ".c++",
        ".pcc",
        ".tpp",
        ".C",
        ".h",
        ".hh",
        ".hpp",
        ".hxx",
        ".inl",
        ".ipp",
    ),
    "csharp": (".cs",),
    "dart": (".dart",),
    "dockerfile": (".dockerfile", ".Dockerfile"),
    "go": (".go",),
    "hack": (".hack", ".hck", ".hh"),
    "html": (".htm", ".html"),
    "java": (".java",),
    "js": (".cjs", ".js", ".jsx", ".mjs", ".ts", ".tsx"),  # semgrep runs JavaScript rules on TypeScript too
    "json": (".json", ".ipynb"),
    "jsonnet": (".jsonnet", ".libsonnet"),
    "julia": (".jl",),
    "kotlin": (".kt", ".kts", ".ktm"),
    "lisp": (".lisp", ".cl", ".el"),
    "lua": (".lua",),
    "ocaml": (".ml", ".mli"),
    "php": (".php", ".tpl", ".phtml"),
    "proto": (".proto",),
    "python": (".py", ".pyi"),
    "r": (".r", ".R"),
    "ruby": (".rb",),
    "rust": (".rs",),
    "scala": (".scala",),
    "scheme": (".scm", ".ss"),
    "solidity": (".sol",),
    "swift": (".swift",),
    "terraform": (".tf", ".tofu", ".hcl", ".tfvars"),
    "ts": (".ts", ".tsx"),
    "vue": (".vue",),
    "xml": (".xml", ".plist"),
    "yaml": (".yml", ".yaml"),
}
"""The extensions of each language that semgrep's rules can name."""

_ALIASES = {
    "c#": "csharp",
    "c++": "cpp",
    "docker": "dockerfile",
    "golang": "go",
    "hcl": "terraform",
    "javascript": "js",
    "kt": "kotlin",
    "proto3": "proto",
    "protobuf": "proto",
    "py": "python",
    "python2": "python",
    "python3": "python",
    "sh": "bash",
    "sol": "solidity",
    "tf": "terraform",
    "typescript": "ts",
}
ANY_TEXT = frozenset({"generic", "spacegrep", "aliengrep", "regex", "none"})
"""Languages whose rules look at every file."""

_KNOWN = frozenset(extension for extensions in EXTENSIONS.values() for extension in extensions)
_MORE = {
    ".bats": ".sh", ".cts": ".ts", ".es6": ".js", ".gemspec": ".rb", ".jsm": ".js", ".ksh": ".sh", ".mts": ".ts",
    ".php3": ".php", ".php4": ".php", ".php5": ".php", ".phps": ".php", ".py3": ".py", ".pyt": ".py",
    ".pyw": ".py", ".rake": ".rb", ".rbw": ".rb", ".ru": ".rb", ".wsgi": ".py", ".zsh": ".sh",
}  # fmt: skip
_DOCKER = re.compile(r"(?:(?:docker|container)file(?:\..*)?|.*\.(?:docker|container)file)", re.IGNORECASE)
_SHEBANG = re.compile(rb"#![ \t]*(?:/[^ \t\n]*/)?(?:env[ \t]+(?:-[^ \t\n]+[ \t]+)*)?([a-z]+)")
_INTERPRETERS = {
    b"bash": ".sh", b"dash": ".sh", b"ksh": ".sh", b"lua": ".lua", b"node": ".js", b"nodejs": ".js",
    b"php": ".php", b"pypy": ".py", b"python": ".py", b"ruby": ".rb", b"sh": ".sh", b"zsh": ".sh",
}  # fmt: skip


def extensions_of(language: str) -> tuple[str, ...]:
    """Give the extensions of a language as rules name it; none for one that looks at every file."""
    key = language.lower()
    return EXTENSIONS.get(_ALIASES.get(key, key), ())


def extension(path: str) -> str:
    """Give the last extension of a file's name with its dot, or nothing."""
    name = path.rpartition("/")[2]
    stem, dot, last = name.rpartition(".")
    return dot + last if stem.strip(".") else ""


def kind(path: str, content: bytes) -> str | None:
    """Give the extension under which semgrep knows this kind of file; None for no kind it knows.

    The name decides first, then, for a name that says nothing, the first line.
    """
    name = path.rpartition("/")[2]
    if _DOCKER.fullmatch(name):
        return ".dockerfile"
    own = extension(path)
    for candidate in (own, own.lower()):
        if candidate in _KNOWN:
            return candidate
        if candidate in _MORE:
            return _MORE[candidate]
    match = _SHEBANG.match(content[:200].removeprefix(b"\xef\xbb\xbf"))
    return _INTERPRETERS.get(match.group(1)) if match else None


def is_python(path: str, content: bytes) -> bool:
    """Say whether this is Python, by its name or its first line."""
    return kind(path, content) in EXTENSIONS["python"]
