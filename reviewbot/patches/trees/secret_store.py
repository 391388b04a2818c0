"""Secrets in JavaScript, Java, Go, Ruby and shell: the literal gives way to a variable of the environment."""

import re
from collections.abc import Sequence

from tree_sitter import Node

from reviewbot.domain.secret_kinds import find_secrets
from reviewbot.patches.fixing import Asked, Fix, Mended, Unmended
from reviewbot.patches.trees.grammars import SCRIPTS, ending
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, above, fix

_STRINGS = (
    "string",
    "template_string",
    "string_literal",
    "interpreted_string_literal",
    "raw_string_literal",
    "raw_string",
    "word",
)
_MARKS = "\"'`"
_GENERIC = {
    "KEY",
    "TOKEN",
    "SECRET",
    "VALUE",
    "URL",
    "AUTH",
    "PASSWORD",
    "DEFAULT",
    "ID",
    "SID",
    "URI",
    "DSN",
}
_READABLE = SCRIPTS | {"java", "go", "rb", "rake", "sh", "bash"}
# Of a call that takes a key: which argument it is, and what the variable is called.
_KEY_ARGUMENTS = {
    "sign": (1, "JWT_KEY"),
    "verify": (1, "JWT_KEY"),
    "createHmac": (1, "HMAC_KEY"),
    "cookieParser": (0, "COOKIE_SECRET"),
}
_KEY_OPTIONS = {"secret": "SESSION_SECRET", "keys": "SESSION_SECRET", "secretOrKey": "JWT_KEY"}


def variable_name(words: str, otherwise: str) -> str:
    """Turn what a secret is called in code into the name of a variable: `dbPassword` is `DB_PASSWORD`.

    Where that says too little, `otherwise` (a kind such as `stripe-key`) says more.
    """
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words.strip("\"'@$:"))
    name = re.sub(r"[^A-Za-z0-9]+", "_", parted).strip("_").upper()
    if name in _GENERIC or not re.fullmatch(r"[A-Z][A-Z0-9_]{2,59}", name):
        more = re.sub(r"[^A-Z0-9]+", "_", otherwise.upper()).removeprefix("GENERIC_")
        return more or name
    return name


def _stored(parsed: Parsed) -> Rewritten | Unmended:
    """Read each secret on the finding's lines from a variable."""
    edits: list[Edit] = []
    needs_os = False
    for literal, kind in _secrets(parsed):
        if parsed.source.count(parsed.text(literal).strip(_MARKS).encode()) > 1:
            return Unmended("the same text stands elsewhere in the file too")
        default = _of_default(parsed, literal)
        name = variable_name(_called(parsed, literal), kind)
        read = _read(parsed, literal, name) if default is None else default[1]
        if read is None:
            return UNCLEAR
        whole = literal if default is None else default[0]
        edits.append((whole.start_byte, whole.end_byte, read))
        needs_os = ending(parsed.asked.path) == "go"
    if not edits:
        return Unmended("the secret is not a whole text of its own")
    if needs_os:
        added = _go_import(parsed)
        if added is None:
            return UNCLEAR
        edits += added
    return Rewritten(edits)


def _of_default(parsed: Parsed, literal: Node) -> tuple[Node, str] | None:
    """Read `process.env.NAME || "secret"`: there is a variable already, which then has no default."""
    outer = literal.parent
    if outer is None or parsed.text(outer.child_by_field_name("operator")) not in {"||", "??"}:
        return None
    left = parsed.text(outer.child_by_field_name("left"))
    return (outer, left + ("!" if parsed.typed else "")) if re.fullmatch(r"process\.env\.\w+", left) else None


def _secrets(parsed: Parsed) -> list[tuple[Node, str]]:
    """Give the literals on the finding's lines that are secrets, each with its kind."""
    literals = [one for one in parsed.nodes(*_STRINGS) if _plain(parsed, one)]
    if parsed.asked.rule == "javascript-key-in-code":
        return [(one, name) for one in literals if (name := _used_as_key(parsed, one))]
    found: list[tuple[Node, str]] = []
    for match in find_secrets(parsed.asked.text):
        if parsed.asked.overlaps(match.line, match.last_line) and match.line == match.last_line:
            found += [(one, match.kind) for one in literals if _is_whole(parsed.text(one), match.values)]
    return list({one.id: (one, kind) for one, kind in found}.values())


def _plain(parsed: Parsed, one: Node) -> bool:
    text = parsed.text(one)
    substitutes = any(child.type not in {"string_fragment", "string_content", "interpreted_string_literal_content"}
                      for child in one.named_children)  # fmt: skip
    return not substitutes and "\n" not in text and (one.parent is None or one.parent.type not in _STRINGS)


def _is_whole(text: str, values: Sequence[str]) -> bool:
    """Say whether a literal is nothing but the secret, or an address that holds it."""
    inner = text.strip(_MARKS)
    return any(
        inner == value or (value in inner and re.match(r"[a-z][a-z0-9+.-]*://\S+$", inner))
        for value in values
    )


def _used_as_key(parsed: Parsed, one: Node) -> str:
    """Say what a string is called as a key; "" if it is none."""
    outer = one.parent
    if outer is None:
        return ""
    if outer.type == "arguments" and outer.parent is not None:
        name = parsed.text(outer.parent.child_by_field_name("function")).rpartition(".")[2]
        position, called = _KEY_ARGUMENTS.get(name, (-1, ""))
        return called if position >= 0 and outer.named_children[position : position + 1] == [one] else ""
    if outer.type == "array" and outer.parent is not None:
        outer = outer.parent
    if outer.type == "pair":
        return _KEY_OPTIONS.get(parsed.text(outer.child_by_field_name("key")).strip("\"'"), "")
    return "SIGNING_KEY" if outer.type in {"variable_declarator", "assignment_expression"} else ""


def _called(parsed: Parsed, literal: Node) -> str:
    """Give what a literal is called where it stands: the variable, field or key that it is for."""
    named = literal.parent is not None and literal.parent.type in {
        "variable_declarator",
        "assignment_expression",
    }
    if parsed.asked.rule == "javascript-key-in-code" and not named:
        return ""
    for outer in above(literal):
        for field in ("name", "left", "key"):
            target = outer.child_by_field_name(field)
            if target is not None and target.end_byte <= literal.start_byte:
                return re.split(r"[.\s\[\]:]", parsed.text(target).strip("[]\"'"))[-1]
        if outer.type not in {"expression_list", "literal_element", "array", "non_null_expression"}:
            return ""
    return ""


def _read(parsed: Parsed, literal: Node, name: str) -> str | None:
    """Write how a variable is read in the file's language; None where no call may stand."""
    end = ending(parsed.asked.path)
    if end in SCRIPTS:
        outer = literal.parent
        as_key = outer is not None and outer.type in {
            "import_statement",
            "jsx_attribute",
            "literal_type",
            "enum_assignment",
        }
        keyed = outer is not None and outer.child_by_field_name("key") == literal
        return None if as_key or keyed else f"process.env.{name}" + ("!" if parsed.typed else "")
    kinds = {one.type for one in above(literal)}
    if end == "java":
        return (
            None
            if {"annotation", "annotation_argument_list", "switch_label"} & kinds
            else f'System.getenv("{name}")'
        )
    if end == "go":
        return (
            None
            if {"const_declaration", "expression_case", "import_declaration"} & kinds
            else f'os.Getenv("{name}")'
        )
    if end in {"rb", "rake"}:
        return f'ENV.fetch("{name}")'
    assigned = literal.parent is not None and literal.parent.type == "variable_assignment"
    return f'"${{{name}:?}}"' if assigned else None


def _go_import(parsed: Parsed) -> list[Edit] | None:
    """Import `os`, in its place among the others."""
    specs = parsed.everywhere("import_spec")
    paths = [parsed.text(one.child_by_field_name("path")) for one in specs]
    if '"os"' in paths:
        return [] if parsed.text(specs[paths.index('"os"')]) == '"os"' else None
    lists = parsed.everywhere("import_spec_list")
    if lists and lists[0].named_children:
        later = [
            one for one, path in zip(specs, paths, strict=True) if path > '"os"' and one.parent == lists[0]
        ]
        if later:
            return [(later[0].start_byte, later[0].start_byte, '"os"\n' + parsed.indent(later[0].start_byte))]
        last = lists[0].named_children[-1]
        return [(last.end_byte, last.end_byte, "\n" + parsed.indent(last.start_byte) + '"os"')]
    single = parsed.everywhere("import_declaration") or parsed.everywhere("package_clause")
    if not single:
        return None
    gap = "\n" if single[0].type == "import_declaration" else "\n\n"
    return [(single[-1].end_byte, single[-1].end_byte, f'{gap}import "os"')]


def _by_ending(asked: Asked) -> Mended | Unmended:
    if ending(asked.path) not in _READABLE:
        return Unmended("the file is read as it stands, so nothing in it can come from the environment")
    return fix(_stored, _READABLE)(asked)


FIXES: dict[str, Fix] = {"secret-store": _by_ending}
"""Structural fixes by name."""
