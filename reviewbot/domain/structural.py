"""The structural fixes that a rule may name under `fix: structural:`, with what each does in a sentence.

The code is in `reviewbot.patches`, in the module named here; it runs in the sandbox alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StructuralFix:
    """A fix by name. `languages` are semgrep's names, `module` is relative to `reviewbot.patches`."""

    name: str
    languages: tuple[str, ...]
    module: str
    sentence: str


_PYTHON = ("python",)
_SCRIPTS = ("javascript", "typescript")
_SETTINGS = ("yaml", "terraform", "dockerfile", "bash", "generic", "regex")

STRUCTURAL: dict[str, StructuralFix] = {
    fix.name: fix
    for fix in (
        # python.injection and its neighbours: what is built from text
        StructuralFix(
            "sql-parameters", _PYTHON, "python.sql", "Passes the values as parameters of the statement."
        ),
        StructuralFix(
            "subprocess-list",
            _PYTHON,
            "python.shell",
            "Runs the program with a list of arguments and no shell.",
        ),
        StructuralFix(
            "yaml-safe-load",
            _PYTHON,
            "python.loading",
            "Reads the document with the safe loader, which makes plain values only.",
        ),
        StructuralFix(
            "literal-eval",
            _PYTHON,
            "python.loading",
            "Reads the value with ast.literal_eval, which runs nothing.",
        ),
        StructuralFix(
            "tar-filter",
            _PYTHON,
            "python.loading",
            "Unpacks with the filter for data, which refuses names that lead out of the folder.",
        ),
        StructuralFix(
            "defused-xml",
            _PYTHON,
            "python.xml_parsing",
            "Parses with defusedxml, which refuses documents with entities.",
        ),
        StructuralFix(
            "closed-xml-parser",
            _PYTHON,
            "python.xml_parsing",
            "Parses without resolving entities or loading anything.",
        ),
        StructuralFix("html-escape", _PYTHON, "python.escaping", "Escapes the value for the page."),
        StructuralFix(
            "regex-escape",
            _PYTHON,
            "python.escaping",
            "Escapes the text, so that it is searched for as it is.",
        ),
        StructuralFix(
            "ldap-escape",
            _PYTHON,
            "python.escaping",
            "Escapes the value for its place in the filter or name.",
        ),
        StructuralFix(
            "secure-filename",
            _PYTHON,
            "python.escaping",
            "Takes folders and special characters out of the name.",
        ),
        StructuralFix(
            "template-variables",
            _PYTHON,
            "python.handed",
            "Keeps the template fixed and passes the values as its variables.",
        ),
        StructuralFix(
            "markup-format", _PYTHON, "python.beside_text", "Lets the markup escape what is put in."
        ),
        StructuralFix(
            "log-arguments",
            _PYTHON,
            "python.beside_text",
            "Writes the value with its line breaks made visible.",
        ),
        StructuralFix(
            "lxml-variables", _PYTHON, "python.handed", "Passes the values as variables of the expression."
        ),
        StructuralFix("header-one-line", _PYTHON, "python.one_line", "Takes line breaks out of the value."),
        StructuralFix(
            "mail-one-line",
            _PYTHON,
            "python.one_line",
            "Takes line breaks out of the values in the mail's headers.",
        ),
        StructuralFix(
            "query-text",
            _PYTHON,
            "python.compared",
            "Makes the values of the query text, so that they carry no operators.",
        ),
        StructuralFix("host-compared", _PYTHON, "python.compared", "Compares the whole host of the address."),
        StructuralFix("path-inside", _PYTHON, "python.paths", "Refuses a path that leads out of its folder."),
        StructuralFix(
            "redirect-inside", _PYTHON, "python.redirects", "Refuses an address that leads to another site."
        ),
        # python.settings and its neighbours: what is set wrongly
        StructuralFix(
            "tls-verification", _PYTHON, "python.tls", "Has certificates and host names checked again."
        ),
        StructuralFix(
            "peer-verified",
            _PYTHON,
            "python.tls_openssl",
            "Has the context check who answers, against the roots of the system.",
        ),
        StructuralFix("tls-version", _PYTHON, "python.tls_versions", "Asks for TLS 1.2 at least."),
        StructuralFix(
            "request-timeout", _PYTHON, "python.timeouts", "Gives up after ten seconds without an answer."
        ),
        StructuralFix(
            "cookie-secure", _PYTHON, "python.cookies", "Has the cookie sent over encrypted connections only."
        ),
        StructuralFix(
            "cookie-httponly", _PYTHON, "python.cookies", "Keeps the cookie from scripts in the page."
        ),
        StructuralFix(
            "csrf-check",
            _PYTHON,
            "python.csrf",
            "Switches the check on again: forms without a token are refused.",
        ),
        StructuralFix("debug-off", _PYTHON, "python.debugging", "Switches the debugger off."),
        StructuralFix("protection-headers", _PYTHON, "python.headers", "Switches the protection on again."),
        StructuralFix(
            "approved-hash",
            _PYTHON,
            "python.hashes",
            "Uses SHA-256: digests that were kept or sent before no longer match.",
        ),
        StructuralFix(
            "unguessable",
            _PYTHON,
            "python.randomness",
            "Draws the value from the generator that is meant for secrets.",
        ),
        StructuralFix("random-seed", _PYTHON, "python.randomness", "Seeds with random bits of the system."),
        StructuralFix(
            "constant-time",
            _PYTHON,
            "python.comparison",
            "Compares in a time that does not tell where the values differ.",
        ),
        StructuralFix(
            "temporary-file", _PYTHON, "python.temporary", "Makes the file in the same step as its name."
        ),
        StructuralFix(
            "token-verified", _PYTHON, "python.tokens", "Verifies the signature with the key that is given."
        ),
        StructuralFix("owner-only", _PYTHON, "python.modes", "Leaves the rights to the owner alone."),
        StructuralFix(
            "local-address", _PYTHON, "python.interfaces", "Listens on this machine's own address only."
        ),
        StructuralFix("autoescape", _PYTHON, "python.autoescape", "Escapes what is put into HTML and XML."),
        StructuralFix("host-checked", _PYTHON, "python.ssh", "Refuses hosts whose key is not known."),
        StructuralFix(
            "more-rounds",
            _PYTHON,
            "python.rounds",
            "Raises the number to what is advised: hashes that were made with fewer rounds have to be made anew.",
        ),
        StructuralFix(
            "longer-key", _PYTHON, "python.rounds", "Makes keys of 3072 bits, or on a curve of 256."
        ),
        StructuralFix(
            "made-anew",
            _PYTHON,
            "python.fresh",
            "Makes a new value each time, which goes along with the result.",
        ),
        StructuralFix(
            "raised-check", _PYTHON, "python.asserts", "Raises the error in a statement that always runs."
        ),
        StructuralFix(
            "error-let-through",
            _PYTHON,
            "python.asserts",
            "Raises the error again, so that nothing goes on after it.",
        ),
        StructuralFix("encrypted-login", _PYTHON, "python.logins", "Starts TLS before the password is sent."),
        StructuralFix(
            "current-function", _PYTHON, "python.obsolete", "Calls the function that took its place."
        ),
        # trees: other languages
        StructuralFix(
            "script-setting", _SCRIPTS, "trees.options", "Sets the option to the value that protects."
        ),
        StructuralFix(
            "script-file-mode", _SCRIPTS, "trees.options", "Lets only owner and group write the file."
        ),
        StructuralFix(
            "cookie-attributes-script",
            _SCRIPTS,
            "trees.cookies",
            "Keeps the cookie from scripts, plain HTTP and other sites.",
        ),
        StructuralFix(
            "script-sha256", _SCRIPTS, "trees.randomness", "Uses SHA-256 in the place of a broken hash."
        ),
        StructuralFix(
            "script-unguessable",
            _SCRIPTS,
            "trees.randomness",
            "Takes the value from the random numbers meant for secrets.",
        ),
        StructuralFix(
            "script-constant-time",
            _SCRIPTS,
            "trees.comparison",
            "Compares in a time that does not depend on where the texts differ.",
        ),
        StructuralFix(
            "sql-parameters-script",
            _SCRIPTS,
            "trees.sql",
            "Passes the values as parameters of the statement.",
        ),
        StructuralFix(
            "script-without-shell",
            _SCRIPTS,
            "trees.shell",
            "Starts the program with a list of arguments, without a shell.",
        ),
        StructuralFix(
            "script-path-inside", _SCRIPTS, "trees.paths", "Gives up where the path leads out of its folder."
        ),
        StructuralFix(
            "script-own-path",
            _SCRIPTS,
            "trees.targets",
            "Goes only to paths of this site, and else to its first page.",
        ),
        StructuralFix(
            "script-own-key", _SCRIPTS, "trees.targets", "Takes only keys that the object has itself."
        ),
        StructuralFix(
            "page-text", _SCRIPTS, "trees.page", "Puts the text in as text, so that nothing in it is markup."
        ),
        StructuralFix(
            "message-to-origin", _SCRIPTS, "trees.page", "Sends the message to pages of one origin only."
        ),
        StructuralFix(
            "message-from-origin", _SCRIPTS, "trees.page", "Takes messages from pages of the own origin only."
        ),
        StructuralFix(
            "query-value-string",
            _SCRIPTS,
            "trees.values",
            "Makes a text of each value before it gets into the query.",
        ),
        StructuralFix(
            "log-value-json",
            _SCRIPTS,
            "trees.values",
            "Writes the value as JSON, so that it stays on its line.",
        ),
        StructuralFix(
            "pattern-escaped",
            _SCRIPTS,
            "trees.values",
            "Escapes the text, so that the pattern finds it as it stands.",
        ),
        StructuralFix(
            "plain-data", _SCRIPTS, "trees.values", "Reads plain data, which cannot hold functions."
        ),
        StructuralFix(
            "ldap-filter-object",
            _SCRIPTS,
            "trees.values",
            "Builds the filter as an object, so that the value stays a value.",
        ),
        StructuralFix(
            "xpath-variables", _SCRIPTS, "trees.xpath", "Passes the values as variables of the expression."
        ),
        StructuralFix(
            "secret-store",
            ("*",),
            "secret_store",
            "Reads the secret from outside the code; the one that stands in it has to be revoked.",
        ),
        StructuralFix(
            "line-setting",
            _SETTINGS,
            "trees.settings",
            "Sets what is set wrongly to the value that protects.",
        ),
        StructuralFix(
            "image-user",
            ("dockerfile", "generic"),
            "trees.blocks",
            "Runs the program as a user without rights.",
        ),
        StructuralFix(
            "image-without-sudo",
            ("dockerfile",),
            "trees.blocks",
            "Leaves sudo out: the build runs as root anyway.",
        ),
        StructuralFix("storage-encrypted", ("terraform",), "trees.blocks", "Switches encryption on."),
        StructuralFix(
            "fewer-capabilities",
            ("yaml",),
            "trees.blocks",
            "Leaves out the capabilities that give the host away.",
        ),
        StructuralFix(
            "docker-tls", ("yaml",), "trees.blocks", "Lets the daemon make certificates, and take TLS alone."
        ),
        StructuralFix(
            "script-value-in-variable",
            ("yaml",),
            "trees.injection",
            "Hands the value to the script in a variable.",
        ),
        StructuralFix(
            "agent-variable",
            ("yaml",),
            "trees.injection",
            "Reads the value from the variable that the agent sets.",
        ),
        StructuralFix(
            "job-reads-only", ("yaml",), "trees.permissions", "Lets the job read the code, and nothing else."
        ),
        StructuralFix(
            "checkout-without-token",
            ("yaml",),
            "trees.permissions",
            "Lets the checkout keep no token in the tree.",
        ),
        StructuralFix(
            "template-fields",
            _SCRIPTS,
            "trees.xpath",
            "Keeps the template fixed and hands it the values as data.",
        ),
    )
}
"""By name."""

SHIPPED_ONLY = frozenset({"line-setting", "script-setting"})
"""Those that know their settings by the names of the rules that come with the program, so that no other rule can use them."""
