const axios = require("axios");
const https = require("https");
const BASE_URL = process.env.LEDGER_URL;

module.exports = function (app) {
  app.get("/preview", async (req, res) => {
    // ruleid: javascript-url-from-input
    await fetch(req.query.url);
    // ruleid: javascript-url-from-input
    await axios.get(`https://${req.query.host}/status`);
    // ruleid: javascript-url-from-input
    await axios({ method: "get", url: req.body.url });
    // ruleid: javascript-url-from-input
    https.get({ hostname: req.query.host, path: "/status" }, done);
    // ruleid: javascript-url-from-input
    await page.goto(req.body.address);
    // ok: javascript-url-from-input
    await axios.get(`https://ledger.internal/accounts/${req.params.id}`);
    // ok: javascript-url-from-input
    await fetch(`${BASE_URL}/accounts/${req.params.id}`);
    // ok: javascript-url-from-input
    await fetch("https://ledger.internal/rates", { body: req.body });
    // ok: javascript-url-from-input
    await axios.get("https://ledger.internal/rates", { params: req.query });
    // ok: javascript-url-from-input
    await axios({ method: "post", url: BASE_URL, data: req.body });
    // ok: javascript-url-from-input
    https.get({ hostname: "ledger.internal", path: "/accounts/" + req.params.id }, done);
    const hook = await Hook.findById(req.params.id);
    // ok: javascript-url-from-input
    await fetch(hook.address);
    const target = new URL(req.body.url);
    if (!ALLOWED_HOSTS.has(target.hostname)) {
      return res.status(400).end();
    }
    res.end();
  });
  app.get("/checked", async (req, res) => {
    const address = req.query.address;
    if (!isAllowedHost(address)) {
      return res.status(400).end();
    }
    // ok: javascript-url-from-input
    await fetch(address);
    // ok: javascript-url-from-input
    await fetch(`https://ledger.internal/${Number(req.query.id)}`);
  });
};

export async function POST(request) {
  const { address } = await request.json();
  // ruleid: javascript-url-from-input
  const answer = await fetch(address);
  return Response.json(await answer.json());
}
