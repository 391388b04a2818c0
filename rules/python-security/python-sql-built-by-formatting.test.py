import sqlite3

TABLE = "users"


def find(cur: sqlite3.Cursor, name: str, number: int):
    # ruleid: python-sql-built-by-formatting
    cur.execute("SELECT * FROM users WHERE name = '" + name + "'")
    # ruleid: python-sql-built-by-formatting
    cur.execute("SELECT * FROM users WHERE name = '%s'" % name)
    # ruleid: python-sql-built-by-formatting
    cur.execute(f"SELECT * FROM users WHERE name = '{name}'")
    # ruleid: python-sql-built-by-formatting
    cur.execute(f"SELECT * FROM users WHERE name = '{name}'")
    statement = f"DELETE FROM users WHERE name = '{name}'"
    # ruleid: python-sql-built-by-formatting
    cur.execute(statement)
    # ok: python-sql-built-by-formatting
    cur.execute("SELECT * FROM users WHERE name = ?", (name,))
    # ok: python-sql-built-by-formatting
    cur.execute(f"SELECT * FROM {TABLE} WHERE name = ?", (name,))
    # ok: python-sql-built-by-formatting
    cur.execute("SELECT * FROM users " + "WHERE name = ?", (name,))


def find_all(cur: sqlite3.Cursor, names: list):
    placeholders = ", ".join("?" for _ in names)
    # ok: python-sql-built-by-formatting
    cur.execute(f"SELECT * FROM users WHERE name IN ({placeholders})", names)
    # ok: python-sql-built-by-formatting
    cur.execute("SELECT * FROM users WHERE name IN (%s)" % ", ".join(["?"] * len(names)), names)


def unrelated(executor, name: str):
    # ok: python-sql-built-by-formatting
    executor.execute(f"report for {name}")
