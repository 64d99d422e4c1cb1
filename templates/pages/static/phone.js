"use strict";
/* A call's form: each field is kept as it is typed; Enter goes on, Ctrl Enter reads back. Without this script one button saves all. */
(() => {
  const form = document.getElementById("call");
  const say = document.getElementById("say");
  let timer = 0;
  let changed = false;
  let sending = Promise.resolve();

  function fields() {
    const all = form.querySelectorAll("[data-field] input:not([type]), [data-field] select, [data-field] textarea");
    return [...all].filter((one) => one.offsetParent !== null);
  }

  function show(answer) {
    for (const field of form.querySelectorAll("[data-field]")) {
      const input = field.querySelector("input:not([type]), select, textarea");
      const typing = input === document.activeElement && !field.classList.contains("wrong");
      const wrong = typing ? undefined : answer.wrong[field.dataset.field]; // said once the field is left, not in the middle of it
      field.classList.toggle("wrong", Boolean(wrong));
      input.toggleAttribute("aria-invalid", Boolean(wrong));
      if (wrong) input.setAttribute("aria-invalid", "true");
      field.querySelector(".trouble").textContent = wrong ? wrong.why : "";
      const insist = field.querySelector(".insist");
      insist.hidden = !(wrong && wrong.may_insist);
      if (insist.hidden) insist.querySelector("input").checked = false;
    }
    document.getElementById("patient").innerHTML = answer.patient;
    document.getElementById("rules").innerHTML = answer.rules;
  }

  function keep() {
    clearTimeout(timer);
    if (!changed) return sending;
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    const request = () => fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body, keepalive: true });
    sending = sending.then(request).then(async (response) => {
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.why);
      if (!changed) show(answer);
      say.textContent = "kept " + new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    }).catch((error) => {
      changed = true;
      say.textContent = "NOT KEPT: " + (error.message || "no answer from the server") + ". Press Save.";
    });
    return sending;
  }

  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 700);
  });
  form.addEventListener("change", () => { changed = true; keep(); });
  addEventListener("pagehide", keep);
  form.addEventListener("submit", () => { clearTimeout(timer); changed = false; });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (event.repeat) return;
      clearTimeout(timer);
      changed = false;
      sending.then(() => form.requestSubmit(document.querySelector("button[name='read-back']")));
      return;
    }
    const here = fields().indexOf(event.target);
    if (here < 0 || event.target.tagName === "TEXTAREA") return;
    event.preventDefault();
    const next = fields()[here + (event.shiftKey ? -1 : 1)];
    if (next) { next.focus(); if (next.select) next.select(); }
    else document.querySelector("button[name='read-back']").focus();
  });

  const first = document.querySelector("[data-field].wrong input, [data-field].wrong select") || fields().find((one) => !one.value) || fields()[0];
  if (first) first.focus();
})();
