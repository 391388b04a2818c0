"""A model's patch of a Python file that is made of the right words, in the wrong places."""

import pytest
from proving_scene import Case, codes

HEAD = """import hmac
import os
import secrets
import subprocess
import requests
from flask import abort


def work(conn, name, owner, token, user, url):
    {}
    return user
"""
LINE = 10
SQL = """rows = conn.execute("SELECT * FROM t WHERE n = '" + name + "' AND o = '" + owner + "' LIMIT 10").fetchall()"""
EQUAL = "if token == user.token and user.active and not user.blocked:\n        return True"
PING = 'return subprocess.run("ping -c 1 -w 5 " + name, shell=True, check=True, timeout=5)'
POST = 'return requests.post(url, json={"a": name, "role": "user"}, verify=False, timeout=5)'
OPEN = 'with open("/srv/data/" + name, "w") as file:\n        file.write(token)'


def said(old, new):
    count = old.count("\n") + 1
    case = Case(HEAD.replace("{}", old), LINE, LINE + count - 1)
    found = codes(case.proposed((LINE, LINE, [f"    {line}" for line in new.split("\n")])))
    found.pop("imports", None)
    return found


def run(sql, given="(name, owner)"):
    return f'rows = conn.execute("SELECT * FROM t WHERE {sql}", {given}).fetchall()'


def guarded(test, path='os.path.realpath("/srv/data/" + name)'):
    return f'path = {path}\n    if {test}:\n        abort(404)\n    with open(path, "w") as file:'.replace(
        "\n    ", "\n"
    )


def digest(args="token, user.token", rest=" and user.active and not user.blocked"):
    return f"if hmac.compare_digest({args}){rest}:"


@pytest.mark.parametrize(("old", "new"), [
    (SQL, run("n = ? AND o = ? LIMIT 10")),
    (EQUAL, digest()),
    (EQUAL, digest("token.encode(), user.token.encode()")),
    (PING, 'return subprocess.run(["ping", "-c", "1", "-w", "5", "--", name], check=True, timeout=5)'),
    (POST, 'return requests.post(url, json={"a": name, "role": "user"}, timeout=5)'),
    (OPEN, 'with open(os.path.join("/srv/data/", os.path.basename(name)), "w") as file:'),
    (OPEN, guarded('not path.startswith("/srv/data/")')),
])  # fmt: skip
def test_the_remedy_is_known(old, new):
    """So that the others are refused for what they change in it."""
    assert said(old, new) == {}


@pytest.mark.parametrize(("old", "new", "step", "code"), [
    # The statement asks for something else, with the same words and values.
    (SQL, run("n = ? -- AND o = ? LIMIT 10"), "work_kept", "moved"),
    (SQL, run("n = ? = ? AND o = LIMIT 10"), "work_kept", "moved"),
    (SQL, run("n = $1 AND o = $1 LIMIT 10"), "work_kept", "moved"),
    (SQL, run("n = $2 AND o = $1 LIMIT 10"), "work_kept", "moved"),
    (SQL, run("n = '%' AND o = '%' LIMIT 10"), "work_kept", "moved"),
    # The comparison holds always, or the other parts of the condition are turned round.
    (EQUAL, digest(rest=" and user.active and user.blocked").replace("if ", "if not "), "work_kept", "operator"),
    (EQUAL, "if not (hmac.compare_digest(token, user.token) and user.active and user.blocked):", "work_kept", "operator"),
    (EQUAL, digest('hmac.new(b"", b"", "sha256").digest(), hmac.new(b"", b"", "sha256").digest()', " and token and user.token and user.active and not user.blocked"), "work_kept", "operator"),
    (EQUAL, "if (hmac.compare_digest(token, user.token), user.active) and not user.blocked:", "work_kept", "operator"),
    (EQUAL, 'if f"{hmac.compare_digest(token, user.token)}" and user.active and not user.blocked:', "work_kept", "operator"),
    (EQUAL, "if str(hmac.compare_digest(token, user.token)) and user.active and not user.blocked:", "work_kept", "operator"),
    (EQUAL, digest('os.path.join(token, "/"), os.path.join(user.token, "/")'), "nothing_forbidden", "call"),
    (EQUAL, digest("os.path.basename(token), os.path.basename(user.token)"), "nothing_forbidden", "call"),
    (EQUAL, digest("*(token, user.token)"), "nothing_forbidden", "call"),
    (EQUAL, digest(rest=" and user.active and not user.blocked.text"), "nothing_forbidden", "name"),
    # The program that is run is another one, or does not run at all.
    (PING, 'return subprocess.run([name, "ping", "-c", "1", "-w", "5"], check=True, timeout=5)', "work_kept", "moved"),
    (PING, 'return subprocess.run("ping -c 1 -w 5 " + name, check=True, timeout=5)', "nothing_forbidden", "value"),
    (PING, 'return subprocess.run(["ping", "-c", "1", "-w", "5", name], check=False, timeout=5)', "nothing_forbidden", "value"),
    (PING, 'return subprocess.run(["ping", "-c", "1", "-w", "5", name], check=True, timeout=5).stdout', "nothing_forbidden", "name"),
    (PING, 'return subprocess.run(["ping", "-c", "1", "-w", "5", name], check=True, timeout=5, stdout=subprocess.DEVNULL)', "nothing_forbidden", "value"),
    # What is sent, how long is waited, and what is given back.
    (POST, 'return requests.post(url, json={"role": name, "a": "user"}, timeout=5)', "work_kept", "name"),
    (POST, 'return requests.post(url, json={"a": name, "role": "user"}, timeout=900)', "nothing_forbidden", "value"),
    (POST, 'return requests.post(url, json={"a": name, "role": "user"}, timeout=5).text', "nothing_forbidden", "name"),
    (POST, 'return requests.post(url, json={"a": name, "role": "user"}, timeout=5),', "work_kept", "value"),
    (POST, 'return [requests.post(url, json={"a": name, "role": "user"}, timeout=5)]', "work_kept", "value"),
    # Too little to be a secret, too fast to be a hash, rights that nobody had.
    ("key = random.getrandbits(128)", "key = secrets.token_hex(8)", "nothing_forbidden", "value"),
    ("key = os.urandom(16)", "key = secrets.token_bytes(1)", "nothing_forbidden", "value"),
    ("os.chmod(name, 0o777)", "os.chmod(name, 0o4755)", "nothing_forbidden", "value"),
    ("os.chmod(name, 0o777)", "os.chmod(name, 0)", "nothing_forbidden", "value"),
    # The path leads somewhere else, or its check lets everything or nothing through.
    (OPEN, 'with open(os.path.join("/srv/data/", "/", os.path.basename(name)), "w") as file:', "nothing_forbidden", "word"),
    (OPEN, guarded('not path.startswith("/srv")'), "work_kept", "guard"),
    (OPEN, guarded('not path.startswith("/srv/data")'), "work_kept", "guard"),
    (OPEN, guarded('not path.startswith("/")'), "work_kept", "guard"),
    (OPEN, guarded('not path.startswith("")'), "work_kept", "guard"),
    (OPEN, guarded("not path.startswith(path)"), "work_kept", "guard"),
    (OPEN, guarded('path.startswith("/srv/data/")'), "work_kept", "guard"),
    (OPEN, guarded('not owner.startswith("/srv/data/")'), "work_kept", "guard"),
    (OPEN, guarded('not path.startswith("/srv/data/") and not path.startswith("/")'), "work_kept", "guard"),
    (OPEN, guarded('not (path.startswith("/srv/data/") or path)'), "work_kept", "guard"),
    (SQL, "if owner:\n    abort(400)\n" + run("n = ? AND o = ? LIMIT 10"), "work_kept", "guard"),
    (SQL, "if len(name) > 0:\n    abort(400)\n" + run("n = ? AND o = ? LIMIT 10"), "work_kept", "guard"),
    (SQL, "if name in name:\n    abort(400)\n" + run("n = ? AND o = ? LIMIT 10"), "work_kept", "guard"),
    (SQL, "if name == owner:\n    abort(400)\n" + run("n = ? AND o = ? LIMIT 10"), "work_kept", "guard"),
    (SQL, "if not token:\n    abort(400)\n" + run("n = ? AND o = ? LIMIT 10"), "work_kept", "guard"),
])  # fmt: skip
def test_the_same_words_in_other_places_are_refused(old, new, step, code):
    """Each was once let through by the proof, scanners and all."""
    assert said(old, new).get(step) == code


def test_a_file_in_another_encoding_is_not_taken_apart():
    """Python would read other characters in it than those that were looked at."""
    case = Case(f"# -*- coding: utf-7 -*-\n{HEAD.replace('{}', POST)}", LINE + 1, LINE + 1)

    found = codes(case.proposed((LINE + 1, LINE + 1, ["    " + POST.replace(", verify=False", "")])))

    assert found.get("parses") == "unparsed"
