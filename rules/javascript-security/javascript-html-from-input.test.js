import DOMPurify from "dompurify";

const params = new URLSearchParams(window.location.search);
const box = document.getElementById("box");
// ruleid: javascript-html-from-input
box.innerHTML = "Hello " + params.get("name");
// ruleid: javascript-html-from-input
box.insertAdjacentHTML("beforeend", decodeURIComponent(location.hash));
// ruleid: javascript-html-from-input
document.write("<a href='" + document.referrer + "'>back</a>");
// ruleid: javascript-html-from-input
$("#box").html(new URL(location.href).searchParams.get("name"));
// ok: javascript-html-from-input
box.innerHTML = DOMPurify.sanitize(params.get("name"));
// ok: javascript-html-from-input
box.textContent = params.get("name");
// ok: javascript-html-from-input
box.innerHTML = "<b>fixed</b>";
// ok: javascript-html-from-input
box.innerHTML = TEXTS[params.get("name")];
// ok: javascript-html-from-input
$("#box").text(params.get("name"));
// ok: javascript-html-from-input
box.innerHTML = "<b>" + Number(params.get("count")) + "</b>";
// ok: javascript-html-from-input
box.innerHTML = await render(params.get("name"));

window.addEventListener("message", (event) => {
  if (event.origin !== location.origin) return;
  // ruleid: javascript-html-from-input
  box.innerHTML = event.data.html;
});

app.get("/hello", (req, res) => {
  // ruleid: javascript-html-from-input
  res.send(`<h1>Hello ${req.query.name}</h1>`);
  // ruleid: javascript-html-from-input
  res.send("Hello " + req.params.name);
  // ruleid: javascript-html-from-input
  res.status(404).send(`No page ${req.query.page}`);
  // ruleid: javascript-html-from-input
  res.send(req.query.name);
  const html = "<p>" + req.body.text + "</p>";
  // ruleid: javascript-html-from-input
  res.send(html);
  // ok: javascript-html-from-input
  res.send({ name: req.query.name });
  // ok: javascript-html-from-input
  res.send(req.body);
  // ok: javascript-html-from-input
  res.json("Hello " + req.params.name);
  // ok: javascript-html-from-input
  res.type("text/plain").send("Hello " + req.params.name);
  // ok: javascript-html-from-input
  res.send(`<h1>Hello ${escapeHtml(req.query.name)}</h1>`);
  // ok: javascript-html-from-input
  res.send(`<h1>Page ${parseInt(req.query.page, 10)}</h1>`);
});

app.get("/plain", (req, res) => {
  res.setHeader("Content-Type", "text/plain");
  // ok: javascript-html-from-input
  res.end("Hello " + req.query.name);
});

router.get("/hello", (ctx) => {
  // ruleid: javascript-html-from-input
  ctx.body = `<h1>Hello ${ctx.query.name}</h1>`;
  // ok: javascript-html-from-input
  ctx.body = { name: ctx.query.name };
});

export function Card(props) {
  // ok: javascript-html-from-input
  return { __html: DOMPurify.sanitize(props.text) };
}

export function Note() {
  const [searchParams] = useSearchParams();
  // ruleid: javascript-html-from-input
  return <div dangerouslySetInnerHTML={{ __html: searchParams.get("note") }} />;
}
