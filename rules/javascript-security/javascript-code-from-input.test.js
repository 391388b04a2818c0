const vm = require("vm");

module.exports = function (app) {
  app.post("/formula", (req, res) => {
    // ruleid: javascript-code-from-input
    eval(req.body.formula);
    // ruleid: javascript-code-from-input
    new Function("x", "return " + req.body.formula)(1);
    // ruleid: javascript-code-from-input
    vm.runInNewContext(req.body.formula);
    // ok: javascript-code-from-input
    JSON.parse(req.body.formula);
    // ok: javascript-code-from-input
    setTimeout(() => res.json(req.body), 10);
  });
};
