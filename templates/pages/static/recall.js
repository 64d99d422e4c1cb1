"use strict";
/* For a few seconds after a submission: Alt U takes it back. */
(() => {
  const form = document.getElementById("recall");
  if (!form) return;
  setTimeout(() => form.remove(), Number(form.dataset.seconds) * 1000);
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyU" || event.repeat || !form.isConnected) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
