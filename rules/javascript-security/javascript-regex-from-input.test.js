const _ = require("lodash");

app.get("/search", (req, res) => {
  const text = req.query.text;
  // ruleid: javascript-regex-from-input
  const a = new RegExp("^" + text);
  // ruleid: javascript-regex-from-input
  const b = RegExp(req.body.pattern, "g");
  // ruleid: javascript-regex-from-input
  const c = User.find({ name: { $regex: req.query.name } });
  // ok: javascript-regex-from-input
  const d = new RegExp(_.escapeRegExp(text));
  // ok: javascript-regex-from-input
  const e = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  // ok: javascript-regex-from-input
  const f = new RegExp(`^.{${Number(req.query.length)}}$`);
  // ok: javascript-regex-from-input
  const g = new RegExp("^[a-z]+$").exec(text);
  if (!/^[a-z]+$/.test(text)) return res.end();
  // ok: javascript-regex-from-input
  const h = new RegExp(text);
});
