const yaml = require("js-yaml");
const v8 = require("v8");
const { unserialize } = require("node-serialize");

app.post("/load", async (req, res) => {
  // ruleid: javascript-objects-from-input
  unserialize(req.body.state);
  // ruleid: javascript-objects-from-input
  v8.deserialize(Buffer.from(req.query.state, "hex"));
  // ruleid: javascript-objects-from-input
  yaml.load(req.body.text, { schema: yaml.DEFAULT_FULL_SCHEMA });
  // ok: javascript-objects-from-input
  yaml.load(req.body.text, { schema: yaml.JSON_SCHEMA });
  // ok: javascript-objects-from-input
  JSON.parse(req.body.state);
  const stored = await State.findById(req.params.id);
  // ok: javascript-objects-from-input
  unserialize(stored.text);
  // ok: javascript-objects-from-input
  v8.deserialize(Number(req.query.state));
  const state = req.body.state;
  if (!KNOWN.has(state)) return res.end();
  // ok: javascript-objects-from-input
  unserialize(state);
});
