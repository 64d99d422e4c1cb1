"use strict";
/* Keying: type, Enter, next strip. Each field is saved as it is keyed; the last Enter leads on to whatever is next. */
(() => {
  const work = document.querySelector(".keyings");
  if (!work) return;
  const cards = [...work.querySelectorAll(".card")];
  const clock = document.getElementById("lease");
  const say = (words) => { document.getElementById("say").textContent = words; };
  let current = cards.find((card) => card.open) || cards[0];
  let held = null; /* keys pressed while a field is being saved: they are meant for the next one */
  let touched = true;

  function open(card) {
    cards.forEach((one) => { one.open = one === card; });
    current = card;
    const answer = card.querySelector("input[type=radio]:checked, input[type=radio], input[name=value], textarea");
    answer.focus({ preventScroll: true });
    if (answer.select && answer.type !== "radio") answer.select();
    card.scrollIntoView({ block: "nearest" });
  }

  async function send(form, submitter) {
    if (held) return;
    held = [];
    let onward = false;
    const card = form.closest(".card");
    const data = new URLSearchParams(new FormData(form));
    if (submitter && submitter.name) data.set(submitter.name, submitter.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 401) { location.assign("/desk/sign-in?lost=1"); return; }
      const told = await answer.json();
      if (!answer.ok) { refused(card, told); return; }
      if (told.next) { location.assign(told.next); return; }
      keyed(card, told);
      onward = true;
    } catch {
      refused(card, { why: "The desk did not answer: nothing was saved. Try again." });
    } finally {
      release(onward);
    }
  }

  function release(onward) {
    const keys = held;
    held = null;
    if (!onward) {
      const typed = keys.filter((key) => key !== "Enter").join("");
      if (typed) say(`Not taken: “${typed}”, typed while this was saved.`);
      return;
    }
    while (keys.length && !held) {
      const key = keys.shift();
      if (key === "Enter") keyIt();
      else if (!pick(key) && !current.querySelector("input[type=radio]")) document.execCommand("insertText", false, key);
    }
    if (held) held.push(...keys);
  }

  function keyIt() {
    const form = current.querySelector("form");
    form.requestSubmit(form.querySelector("button[name=said][value=value]"));
  }

  function pick(key) {
    const radio = /^[1-9]$/.test(key) && current.querySelector(`input[type=radio][data-number="${key}"]`);
    if (radio) { radio.checked = true; radio.focus(); }
    return Boolean(radio);
  }

  function keyed(card, told) {
    card.classList.add("settled");
    card.querySelector(".said").textContent = "keyed";
    card.querySelector(".trouble").textContent = "";
    card.querySelector("[name=insist]").value = "";
    document.getElementById("left").textContent = told.left.length;
    document.getElementById("left-word").textContent = told.left.length === 1 ? "field left" : "fields left";
    lease(told.lease);
    say(`${card.querySelector(".label").textContent}: keyed`);
    const rest = cards.filter((one) => told.left.includes(one.dataset.key));
    open(rest.find((one) => cards.indexOf(one) > cards.indexOf(card)) || rest[0]);
  }

  function refused(card, told) {
    card.querySelector(".trouble").textContent = told.why + (told.may_insist ? " Enter again keeps it so." : "");
    card.querySelector("[name=insist]").value = told.may_insist ? "1" : "";
  }

  function press(name) {
    const button = current.querySelector(`[data-act="${name}"]`);
    button.form.requestSubmit(button);
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.closest(".card")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });

  document.addEventListener("input", (event) => {
    const card = event.target.closest(".card");
    if (!card) return;
    card.querySelector("[name=insist]").value = "";
    card.querySelector(".trouble").textContent = "";
  });

  document.addEventListener("keydown", (event) => {
    touched = true;
    if (event.altKey && !event.ctrlKey && !event.metaKey) {
      const wanted = {
        KeyB: () => press("blank"), KeyI: () => press("illegible"),
        KeyQ: () => document.getElementById("release").requestSubmit(),
      }[event.code];
      if (wanted) { event.preventDefault(); if (!event.repeat) wanted(); }
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    if (held) {
      if (event.key.length === 1 || event.key === "Enter") { event.preventDefault(); if (!event.repeat || event.key !== "Enter") held.push(event.key); }
      return;
    }
    if (event.key === "Enter" && !event.target.closest("button, a, summary")) {
      event.preventDefault();
      if (event.repeat) return; /* a key held down keys one field, not all of them */
      if (event.shiftKey) { const before = cards[cards.indexOf(current) - 1]; if (before) open(before); return; }
      keyIt();
      return;
    }
    if (pick(event.key)) event.preventDefault();
  });
  document.addEventListener("pointermove", () => { touched = true; });
  work.addEventListener("click", (event) => {
    const summary = event.target.closest("summary");
    if (summary) { event.preventDefault(); open(summary.parentElement); }
  });

  /* the lease: a sign of life only while somebody works here */
  let until = 0;
  function lease(seconds) { until = Date.now() + seconds * 1000; tick(); }
  function tick() {
    const rest = Math.max(0, Math.round((until - Date.now()) / 1000));
    clock.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    clock.parentElement.classList.toggle("short", rest < 60);
  }
  setInterval(tick, 1000);
  setInterval(async () => {
    if (!touched || held) return;
    touched = false;
    const data = new URLSearchParams({ csrf: work.dataset.csrf, version: work.dataset.version });
    const answer = await fetch(`/desk/keying/${work.dataset.task}/lease`, { method: "POST", body: data, headers: { Accept: "application/json" } }).catch(() => null);
    if (answer && answer.ok) lease((await answer.json()).lease);
    else if (answer && answer.status === 409) say("This keying is no longer in your hands.");
  }, 60000);

  lease(Number(clock.dataset.seconds));
  /* whoever typed before this script ran goes on typing: selecting now would overwrite the first characters */
  if (current && !current.contains(document.activeElement)) open(current);
})();
