"""What a new rule begins with, for each language: a pattern and examples that pass `rules test` as they are."""

from dataclasses import dataclass

from reviewbot.scanners import languages


@dataclass(frozen=True, slots=True)
class Starter:
    """A pattern with code that it finds and code that it does not; the same for data that flows."""

    pattern: str
    bad: str
    good: str
    clean: str
    comment: str = "#"
    taint: tuple[str, str, str] | None = None  # bad, good, clean


_CALL = "dangerous_call(...)"
_FLOW = ('{0} = read_input(){1}\nrun_statement("find " + {0}){1}', '{0} = cleaned(read_input()){1}\nrun_statement("find " + {0}){1}', '{0} = "all"{1}\nrun_statement("find " + {0}){1}')  # fmt: skip
SOURCE, SINK, SANITIZER = "read_input(...)", "run_statement($DATA)", "cleaned(...)"


def _calls(end: str, comment: str, before: str = "", after: str = "", flow: str = "") -> Starter:
    def whole(code: str) -> str:
        inner = "\n".join(("    " if before else "") + line for line in code.split("\n"))
        return before + inner + after

    taint = tuple(whole(part.format(flow, end)) for part in _FLOW) if flow else None
    return Starter(
        _CALL, whole(f"dangerous_call(value){end}"), whole(f"safe_call(value){end}"),
        whole(f'log("dangerous_call is gone"){end}'), comment, (taint[0], taint[1], taint[2]) if taint else None,
    )  # fmt: skip


_SCRIPT = _calls(";", "//", flow="const name")
_SCRIPT_FLOW = tuple(part.replace("+ const name", "+ name") for part in _SCRIPT.taint or ())
STARTERS: dict[str, Starter] = {
    "python": _calls("", "#", flow="name"),
    "javascript": Starter(_SCRIPT.pattern, _SCRIPT.bad, _SCRIPT.good, _SCRIPT.clean, "//", (_SCRIPT_FLOW[0], _SCRIPT_FLOW[1], _SCRIPT_FLOW[2])),
    "ruby": _calls("", "#", flow="name"),
    "go": _calls("", "//", "package app\n\nfunc run(value string) {\n", "\n}"),
    "java": _calls(";", "//", "class App {\n  void run(String value) {\n", "\n  }\n}"),
    "csharp": _calls(";", "//", "class App {\n  void Run(string value) {\n", "\n  }\n}"),
    "kotlin": _calls("", "//", "fun run(value: String) {\n", "\n}"),
    "rust": _calls(";", "//", "fn run(value: &str) {\n", "\n}"),
    "c": _calls(";", "//", "void run(char *value) {\n", "\n}"),
    "cpp": _calls(";", "//", "void run(char *value) {\n", "\n}"),
    "php": _calls(";", "//", "<?php\nfunction run($value) {\n", "\n}"),
    "bash": Starter("dangerous_call ...", 'dangerous_call "$1"', 'safe_call "$1"', 'echo "dangerous_call is gone"'),
    "yaml": Starter("dangerous: true", "dangerous: true", "dangerous: false", "# dangerous: true was here\nharmless: true"),
    "dockerfile": Starter("RUN dangerous_call ...", "FROM scratch\nRUN dangerous_call /srv", "FROM scratch\nRUN safe_call /srv", "FROM scratch\n# RUN dangerous_call /srv\nRUN true"),
    "generic": Starter(_CALL, "dangerous_call(value)", "safe_call(value)", "the dangerous call is gone"),
}  # fmt: skip
STARTERS["typescript"] = STARTERS["javascript"]
FILL_IN = "FILL_IN"


def starter(language: str) -> Starter:
    """Give what a rule of this language begins with; one that fails until it is filled in, if we have none."""
    known = STARTERS.get(language)
    return known or Starter(
        f"{FILL_IN}(...)",
        f"{FILL_IN}: code that the rule must find",
        f"{FILL_IN}: the same, mended",
        f"{FILL_IN}: what looks like it",
    )


def patterns(language: str) -> tuple[str, ...]:
    """Give the path patterns of a language's files."""
    if language == "dockerfile":
        return ("**/Dockerfile", "**/Dockerfile.*", "**/*.dockerfile")
    return tuple(f"**/*{end}" for end in languages.extensions_of(language)) or ("**",)
