"use strict";
/* Who is meant: Alt P opens the box beside the form, a digit chooses, Shift and a digit rules out, 0 is a new patient, U takes back,
   Esc leaves. Each is a form that works without this file. The box follows the form: when a verdict changes it, it is asked for anew. */
(() => {
  const box = () => document.getElementById("beside");
  if (!box()) return;
  const work = document.querySelector(".work");

  function press(name, act) {
    const form = box().querySelector(`form[data-number="${name}"]`);
    const button = form && form.querySelector(`button[value="${act}"]`);
    if (!button) return false;
    const why = form.querySelector("[name=reason]");
    if (act !== "not_this" && why && !why.value.trim()) { why.focus(); return true; }
    form.requestSubmit(button);
    return true;
  }

  function enter() {
    if (box().hidden) { document.getElementById("say").textContent = "Nobody known is near."; return; }
    box().open = true;
    box().querySelector("summary").focus();
    box().scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyP") { event.preventDefault(); event.stopImmediatePropagation(); enter(); return; }
    if (!box().contains(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      event.stopImmediatePropagation();
      box().open = false;
      const card = document.querySelector(".card[open] input, .card[open] textarea, .card[open] button");
      if (card) card.focus();
      return;
    }
    if (event.target.closest("[name=reason]")) {
      if (event.key === "Enter") {
        event.preventDefault();
        event.stopImmediatePropagation();
        const form = event.target.closest("form");
        if (!event.repeat) form.requestSubmit(form.querySelector("button:not([formnovalidate])"));
      } else if (event.key !== "Tab") event.stopImmediatePropagation();
      return;
    }
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    let done = false;
    if (digit && !event.repeat) done = event.shiftKey ? press(digit[1], "not_this") : press(digit[1], digit[1] === "0" ? "new" : "same");
    else if (event.key === "u" && !event.repeat) done = press("u", "undo");
    if (done) event.preventDefault();
    if (event.key !== "Tab") event.stopImmediatePropagation(); /* these keys mean something else to the rest of the page */
  }, true);

  /* the patient's box changes with every verdict: then others may be near */
  const patient = document.getElementById("patient");
  if (patient) new MutationObserver(async () => {
    if (box().contains(document.activeElement)) return;
    const was = box().open;
    const answer = await fetch(`/desk/items/${work.dataset.item}/beside`, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("beside");
    if (!fresh) return;
    if (was) fresh.open = true;
    box().replaceWith(document.adoptNode(fresh));
  }).observe(patient, { childList: true, subtree: true });
})();
