import sqlite3
import uuid

import flask
import psycopg2.sql
from fastapi import FastAPI
from flask import request
from sqlalchemy import text

app = flask.Flask(__name__)
api = FastAPI()
ORDERS = {"name": "name", "date": "created"}


@app.route("/a")
def attribute(cur: sqlite3.Cursor):
    name = request.args.get("name", "")
    # ruleid: python-sql-built-from-input
    cur.execute("SELECT * FROM users WHERE name = '%s'" % name)
    # ok: python-sql-built-from-input
    cur.execute("SELECT * FROM users WHERE name = ?", (name,))


@app.route("/b")
def through_a_variable(session):
    order = flask.request.values["order"]
    statement = f"SELECT * FROM users ORDER BY {order}"
    # ruleid: python-sql-built-from-input
    session.execute(text(statement))
    # ok: python-sql-built-from-input
    session.execute(text("SELECT * FROM users WHERE name = :name"), {"name": order})


@app.route("/c/<name>")
def route_parameter(name, cur):
    # ruleid: python-sql-built-from-input
    cur.execute("DELETE FROM users WHERE name = '" + name + "'")


@app.route("/d/<int:number>")
def typed_route_parameter(number, cur):
    # ok: python-sql-built-from-input
    cur.execute(f"SELECT * FROM users WHERE id = {number}")


@api.get("/e")
async def typed(name: str, limit: int, cur):
    # ruleid: python-sql-built-from-input
    cur.execute(f"SELECT * FROM users WHERE name = '{name}'")
    # ok: python-sql-built-from-input
    cur.execute(f"SELECT * FROM users LIMIT {limit}")


def django_view(request, cur):
    # ruleid: python-sql-built-from-input
    cur.execute("SELECT * FROM users WHERE name = '%s'" % request.GET["name"])
    # ok: python-sql-built-from-input
    cur.execute("SELECT * FROM users WHERE name = %s", [request.GET["name"]])


@app.route("/f")
def made_safe(cur):
    number = int(request.args["id"])
    # ok: python-sql-built-from-input
    cur.execute(f"SELECT * FROM users WHERE id = {number}")
    key = uuid.UUID(request.args["key"])
    # ok: python-sql-built-from-input
    cur.execute(f"SELECT * FROM users WHERE key = '{key}'")
    column = ORDERS[request.args["order"]]
    # ok: python-sql-built-from-input
    cur.execute(f"SELECT * FROM users ORDER BY {column}")
    other = ORDERS.get(request.args["order"], "name")
    # ok: python-sql-built-from-input
    cur.execute(f"SELECT * FROM users ORDER BY {other}")
    quoted = psycopg2.sql.SQL("SELECT * FROM {}").format(psycopg2.sql.Identifier(request.args["table"]))
    # ok: python-sql-built-from-input
    cur.execute(quoted)


async def aiohttp_view(request, pool):
    # ruleid: python-sql-built-from-input
    await pool.fetch("SELECT * FROM users WHERE name = '" + request.match_info["name"] + "'")
    # ok: python-sql-built-from-input
    await pool.fetch("SELECT * FROM users WHERE name = $1", request.match_info["name"])


def django_raw(request, users):
    name = request.POST.get("name")
    # ruleid: python-sql-built-from-input
    users.objects.raw("SELECT * FROM users WHERE name = '%s'" % name)
    # ruleid: python-sql-built-from-input
    users.objects.extra(where=["name = '" + name + "'"])
    # ok: python-sql-built-from-input
    users.objects.raw("SELECT * FROM users WHERE name = %s", [name])
    # ok: python-sql-built-from-input
    return users.objects.filter(name=name)


def cleaned_is_not_escaped(form, cur):
    # ruleid: python-sql-built-from-input
    cur.execute("SELECT * FROM users WHERE name = '" + form.cleaned_data["name"] + "'")


def wrapped(request, cur):
    # ruleid: python-sql-built-from-input
    return int(cur.execute("SELECT count(*) FROM users WHERE name = '" + request.GET["name"] + "'").fetchone()[0])


def listed(request, cur):
    order = request.GET["order"]
    if order not in ORDERS:
        return None
    # ok: python-sql-built-from-input
    return cur.execute(f"SELECT * FROM users ORDER BY {order}")


def by_expression(request, session, select, user):
    # ok: python-sql-built-from-input
    return session.execute(select(user).where(user.name == request.GET["name"]))


def several(request, cur):
    # todoruleid: python-sql-built-from-input
    cur.execute("SELECT * FROM users WHERE name IN (%s)" % ", ".join(f"'{name}'" for name in request.GET.getlist("name")))
