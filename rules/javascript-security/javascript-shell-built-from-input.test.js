const { exec, execFile, execSync, spawn } = require("child_process");
const cp = require("node:child_process");
const { promisify } = require("util");
const execAsync = promisify(exec);

module.exports = function (app) {
  app.get("/ping", async (req, res) => {
    const { host } = req.query;
    // ruleid: javascript-shell-built-from-input
    exec(`ping -c 1 ${host}`, (error, out) => res.json(out));
    // ruleid: javascript-shell-built-from-input
    execSync("ping -c 1 " + req.body.host);
    // ruleid: javascript-shell-built-from-input
    cp.exec("ping " + host);
    // ruleid: javascript-shell-built-from-input
    await execAsync("ping " + req.headers["x-host"]);
    // ruleid: javascript-shell-built-from-input
    spawn("ping", [host], { shell: true });
    // ruleid: javascript-shell-built-from-input
    spawn("sh", ["-c", "ping " + host]);
    // ruleid: javascript-shell-built-from-input
    spawn(req.body.program, ["-c", "1"]);
    // ok: javascript-shell-built-from-input
    execFile("ping", ["-c", "1", host]);
    // ok: javascript-shell-built-from-input
    exec("uptime", (error, out) => res.json(out));
    // ok: javascript-shell-built-from-input
    const found = /a(b)/.exec(host);
    // ok: javascript-shell-built-from-input
    const row = await db.exec(host);
    // ok: javascript-shell-built-from-input
    exec("ping -c " + parseInt(req.query.count, 10) + " localhost");
    // ok: javascript-shell-built-from-input
    exec("ping " + shellescape([host]));
    if (!/^[a-z0-9.-]+$/.test(host)) {
      return res.status(400).end();
    }
    // ok: javascript-shell-built-from-input
    exec("ping " + host);
  });
};

fastify.post("/run", async (request) => {
  // ruleid: javascript-shell-built-from-input
  cp.execSync("convert " + request.body.file);
  const job = await Job.findById(request.params.id);
  // ok: javascript-shell-built-from-input
  cp.execSync("convert " + job.file);
});

http.createServer((req, res) => {
  const asked = url.parse(req.url, true).query;
  // ruleid: javascript-shell-built-from-input
  exec("ls " + asked.folder);
});
