const { exec, execFile, execSync } = require("child_process");
const cp = require("child_process");

module.exports = function (app) {
  app.get("/ping", (req, res) => {
    const { host } = req.query;
    // ruleid: javascript-shell-built-from-input
    exec(`ping -c 1 ${host}`, (error, out) => res.send(out));
    // ruleid: javascript-shell-built-from-input
    execSync("ping -c 1 " + req.body.host);
    // ruleid: javascript-shell-built-from-input
    cp.exec("ping " + host);
    // ok: javascript-shell-built-from-input
    execFile("ping", ["-c", "1", host]);
    // ok: javascript-shell-built-from-input
    exec("uptime", (error, out) => res.send(out));
    // ok: javascript-shell-built-from-input
    const found = /a(b)/.exec(host);
  });
};
