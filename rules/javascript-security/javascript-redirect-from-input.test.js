module.exports = function (app) {
  app.get("/a", (req, res) => {
    // ruleid: javascript-redirect-from-input
    res.redirect(req.query.next);
  });
  app.get("/b", (req, res) => {
    // ruleid: javascript-redirect-from-input
    res.redirect(302, req.body.target);
    // ruleid: javascript-redirect-from-input
    res.writeHead(302, { Location: req.query.target });
  });
  app.get("/c", (req, res) => {
    const next = req.query.next;
    if (!isLocalPath(next)) {
      return res.redirect("/");
    }
    // ok: javascript-redirect-from-input
    res.redirect(next);
  });
  app.get("/d", async (req, res) => {
    // ok: javascript-redirect-from-input
    res.redirect("/users/" + req.params.id);
    // ok: javascript-redirect-from-input
    res.redirect(`/users/${req.params.id}`);
    // ok: javascript-redirect-from-input
    res.redirect(`https://shop.example.com/users/${req.params.id}`);
    // ok: javascript-redirect-from-input
    res.redirect(`${baseUrl}/users/${req.params.id}`);
    // ok: javascript-redirect-from-input
    res.redirect("https://" + req.headers.host + req.url);
    // ok: javascript-redirect-from-input
    res.redirect(TARGETS[req.query.next] || "/");
    const link = await Link.findOne({ name: req.params.name });
    // ok: javascript-redirect-from-input
    res.redirect(link.target);
    const back = req.query.back;
    if (!back.startsWith("/") || back.startsWith("//")) {
      return res.redirect("/");
    }
    // ok: javascript-redirect-from-input
    res.redirect(back);
  });
};

router.get("/e", (ctx) => {
  // ruleid: javascript-redirect-from-input
  ctx.redirect(ctx.query.next);
  if (!ALLOWED.has(ctx.query.to)) return;
});

export async function GET(request) {
  const next = request.nextUrl.searchParams.get("next");
  // ruleid: javascript-redirect-from-input
  return NextResponse.redirect(next);
}
