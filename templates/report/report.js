(() => {
  "use strict";
  const cards = Array.from(document.querySelectorAll("article.card"));
  const form = document.getElementById("filters");
  if (!form) return;
  form.hidden = false;
  const count = document.getElementById("shown-count");

  const fits = (card, severities, wanted) =>
    severities.has(card.dataset.severity) &&
    (!wanted.sources || card.dataset.sources.split("\n").includes(wanted.sources)) &&
    (!wanted.file || card.dataset.file === wanted.file) &&
    (!wanted.rule || card.dataset.rule === wanted.rule);

  const apply = () => {
    const severities = new Set(Array.from(form.querySelectorAll("[name=severity]:checked"), (box) => box.value));
    const wanted = { sources: form.elements.sources.value, file: form.elements.file.value, rule: form.elements.rule.value };
    for (const card of cards) card.hidden = !fits(card, severities, wanted);
    count.textContent = `${cards.filter((card) => !card.hidden).length} of ${cards.length} shown.`;
  };

  const step = (by) => {
    const open = cards.filter((card) => !card.hidden);
    if (!open.length) return;
    const here = open.findIndex((card) => card.contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : open.length - 1) : Math.min(open.length - 1, Math.max(0, here + by));
    open[next].focus({ preventScroll: true });
    open[next].scrollIntoView({ block: "start" });
  };

  // A link to a finding that a filter hides shows it all the same.
  const arrive = () => {
    const card = cards.find((one) => one.id === location.hash.slice(1));
    if (!card) return;
    card.hidden = false;
    card.focus();
  };

  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", arrive);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });
  apply();
  arrive();
})();
