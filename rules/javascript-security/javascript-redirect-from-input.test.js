module.exports = function (app) {
  app.get("/a", (req, res) => {
    // ruleid: javascript-redirect-from-input
    res.redirect(req.query.next);
  });
  app.get("/b", (req, res) => {
    // ruleid: javascript-redirect-from-input
    res.redirect(302, req.body.target);
  });
  app.get("/c", (req, res) => {
    const next = req.query.next;
    if (!isLocalPath(next)) {
      return res.redirect("/");
    }
    // ok: javascript-redirect-from-input
    res.redirect(next);
  });
  app.get("/d", (req, res) => {
    // ok: javascript-redirect-from-input
    res.redirect(`/users/${req.params.id}`);
  });
};
