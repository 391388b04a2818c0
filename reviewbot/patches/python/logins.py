"""Passwords are sent over TLS."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import imported, sibling
from reviewbot.patches.python.origins import made_by, plain
from reviewbot.patches.python.statements import after, before, line_of

_START = {
    # By what the connection is made with: how TLS is started on it, and what that imports.
    "smtplib.SMTP": ("starttls(context=ssl.create_default_context())", ("ssl",)),
    "imaplib.IMAP4": ("starttls(ssl.create_default_context())", ("ssl",)),
    "poplib.POP3": ("stls(ssl.create_default_context())", ("ssl",)),
    "ldap.initialize": ("start_tls_s()", ()),
}
_LOGINS = {"login", "user", "pass_", "simple_bind_s", "bind_s"}
_UNSEEN = Unmended("how the connection is made cannot be seen")


def encrypted(parsed: Parsed) -> Rewritten | Unmended:
    """Start TLS before the login, or connect with it."""
    for call in parsed.calls():
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in _LOGINS:
            return _started(parsed, call, call.func.value)
    return _address(parsed)


def _started(parsed: Parsed, call: cst.Call, connection: cst.BaseExpression) -> Rewritten | Unmended:
    made = made_by(parsed, connection)
    names = {imported(parsed, one.func) for one in made}
    line = _first_login(parsed, call, connection)
    if len(names) != 1 or line is None:
        return _UNSEEN
    name = names.pop()
    if name == "ftplib.FTP":
        return _ftp(parsed, call, connection, made)
    if name not in _START:
        return _UNSEEN
    text, imports = _START[name]
    return Rewritten([before(line, [f"{code(connection)}.{text}"])], imports)


def _first_login(
    parsed: Parsed, call: cst.Call, connection: cst.BaseExpression
) -> cst.SimpleStatementLine | None:
    """Give the line of the login; for POP3 that of `user`, which comes before the password."""
    line = line_of(parsed, call)
    block = parsed.parent(line) if line is not None else None
    if not isinstance(block, cst.IndentedBlock | cst.Module):
        return None
    names = m.SimpleStatementLine(body=[m.Expr(m.Call(func=m.Attribute(attr=m.Name("user"))))])
    said = f"{code(connection)}.user("
    above = block.body[: [one is line for one in block.body].index(True)]
    for one in above:
        if (
            isinstance(one, cst.SimpleStatementLine)
            and m.matches(one, names)
            and code(one.body[0]).startswith(said)
        ):
            return one
    return line


def _ftp(
    parsed: Parsed, call: cst.Call, connection: cst.BaseExpression, made: list[cst.Call]
) -> Rewritten | Unmended:
    """`FTP_TLS` logs in over TLS by itself; `prot_p` encrypts the files too."""
    line = line_of(parsed, call)
    renamed = sibling(parsed, made[0].func, "FTP_TLS") if len(made) == 1 else None
    if line is None or renamed is None or parsed.parent(call) is not line.body[0]:
        return _UNSEEN
    if len(made[0].args) > 1:
        return Unmended("the connection logs in when it is made")
    return Rewritten([*renamed.replacements, after(line, [f"{code(connection)}.prot_p()"])], renamed.imports)


def _address(parsed: Parsed) -> Rewritten | Unmended:
    """`requests.get("http://host/…", auth=…)`: https, where no port says that something else is meant."""
    for call in parsed.calls():
        if not imported(parsed, call.func).startswith(("requests.", "httpx.")) or not call.args:
            continue
        node = call.args[0].value
        text = plain(node)
        if isinstance(node, cst.SimpleString) and isinstance(text, str) and _portless(text):
            return Rewritten([(node, node.with_changes(value=node.value.replace("http://", "https://", 1)))])
    return _UNSEEN


def _portless(address: str) -> bool:
    return address.startswith("http://") and ":" not in address.removeprefix("http://").partition("/")[0]


FIXES = {"encrypted-login": fix(encrypted)}
