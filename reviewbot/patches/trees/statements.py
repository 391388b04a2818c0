"""Statements of JavaScript: lines put in before one, and how the code around it gives up."""

import re
from collections.abc import Sequence

from tree_sitter import Node

from reviewbot.patches.trees.source import Edit, Parsed, above
from reviewbot.patches.trees.style import semicolon

_BLOCKS = ("program", "statement_block")
_FUNCTIONS = (
    "arrow_function",
    "function_expression",
    "function_declaration",
    "method_definition",
    "generator_function",
)
_STRAIGHT = {"arguments", "call_expression", "member_expression", "await_expression", "assignment_expression", "new_expression",
             "variable_declarator", "lexical_declaration", "variable_declaration", "return_statement", "expression_statement",
             "pair", "object", "array", "parenthesized_expression", "subscript_expression", "augmented_assignment_expression"}  # fmt: skip
_PURE = {"identifier", "member_expression", "subscript_expression", "string", "template_string", "string_fragment", "number",
         "template_substitution", "property_identifier", "binary_expression", "parenthesized_expression", "this", "escape_sequence",
         "non_null_expression", "optional_chain"}  # fmt: skip
_PURE_CALLS = re.compile(
    r"path\.(join|resolve|normalize)|decodeURIComponent|decodeURI|String|[\w.]+\.toString|(?:params|searchParams)\.get|[\w.]+\.slice"
)
_GOES_ON = {
    b"(",
    b"[",
    b"`",
    b"/",
    b"+",
    b"-",
}  # a line that begins so goes on with the one above, if that has no semicolon
_ANSWERS = re.compile(r"\bres\s*\.\s*(?:status|send|json|sendFile|sendStatus|download|render|redirect)\s*\(")


def statement_of(node: Node) -> Node | None:
    """Give the statement that a node always runs in, whole in a block; None where it runs only sometimes."""
    inner = node
    for one in above(node):
        if one.type in _BLOCKS:
            return inner
        if one.type not in _STRAIGHT and not _condition(one, inner):
            return None
        inner = one
    return None


def _condition(one: Node, inner: Node) -> bool:
    return one.type == "if_statement" and one.child_by_field_name("condition") == inner


def pure(parsed: Parsed, node: Node) -> bool:
    """Say whether an expression may be worked out earlier: it does nothing."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type == "call_expression":
            arguments = one.child_by_field_name("arguments")
            if (
                not _PURE_CALLS.fullmatch(parsed.text(one.child_by_field_name("function")))
                or arguments is None
            ):
                return False
            waiting += arguments.named_children
        elif one.is_named and one.type not in _PURE:
            return False
        else:
            waiting += one.children
    return True


def before(parsed: Parsed, statement: Node, lines: Sequence[str]) -> Edit:
    """Put lines in before a statement, indented as it is."""
    start = statement.start_byte
    if parsed.source[parsed.line_start(start) : start].strip(b" \t"):
        # Other code stands before it on the line.
        return start, start, " ".join(ended(line.strip(" \t")) for line in lines) + " "
    indent = parsed.indent(start)
    if parsed.source[start : start + 1] in _GOES_ON:
        lines = [*lines[:-1], ended(lines[-1])]
    return start, start, "".join(line + "\n" + indent for line in lines)


def ended(line: str) -> str:
    """End a statement with a semicolon, whatever the file's manner: where a line end does not do it."""
    return line if line.endswith((";", "{", "}")) else f"{line};"


def step(parsed: Parsed) -> str:
    """Give what one level is indented by."""
    for line in parsed.asked.text.split("\n"):
        if line.startswith("\t"):
            return "\t"
        spaces = len(line) - len(line.lstrip(" "))
        if spaces and line.strip() and not line.lstrip(" ").startswith("*"):
            return " " * min(spaces, 8)
    return "  "


def guard(parsed: Parsed, statement: Node, condition: str, why: str) -> list[str]:
    """Write `if (condition) { give up }`, as lines: an answer in a handler of Express, else an error."""
    end = semicolon(parsed)
    mark = '"'
    if not _handler(parsed, statement):
        refusal = [f"throw new Error({mark}{why}{mark}){end}"]
    elif _gives_nothing(parsed, statement):
        refusal = [f"res.status(400).end(){end}", f"return{end}"]
    else:
        refusal = [f"return res.status(400).end(){end}"]
    return [f"if ({condition}) {{", *(step(parsed) + line for line in refusal), "}"]


def _gives_nothing(parsed: Parsed, statement: Node) -> bool:
    """Say whether the types say that the function gives nothing back: then a value is an error."""
    function = next((one for one in above(statement) if one.type in _FUNCTIONS), None)
    kind = function.child_by_field_name("return_type") if function is not None else None
    return kind is not None and re.search(r"\bvoid\b", parsed.text(kind)) is not None


def _handler(parsed: Parsed, statement: Node) -> bool:
    """Say whether a statement stands right in a function (req, res) that answers in the way of Express."""
    function = next((one for one in above(statement) if one.type in _FUNCTIONS), None)
    if function is None:
        return False
    parameters = function.child_by_field_name("parameters")
    names = (
        [parsed.text(one).partition(":")[0].strip() for one in parameters.named_children]
        if parameters
        else []
    )
    return (
        names[:2] in (["req", "res"], ["request", "res"])
        and _ANSWERS.search(parsed.text(function)) is not None
    )


def fresh(parsed: Parsed, base: str, earlier: int) -> str:
    """Give a name that the file has not, a different one for each of the like places before this one.

    Patches of several findings may all be applied, so the name must not hang on which of them are.
    """
    words = {
        parsed.text(node) for node in parsed.everywhere("identifier", "shorthand_property_identifier_pattern")
    }
    names = (base if number == 1 else f"{base}{number}" for number in range(1, len(words) + earlier + 3))
    free = [name for name in names if name not in words]
    return free[earlier]
