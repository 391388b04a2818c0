const _ = require("lodash");

app.put("/settings", (req, res) => {
  const { section, key } = req.body;
  // ruleid: javascript-prototype-from-input
  settings[section][key] = req.body.value;
  // ruleid: javascript-prototype-from-input
  settings[req.query.section].changed = true;
  // ruleid: javascript-prototype-from-input
  deepMerge(settings, req.body);
  // ruleid: javascript-prototype-from-input
  _.set(settings, req.body.path, req.body.value);
  // ok: javascript-prototype-from-input
  settings[key] = req.body.value;
  // ok: javascript-prototype-from-input
  settings.mail[key] = req.body.value;
  // ok: javascript-prototype-from-input
  settings[Number(req.query.index)][key] = 1;
  // ok: javascript-prototype-from-input
  settings[`s_${section}`][key] = 1;
  // ok: javascript-prototype-from-input
  _.set(settings, "mail.from", req.body.from);
  if (!Object.hasOwn(settings, section)) return res.end();
  // ok: javascript-prototype-from-input
  settings[section][key] = req.body.value;
});
