"use strict";
/* Letters: arrows go along the lines, single keys to the parts of a page. Everything here has a link or a form that does the same. */
(() => {
  const keys = document.getElementById("keys");
  const filters = document.getElementById("filters");
  const at = (id) => document.getElementById(id);
  const click = (id) => { const one = at(id); if (one) one.click(); };

  const lines = () => [...document.querySelectorAll("a.line")];

  function along(step) {
    const all = lines();
    const row = document.activeElement.closest && document.activeElement.closest("tr[data-letter]");
    const line = row ? row.querySelector("a.line") : document.activeElement;
    const here = all.indexOf(line);
    const wanted = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
    if (wanted) { wanted.focus(); wanted.scrollIntoView({ block: "nearest" }); }
  }

  function toGroup(number) {
    const line = document.querySelector(`.group[data-key="${number}"] a.line`);
    if (line) { line.focus(); line.scrollIntoView({ block: "center" }); }
  }

  function toPart(id) {
    const heading = at(id);
    if (!heading) return;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  }

  function toActs() {
    const acts = at("acts");
    if (!acts) return;
    const all = [...acts.parentElement.querySelectorAll("details.choice[open] input:not([type=hidden]), #settle, details.choice summary")];
    const first = all.find((one) => one.matches("input")) || all[0];
    if (first) { first.focus(); first.scrollIntoView({ block: "center" }); }
  }

  const everywhere = {
    ArrowDown: () => along(1), j: () => along(1), ArrowUp: () => along(-1), k: () => along(-1),
    n: () => click("more"), b: () => click("back"),
    "?": () => keys && keys.showModal(), F1: () => keys && keys.showModal(),
  };
  const list = {
    "1": () => toGroup(1), "2": () => toGroup(2),
    "/": () => filters.querySelector("select").focus(),
    x: () => click("all"),
    p: () => location.assign("/desk/sent?state=person"),
    c: () => location.assign("/desk/sent/figures"),
  };
  const page = {
    a: toActs, c: () => toPart("calls"), p: () => toPart("pages"), h: () => toPart("story"), w: () => toPart("whose"),
    l: () => toPart("letters"),
  };
  const known = { ...everywhere, ...(filters ? list : page) };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || (keys && keys.open)) return;
    if (event.key === "Escape") { if (document.activeElement) document.activeElement.blur(); return; }
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Enter" && event.target.matches("select")) { event.preventDefault(); filters.requestSubmit(); }
      return;
    }
    const wanted = known[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (wanted && !event.repeat) { event.preventDefault(); wanted(); return; }
    if (wanted && event.key.startsWith("Arrow")) { event.preventDefault(); wanted(); }
  });
})();
