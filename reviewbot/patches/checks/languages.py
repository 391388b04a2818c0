"""Which grammar reads which file, and how its language writes comments, imports and words of control."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language by the endings of its files. Without `module` there is no grammar for it.

    `family` is shared by languages that import alike.
    """

    name: str
    family: str
    endings: tuple[str, ...]
    module: str = ""
    function: str = "language"


_LANGUAGES = (
    Language("python", "python", (".py", ".pyi", ".pyw"), "tree_sitter_python"),
    Language("javascript", "script", (".js", ".jsx", ".mjs", ".cjs"), "tree_sitter_javascript"),
    Language(
        "typescript", "script", (".ts", ".mts", ".cts"), "tree_sitter_typescript", "language_typescript"
    ),
    Language("tsx", "script", (".tsx",), "tree_sitter_typescript", "language_tsx"),
    Language("go", "go", (".go",), "tree_sitter_go"),
    Language("java", "java", (".java",), "tree_sitter_java"),
    Language("c", "c", (".c", ".h"), "tree_sitter_c"),
    Language("cpp", "c", (".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx"), "tree_sitter_cpp"),
    Language("rust", "rust", (".rs",), "tree_sitter_rust"),
    Language("ruby", "ruby", (".rb", ".rake"), "tree_sitter_ruby"),
    Language("bash", "bash", (".sh", ".bash"), "tree_sitter_bash"),
    Language("json", "json", (".json", ".jsonl", ".webmanifest", ".geojson")),
    Language("yaml", "yaml", (".yml", ".yaml")),
    Language("terraform", "terraform", (".tf", ".tofu", ".hcl", ".tfvars")),
    Language("dockerfile", "dockerfile", (".dockerfile",)),
    Language("properties", "properties", (".properties", ".ini", ".cfg", ".conf", ".toml", ".env")),
)
TEXT = Language("text", "text", ())
"""What nothing is known of."""

_BY_ENDING = {ending: language for language in _LANGUAGES for ending in language.endings}
_BY_NAME = {one.name: one for one in _LANGUAGES}


def language_of(path: str) -> Language:
    """Tell a file's language by its name."""
    name = path.rpartition("/")[2].lower()
    if name.partition(".")[0] in {"dockerfile", "containerfile"}:
        return _BY_NAME["dockerfile"]
    return _BY_ENDING.get("." + name.rpartition(".")[2], TEXT) if "." in name else TEXT
