const axios = require("axios");
const BASE_URL = process.env.LEDGER_URL;

module.exports = function (app) {
  app.get("/preview", async (req, res) => {
    // ruleid: javascript-url-from-input
    await fetch(req.query.url);
    // ruleid: javascript-url-from-input
    await axios.get(`https://${req.query.host}/status`);
    // ok: javascript-url-from-input
    await axios.get(`https://ledger.internal/accounts/${req.params.id}`);
    // ok: javascript-url-from-input
    await fetch(`${BASE_URL}/accounts/${req.params.id}`);
    // ok: javascript-url-from-input
    await fetch("https://ledger.internal/rates", { body: req.body });
    res.end();
  });
};
