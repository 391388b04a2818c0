app.post("/find", async (req, res) => {
  // ruleid: javascript-nosql-query-from-input
  await User.find(req.body);
  // ruleid: javascript-nosql-query-from-input
  await User.findOne(req.query.filter);
  // ruleid: javascript-nosql-query-from-input
  await User.deleteMany({ ...req.query, tenant: req.user.tenant });
  const { pin } = req.body;
  // ruleid: javascript-nosql-query-from-input
  await db.collection("users").findOne({ pin: pin });
  // ruleid: javascript-nosql-query-from-input
  await db.collection("users").find({ $where: "this.name == '" + req.query.name + "'" });
  // ok: javascript-nosql-query-from-input
  await db.collection("users").findOne({ pin: String(pin) });
  // ok: javascript-nosql-query-from-input
  await db.collection("users").findOne({ pin: { $eq: pin } });
  // ok: javascript-nosql-query-from-input
  await db.collection("users").findOne({ _id: new ObjectId(req.body.id) });
  // ok: javascript-nosql-query-from-input
  await User.findOne({ name: req.body.name });
  // ok: javascript-nosql-query-from-input
  await User.find({ born: Number(req.query.born) });
  // ok: javascript-nosql-query-from-input
  await User.find(filterOf(req.query));
  const known = await User.findById(req.body.id);
  // ok: javascript-nosql-query-from-input
  await db.collection("orders").find({ owner: known });
  if (!STATES.includes(req.body.state)) return res.status(400).end();
  const order = items.find((item) => item.id === req.body.id);
  res.json(order);
});

router.post("/find", async (ctx) => {
  // ruleid: javascript-nosql-query-from-input
  ctx.body = await User.find(ctx.request.body);
});

export async function POST(request) {
  const filter = await request.json();
  // ruleid: javascript-nosql-query-from-input
  await db.collection("users").deleteMany({ name: filter.name });
}
