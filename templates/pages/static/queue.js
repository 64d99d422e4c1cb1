"use strict";
/* The queue: Enter takes the next fax wherever the focus rests, unless it rests on something that Enter works itself. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.repeat || event.altKey || event.ctrlKey) return;
  if (event.target.closest("a, button, input")) return;
  document.querySelector("form[action='/desk/next']").requestSubmit();
});
