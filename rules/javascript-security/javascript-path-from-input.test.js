const fs = require("fs");
const path = require("path");

module.exports = function (app) {
  app.get("/report", (req, res) => {
    // ruleid: javascript-path-from-input
    fs.readFileSync("/srv/reports/" + req.query.name);
    // ruleid: javascript-path-from-input
    res.sendFile(path.join("/srv/reports", req.params.name));
    // ok: javascript-path-from-input
    fs.readFileSync(path.join("/srv/reports", path.basename(req.query.name)));
    const full = path.resolve("/srv/reports", req.query.name);
    if (!full.startsWith("/srv/reports/")) {
      return res.status(404).end();
    }
    // ok: javascript-path-from-input
    fs.createReadStream(full).pipe(res);
  });
};
