const express = require("express");
const mysql = require("mysql2");
const db = require("./db");
const app = express();

app.get("/users", async (req, res) => {
  const name = req.query.name;
  // ruleid: javascript-sql-built-from-input
  await db.query("SELECT * FROM users WHERE name = '" + name + "'");
  const statement = `SELECT * FROM users WHERE id = ${req.params.id}`;
  // ruleid: javascript-sql-built-from-input
  await db.query(statement);
  const { order } = req.body;
  // ruleid: javascript-sql-built-from-input
  await prisma.$queryRawUnsafe(`SELECT * FROM users ORDER BY ${order}`);
  // ok: javascript-sql-built-from-input
  await db.query("SELECT * FROM users WHERE name = ?", [name]);
  // ok: javascript-sql-built-from-input
  await db.query(`SELECT * FROM users WHERE id = ${Number(req.params.id)}`);
  // ok: javascript-sql-built-from-input
  await db.query("SELECT * FROM users WHERE name = " + mysql.escape(name));
  // ok: javascript-sql-built-from-input
  await document.query(name);
  res.end();
});
