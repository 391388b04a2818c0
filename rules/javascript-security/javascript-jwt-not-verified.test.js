const jwt = require("jsonwebtoken");
const { decodeJwt } = require("jose");

function accept(token, key) {
  // ruleid: javascript-jwt-not-verified
  jwt.verify(token, key, { algorithms: ["HS256", "none"] });
  // ruleid: javascript-jwt-not-verified
  const text = jwt.sign({ sub: "a" }, "", { algorithm: "none" });
  // ok: javascript-jwt-not-verified
  jwt.verify(token, key, { algorithms: ["HS256"] });
}

function read(token) {
  // ruleid: javascript-jwt-not-verified
  const claims = decodeJwt(token);
  // ok: javascript-jwt-not-verified
  const header = jwt.decode(token, { complete: true });
  return [claims, header];
}
