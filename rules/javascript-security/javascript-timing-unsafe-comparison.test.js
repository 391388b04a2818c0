const crypto = require("crypto");
const { createHmac, timingSafeEqual } = require("crypto");

function hook(req, res) {
  const expected = "sha256=" + createHmac("sha256", KEY).update(req.rawBody).digest("hex");
  // ruleid: javascript-timing-unsafe-comparison
  if (req.headers["x-signature"] !== expected) return res.status(401).end();
  // ruleid: javascript-timing-unsafe-comparison
  if (crypto.createHmac("sha1", KEY).update(req.rawBody).digest("base64") == req.query.sign) res.end();
  // ok: javascript-timing-unsafe-comparison
  if (expected === null) return res.end();
  // ok: javascript-timing-unsafe-comparison
  if (expected.length !== 64) return res.end();
  // ok: javascript-timing-unsafe-comparison
  if (timingSafeEqual(Buffer.from(expected), given) === false) return res.end();
}

async function sent(key) {
  const mac = createHmac("sha256", key).update("x").digest("hex");
  const answer = await fetch(ADDRESS, { headers: { mac } });
  // ok: javascript-timing-unsafe-comparison
  return answer.status === OK;
}
