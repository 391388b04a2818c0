const params = new URLSearchParams(window.location.search);
// ruleid: javascript-page-navigates-to-input
location.assign(params.get("to"));
// ruleid: javascript-page-navigates-to-input
window.location = decodeURIComponent(location.hash.slice(1));
const target = new URL(location.href).searchParams.get("target");
// ruleid: javascript-page-navigates-to-input
window.open(target);
// ok: javascript-page-navigates-to-input
location.href = location.pathname + location.search;
// ok: javascript-page-navigates-to-input
location.href = "/item/" + params.get("id");
// ok: javascript-page-navigates-to-input
location.href = `${API_URL}/login?next=${params.get("id")}`;
// ok: javascript-page-navigates-to-input
location.href = "#" + params.get("id");
// ok: javascript-page-navigates-to-input
location.href = `?page=${parseInt(params.get("page"), 10)}`;
const next = params.get("next");
if (!next.startsWith("/home")) throw new Error("elsewhere");
// ok: javascript-page-navigates-to-input
location.href = next;
window.addEventListener("message", (event) => {
  // ruleid: javascript-page-navigates-to-input
  window.location.href = event.data.url;
});
