const Handlebars = require("handlebars");
const nunjucks = require("nunjucks");
const pug = require("pug");
const _ = require("lodash");

app.post("/preview", async (req, res) => {
  // ruleid: javascript-template-from-input
  Handlebars.compile(req.body.template)({ name: "x" });
  // ruleid: javascript-template-from-input
  nunjucks.renderString("Hello " + req.query.name, {});
  const text = `h1= "${req.params.title}"`;
  // ruleid: javascript-template-from-input
  pug.render(text);
  // ruleid: javascript-template-from-input
  _.template(req.body.template)();
  // ok: javascript-template-from-input
  Handlebars.compile("Hello {{name}}")({ name: req.body.name });
  // ok: javascript-template-from-input
  nunjucks.renderString("Hello {{ name }}", req.body);
  // ok: javascript-template-from-input
  res.render("page", { name: req.query.name });
  // ok: javascript-template-from-input
  pug.render(`h1 ${Number(req.params.id)}`);
  const stored = await Template.findById(req.params.id);
  // ok: javascript-template-from-input
  Handlebars.compile(stored.text);
  const name = req.query.name;
  if (!NAMES.includes(name)) return res.end();
  // ok: javascript-template-from-input
  nunjucks.renderString("{% include '" + name + "' %}", {});
});
