"use strict";
/* The desk's keys. Every action is a form on the page that works without this file; here the hands stay on the keyboard,
   the page follows the field, and a verdict is saved without a reload. */
(() => {
  document.documentElement.classList.add("js");
  const work = document.querySelector(".work");
  if (!work) return;
  const mine = work.hasAttribute("data-mine");
  const viewer = document.querySelector(".viewer");
  const cards = [...document.querySelectorAll(".card")];
  const doubts = cards.filter((card) => card.dataset.group === "doubt");
  const done = document.getElementById("done");
  const sheets = [...document.querySelectorAll(".sheet")];
  const say = (words) => { document.getElementById("say").textContent = words; };
  let current = null;
  let wholePage = false;
  let busy = false;

  /* ---- the page follows the field ---- */
  const zoneOf = (key) => document.querySelector(`polygon[data-key="${CSS.escape(key)}"]`);
  const shownSheet = () => sheets.find((sheet) => sheet.classList.contains("on"));

  function showSheet(number) {
    const wanted = sheets.find((sheet) => sheet.dataset.page === String(number));
    if (!wanted) return;
    sheets.forEach((sheet) => sheet.classList.toggle("on", sheet === wanted));
    document.querySelectorAll(".rail a").forEach((thumb) => {
      const on = thumb.dataset.page === String(number);
      thumb.classList.toggle("on", on);
      if (on) thumb.setAttribute("aria-current", "true"); else thumb.removeAttribute("aria-current");
    });
  }

  function place(smooth) {
    const sheet = shownSheet();
    if (!sheet) return;
    const width = Number(sheet.dataset.width);
    const height = Number(sheet.dataset.height);
    const room = { x: viewer.clientWidth - 28, y: viewer.clientHeight - 28 };
    const zone = current && !wholePage ? zoneOf(current.dataset.key) : null;
    const box = zone && sheet.contains(zone) ? zone.getBBox() : null;
    viewer.classList.toggle("smooth", Boolean(smooth));
    if (wholePage) {
      sheet.style.width = `${Math.min(room.x, room.y * width / height)}px`;
      return;
    }
    if (!box) {
      sheet.style.width = `${room.x}px`;
      return;
    }
    /* as close as leaves the field a third of the page's width of context, never closer than the fax's own pixels */
    const seen = Math.min(width, Math.max(box.width * 1.35, width * 0.62));
    const scale = Math.min(room.x / seen, 1.15);
    sheet.style.width = `${Math.max(room.x, width * scale)}px`;
    const drawn = sheet.getBoundingClientRect().width / width;
    viewer.scrollTo({
      left: (box.x + box.width / 2) * drawn + 14 - viewer.clientWidth / 2,
      top: (box.y + box.height / 2) * drawn + 14 - viewer.clientHeight * 0.42,
    });
  }

  function markZones() {
    document.querySelectorAll("polygon").forEach((zone) => {
      const card = cards.find((one) => one.dataset.key === zone.dataset.key);
      const doubt = card && card.dataset.group === "doubt";
      zone.classList.toggle("doubt", Boolean(doubt) && !card.classList.contains("settled"));
      zone.classList.toggle("settled", Boolean(doubt) && card.classList.contains("settled"));
      zone.classList.toggle("now", Boolean(current) && zone.dataset.key === current.dataset.key);
    });
  }

  /* ---- opening a card ---- */
  function open(card, smooth = true) {
    if (current && current !== card) current.open = false;
    current = card;
    const fold = card.closest(".fold");
    if (fold) fold.open = true;
    card.open = true;
    if (card.dataset.page) showSheet(card.dataset.page);
    markZones();
    place(smooth);
    const next = cards[cards.indexOf(card) + 1];
    [card, next].forEach((one) => { const image = one && one.querySelector(".strip img"); if (image) image.loading = "eager"; });
    if (!mine) return;
    const answer = ["input[type=radio]:checked", "input[type=radio]", "input[name=value], textarea", "button.pick"]
      .map((kind) => card.querySelector(kind)).find(Boolean);
    answer.focus({ preventScroll: true });
    if (answer.select && answer.type !== "radio") answer.select();
    card.scrollIntoView({ block: "nearest" });
    forgetGuess(card);
  }

  const unsettled = () => doubts.filter((card) => !card.classList.contains("settled"));

  function onward() {
    const from = doubts.indexOf(current);
    const left = unsettled();
    const next = left.find((card) => doubts.indexOf(card) > from) || left[0];
    if (next) { open(next); return; }
    if (current) current.open = false;
    current = null;
    markZones();
    if (done) { done.hidden = false; done.focus({ preventScroll: true }); done.scrollIntoView({ block: "nearest" }); }
  }

  function back() {
    const from = current ? doubts.indexOf(current) : doubts.length;
    const before = doubts[from - 1];
    if (before) open(before);
  }

  function along(step) {
    const from = cards.indexOf(current);
    const next = cards[Math.min(cards.length - 1, Math.max(0, from + step))];
    if (next) open(next);
  }

  /* ---- verdicts ---- */
  async function send(form, submitter) {
    if (busy) return;
    busy = true;
    const card = form.closest(".card");
    const data = new URLSearchParams(new FormData(form));
    if (submitter && submitter.name) data.set(submitter.name, submitter.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 401) { location.assign(`/desk/sign-in?next=${encodeURIComponent(location.pathname)}&lost=1`); return; }
      const told = await answer.json();
      if (answer.ok) settled(card, told); else refused(card, answer.status, told);
    } catch {
      refused(card, 0, { why: "The desk did not answer: nothing was saved. Try again." });
    } finally {
      busy = false;
    }
  }

  function settled(card, told) {
    const was = card.classList.contains("settled");
    card.classList.add("settled");
    card.querySelector(".shown").textContent = told.shown;
    card.querySelector(".said").textContent = `${told.verdict} by ${told.by}`;
    card.querySelector(".trouble").textContent = "";
    card.querySelector("[name=insist]").value = "";
    const input = card.querySelector("input[name=value]:not([type]), textarea[name=value]");
    if (input) input.value = told.typed;
    document.getElementById("left").textContent = told.left.length;
    document.getElementById("left-word").textContent = told.left.length === 1 ? "doubt left" : "doubts left";
    document.getElementById("rules").innerHTML = told.rules;
    const patient = document.getElementById("patient");
    if (patient) patient.innerHTML = told.patient;
    if (done) done.hidden = told.left.length > 0;
    lease(told.lease);
    say(`${card.querySelector(".label").textContent}: ${told.shown || told.verdict}${was ? " (changed)" : ""}`);
    onward();
  }

  function refused(card, status, told) {
    const trouble = card.querySelector(".trouble");
    trouble.textContent = told.why + (told.may_insist ? " Enter again keeps it as it stands on the paper." : "");
    card.querySelector("[name=insist]").value = told.may_insist ? "1" : "";
    card.scrollIntoView({ block: "nearest" });
    if (status === 409) say("This fax is no longer in your hands.");
  }

  /* ---- guesses: 1–9 takes one; typing on makes it the reviewer's own value ---- */
  function forgetGuess(card) {
    card.dataset.taken = "";
    card.querySelectorAll(".guess").forEach((guess) => guess.classList.remove("on"));
  }

  function takeGuess(card, number) {
    const radio = card.querySelector(`input[type=radio][data-number="${number}"]`);
    if (radio) { radio.checked = true; radio.focus(); return true; }
    const guess = card.querySelector(`.guess[data-number="${number}"]`);
    const input = card.querySelector("input[name=value]:not([type]), textarea[name=value]");
    if (!guess || !input) return false;
    forgetGuess(card);
    input.value = guess.value;
    input.select();
    card.dataset.taken = number;
    guess.classList.add("on");
    card.querySelector("[name=insist]").value = "";
    return true;
  }

  function typedDigit(event, card, input) {
    const untouched = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    if (card.dataset.taken) {
      /* a second character: the first one was meant to be typed, too */
      const first = card.dataset.taken;
      forgetGuess(card);
      input.value = first;
      input.setSelectionRange(1, 1);
      return;
    }
    if (untouched && /^[1-9]$/.test(event.key) && takeGuess(card, event.key)) event.preventDefault();
  }

  document.addEventListener("input", (event) => {
    const card = event.target.closest(".card");
    if (!card) return;
    card.querySelector("[name=insist]").value = "";
    card.querySelector(".trouble").textContent = "";
    if (event.target.type !== "radio") forgetGuess(card);
  });

  /* ---- dialogs ---- */
  function act(name) {
    const dialog = document.getElementById(name);
    if (!dialog) return;
    document.querySelectorAll("dialog[open]").forEach((one) => one.close());
    if (name === "send-back") tickIllegible(dialog);
    dialog.showModal();
  }

  function tickIllegible(dialog) {
    doubts.forEach((card) => {
      if (card.querySelector(".shown").textContent !== "illegible") return;
      const label = card.querySelector(".label").textContent;
      dialog.querySelectorAll("[name=ask]").forEach((box) => { if (box.value.startsWith(`${label}:`)) box.checked = true; });
    });
  }

  document.querySelectorAll("dialog[open]").forEach((dialog) => { dialog.close(); dialog.showModal(); });

  function submitFax() {
    const left = unsettled();
    if (left.length) {
      say(`${left.length} doubt${left.length === 1 ? " is" : "s are"} still open.`);
      open(left[0]);
      return;
    }
    const form = document.getElementById("submit");
    if (form && !busy) { busy = true; form.requestSubmit(); }
  }

  /* ---- keys ---- */
  const WITH_ALT = {
    KeyB: () => pressIn("blank"), KeyI: () => pressIn("illegible"),
    KeyR: () => act("reject"), KeyA: () => act("send-back"), KeyE: () => act("escalate"), KeyL: () => act("second-look"),
    KeyQ: () => { const form = document.getElementById("release"); if (form) form.requestSubmit(); else location.assign("/desk"); },
    KeyC: () => { const fold = document.querySelector(".fold"); if (fold) fold.open = !fold.open; },
    KeyZ: () => { wholePage = !wholePage; place(true); },
    ArrowDown: () => along(1), ArrowUp: () => along(-1),
    PageDown: () => turn(1), PageUp: () => turn(-1),
  };

  function pressIn(name) {
    const button = current && current.querySelector(`[data-act="${name}"]`);
    if (button) button.form.requestSubmit(button);
  }

  function turn(step) {
    const next = sheets[sheets.indexOf(shownSheet()) + step];
    if (next) { showSheet(next.dataset.page); viewer.scrollTo({ top: 0 }); }
  }

  document.addEventListener("keydown", (event) => {
    const dialog = document.querySelector("dialog[open]");
    if (dialog) { inDialog(event, dialog); return; }
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const typing = event.target.closest("input:not([type=radio]), textarea");
    if (event.altKey && !event.ctrlKey && !event.metaKey) {
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
      if (digit && current && mine) { event.preventDefault(); takeGuess(current, digit[1]); return; }
      const wanted = WITH_ALT[event.code];
      if (wanted) { event.preventDefault(); if (!event.repeat) wanted(); }
      return;
    }
    if (event.key === "Enter") {
      if (event.repeat) { event.preventDefault(); return; } /* a key held down confirms one field, not all of them */
      if (event.ctrlKey || event.metaKey) { event.preventDefault(); if (mine) submitFax(); return; }
      if (event.shiftKey) { event.preventDefault(); back(); return; }
      if (current && mine && current.contains(event.target) && !event.target.closest("summary, button")) {
        event.preventDefault();
        const form = current.querySelector("form");
        form.requestSubmit(form.querySelector("button[name=said][value=value]"));
      }
      return;
    }
    if (!plain) return;
    /* no single-line field of any form holds a question mark; a narrative may */
    if (event.key === "F1" || (event.key === "?" && !event.target.closest("textarea"))) { event.preventDefault(); act("keys"); return; }
    if (!current || !mine) return;
    if (typing && current.contains(typing) && event.key.length === 1) typedDigit(event, current, typing);
    else if (!typing && /^[1-9]$/.test(event.key) && takeGuess(current, event.key)) event.preventDefault();
  });

  function inDialog(event, dialog) {
    const form = dialog.querySelector("form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) { event.preventDefault(); if (!event.repeat) form.requestSubmit(); return; }
    const radios = [...dialog.querySelectorAll("input[type=radio]")];
    if (!event.target.closest("input:not([type=radio])") && /^[1-9]$/.test(event.key) && radios[event.key - 1]) {
      event.preventDefault();
      radios[event.key - 1].checked = true;
      radios[event.key - 1].focus();
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest(".card")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  /* ---- pointers ---- */
  document.addEventListener("click", (event) => {
    const zone = event.target.closest("polygon");
    if (zone) {
      const card = cards.find((one) => one.dataset.key === zone.dataset.key);
      if (card) open(card);
      return;
    }
    const summary = event.target.closest(".card > summary");
    if (summary) { event.preventDefault(); open(summary.parentElement); return; }
    const link = event.target.closest("a[data-act]");
    if (link) { event.preventDefault(); act(link.dataset.act); return; }
    if (event.target.closest("[data-close]")) { event.preventDefault(); event.target.closest("dialog").close(); return; }
    const thumb = event.target.closest(".rail a");
    if (thumb) { event.preventDefault(); showSheet(thumb.dataset.page); viewer.scrollTo({ top: 0 }); }
  });
  document.querySelectorAll("dialog").forEach((dialog) => dialog.addEventListener("close", () => {
    if (current) open(current, false);
  }));

  document.querySelectorAll(".strip img").forEach((image) => image.addEventListener("load", () => {
    image.classList.toggle("wide", image.naturalWidth > 9 * image.naturalHeight);
  }));

  /* ---- the lease: a sign of life only while somebody works here ---- */
  const clock = document.getElementById("lease");
  let until = 0;
  let lastMove = Date.now();
  let lastBeat = Date.now();
  function lease(seconds) { until = Date.now() + seconds * 1000; lastBeat = Date.now(); tick(); }
  function tick() {
    if (!clock) return;
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.parentElement.classList.toggle("short", left < 60);
    if (lastMove > lastBeat && Date.now() - lastBeat > 60000) beat();
  }
  async function beat() {
    lastBeat = Date.now();
    const data = new URLSearchParams({ csrf: work.dataset.csrf, version: work.dataset.version });
    try {
      const answer = await fetch(`/desk/items/${work.dataset.item}/lease`, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (answer.status === 401) location.assign(`/desk/sign-in?next=${encodeURIComponent(location.pathname)}`);
      else if (answer.ok) lease((await answer.json()).lease);
      else say((await answer.json()).why);
    } catch {
      say("The desk does not answer.");
    }
  }
  ["keydown", "pointerdown", "wheel"].forEach((kind) => document.addEventListener(kind, () => { lastMove = Date.now(); }, { passive: true }));
  if (clock) { lease(Number(clock.dataset.seconds)); setInterval(tick, 1000); }

  /* ---- begin ---- */
  addEventListener("resize", () => place(false));
  const first = cards.find((card) => card.open) || unsettled()[0];
  if (first) open(first, false);
  else { markZones(); place(false); if (done && !done.hidden) done.focus({ preventScroll: true }); }
})();
