app.post("/login", (req, res) => {
  // ruleid: javascript-ldap-filter-from-input
  ldapClient.search(base, { filter: "(uid=" + req.body.user + ")" }, done);
  // ruleid: javascript-ldap-filter-from-input
  ldapClient.search("uid=" + req.query.user + ",ou=staff", { scope: "base" }, done);
  // ok: javascript-ldap-filter-from-input
  ldapClient.search(base, { filter: "(uid=" + escapeFilter(req.body.user) + ")" }, done);
  // ok: javascript-ldap-filter-from-input
  ldapClient.search(base, { filter: "(uid=" + Number(req.body.id) + ")" }, done);
  // ok: javascript-ldap-filter-from-input
  ldapClient.search(base, { filter: new EqualityFilter({ attribute: "uid", value: req.body.user }) }, done);
  const user = req.body.user;
  if (!/^[a-z]+$/.test(user)) return res.end();
  // ok: javascript-ldap-filter-from-input
  ldapClient.search(base, { filter: `(uid=${user})` }, done);
});
