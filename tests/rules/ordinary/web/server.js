const crypto = require("crypto");
const { execFile } = require("child_process");
const fs = require("fs");
const path = require("path");
const express = require("express");
const jwt = require("jsonwebtoken");
const { pool } = require("./db");

const app = express();
const API_URL = process.env.API_URL;

app.get("/users/:id", async (req, res) => {
  const found = await pool.query("SELECT * FROM users WHERE id = $1", [req.params.id]);
  res.json(found.rows[0]);
});

app.post("/login", async (req, res) => {
  const { name, password } = req.body;
  const user = await verify(name, password);
  const token = jwt.sign({ sub: user.id }, process.env.JWT_KEY, { algorithm: "HS256", expiresIn: "1h" });
  const csrfToken = crypto.randomBytes(16).toString("hex");
  res.json({ token, csrfToken });
});

app.get("/me", (req, res) => {
  const claims = jwt.verify(req.headers.authorization.slice(7), process.env.JWT_KEY, { algorithms: ["HS256"] });
  res.json(claims);
});

app.get("/files/:name", (req, res) => {
  const full = path.join("/srv/files", path.basename(req.params.name));
  fs.createReadStream(full).pipe(res);
});

app.post("/convert", (req, res) => {
  execFile("convert", ["--", req.body.name, "out.png"], (error) => res.status(error ? 500 : 204).end());
});

app.get("/rates", async (req, res) => {
  const answer = await fetch(`${API_URL}/rates?currency=${encodeURIComponent(req.query.currency)}`);
  res.json(await answer.json());
});

app.get("/old", (req, res) => res.redirect("/new"));

const position = Math.random() * 100;
const match = /(\d+)/.exec("a1");
module.exports = { app, position, match };
