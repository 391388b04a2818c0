import flask
import ldap
import ldap.filter
import ldap3
from flask import request
from ldap3.utils.conv import escape_filter_chars

app = flask.Flask(__name__)


@app.route("/a/<name>")
def by_ldap3(name, connection):
    # ruleid: python-ldap-from-input
    connection.search("ou=people", f"(uid={name})")
    # ruleid: python-ldap-from-input
    connection.search(search_base="ou=people", search_filter="(uid=%s)" % name)
    # ok: python-ldap-from-input
    connection.search("ou=people", f"(uid={escape_filter_chars(name)})")
    # ok: python-ldap-from-input
    return connection.search("ou=people", "(uid=ann)")


def by_python_ldap(request, directory):
    wanted = "(uid=" + request.GET["name"] + ")"
    # ruleid: python-ldap-from-input
    directory.search_s("ou=people", ldap.SCOPE_SUBTREE, wanted)
    # ruleid: python-ldap-from-input
    directory.search_s("ou=" + request.GET["unit"], ldap.SCOPE_SUBTREE)
    safe = ldap.filter.filter_format("(uid=%s)", [request.GET["name"]])
    # ok: python-ldap-from-input
    directory.search_s("ou=people", ldap.SCOPE_SUBTREE, safe)


async def aiohttp_view(request, connection: ldap3.Connection):
    form = await request.post()
    # ruleid: python-ldap-from-input
    connection.search("ou=people", "(mail={})".format(form["mail"]))
