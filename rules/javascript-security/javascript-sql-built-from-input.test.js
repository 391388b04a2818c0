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
  // ruleid: javascript-sql-built-from-input
  await knex("users").whereRaw("name = '" + req.get("X-Name") + "'");
  // ruleid: javascript-sql-built-from-input
  await sequelize.query(`SELECT 1 FROM users WHERE name = '${req.param("name")}'`);
  // ruleid: javascript-sql-built-from-input
  store.all("SELECT * FROM notes WHERE owner = '" + req.cookies.owner + "'", done);
  // ok: javascript-sql-built-from-input
  store.all("SELECT * FROM notes WHERE owner = ?", [req.cookies.owner], done);
  // ok: javascript-sql-built-from-input
  await db.query("SELECT * FROM users WHERE name = ?", [name]);
  // ok: javascript-sql-built-from-input
  await db.query(`SELECT * FROM users WHERE id = ${Number(req.params.id)}`);
  // ok: javascript-sql-built-from-input
  await db.query(`SELECT * FROM users LIMIT ${parseInt(req.query.limit, 10)} OFFSET ${+req.query.from}`);
  // ok: javascript-sql-built-from-input
  await db.query("SELECT * FROM users WHERE name = " + mysql.escape(name));
  // ok: javascript-sql-built-from-input
  await document.query(name);
  // ok: javascript-sql-built-from-input
  cache.get(req.params.key);
  const user = await db.query("SELECT table_name FROM users WHERE id = ?", [req.params.id]);
  // ok: javascript-sql-built-from-input
  await db.query("SELECT * FROM " + user.table_name);
  if (!["name", "age"].includes(order)) {
    return res.status(400).end();
  }
  // ok: javascript-sql-built-from-input
  await db.query(`SELECT * FROM users ORDER BY ${order}`);
  const direction = req.query.direction === "desc" ? "DESC" : "ASC";
  // ok: javascript-sql-built-from-input
  await db.query(`SELECT * FROM users ORDER BY name ${direction}`);
  res.end();
});

router.get("/orders", async (ctx) => {
  // ruleid: javascript-sql-built-from-input
  ctx.body = await pool.query(`SELECT * FROM orders WHERE state = '${ctx.query.state}'`);
  // ruleid: javascript-sql-built-from-input
  await pool.query(`DELETE FROM orders WHERE id = '${ctx.request.body.id}'`);
  // ok: javascript-sql-built-from-input
  await sql`SELECT * FROM orders WHERE state = ${ctx.query.state}`;
});

fastify.get("/orders", async (request, reply) => {
  // ruleid: javascript-sql-built-from-input
  return client.query("SELECT * FROM orders WHERE state = '" + request.query.state + "'");
});

exports.handler = async (event) => {
  const { id } = event.pathParameters;
  // ruleid: javascript-sql-built-from-input
  return connection.execute("SELECT * FROM orders WHERE id = " + id);
};
