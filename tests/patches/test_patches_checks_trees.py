"""Files in other languages taken apart: what a remedy may be, what nobody's patch may bring, and what must stand as it stood."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proving_scene import Case, codes

from reviewbot.domain.patch import Origin
from reviewbot.patches import worker

FILES = {
    "a.js": """const crypto = require("crypto");
const { exec } = require("child_process");
const db = require("./db");

function find(req, res, next) {
  {}
  next();
}
""",
    "a.go": """package main

import (
	"crypto/md5"
	"database/sql"
	"fmt"
	"net/http"
)

func find(w http.ResponseWriter, r *http.Request, db *sql.DB) error {
	name := r.URL.Query().Get("name")
	{}
	fmt.Println(err)
	return err
}
""",
    "A.java": """package a;

import java.sql.Connection;

class A {
    void find(Connection c, String name) throws Exception {
        {}
        c.close();
    }
}
""",
    "a.rb": 'require "digest"\n\ndef find(name)\n  {}\n  name\nend\n',
    "a.c": "#include <string.h>\n\nvoid f(char *to, const char *from, int n) {\n\t{}\n\tputs(to);\n}\n",
    "a.rs": "use std::fs;\n\nfn f(name: &str) -> String {\n    {}\n    name.to_string()\n}\n",
    "a.sh": "#!/bin/sh\nf() {\n  {}\n  echo done\n}\n",
    "a.yml": "spec:\n  containers:\n    - name: a\n      securityContext:\n        {}\n        runAsUser: 1000\n",
    "a.tf": 'resource "aws_db_instance" "db" {\n  name = "db"\n  {}\n}\n',
    "a.php": "<?php\nfunction f($db, $name) {\n  {}\n  return $name;\n}\n",
    "a.json": '{\n  "a": {\n    {}\n  },\n  "b": [1, 2]\n}\n',
    "a.ts": "import fs from 'fs';\n\nexport function f(a: string): boolean {\n  {}\n}\n",
}
JS = 'db.query("SELECT * FROM t WHERE n = \'" + req.body.n + "\'");'
MENDED = 'db.query("SELECT * FROM t WHERE n = ?", [req.body.n]);'
GO = '_, err := db.Query("SELECT * FROM t WHERE n = \'" + name + "\'")'
EQUAL = "return req.body.t === req.token;"


def said(path, old, new, origin=Origin.MODEL):
    """Give the codes for a line of one of the files that is replaced by others."""
    template = FILES[path]
    before = template[: template.index("{}")] if path != "a.json" else template[: template.index("{}", 5)]
    at, indent = before.count("\n") + 1, before.rpartition("\n")[2]
    text = before + old + template[len(before) + 2 :]
    found = codes(
        Case(text, at, at, path=path).proposed((at, at, [indent + one for one in new]), origin=origin)
    )
    return {step: code for step, code in found.items() if step not in {"imports", "note"}}


GOOD = [
    ("a.js", JS, [MENDED]),
    ("a.js", 'const h = crypto.createHash("md5").update(req.x).digest("hex");', ['const h = crypto.createHash("sha256").update(req.x).digest("hex");']),
    ("a.js", "const t = Math.random().toString(36);", ['const t = crypto.randomBytes(16).toString("hex");']),
    ("a.js", 'res.cookie("sid", req.sid);', ['res.cookie("sid", req.sid, { httpOnly: true, secure: true, sameSite: "strict" });']),
    ("a.js", "https.get(req.url, { rejectUnauthorized: false });", ["https.get(req.url, { rejectUnauthorized: true });"]),
    ("a.js", "https.get(req.url, { rejectUnauthorized: false });", ["https.get(req.url, {});"]),
    ("a.js", "el.innerHTML = req.body.n;", ["el.textContent = req.body.n;"]),
    ("a.js", EQUAL, ["return crypto.timingSafeEqual(Buffer.from(req.body.t), Buffer.from(req.token));"]),
    ("a.go", GO, ['_, err := db.Query("SELECT * FROM t WHERE n = $1", name)']),
    ("a.go", "_, err := db.Query(fmt.Sprintf(\"SELECT * FROM t WHERE n = '%s'\", name))", ['_, err := db.Query("SELECT * FROM t WHERE n = $1", name)']),
    ("a.go", "err := c.Do(&tls.Config{InsecureSkipVerify: true})", ["err := c.Do(&tls.Config{InsecureSkipVerify: false})"]),
    ("a.rb", "Digest::MD5.hexdigest(name)", ["Digest::SHA256.hexdigest(name)"]),
    ("a.rb", "User.where(\"n = '#{name}'\")", ['User.where("n = ?", name)']),
    ("a.yml", "privileged: true", ["privileged: false"]),
    ("a.tf", "publicly_accessible = true", ["publicly_accessible = false"]),
    ("a.json", '"nodeIntegration": true', ['"nodeIntegration": false']),
]  # fmt: skip


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize(("path", "old", "new"), GOOD, ids=[f"{path} {new[0]}" for path, _, new in GOOD])
def test_a_usual_remedy_is_known(path, old, new, origin):
    """A rule's and a model's."""
    assert said(path, old, new, origin) == {}


BAD = [
    ("a.js", JS, ['db.query("SELECT * FROM t WHERE n = ? OR 1", [req.body.n]);']),
    ("a.js", JS, ['db.query("SELECT * FROM t", [req.body.n]);']),
    ("a.js", JS, ['db.query("SELECT * FROM t WHERE n = ?", [req.body.m]);']),
    ("a.js", JS, ['db.query("SELECT * FROM t WHERE n = ?", [req.body.n, req.token]);']),
    ("a.js", JS, ['db.query("SELECT * FROM t WHERE n = ?", [req.body.n || res]);']),
    ("a.js", JS, ['db.query("SELECT * FROM t WHERE n = ?", [req.body.n], next);']),
    ("a.js", JS, ["db.query(`SELECT * FROM t WHERE n = ${req.body.n}`, [req.body.n]);"]),
    ("a.js", JS, ['db["query"]("SELECT * FROM t WHERE n = ?", [req.body.n]);']),
    *(("a.js", JS, [MENDED, line]) for line in [
        "next();", "db.query(req.body.n);", "return next();", "req.admin = true;", "res = req;", "delete req.body;", "throw new Error(req);", "exec(req);",
        'fetch("/x");', "const q = req;", "const q = next; q();", "// fine now", "crypto.randomBytes = req;", "let x = () => next();", "function g() {}",
    ]),
    *(("a.js", JS, [line]) for line in [
        f"if (req) {MENDED}", f"if (req) {{ {MENDED} }}", f"req && {MENDED}", f"(() => {MENDED[:-1]});", f"try {{ {MENDED} }} catch (e) {{ next(e); }}",
        f"/* {MENDED} */", f"// {MENDED}", f"while (req) {MENDED}", f"{MENDED[:-1]}, next();", ";", "return;", "next();", "db.query;",
    ]),
    ("a.js", JS, [f"{MENDED} }}", "function other() {"]),
    *(("a.js", EQUAL, [line]) for line in [
        "return true;", "return req.body.t !== req.token;", "return req.body.t == req.token;", "return req.body.t === req.token || next;",
        "return crypto.timingSafeEqual(req.token, req.token);", "return !crypto.timingSafeEqual(req.body.t, req.token);", "return req.token === req.body.t;",
    ]),
    *(("a.js", 'res.cookie("sid", req.sid);', [line]) for line in [
        'res.cookie("sid", req.token, { secure: true });', 'res.cookie("admin", req.sid, { secure: true });', 'res.cookie("sid", req.sid, { secure: false });',
        'res.cookie("sid", req.sid, { admin: true });', 'res.cookie("sid", req.sid, { timeout: 999999999 });',
    ]),
    *(("a.go", GO, [line]) for line in [
        '_, err := db.Exec("SELECT * FROM t WHERE n = $1", name)', '_, err := db.Query("DROP TABLE t WHERE n = $1", name)',
        '_, err := db.Query("SELECT * FROM t WHERE n = $1", name); err = nil', '_, _ = db.Query("SELECT * FROM t WHERE n = $1", name)',
        'defer db.Query("SELECT * FROM t WHERE n = $1", name)', 'go db.Query("SELECT * FROM t WHERE n = $1", name)', "",
    ]),
    *(("a.rb", "Digest::MD5.hexdigest(name)", [line]) for line in [
        'Digest::SHA256.hexdigest("")', "name", "system(name)", "`#{name}`", "Digest::SHA256.hexdigest(name) rescue nil", "Digest::SHA256.hexdigest(name) if name",
    ]),
    *(("a.c", "strcpy(to, from);", [line]) for line in ["memcpy(to, from, n);", "system(from);", "*to = 0;", "strlcpy(to, from, 99999);", "strlcpy(from, to, n);"]),
    ("a.rs", "run(name);", ["unsafe { run(name) };"]), ("a.rs", "run(name);", ["run(name).ok();"]), ("a.java", "", []),
    *(("a.sh", 'eval "$1"', [line]) for line in ['"$1"', 'curl "$1"', 'echo "$1"', 'eval "$1" || true']),
    *(("a.yml", "privileged: true", lines) for lines in [
        ["privileged: false", "hostNetwork: true"], ["name: evil"], ["privileged: false", "image: evil"], ["command: [sh, -c, id]"], ["    privileged: false"],
        ["privileged: yes"], ["privileged: false # ok"], ["privileged: !!python/object:x false"], ["privileged: 'no'"],
    ]),
    *(("a.tf", "publicly_accessible = true", lines) for lines in [
        ["publicly_accessible = false", "skip_final_snapshot = true"], ["publicly_accessible = var.name"], ['password = "x"'], ["publicly_accessible = !true"],
    ]),
    *(("a.php", "$db->query(\"SELECT * FROM t WHERE n = '$name'\");", [line]) for line in ["eval($name);", '$db->query("SELECT 1");', "return true;", "die($name);"]),
    ("a.json", '"admin": false', ['"admin": true']), ("a.json", '"url": "x"', ['"url": "y"']), ("a.json", '"a": true', ['"b": true']),
]  # fmt: skip
BAD = [row for row in BAD if row[0] in FILES]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    BAD,
    ids=[f"{number} {row[0]} {' '.join(row[2])}" for number, row in enumerate(BAD)],
)
def test_what_a_model_brings_or_loses_beyond_a_remedy_is_refused(path, old, new):
    """In every language."""
    assert said(path, old, new)


ALWAYS = [
    ("a.js", "eval(req.x);", "code"), ("a.js", "new Function(req.x)();", "code"), ("a.js", 'setTimeout("x", 1);', "code"), ("a.js", "require(req.x);", "code"),
    ("a.js", "exec(req.x);", "process"), ("a.js", "cp.spawn(req.x, { shell: true });", "shell"), ("a.js", "req.__proto__.x = 1;", "dunder"),
    ("a.js", "https.get({ rejectUnauthorized: false });", "tls"), ("a.js", "https.get({ rejectUnauthorized: req.x });", "tls"),
    ("a.js", 'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";', "tls"), ("a.js", "fetch(req.x);", "network"), ("a.js", "process.exit(1);", "exit"),
    ("a.js", "try { req.x(); } catch (e) {}", "swallow"), ("a.js", "req.x().catch(() => {});", "swallow"), ("a.js", "el.innerHTML = req.x;", "write"),
    ("a.js", "// eslint-disable-next-line", "suppression"), ("a.js", "x(); // nosemgrep", "suppression"), ("a.js", 'x("https://evil.example");', "address"),
    ("a.go", 'exec.Command("sh", "-c", name).Run()', "shell"), ("a.go", "x(&tls.Config{InsecureSkipVerify: true})", "tls"), ("a.go", "os.Exit(1)", "exit"),
    ("a.go", "//nolint", "suppression"), ("a.go", "//go:linkname a b", "order"), ("a.go", "http.Get(name)", "network"), ("a.go", "_ = unsafe.Pointer(nil)", "code"),
    ("A.java", "Runtime.getRuntime().exec(name);", "process"), ("A.java", "try { x(); } catch (Exception e) { y(); }", "broad"), ("A.java", "Class.forName(name);", "code"),
    ("A.java", "new ObjectInputStream(name).readObject();", "objects"), ("A.java", "System.exit(1);", "exit"), ("a.rb", "system(name)", "process"),
    ("a.rb", "name.send(:x)", "code"), ("a.rb", "Marshal.load(name)", "objects"), ("a.rb", "x rescue nil", "swallow"), ("a.rb", "# rubocop:disable all", "suppression"),
    ("a.c", "system(from);", "process"), ("a.c", "strcpy(to, from);", "write"), ("a.c", "// NOLINT", "suppression"), ("a.c", "#pragma once", "build"),
    ("a.rs", "unsafe { x() };", "code"), ("a.rs", "#[allow(unused)]", "suppression"), ("a.rs", "Command::new(name);", "process"), ("a.sh", "curl x | sh", "shell"),
    ("a.sh", "rm -rf x", "write"), ("a.sh", "chmod 777 x", "mode"), ("a.sh", "x || true", "swallow"), ("a.sh", "eval x", "code"), ("a.sh", "sudo x", "process"),
    ("a.yml", "privileged: true", "mode"), ("a.yml", "hostNetwork: true", "mode"), ("a.yml", "insecure: $(id)", "process"), ("a.tf", 'cidr = "0.0.0.0/0"', "address"),
    ("a.tf", 'sslmode = "verify-none"', "tls"), ("a.php", "eval($name);", "code"), ("a.ts", "// @ts-ignore", "suppression"), ("a.ts", "return eval(a);", "code"),
]  # fmt: skip


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize(("path", "line", "code"), ALWAYS, ids=[f"{path} {line}" for path, line, _ in ALWAYS])
def test_what_is_on_the_deny_list_comes_with_nobodys_patch(path, line, code, origin):
    """Beside a line that stays; more of it than there was."""
    keep = {"a.yml": "readOnly: true", "a.tf": "size = 1", "a.sh": "echo a", "a.rb": "x", "a.rs": "x();"}.get(
        path, "x();"
    )

    assert said(path, keep, [keep, line], origin)["nothing_forbidden"] == code


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        ("a.js", JS, [MENDED[:-2]], "syntax"), ("a.js", JS, [MENDED + " }"], "syntax"), ("a.go", GO, [GO + ")"], "syntax"), ("A.java", "x();", ["x()"], "syntax"),
        ("a.rb", "x", ["def y"], "syntax"), ("a.c", "x();", ["x("], "syntax"), ("a.rs", "x();", ["let = x();"], "syntax"), ("a.ts", "return true;", ["return ("], "syntax"),
        ("a.json", '"x": 1', ['"x": 1,'], "syntax"), ("a.json", '"x": 1', ['"x": NaN'], "syntax"), ("a.yml", "x: 1", ["x: [1"], "syntax"), ("a.yml", "x: 1", ["x: 1: 2"], "syntax"),
        ("a.yml", "x: 1", ["    x: 1"], "syntax"), ("a.tf", "x = 1", ["x = [1"], "brackets"), ("a.tf", 'x = "1"', ['x = "1'], "brackets"), ("a.php", "x();", ["x("], "brackets"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("origin", Origin)
def test_a_new_error_of_syntax_is_refused(path, old, new, code, origin):
    """By the grammar, by the strict readers of JSON and YAML, or by brackets and quotes where there is none of these."""
    assert said(path, old, new, origin)["parses"] == code


@pytest.mark.parametrize(
    ("path", "note"), [("a.tf", "text"), ("a.php", "text"), ("a.yml", ""), ("a.json", ""), ("a.js", "")]
)
def test_where_there_is_no_grammar_it_is_said(path, note):
    """Whoever reads the proof knows how much the word is worth."""
    old, new = (
        ('"x": true', ['"y": true'])
        if path == "a.json"
        else ("x: true", ["y: true"])
        if path == "a.yml"
        else ("x(true);", ["y(true);"])
    )
    template = FILES[path]
    at = template.index("{}", 5)
    text = template[:at] + old + template[at + 2 :]
    line = template[:at].count("\n") + 1
    indent = template[:at].rpartition("\n")[2]

    assert (
        codes(Case(text, line, line, path=path).proposed((line, line, [indent + new[0]]))).get("note", "")
        == note
    )


class TestWhatStandsAround:
    """Tokens that no edit touches stay what they are, inside the same blocks."""

    JS = "function f(a) {\n  check(a);\n  run(a);\n  done(a);\n}\n\nfunction g(a) {\n  return a;\n}\n"
    YAML = "a:\n  b:\n    c: 1\n    d: 2\n  e: 3\nf:\n  - g: 1\n    h: 2\n"

    MOVED = (
        ["  run(a); if (a)"], ["  run(a);", "  for (;;)"], ["  run(a); }", "  function h(a) {"], ["  run(a); () =>"], ["  run(a); while (a)"],
        ["  run(a); label: for (;;)"], ["  run(a); if (!a) return; else"],
    )  # fmt: skip
    BESIDE = (
        ["  run(a); }", "  {"], ["  run(a); /*", "  */ {", "  }"], ["  run(a); const x = `", "  `;"], ["  run(a); switch (a) { default:", "  }"],
        ["  run(a); class X { m(a) {", "  } }"], ["  run(a); return"], ["  run(a); return (", "  0 );"],
    )  # fmt: skip

    @pytest.mark.parametrize("new", MOVED)
    def test_nothing_is_moved_into_something_else(self, new):
        """Into a condition, a loop, another function; nobody's patch does that."""
        for origin in Origin:
            found = codes(Case(self.JS, 3, 3, path="a.js").proposed((3, 3, new), origin=origin))
            assert found.get("work_kept") in {"structure", "definition"} or found.get("parses"), origin

    @pytest.mark.parametrize("new", BESIDE)
    def test_a_model_puts_nothing_beside_the_remedy(self, new):
        """No block, comment, text or way out."""
        assert codes(Case(self.JS, 3, 3, path="a.js").proposed((3, 3, new)))

    @pytest.mark.parametrize(
        "edit",
        [
            (2, 2, ["    b:"]),
            (2, 2, []),
            (5, 5, ["    e: 3"]),
            (6, 6, ["  f:"]),
            (7, 7, ["  -", "    - g: 1"]),
            (1, 1, ["x:"]),
        ],
    )
    def test_yaml_nests_as_it_did(self, edit):
        """Under the same keys, in the same items."""
        found = codes(Case(self.YAML, edit[0], edit[1], path="a.yml").proposed(edit, origin=Origin.RULE))

        assert found.get("work_kept") or found.get("parses")

    def test_yaml_may_get_a_key_before_another_of_an_item(self):
        """What is nested under the item stays there."""
        edit = (7, 7, ["  - env: 1", "    g: 1"])

        assert codes(Case(self.YAML, 7, 7, path="a.yml").proposed(edit, origin=Origin.RULE)) == {}

    @pytest.mark.parametrize(
        "edit", [(2, 2, []), (4, 4, ["  done(a, 1);"]), (8, 8, ["  return;"]), (7, 9, [])]
    )
    def test_a_model_changes_only_what_the_finding_stands_on(self, edit):
        """Though these lines are the change's own too."""
        assert codes(Case(self.JS, 3, 3, path="a.js").proposed(edit)).get("work_kept")

    @pytest.mark.parametrize("edit", [(2, 2, []), (3, 3, ["  ;"]), (8, 8, ["  a;"]), (7, 9, [])])
    def test_a_rule_loses_no_call_return_or_function(self, edit):
        """Its fix may change more, but takes nothing out."""
        assert codes(Case(self.JS, 3, 3, path="a.js").proposed(edit, origin=Origin.RULE)).get("work_kept")


class TestGuards:
    """Conditions that a model may add in JavaScript: they refuse, and do nothing else."""

    TEXT = """const fs = require("fs");
const path = require("path");
function f(req, res, next, host) {
  fs.readFileSync("/srv/reports/" + req.query.name);
  next();
}
"""
    SAFE = '!file.startsWith(path.resolve("/srv/reports") + path.sep)'

    def said(self, test, refusal, more=""):
        lines = [
            '  const file = path.resolve("/srv/reports/" + req.query.name);',
            f"  if ({test}) {{",
            f"    {refusal}",
            f"  }}{more}",
            "  fs.readFileSync(file);",
        ]
        return codes(Case(self.TEXT, 4, 4, path="a.js").proposed((4, 4, lines)))

    @pytest.mark.parametrize(
        "refusal",
        [
            "return res.status(400).end();",
            'throw new Error("not a report");',
            'return next(new Error("no"));',
            "return res.sendStatus(404);",
        ],
    )
    def test_a_path_may_be_held_to_its_folder(self, refusal):
        """By each of the ways to refuse."""
        assert self.said(self.SAFE, refusal) == {}

    @pytest.mark.parametrize(
        "refusal",
        [
            "return res.status(200).end();", "return next();", "return true;", "next();", "return res.status(400).send(req.query.name);", "throw req;",
            "return;", 'host.admin = true; throw new Error("x");', "throw new Error(host);", "return res.status(400).json(host);",
        ],
    )  # fmt: skip
    def test_what_does_more_than_refuse_is_no_guard(self, refusal):
        """Nor what lets through, or hands something out."""
        assert self.said(self.SAFE, refusal)["work_kept"] == "guard"

    @pytest.mark.parametrize(
        "test",
        [
            f"{SAFE} || next()",
            "file = host",
            'host === "letmein"',
            "eval(file)",
            "() => host",
            "host.admin()",
            "file > 12345",
        ],
    )
    def test_a_condition_only_asks(self, test):
        """It calls and sets nothing, and compares with nothing that was not there."""
        assert self.said(test, 'throw new Error("no");')["nothing_forbidden"]

    def test_a_guard_has_no_other_branch(self):
        """That one would do something."""
        assert self.said(self.SAFE, 'throw new Error("no");', " else { next(); }")["work_kept"] == "guard"


class TestImports:
    """What comes in at the top, outside of the hunks."""

    JS = 'const fs = require("fs");\nimport x from "y";\n\nrun(fs, x);\nrun(x, fs);\n'

    def found(self, path, text, *edits, origin=Origin.RULE):
        last = text.count("\n")
        return codes(Case(text, last, last, path=path, added=(last,)).proposed(*edits, origin=origin))

    @pytest.mark.parametrize(
        ("path", "text", "edit"),
        [
            ("a.js", JS, (3, 2, ['const crypto = require("crypto");'])), ("a.js", JS, (3, 2, ['import { a } from "crypto";'])), ("a.js", JS, (1, 0, ['import a from "path";'])),
            ("a.go", 'package a\n\nimport (\n\t"fmt"\n)\n\nfunc f() {\n\tx()\n}\n', (4, 4, ['\t"fmt"', '\t"html"'])), ("A.java", "package a;\nimport b.C;\nclass A {\n}\n", (3, 2, ["import java.util.List;"])),
            ("a.rs", "use std::fs;\nfn f() {\n}\n", (2, 1, ["use std::env;"])), ("a.c", "#include <stdio.h>\nint f(void);\nint x;\n", (2, 1, ["#include <string.h>"])),
            ("a.rb", 'require "json"\nx\ny\n', (2, 1, ['require "digest"'])),
        ],
    )  # fmt: skip
    def test_an_import_may_be_added(self, path, text, edit):
        """In the block, in each language."""
        assert self.found(path, text, edit) == {}

    @pytest.mark.parametrize(
        "edit",
        [
            (3, 2, ["const a = 1;"]), (3, 2, ['const crypto = require("crypto"); run(crypto);']), (3, 2, ['const a = require("crypto").a();']), (3, 2, ["// a comment"]),
            (1, 1, []), (2, 2, ['import "y";']), (4, 4, ["run(x);"]), (5, 4, ['const a = require("path");']), (3, 2, ['let a = require("path" + x);']),
        ],
    )  # fmt: skip
    def test_nothing_else_may_change_there(self, edit):
        """No statement, comment or call, and no name is lost."""
        found = self.found("a.js", self.JS, edit)

        assert found.get("in_place") or edit == (5, 4, ['const a = require("path");'])

    @pytest.mark.parametrize(
        "line",
        [
            'const run = require("path");',
            'import fs from "path";',
            'import { x } from "path";',
            'import * as run from "path";',
        ],
    )
    def test_a_name_keeps_its_meaning(self, line):
        """One that the file uses is not bound anew."""
        assert self.found("a.js", self.JS, (3, 2, [line]))["in_place"] == "rebound"

    @pytest.mark.parametrize(
        ("path", "line", "fresh"),
        [
            ("a.js", 'const a = require("left-pad");', ["left-pad"]), ("a.js", 'import a from "./b";', ["./b"]), ("a.js", 'import a from "node:crypto";', []),
            ("a.js", 'import "evil";', ["evil"]), ("a.ts", 'import a from "crypto";', []), ("a.go", 'import "example.com/x"', ["example.com/x"]), ("a.go", 'import "html"', []),
            ("A.java", "import org.evil.X;", ["org.evil.X"]), ("A.java", "import java.util.List;", []), ("a.rs", "use evil::X;", ["evil::X"]), ("a.rs", "use std::env;", []),
            ("a.rb", 'require "evil"', ["evil"]), ("a.rb", 'require "json"', []), ("a.c", '#include "evil.h"', ["evil.h"]), ("a.c", "#include <stdlib.h>", []),
        ],
    )  # fmt: skip
    def test_what_is_imported_anew_is_named(self, path, line, fresh):
        """Unless it is of the standard library."""
        first = {"a.go": "package a", "A.java": "package a;"}.get(path, "")
        last = {
            "a.go": "var y = 1",
            "A.java": "class Y {}",
            "a.c": "int y;",
            "a.rb": "y",
            "a.rs": "fn y() {}",
        }.get(path, "y();")

        assert self.found(path, f"{first}\n{last}\n", (2, 2, [line, last])).get("imports", []) == fresh


TEXTS = st.sampled_from([text.replace("{}", "x", 1) for text in FILES.values()]) | st.text(max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([*FILES, "a", "a.py", "Dockerfile", "a.cpp"]),
    TEXTS,
    TEXTS,
    st.booleans(),
    st.integers(1, 9),
    st.integers(0, 9),
)
def test_every_text_is_answered(  # noqa: PLR0917 (hypothesis gives them by place)
    path, before, after, model, first, count
):
    """Whatever both versions are, the worker has a word on every step and does not break."""
    lines, new_lines = before.count("\n") + 1, after.count("\n") + 1
    first = min(first, lines)
    last = min(first - 1 + count, lines)
    new_last = last + new_lines - lines
    edits = [[first, last, first, new_last]] if new_last >= first - 1 else [[1, lines, 1, new_lines]]
    task = {
        "do": "check", "path": path, "model": model, "before": before, "after": after, "edits": edits, "beside": [0], "finding": [first, max(first, last)], "approved": [],
    }  # fmt: skip

    answer = worker.answered(task)

    assert {
        "in_place",
        "parses",
        "known_imports",
        "nothing_forbidden",
        "work_kept",
        "imports",
        "note",
    } == set(answer)
