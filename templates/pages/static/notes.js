"use strict";
/* Notes on the item page, kept without leaving it. */
(() => {
  const notes = document.getElementById("notes");
  const form = document.getElementById("note-form");
  const text = document.getElementById("note-text");
  const trouble = document.getElementById("note-trouble");
  let from = null; /* where the hands were before they went to the notes */

  function toNotes() {
    if (document.activeElement === text) { back(); return; }
    from = document.activeElement;
    notes.open = true;
    text.focus();
    notes.scrollIntoView({ block: "nearest" });
  }
  function back() { if (from && from.isConnected) from.focus(); else text.blur(); }

  /* while capturing: what is typed into a note is no answer to a field */
  document.addEventListener("keydown", (event) => {
    if (!notes.contains(event.target) || event.altKey) return;
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!event.repeat) form.requestSubmit(); }
    if (event.key === "Escape") back();
  }, true);

  document.getElementById("to-notes").addEventListener("click", (event) => { event.preventDefault(); toNotes(); });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.textContent = "";
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status === 401) { trouble.textContent = "You were signed out. Copy the note, sign in, and keep it then."; return; }
      const told = await answer.json();
      if (!answer.ok) { trouble.textContent = told.why; return; }
      document.getElementById("note-list").innerHTML = told.notes;
      document.getElementById("note-count").textContent = told.count;
      text.value = "";
      const say = document.getElementById("say");
      if (say) say.textContent = told.told.length ? `Kept. ${told.told.join(", ")} will see it.` : "Kept.";
      back();
    } catch {
      trouble.textContent = "The desk did not answer: the note was not kept. Try again.";
    }
  });
})();
