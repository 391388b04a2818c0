"""Languages that definitions are cut out of, as data: file endings, grammars and what to look for.

Each grammar is a wheel of its own, loaded when the first file of its language comes by. A language that is not in the table, or whose grammar is not installed, simply has no
definitions here: context is a help to the model, and nothing is decided by its absence.

Queries capture `@name` inside `@function`, `@type` or `@value` for definitions, and `@call`
(called, built, derived from) or `@word` (mentioned) for uses.
"""

from dataclasses import dataclass

_PYTHON = """
(function_definition name: (identifier) @name) @function
(class_definition name: (identifier) @name) @type
(module (expression_statement (assignment left: (identifier) @name)) @value)
"""
_PYTHON_USES = """
(call function: [(identifier) @call (attribute attribute: (identifier) @call)])
(decorator [(identifier) @call (attribute attribute: (identifier) @call)])
(class_definition superclasses: (argument_list (identifier) @call))
(identifier) @word
"""
_SCRIPT = """
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(method_definition name: (property_identifier) @name) @function
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)]) @function
(assignment_expression left: [(identifier) @name (member_expression property: (property_identifier) @name)]
  right: [(arrow_function) (function_expression)]) @function
(pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @function
(class_declaration name: (_) @name) @type
(program (lexical_declaration (variable_declarator name: (identifier) @name)) @value)
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name))) @value)
"""
_SCRIPT_USES = """
(call_expression function: [(identifier) @call (member_expression property: (property_identifier) @call)])
(new_expression constructor: (identifier) @call)
[(identifier) (property_identifier) (shorthand_property_identifier)] @word
"""
_MARKUP_USES = """
(jsx_opening_element name: (identifier) @call)
(jsx_self_closing_element name: (identifier) @call)
"""
_TYPESCRIPT = """
(abstract_class_declaration name: (_) @name) @type
(interface_declaration name: (_) @name) @type
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
"""
_TYPE_USES = "(type_identifier) @call"
_GO = """
(function_declaration name: (identifier) @name) @function
(method_declaration name: (field_identifier) @name) @function
(type_spec name: (type_identifier) @name) @type
(const_spec name: (identifier) @name) @value
"""
_GO_USES = """
(call_expression function: [(identifier) @call (selector_expression field: (field_identifier) @call)])
[(identifier) (field_identifier)] @word
"""
_JAVA = """
(method_declaration name: (identifier) @name) @function
(constructor_declaration name: (identifier) @name) @function
(class_declaration name: (identifier) @name) @type
(interface_declaration name: (identifier) @name) @type
(enum_declaration name: (identifier) @name) @type
(record_declaration name: (identifier) @name) @type
"""
_JAVA_USES = """
(method_invocation name: (identifier) @call)
(identifier) @word
"""
_C = """
(function_definition declarator: (function_declarator declarator: (identifier) @name)) @function
(function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))) @function
(struct_specifier name: (type_identifier) @name body: (_)) @type
(union_specifier name: (type_identifier) @name body: (_)) @type
(enum_specifier name: (type_identifier) @name body: (_)) @type
(type_definition declarator: (type_identifier) @name) @type
(preproc_function_def name: (identifier) @name) @function
(preproc_def name: (identifier) @name) @value
"""
_C_USES = """
(call_expression function: [(identifier) @call (field_expression field: (field_identifier) @call)])
[(identifier) (field_identifier)] @word
"""
_CPP = """
(function_definition declarator: (function_declarator declarator: (field_identifier) @name)) @function
(function_definition
  declarator: (function_declarator declarator: (qualified_identifier name: (identifier) @name))) @function
(class_specifier name: (type_identifier) @name body: (_)) @type
"""
_CPP_USES = "(call_expression function: (qualified_identifier name: (identifier) @call))"
_RUST = """
(function_item name: (identifier) @name) @function
(macro_definition name: (identifier) @name) @function
(struct_item name: (type_identifier) @name) @type
(enum_item name: (type_identifier) @name) @type
(union_item name: (type_identifier) @name) @type
(trait_item name: (type_identifier) @name) @type
(type_item name: (type_identifier) @name) @type
(const_item name: (identifier) @name) @value
(static_item name: (identifier) @name) @value
"""
_RUST_USES = """
(call_expression function: [
  (identifier) @call
  (field_expression field: (field_identifier) @call)
  (scoped_identifier name: (identifier) @call)])
(macro_invocation macro: (identifier) @call)
[(identifier) (field_identifier)] @word
"""
_RUBY = """
(method name: (_) @name) @function
(singleton_method name: (_) @name) @function
(class name: (constant) @name) @type
(module name: (constant) @name) @type
(program (assignment left: (constant) @name) @value)
"""
_RUBY_USES = """
(call method: (identifier) @call)
(constant) @call
(identifier) @word
"""
_BASH = "(function_definition name: (word) @name) @function"
_BASH_USES = "(command name: (command_name (word) @call))"


@dataclass(frozen=True, slots=True)
class Language:
    """A grammar and its queries. Languages of one `family` can use each other's definitions."""

    name: str
    family: str
    module: str
    endings: tuple[str, ...]
    definitions: str
    uses: str
    function: str = "language"


LANGUAGES = (
    Language("python", "python", "tree_sitter_python", (".py", ".pyi", ".pyw"), _PYTHON, _PYTHON_USES),
    Language(
        *("javascript", "script", "tree_sitter_javascript", (".js", ".jsx", ".mjs", ".cjs")),
        *(_SCRIPT, _SCRIPT_USES + _MARKUP_USES),
    ),
    Language(
        *("typescript", "script", "tree_sitter_typescript", (".ts", ".mts", ".cts")),
        *(_SCRIPT + _TYPESCRIPT, _SCRIPT_USES + _TYPE_USES, "language_typescript"),
    ),
    Language(
        *("tsx", "script", "tree_sitter_typescript", (".tsx",)),
        *(_SCRIPT + _TYPESCRIPT, _SCRIPT_USES + _MARKUP_USES + _TYPE_USES, "language_tsx"),
    ),
    Language("go", "go", "tree_sitter_go", (".go",), _GO, _GO_USES + _TYPE_USES),
    Language("java", "java", "tree_sitter_java", (".java",), _JAVA, _JAVA_USES + _TYPE_USES),
    Language("c", "c", "tree_sitter_c", (".c", ".h"), _C, _C_USES + _TYPE_USES),
    Language(
        *("cpp", "c", "tree_sitter_cpp", (".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx")),
        *(_C + _CPP, _C_USES + _CPP_USES + _TYPE_USES),
    ),
    Language("rust", "rust", "tree_sitter_rust", (".rs",), _RUST, _RUST_USES + _TYPE_USES),
    Language("ruby", "ruby", "tree_sitter_ruby", (".rb", ".rake"), _RUBY, _RUBY_USES),
    Language("bash", "bash", "tree_sitter_bash", (".sh", ".bash"), _BASH, _BASH_USES),
)
_BY_ENDING = {ending: language for language in LANGUAGES for ending in language.endings}


def language_of(path: str) -> Language | None:
    """Tell a file's language by the ending of its name."""
    name = path.rpartition("/")[2]
    return _BY_ENDING.get("." + name.rpartition(".")[2].lower()) if "." in name else None
