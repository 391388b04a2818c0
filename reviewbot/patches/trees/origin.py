"""Which part of an expression somebody outside chose, as far as a file's own text tells."""

import re

from tree_sitter import Node

from reviewbot.patches.trees.source import Parsed, above, walk

_ASKED = re.compile(
    r"""\b(?:(?:this\.)?(?:req|request)|ctx(?:\.request)?|context(?:\.request)?)\s*\??\.\s*
        (?:query|body|params|cookies|headers|rawBody|files|url|originalUrl|path|querystring|param|header|json|get|nextUrl)\b
      | \bevent\.(?:queryStringParameters|pathParameters|body|data)\b
      | \blocation\.(?:hash|search|href)\b | \bdocument\.(?:referrer|URL|documentURI)\b | \bwindow\.name\b
      | \b(?:params|searchParams|urlParams|queryParams|urlSearchParams)\.get(?:All)?\(
      | \bnew\s+URLSearchParams\b | \buseSearchParams\(""",
    re.VERBOSE,
)
_CLEAN = re.compile(
    r"(?s)(?:Number|parseInt|parseFloat|Number\.parseInt|Number\.parseFloat|Boolean|BigInt)\(.*\)|.*\.length|\+\w.*"
)
_DEEPEST = 5
_SCOPES = (
    "program",
    "statement_block",
    "function_declaration",
    "arrow_function",
    "function_expression",
    "class_body",
)


def from_outside(parsed: Parsed, node: Node, depth: int = 0) -> bool:
    """Say whether an expression visibly holds what a request or a page's address gave."""
    if _CLEAN.fullmatch(parsed.text(node)):
        return False
    if _ASKED.search(parsed.text(node)):
        return True
    if depth == _DEEPEST:
        return False
    for name in (one for one in walk(node) if one.type == "identifier"):
        value = value_of(parsed, name)
        if value is not None and from_outside(parsed, value, depth + 1):
            return True
    return False


def declarator(parsed: Parsed, name: Node) -> Node | None:
    """Find the declaration of a variable that a name means: the nearest one above it in its scopes."""
    scopes = {scope.id for scope in above(name)}
    best: Node | None = None
    for one in parsed.declarators(parsed.text(name)):
        holder = next((scope for scope in above(one) if scope.type in _SCOPES), None)
        if one.start_byte < name.start_byte and holder is not None and holder.id in scopes:
            best = one
    return best


def value_of(parsed: Parsed, name: Node) -> Node | None:
    """Give what a variable begins with; None if that is not known."""
    one = declarator(parsed, name)
    value = one.child_by_field_name("value") if one is not None else None
    if value is None or value.start_byte <= name.start_byte < value.end_byte:
        return None
    return value


def single(parsed: Parsed, nodes: list[Node]) -> list[Node]:
    """Choose what has to be guarded of the expressions in a text: the only one, or those from outside."""
    return nodes if len(nodes) == 1 else [node for node in nodes if from_outside(parsed, node)]
