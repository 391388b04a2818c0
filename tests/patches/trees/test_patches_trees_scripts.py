"""Fixes of JavaScript and TypeScript, in the file's own manner, and what they leave alone."""

import pytest
from trees_examples import difference, mended

TLS, MODES = "javascript-tls-verification-off", "javascript-file-open-to-others"
IN_OPTIONS = "res.cookie('sid', id, {\n  maxAge: 1, // a day\n  path: '/',\n})\n"

CHANGES = {
    # name of the case: fix, rule, path, text, first line, last line, what changes
    "attributes on lines of their own": (
        "cookie-attributes-script", "", "a.ts", IN_OPTIONS, 1, 4,
        "+  httpOnly: true,\n+  secure: true,\n+  sameSite: 'lax',",
    ),
    "options where there are none": (
        "cookie-attributes-script", "", "a.js", "res.cookie('token', t)\n", 1, 1,
        "-res.cookie('token', t)\n+res.cookie('token', t, { httpOnly: true, secure: true, sameSite: 'lax' })",
    ),
    "what was chosen is kept": (
        "cookie-attributes-script", "", "a.js", "res.cookie('token', t, { httpOnly: true, secure: false })\n", 1, 1,
        "-res.cookie('token', t, { httpOnly: true, secure: false })\n+res.cookie('token', t, { httpOnly: true, secure: true })",
    ),
    "a setting beside a comment": (
        "script-setting", TLS, "a.ts", "f({\n  checkServerIdentity: () => undefined,\n  rejectUnauthorized: false, // dev\n})\n", 1, 4,
        "-  checkServerIdentity: () => undefined,\n-  rejectUnauthorized: false, // dev\n+  rejectUnauthorized: true, // dev",
    ),
    "the environment's switch": (
        "script-setting", TLS, "a.js", "process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'\n", 1, 1,
        "-process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'\n+process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '1'",
    ),
    "a mode in options": (
        "script-file-mode", MODES, "a.js", 'fs.writeFileSync(a, b, { mode: "0666" });\n', 1, 1,
        '-fs.writeFileSync(a, b, { mode: "0666" });\n+fs.writeFileSync(a, b, { mode: "0664" });',
    ),
    "a number in a range, in a module": (
        "script-unguessable", "", "a.ts", "import fs from 'node:fs'\n\nconst otp = Math.floor(100 + Math.random() * 900)\n", 3, 3,
        "+import * as crypto from 'node:crypto'\n-const otp = Math.floor(100 + Math.random() * 900)\n+const otp = crypto.randomInt(100, 1000)",
    ),
    "beside what is imported already": (
        "script-unguessable", "", "a.js", 'const { createHash } = require("crypto");\nconst otp = a[Math.floor(Math.random() * a.length)];\n', 2, 2,
        ('-const { createHash } = require("crypto");\n-const otp = a[Math.floor(Math.random() * a.length)];\n'
        '+const { createHash, randomInt } = require("crypto");\n+const otp = a[randomInt(a.length)];'),
    ),
    "below a licence and a directive": (
        "script-unguessable", "", "a.js", '#!/usr/bin/env node\n// licence\n\n"use strict";\n// doc\nfunction f() {\n  process.x(Math.random().toString(36));\n}\n', 7, 7,
        '+const crypto = require("crypto");\n+\n-  process.x(Math.random().toString(36));\n+  process.x(crypto.randomBytes(32).toString("hex"));',
    ),
    "three kinds of values": (
        "sql-parameters-script", "", "a.ts", "import { Pool } from 'pg'\npool.query(`SELECT 1 FROM t WHERE a = '${a}' AND b LIKE '%${b}%' AND c = ${c}`)\n", 2, 2,
        ("-pool.query(`SELECT 1 FROM t WHERE a = '${a}' AND b LIKE '%${b}%' AND c = ${c}`)\n"
        "+pool.query('SELECT 1 FROM t WHERE a = $1 AND b LIKE $2 AND c = $3', [a, `%${b}%`, c])"),
    ),
    "a callback stays behind the parameters": (
        "sql-parameters-script", "", "a.js", "const m = require('mysql2');\ndb.query('SELECT 1 FROM t WHERE a = ' + a, (e, r) => r);\n", 2, 2,
        "-db.query('SELECT 1 FROM t WHERE a = ' + a, (e, r) => r);\n+db.query('SELECT 1 FROM t WHERE a = ?', [a], (e, r) => r);",
    ),
    "what a request may make an object of": (
        "sql-parameters-script", "", "a.js", "const m = require('mysql2');\ndb.query(`SELECT 1 FROM t WHERE a = '${req.body.a}' AND b = ${req.params.b}`, cb);\n", 2, 2,
        ("-db.query(`SELECT 1 FROM t WHERE a = '${req.body.a}' AND b = ${req.params.b}`, cb);\n"
        "+db.query('SELECT 1 FROM t WHERE a = ? AND b = ?', [String(req.body.a), req.params.b], cb);"),
    ),
    "a template of Prisma": (
        "sql-parameters-script", "", "a.js", "await prisma.$queryRawUnsafe(`SELECT 1 FROM t WHERE a = '${a}'`);\n", 1, 1,
        "-await prisma.$queryRawUnsafe(`SELECT 1 FROM t WHERE a = '${a}'`);\n+await prisma.$queryRaw`SELECT 1 FROM t WHERE a = ${a}`;",
    ),
    "the old import where it is in use": (
        "script-without-shell", "", "a.mjs", "import { exec } from 'child_process'\nexec(`git log ${b}`)\nexec('ls')\n", 2, 2,
        "-import { exec } from 'child_process'\n-exec(`git log ${b}`)\n+import { exec, execFile } from 'child_process'\n+execFile('git', ['log', String(b)])",
    ),
    "an option on a line of its own": (
        "script-without-shell", "", "a.js", "spawn('a', [b], {\n  cwd,\n  shell: true,\n});\n", 1, 4, "-  shell: true,",
    ),
    "an answer where there is one to give": (
        "script-path-inside", "", "a.js", 'const path = require("path");\nfunction f(req, res) {\n\tres.sendFile(path.join(ROOT, req.query.a));\n}\n', 3, 3,
        ("-\tres.sendFile(path.join(ROOT, req.query.a));\n+\tconst file = path.resolve(path.join(ROOT, req.query.a));\n"
        "+\tif (!file.startsWith(path.resolve(ROOT) + path.sep)) {\n+\t\treturn res.status(400).end();\n+\t}\n+\tres.sendFile(file);"),
    ),
    "a folder may be listed itself": (
        "script-path-inside", "", "a.js", 'const path = require("path");\nfunction f(req) {\n  fs.readdirSync("/a/" + req.query.b);\n}\n', 3, 3,
        ('-  fs.readdirSync("/a/" + req.query.b);\n+  const file = path.resolve("/a/" + req.query.b);\n'
        '+  if (file !== path.resolve("/a") && !file.startsWith(path.resolve("/a") + path.sep)) {\n'
        '+    throw new Error("the name leads out of its folder");\n+  }\n+  fs.readdirSync(file);'),
    ),
    "no semicolons, one line": (
        "message-from-origin", "", "a.js", "window.onmessage = e => go(e.data)\n", 1, 1,
        "-window.onmessage = e => go(e.data)\n+window.onmessage = e => { if (e.origin !== window.location.origin) return; go(e.data) }",
    ),
    "an answer goes to who asked": (
        "message-to-origin", "", "a.js", "event.source.postMessage({ a }, '*')\n", 1, 1,
        "-event.source.postMessage({ a }, '*')\n+event.source.postMessage({ a }, event.origin)",
    ),
    "what is on the page stays on it": (
        "page-text", "", "a.js", "el.innerHTML += 'x ' + location.hash;\n", 1, 1,
        "-el.innerHTML += 'x ' + location.hash;\n+el.append('x ' + location.hash);",
    ),
    "the filter that the file has": (
        "page-text", "", "a.js", "import DOMPurify from 'dompurify';\nel.innerHTML = '<b>' + location.hash;\n", 2, 2,
        "-el.innerHTML = '<b>' + location.hash;\n+el.innerHTML = DOMPurify.sanitize('<b>' + location.hash);",
    ),
    "an element": (
        "page-text", "", "a.jsx", 'const a = <p id="x" dangerouslySetInnerHTML={{ __html: location.hash }} />;\n', 1, 1,
        '-const a = <p id="x" dangerouslySetInnerHTML={{ __html: location.hash }} />;\n+const a = <p id="x">{location.hash}</p>;',
    ),
    "only what came from outside": (
        "log-value-json", "", "a.js", "console.log(`${one} of ${req.body.x}`, 1);\n", 1, 1,
        "-console.log(`${one} of ${req.body.x}`, 1);\n+console.log(`${one} of ${JSON.stringify(req.body.x)}`, 1);",
    ),
    "the library that the file has": (
        "pattern-escaped", "", "a.js", 'const _ = require("lodash");\nnew RegExp("^" + req.query.a);\n', 2, 2,
        '-new RegExp("^" + req.query.a);\n+new RegExp("^" + _.escapeRegExp(req.query.a));',
    ),
    "two variables of an expression": (
        "xpath-variables", "", "a.js", "xpath.select(`//a[@b='${req.query.x}' and @c='${y}']`, doc)\n", 1, 1,
        ("-xpath.select(`//a[@b='${req.query.x}' and @c='${y}']`, doc)\n"
        '+xpath.parse("//a[@b=$x and @c=$y]").select({ node: doc, variables: { x: String(req.query.x), y: String(y) } })'),
    ),
    "the directory's client by its name": (
        "ldap-filter-object", "", "a.js", "import ldap from 'ldapjs'\nc.search(b, { filter: `(uid=${u})` })\n", 2, 2,
        "-c.search(b, { filter: `(uid=${u})` })\n+c.search(b, { filter: new ldap.EqualityFilter({ attribute: 'uid', value: u }) })",
    ),
    "both names into the same braces": (
        "script-constant-time", "", "a.js", "import { createHmac } from 'crypto'\nconst e = createHmac('sha256', k).digest('hex')\nif (a !== e) f()\n", 3, 3,
        ("-import { createHmac } from 'crypto'\n+import { createHmac, timingSafeEqual, createHash } from 'crypto'\n-if (a !== e) f()\n"
        "+if (!timingSafeEqual(\n+  createHash('sha256').update(String(a)).digest(),\n+  createHash('sha256').update(e).digest(),\n+)) f()"),
    ),
}  # fmt: skip

REFUSED = {
    "a list in a statement": ("sql-parameters-script", "db.execute(`SELECT 1 FROM t WHERE a IN (${ids})`)\n", 1),
    "a joined list": ("sql-parameters-script", "db.execute('SELECT 1 FROM t WHERE a = ' + ids.join(','))\n", 1),
    "a word of SQL": ("sql-parameters-script", "db.execute(`SELECT 1 FROM t WHERE a = ${a || 'NULL'}`)\n", 1),
    "an expression that gives a text": ("xpath-variables", "xpath.select(`string(//a[@b='${c}'])`, d)\n", 1),
    "an expression that gives a truth": ("xpath-variables", "xpath.select(`//a[@b='${c}'] = 'x'`, d)\n", 1),
    "a column is no value": ("sql-parameters-script", "import 'pg'\npool.query(`SELECT 1 FROM t ORDER BY ${a}`)\n", 2),
    "nor is a limit": ("sql-parameters-script", "import { Pool } from 'pg'\npool.query(`SELECT 1 FROM t LIMIT ${a}`)\n", 2),
    "nor is half a word": ("sql-parameters-script", "import { Pool } from 'pg'\npool.query(`SELECT 1 FROM t WHERE a = x${a}`)\n", 2),
    "which driver is not known": ("sql-parameters-script", "db.query('SELECT 1 FROM t WHERE a = ' + a);\n", 1),
    "two drivers": (
        "sql-parameters-script", "const a = require('pg'), b = require('mysql');\ndb.query('SELECT 1 FROM t WHERE a = ' + a);\n", 2,
    ),
    "there are parameters": ("sql-parameters-script", "import m from 'mysql2'\ndb.query('SELECT 1 FROM t WHERE a = ' + a, [b])\n", 2),
    "an apostrophe in a comment": (
        "sql-parameters-script", "import m from 'mysql2'\ndb.query(`SELECT 1 FROM t WHERE a = '${a}' -- it's`)\n", 2,
    ),
    "a pipe": ("script-without-shell", "const cp = require('child_process');\ncp.exec(`git log ${b} | head`);\n", 2),
    "a variable of the shell": ("script-without-shell", "const cp = require('child_process');\ncp.exec(`ls $HOME/${b}`);\n", 2),
    "another exec": ("script-without-shell", "exec(`ls ${b}`);\n", 1),
    "words in the program": ("script-without-shell", "spawn('a b', [c], { shell: true });\n", 1),
    "the root is no folder to stay in": (
        "script-path-inside", 'const path = require("path");\nfunction f(req) {\n  fs.readFile(path.join("/", req.query.b), cb);\n}\n', 3,
    ),
    "the name is another's": (
        "script-path-inside", "function f(path, req) {\n  fs.readFile('/a/' + req.query.b, cb);\n}\n", 2,
    ),
    "it runs only sometimes": (
        "script-path-inside", "function f(req) {\n  return ok && fs.readFile('/a/' + req.query.b, cb);\n}\n", 2,
    ),
    "not a statement in a block": ("script-own-path", "app.get('/', (req, res) => res.redirect(req.query.next));\n", 1),
    "whole addresses only": ("script-own-path", "function f(req) {\n  return NextResponse.redirect(req.query.next);\n}\n", 2),
    "the message has no name": ("message-from-origin", "window.onmessage = ({ data }) => go(data)\n", 1),
    "markup of its own": ("page-text", "el.innerHTML = '<b>' + location.hash;\n", 1),
    "something renders": ("page-text", "el.innerHTML = render(location.hash);\n", 1),
    "a text called markup": ("page-text", "window.onmessage = (event) => { el.innerHTML = event.data.html; };\n", 1),
    "no whole number": ("script-unguessable", "require('a');\nconst otp = Math.random();\n", 2),
    "more than randomInt takes": ("script-unguessable", "require('a');\nconst otp = Math.floor(Math.random() * 281474976710656);\n", 2),
    "which side is ours is not clear": ("script-constant-time", "if (a === b) f();\n", 1),
    "a name from elsewhere": ("xpath-variables", "xpath.select(`//${req.query.x}`, doc)\n", 1),
    "a filter of two": ("ldap-filter-object", "c.search(b, { filter: `(&(uid=${u})(a=b))` })\n", 1),
    "not a script": ("script-setting", "rejectUnauthorized: false\n", 1),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_mended_in_the_files_own_manner(case):
    """Quotes, semicolons, indentation and the way of importing are the file's."""
    fix, rule, path, text, first, last, change = CHANGES[case]

    after = mended(fix, path, text, first, last, rule=rule)

    assert after is not None
    assert difference(text, after) == change


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_surely_understood_is_refused(case):
    """A fix that does not know what it sees leaves it."""
    fix, text, line = REFUSED[case]

    assert mended(fix, "a.ini" if case == "not a script" else "a.js", text, line, rule=TLS) is None


def test_like_places_of_a_block_get_names_of_their_own():
    """Two patches made of the same file can both be applied."""
    text = 'const path = require("path");\nfunction f(req) {\n  fs.readFile("/a/" + req.query.b, cb);\n  fs.readFile("/a/" + req.query.c, cb);\n}\n'

    first, second = (mended("script-path-inside", "a.js", text, line) or "" for line in (3, 4))

    assert "const file = " in first
    assert "const file2 = " in second


def test_a_function_that_gives_nothing_back_gives_nothing_back():
    """TypeScript would refuse `return res.…` there."""
    text = 'const path = require("path");\nasync function f(req: Request, res: Response): Promise<void> {\n  res.sendFile(path.join("/a", req.params.b));\n}\n'

    after = mended("script-path-inside", "a.ts", text, 3) or ""

    assert "    res.status(400).end();\n    return;\n  }\n" in after


def test_a_statement_that_could_go_on_is_kept_apart():
    """Without semicolons a line that begins with a bracket would go on with the one put in above it."""
    text = "const a = 1\nfunction f(req, res) {\n  [res.redirect(req.query.next), a]\n  return 1\n}\n"

    assert "const target = req.query.next;\n  [res.redirect(" in (
        mended("script-own-path", "a.js", text, 3) or ""
    )
