/* Dialogs, and forms that are sent from here: their words stay where they are until the desk has taken them. */
import { go } from "./facts.js";
import * as cards from "./cards.js";
import { send } from "./outbox.js";

export function act(name) {
  const dialog = document.getElementById(name);
  if (!dialog || dialog.tagName !== "DIALOG") return false;
  document.querySelectorAll("dialog[open]").forEach((one) => one.close());
  if (name === "send-back") tickIllegible(dialog);
  dialog.dispatchEvent(new Event("opening"));
  dialog.showModal();
  return true;
}

function tickIllegible(dialog) {
  cards.doubts.forEach((card) => {
    if (card.querySelector(".shown").textContent !== "illegible") return;
    const label = cards.labelOf(card);
    dialog.querySelectorAll("[name=ask]").forEach((box) => { if (box.value.startsWith(`${label}:`)) box.checked = true; });
  });
}

/* a form with data-send: answered with where to go, or with what is wrong */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-send")) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  const data = [...new FormData(form)];
  if (event.submitter && event.submitter.name) data.push([event.submitter.name, event.submitter.value]);
  send({
    address: form.action,
    words: form.id || "act",
    pairs: () => data,
    done: (status, told) => {
      if (status === 200 && told.to) { go(told.to); return; }
      delete form.dataset.sent;
      const trouble = form.querySelector(".trouble") || document.getElementById("say");
      trouble.textContent = told.why || "The desk did not understand this. Nothing was changed.";
    },
  });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-act], button[data-act]");
  if (link && act(link.dataset.act)) { event.preventDefault(); return; }
  if (event.target.closest("[data-close]")) { event.preventDefault(); event.target.closest("dialog").close(); }
});

document.querySelectorAll("dialog").forEach((dialog) => dialog.addEventListener("close", () => {
  if (cards.state.current) cards.open(cards.state.current, false);
}));

export function begin() {
  document.querySelectorAll("dialog[open]").forEach((dialog) => { dialog.close(); act(dialog.id); });
}
