"use strict";
/* For a few seconds after a submission Alt U takes it back, as long as it is the last thing one did: what was said on this page since is
   taken back first, by the item's own keys. Capturing, so that one key never does both. */
(() => {
  const form = document.getElementById("recall");
  if (!form) return;
  const settled = () => document.querySelectorAll(".card.settled").length;
  const before = settled();
  setTimeout(() => form.remove(), Number(form.dataset.seconds) * 1000);
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyU" || event.repeat || !form.isConnected) return;
    if (settled() > before) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.requestSubmit();
  }, true);
})();
