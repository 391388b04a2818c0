const vm = require("vm");

module.exports = function (app) {
  app.post("/formula", (req, res) => {
    // ruleid: javascript-code-from-input
    eval(req.body.formula);
    // ruleid: javascript-code-from-input
    new Function("x", "return " + req.body.formula)(1);
    // ruleid: javascript-code-from-input
    vm.runInNewContext(req.body.formula);
    // ruleid: javascript-code-from-input
    setTimeout("show('" + req.query.name + "')", 10);
    // ruleid: javascript-code-from-input
    require("./plugins/" + req.params.plugin);
    // ok: javascript-code-from-input
    JSON.parse(req.body.formula);
    // ok: javascript-code-from-input
    eval("(" + JSON.stringify(req.body) + ")");
    // ok: javascript-code-from-input
    setTimeout(() => res.json(req.body), 10);
    // ok: javascript-code-from-input
    setTimeout(tick, parseInt(req.query.delay, 10));
    if (PLUGINS.includes(req.params.plugin)) {
      const plugin = PLUGINS.includes(req.params.plugin) ? req.params.plugin : "none";
      // ok: javascript-code-from-input
      require("./plugins/" + plugin);
    }
  });
};

// ruleid: javascript-code-from-input
eval(decodeURIComponent(location.hash.slice(1)));
window.addEventListener("message", (event) => {
  if (event.origin !== location.origin) return;
  // ruleid: javascript-code-from-input
  eval(event.data);
});
const params = new URLSearchParams(location.search);
// ruleid: javascript-code-from-input
setInterval(params.get("callback"), 1000);
