"use strict";
/* The keys of a whole fax. Every act is a form or a link that works without this file; here a key presses it, the answer comes
   without a reload, and the browser's own "back" undoes: a plan is nothing but an address. */
(() => {
  const fax = () => document.getElementById("fax");
  if (!fax()) return;
  const home = `/desk/faxes/${fax().dataset.fax}`;
  const say = (words) => { document.getElementById("say").textContent = words; };
  const leaves = () => [...document.querySelectorAll(".leaf")];
  let busy = false;
  let planned = 0; /* acts since the page was opened: so many may be undone */

  /* ---- choosing a page ---- */
  function choose(leaf, focus = true) {
    if (!leaf) return;
    leaves().forEach((one) => {
      one.classList.toggle("on", one === leaf);
      if (one === leaf) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
    });
    const { page, title, caption, frozen, turn } = leaf.dataset;
    document.querySelectorAll("[name=at]").forEach((input) => { input.value = page; });
    fax().dataset.at = page;
    const number = document.getElementById("at-number");
    if (number) number.textContent = page;
    document.getElementById("large-words").textContent = `Fax page ${page}${frozen ? `: ${frozen}` : ""}`;
    const large = document.getElementById("large");
    if (large) {
      const source = `${home}/pages/${page}.png`;
      if (!large.src.endsWith(source)) large.src = source;
      large.alt = `Fax page ${page}`;
      large.parentElement.className = `sheet turn-${turn}`;
    }
    if (focus) { leaf.focus({ preventScroll: true }); leaf.scrollIntoView({ block: "nearest" }); }
    say(`Fax page ${page}: ${title}, ${caption}`);
  }

  const addressed = () => `${home}?plan=${encodeURIComponent(fax().dataset.plan)}&at=${fax().dataset.at}`;
  const chosen = () => document.querySelector(".leaf.on");

  function along(step) {
    const all = leaves();
    choose(all[Math.min(all.length - 1, Math.max(0, all.indexOf(chosen()) + step))]);
  }

  /* ---- acts: ask the desk, put its answer in place, keep the images that are there ---- */
  async function show(address, remember) {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (answer.redirected && answer.url.includes("/desk/sign-in")) { location.assign(answer.url); return; }
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = made.getElementById("fax");
      if (!fresh) { location.assign(address); return; }
      const here = new Map([...fax().querySelectorAll("img")].map((image) => [image.getAttribute("src"), image]));
      fresh.querySelectorAll("img").forEach((image) => {
        const same = here.get(image.getAttribute("src"));
        if (same) { same.id = image.id; same.alt = image.alt; image.replaceWith(same); here.delete(image.getAttribute("src")); }
      });
      if (remember) history.replaceState(null, "", addressed()); /* "back" comes back to this page of the fax */
      const top = document.querySelector(".desktop").scrollTop;
      fax().replaceWith(document.adoptNode(fresh));
      document.querySelector(".desktop").scrollTop = top;
      if (remember) {
        history.pushState(null, "", addressed());
        planned += 1;
      }
      choose(chosen());
      const trouble = document.getElementById("trouble").textContent;
      if (trouble) say(trouble);
      else if (remember) say(document.querySelector(".plan ul") ? document.querySelector(".plan li").textContent : "As it was.");
      watch();
    } catch {
      say("The desk did not answer. Try again.");
    } finally {
      busy = false;
    }
  }

  const address = (form, submitter) => {
    const data = new URLSearchParams(new FormData(form));
    if (submitter && submitter.name) data.set(submitter.name, submitter.value);
    return `${home}?${data}`;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get") return;
    event.preventDefault();
    const dialog = form.closest("dialog");
    if (dialog) dialog.close();
    show(address(form, event.submitter), true);
  });

  window.addEventListener("popstate", () => { planned = Math.max(0, planned - 1); show(location.href, false); });

  function chooseForm() {
    const dialog = document.getElementById("form");
    const forms = document.getElementById("choose-form");
    if (!forms || dialog.open) return;
    dialog.showModal();
    document.getElementById("what").focus();
  }

  function apply() {
    const form = document.getElementById("apply");
    if (!form) { say("There is no plan to apply."); return; }
    if (form.querySelector("[name=reason]:checked") || form.elements.other.value.trim()) { form.requestSubmit(); return; }
    form.querySelector("[name=reason]").focus();
    say("Say why: 1 to 4, then Ctrl Enter.");
  }

  function because(number) {
    const reason = document.querySelectorAll("#apply [name=reason]")[number - 1];
    if (!reason) return false;
    reason.checked = true;
    reason.focus();
    reason.closest("form").scrollIntoView({ block: "nearest" });
    return true;
  }

  function openDocument() {
    const link = chosen() && chosen().closest(".stack").querySelector(".head a");
    if (link) location.assign(link.href); else say("This page has no document at the desk.");
  }

  /* ---- keys ---- */
  document.addEventListener("keydown", (event) => {
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      if (event.key === "Enter" && event.target.closest("select")) { event.preventDefault(); dialog.querySelector("form").requestSubmit(); }
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!event.repeat) apply(); return; }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const typing = event.target.closest("input:not([type=radio]), textarea, select");
    if (event.key === "Escape") { if (document.getElementById("apply")) location.assign(`${home}?at=${fax().dataset.at}`); return; }
    if (typing) return;
    if (event.target.closest("input[type=radio]") && event.key.startsWith("Arrow")) return;
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, Home: -9999, End: 9999 };
    if (event.key in moves) { event.preventDefault(); along(moves[event.key]); return; }
    if (event.key === "Enter" && (event.target === document.body || event.target.closest(".leaf"))) {
      event.preventDefault();
      if (!event.repeat) openDocument();
      return;
    }
    if (event.repeat || busy) return;
    if (/^[1-9]$/.test(event.key) && because(Number(event.key))) { event.preventDefault(); return; }
    if (event.key === "u") { event.preventDefault(); if (planned) history.back(); else say("There is nothing to undo."); return; }
    if (event.key === "z") { document.querySelector(".large").classList.toggle("close"); return; }
    if (event.key === "q") { location.assign("/desk"); return; }
    if (event.key === "f") { event.preventDefault(); chooseForm(); return; }
    const button = document.querySelector(`#acts [data-key="${CSS.escape(event.key)}"]`);
    if (button) { event.preventDefault(); button.form.requestSubmit(button); }
  });

  document.addEventListener("click", (event) => {
    const leaf = event.target.closest(".leaf");
    if (leaf) { event.preventDefault(); choose(leaf); return; }
    if (event.target.closest("#choose-form")) { event.preventDefault(); chooseForm(); return; }
    if (event.target.closest("[data-close]")) { event.preventDefault(); event.target.closest("dialog").close(); }
  });

  /* ---- while the pages are read again, look every other second ---- */
  let looking = null;
  function watch() {
    clearTimeout(looking);
    if (fax().hasAttribute("data-due")) looking = setTimeout(() => show(`${home}?at=${fax().dataset.at}`, false).then(arrived), 2000);
  }

  function arrived() {
    if (fax().hasAttribute("data-due")) { watch(); return; }
    const open = document.querySelector(".stack:not(.frozen) .head a");
    if (open) choose(open.closest(".stack").querySelector(".leaf"));
    say("The pages were read again. Enter opens the document.");
  }

  document.querySelectorAll("dialog[open]").forEach((dialog) => { dialog.close(); chooseForm(); });
  choose(chosen());
  watch();
})();
