import DOMPurify from "dompurify";

const params = new URLSearchParams(window.location.search);
const box = document.getElementById("box");
// ruleid: javascript-html-from-input
box.innerHTML = "Hello " + params.get("name");
// ruleid: javascript-html-from-input
box.insertAdjacentHTML("beforeend", decodeURIComponent(location.hash));
// ok: javascript-html-from-input
box.innerHTML = DOMPurify.sanitize(params.get("name"));
// ok: javascript-html-from-input
box.textContent = params.get("name");
// ok: javascript-html-from-input
box.innerHTML = "<b>fixed</b>";

app.get("/hello", (req, res) => {
  // ruleid: javascript-html-from-input
  res.send(`<h1>Hello ${req.query.name}</h1>`);
  // ok: javascript-html-from-input
  res.send({ name: req.query.name });
  // ok: javascript-html-from-input
  res.send(`<h1>Hello ${escapeHtml(req.query.name)}</h1>`);
});

export function Card(props) {
  // ok: javascript-html-from-input
  return { __html: DOMPurify.sanitize(props.text) };
}
