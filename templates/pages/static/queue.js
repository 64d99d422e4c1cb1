"use strict";
/* The queue: Enter takes the next fax wherever the focus rests, arrows go along the lines, numbers come by themselves. Everything here
   has a link or a button that does the same. */
(() => {
  const LANES = ["safety", "today", "ordinary", "sender"]; /* by key */
  let last = null; /* the board as it was last told: set anew only where something changed */
  const EVERY = 20000; /* milliseconds between two looks at the numbers */
  const board = document.getElementById("board");
  const next = document.querySelector("#next button");
  const keys = document.getElementById("keys");
  const filters = document.getElementById("filters");

  const lines = () => [...board.querySelectorAll("a.line")];
  const current = () => document.activeElement.closest && document.activeElement.closest("#board tr");

  function along(step) {
    const all = lines();
    const row = current();
    const here = row ? all.indexOf(row.querySelector("a.line")) : -1;
    const wanted = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
    if (wanted < 0) { toNext(); return; }
    if (all[wanted]) { all[wanted].focus(); all[wanted].scrollIntoView({ block: "nearest" }); }
  }

  function toLane(number) {
    const line = board.querySelector(`tbody[data-key="${number}"] a.line`);
    if (line) { line.focus(); line.scrollIntoView({ block: "nearest" }); return; }
    if (board.querySelector(`tbody[data-key="${number}"]`)) return; /* nothing waits there */
    const there = new URL(location.href); /* one lane is shown: go to the other, with the same filters */
    there.searchParams.set("lane", LANES[number - 1]);
    there.searchParams.delete("after");
    location.assign(there);
  }

  function toNext() { if (next.disabled) board.focus(); else next.focus(); scrollTo({ top: 0 }); }

  function take() {
    const row = current();
    const button = row && row.querySelector("form[action$='/take'] button");
    if (button) button.form.requestSubmit();
  }

  const PLAIN = {
    ArrowDown: () => along(1), ArrowUp: () => along(-1),
    "1": () => toLane(1), "2": () => toLane(2), "3": () => toLane(3), "4": () => toLane(4),
    t: take, T: take,
    "/": () => filters.querySelector("select").focus(),
    x: () => { const all = document.getElementById("all"); if (all) all.click(); },
    "?": () => keys.showModal(), F1: () => keys.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || keys.open) return;
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) { toNext(); return; }
    if (event.key === "Enter") {
      if (event.repeat || event.target.closest("a, button, input, summary")) return;
      if (typing) { event.preventDefault(); filters.requestSubmit(); return; }
      if (!next.disabled) next.form.requestSubmit();
      return;
    }
    if (typing) return;
    const wanted = PLAIN[event.key];
    if (wanted) { event.preventDefault(); wanted(); }
  });

  /* ---- numbers by themselves: they count as no sign of life, and the focus stays on its line ---- */
  function put(told) {
    for (const [name, words] of Object.entries(told.numbers)) {
      const place = document.querySelector(`[data-number="${name}"]`);
      if (place && place.textContent !== words) place.textContent = words;
    }
    document.getElementById("next-words").textContent = told.next;
    const badge = document.getElementById("mentions");
    badge.hidden = !told.mentions;
    badge.textContent = `${told.mentions} note${told.mentions === 1 ? "" : "s"} for you`;
    const idle = document.activeElement === document.body;
    next.disabled = !told.any;
    if (idle && told.any) next.focus({ preventScroll: true });
    if (told.board === last) return;
    last = told.board;
    const row = current();
    const item = row && row.dataset.item;
    const inForm = row && !document.activeElement.matches("a.line");
    board.innerHTML = told.board;
    if (!row) return;
    const again = item && board.querySelector(`tr[data-item="${CSS.escape(item)}"] ${inForm ? "button" : "a.line"}`);
    (again || next).focus({ preventScroll: true });
  }

  async function look() {
    if (document.hidden || keys.open) return;
    try {
      const answer = await fetch(`/desk/numbers${location.search}`, { headers: { Accept: "application/json" } });
      if (answer.status === 401) { location.assign("/desk/sign-in"); return; }
      if (answer.ok) put(await answer.json());
    } catch { /* the desk does not answer: the next look tells */ }
  }
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  window.lookAtNumbers = look; /* for who cannot wait, such as a test */
})();
