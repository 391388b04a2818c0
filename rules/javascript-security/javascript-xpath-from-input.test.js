const xpath = require("xpath");

app.get("/staff", (req, res) => {
  const expression = "//person[@id='" + req.params.id + "']";
  // ruleid: javascript-xpath-from-input
  xpath.select1(expression, staff);
  // ruleid: javascript-xpath-from-input
  xpath.select("//person[@id='" + req.params.id + "']", staff);
  // ok: javascript-xpath-from-input
  xpath.select(`//person[@id='${Number(req.params.id)}']`, staff);
  // ok: javascript-xpath-from-input
  xpath.select("//person", staff);
  const name = req.query.name;
  if (!NAMES.includes(name)) return res.end();
  // ok: javascript-xpath-from-input
  xpath.select(`//person[name='${name}']`, staff);
});
