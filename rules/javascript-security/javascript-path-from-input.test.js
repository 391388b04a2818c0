const fs = require("fs");
const path = require("path");
const { readFile } = require("fs/promises");

module.exports = function (app) {
  app.get("/report", async (req, res) => {
    // ruleid: javascript-path-from-input
    fs.readFileSync("/srv/reports/" + req.query.name);
    // ruleid: javascript-path-from-input
    res.sendFile(path.join("/srv/reports", req.params.name));
    // ruleid: javascript-path-from-input
    res.download("/srv/reports/" + req.params.name);
    // ruleid: javascript-path-from-input
    await readFile(path.resolve("/srv", req.body.name));
    // ruleid: javascript-path-from-input
    await fs.promises.unlink(`/srv/reports/${req.query.name}`);
    // ruleid: javascript-path-from-input
    fs.renameSync("/tmp/upload", path.join("/srv", req.body.name));
    // ok: javascript-path-from-input
    fs.readFileSync(path.join("/srv/reports", path.basename(req.query.name)));
    // ok: javascript-path-from-input
    fs.readFileSync(path.join("/srv/reports", sanitize(req.query.name)));
    // ok: javascript-path-from-input
    fs.readFileSync(`/srv/reports/${Number(req.params.id)}.json`);
    // ok: javascript-path-from-input
    fs.writeFileSync("/srv/last.json", JSON.stringify(req.body));
    const report = await Report.findById(req.params.id);
    // ok: javascript-path-from-input
    fs.readFileSync(report.file);
    // ok: javascript-path-from-input
    res.sendFile(req.params.name, { root: "/srv/reports" });
    const full = path.resolve("/srv/reports", req.query.name);
    if (!full.startsWith("/srv/reports/")) {
      return res.status(404).end();
    }
    // ok: javascript-path-from-input
    fs.createReadStream(full).pipe(res);
  });
};

http.createServer((req, res) => {
  // ruleid: javascript-path-from-input
  fs.createReadStream(path.join(__dirname, "public", decodeURIComponent(req.url))).pipe(res);
});
