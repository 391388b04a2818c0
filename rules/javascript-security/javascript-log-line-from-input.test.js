app.post("/login", (req, res) => {
  // ruleid: javascript-log-line-from-input
  console.warn(`login failed for ${req.query.user}`);
  const user = req.body.user;
  // ruleid: javascript-log-line-from-input
  console.error("unknown user " + user);
  // ok: javascript-log-line-from-input
  console.error("unknown user " + user.replace(/[\r\n]/g, ""));
  // ok: javascript-log-line-from-input
  console.log("unknown user " + encodeURIComponent(user));
  // ok: javascript-log-line-from-input
  console.log("unknown user %j", user);
  // ok: javascript-log-line-from-input
  logger.info({ user }, "unknown user");
  // ok: javascript-log-line-from-input
  console.log("page " + Number(req.query.page));
  if (!/^[a-z]+$/.test(user)) return res.end();
  // ok: javascript-log-line-from-input
  console.log("user " + user);
});
