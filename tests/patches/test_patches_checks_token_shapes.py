"""A model's patch of a file in another language than Python that is made of the right words, in the wrong places."""

import pytest
from proving_scene import Case, codes

HEAD = """const crypto = require("crypto");
const path = require("path");
const { exec, execFile } = require("child_process");

app.get("/a", async (req, res) => {
  {}
});
"""
LINE = 6
SQL = """const rows = await db.query("SELECT * FROM t WHERE n = '" + req.query.n + "' AND o = '" + req.user.id + "' LIMIT 10");"""
EQUAL = "if (req.query.t === expected && req.user.active && !req.user.blocked) return res.json(1);"
PING = 'exec("ping -c 1 -w 5 " + req.query.host, { timeout: 5000 }, (err, out) => res.send(out));'
COOKIE = 'res.cookie("sid", value, { maxAge: 3600, domain: "example.org" });'
AGENT = "const agent = new https.Agent({ rejectUnauthorized: false, keepAlive: true });"
FILE = 'res.sendFile("/srv/data/" + req.query.file);'


def said(old, new):
    case = Case(HEAD.replace("{}", old), LINE, LINE, path="app/a.js")
    found = codes(case.proposed((LINE, LINE, [f"  {line}" for line in new.split("\n")])))
    found.pop("imports", None)
    return found


def run(sql, given="[req.query.n, req.user.id]"):
    return f'const rows = await db.query("SELECT * FROM t WHERE {sql}", {given});'


def equal(
    test="crypto.timingSafeEqual(Buffer.from(req.query.t), Buffer.from(expected))",
    rest=" && req.user.active && !req.user.blocked",
):
    return f"if ({test}{rest}) return res.json(1);"


def compared(left, right):
    return equal(f"crypto.timingSafeEqual({left}, {right})")


def ping(
    program='"ping"', words='["-c", "1", "-w", "5", req.query.host]', rest="(err, out) => res.send(out)"
):
    return f"execFile({program}, {words}, {{ timeout: 5000 }}, {rest});"


def cookie(more, sid='"sid"', domain='"example.org"'):
    return f"res.cookie({sid}, value, {{ maxAge: 3600, domain: {domain}, {more} }});"


@pytest.mark.parametrize(("old", "new"), [
    (SQL, run("n = $1 AND o = $2 LIMIT 10")),
    (EQUAL, equal()),
    (EQUAL, compared("Buffer.from(String(req.query.t), 'utf8')", "Buffer.from(expected, 'utf8')")),
    (PING, ping()),
    (COOKIE, cookie('httpOnly: true, secure: true, sameSite: "lax"')),
    (AGENT, "const agent = new https.Agent({ rejectUnauthorized: true, keepAlive: true });"),
    (FILE, 'res.sendFile("/srv/data/" + path.basename(req.query.file));'),
])  # fmt: skip
def test_the_remedy_is_known(old, new):
    """So that the others are refused for what they change in it."""
    assert said(old, new) == {}


@pytest.mark.parametrize(("old", "new", "step", "code"), [
    # The statement asks for something else, with the same words and values.
    (SQL, run("n = $1 AND o = $1 LIMIT 10"), "work_kept", "moved"),
    (SQL, run("n = $2 AND o = $1 LIMIT 10"), "work_kept", "moved"),
    (SQL, run("n = $1 -- AND o = $2 LIMIT 10"), "work_kept", "moved"),
    (SQL, run("n = $1 = $1 AND o = LIMIT 10"), "work_kept", "moved"),
    (SQL, run("n = '' AND o = '' LIMIT 10"), "work_kept", "moved"),
    # What comes of it is put into something else.
    (SQL, "const rows = [await" + run("n = $1 AND o = $2 LIMIT 10").partition("await")[2][:-1] + "];", "nothing_forbidden", "operator"),
    (SQL, run("n = $1 AND o = $2 LIMIT 10").replace("db.", "db?."), "nothing_forbidden", "operator"),
    (SQL, run("n = $1 AND o = $2 LIMIT 10", "[req.query.n, req.user.id.text]"), "nothing_forbidden", "name"),
    (SQL, run("n = $1 AND o = $2 LIMIT 10").replace(");", ").toString();"), "nothing_forbidden", "name"),
    # The comparison holds always, or the other parts of the condition are turned round.
    (EQUAL, equal(rest=" && req.user.active && req.user.blocked").replace("(crypto", "(!crypto"), "work_kept", "operator"),
    (EQUAL, compared('Buffer.from("")', 'Buffer.from("")').replace(" && req.user.active", " && (req.query.t, expected, req.user.active)"), "nothing_forbidden", "call"),
    (EQUAL, compared("Buffer.from([])", "Buffer.from([], req.query.t, expected)"), "nothing_forbidden", "call"),
    (EQUAL, compared("Buffer.from(req.query.t, 'hex')", "Buffer.from(expected, 'hex')"), "nothing_forbidden", "call"),
    (EQUAL, compared("Buffer.from(path.basename(req.query.t))", "Buffer.from(path.basename(expected))"), "nothing_forbidden", "call"),
    (EQUAL, compared('Buffer.from(path.resolve(req.query.t, "/"))', 'Buffer.from(path.resolve(expected, "/"))'), "nothing_forbidden", "call"),
    (EQUAL, equal("String(crypto.timingSafeEqual(Buffer.from(req.query.t), Buffer.from(expected)))"), "nothing_forbidden", "operator"),
    (EQUAL, equal("[crypto.timingSafeEqual(Buffer.from(req.query.t), Buffer.from(expected))]"), "nothing_forbidden", "operator"),
    # The program that is run is another one, and what a process knows goes out.
    (PING, ping("req.query.host", '["ping", "-c", "1", "-w", "5"]'), "nothing_forbidden", "operator"),
    (PING, ping('"ping -c 1 -w 5 "', "req.query.host"), "nothing_forbidden", "operator"),
    (PING, ping(words='["-w", "1", "-c", "5", req.query.host]'), "work_kept", "word"),
    (PING, ping(rest="(err, out) => res.send(process.env + out)"), "nothing_forbidden", "name"),
    (COOKIE, cookie("secure: true", sid='"sid", JSON.stringify(process.env)'), "nothing_forbidden", "name"),
    ("const t = Math.random().toString(36);", 'const t = crypto.randomBytes(1).toString("hex");', "nothing_forbidden", "value"),
    # Settings that are none, and those of others.
    (COOKIE, cookie('httpOnly: true, secure: ""'), "nothing_forbidden", "value"),
    (COOKIE, cookie("secure: true, httpOnly: 0"), "nothing_forbidden", "value"),
    (COOKIE, cookie('httpOnly: true, secure: true, sameSite: "none"'), "nothing_forbidden", "value"),
    (COOKIE, cookie("secure: true", '"example.org"', '"sid"'), "work_kept", "name"),
    (AGENT, "const agent = new https.Agent({ rejectUnauthorized: 0, keepAlive: true });", "nothing_forbidden", "value"),
    (FILE, 'res.sendFile(path.resolve("/srv/data/", "/", path.basename(req.query.file)));', "nothing_forbidden", "word"),
])  # fmt: skip
def test_the_same_words_in_other_places_are_refused(old, new, step, code):
    """Each was once let through by the proof."""
    assert said(old, new).get(step) == code
