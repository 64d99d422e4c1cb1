/* Keys. Whatever has data-key="Alt+B" is clicked by that key wherever it can be clicked; what is no button stands in OWN. The list
   under ? is made of the same two, so that it shows what works here and now. */
import { facts, say } from "./facts.js";
import * as cards from "./cards.js";
import * as verdicts from "./verdicts.js";
import { pan, turnLeaf } from "./viewer.js";

const NUDGE = 90;
const CODES = { Minus: "-", Equal: "+", NumpadAdd: "+", NumpadSubtract: "-" };
const canUndo = () => facts.mine && cards.cards.length > 0;
const current = () => cards.state.current;
const working = () => Boolean(current()) && facts.mine;
const typing = () => document.activeElement && document.activeElement.closest("input:not([type=radio], [type=checkbox]), textarea");
const picking = () => document.activeElement && document.activeElement.closest("input[type=radio]");
const free = () => !typing() && !picking();
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const step = (go) => (key) => go(key.endsWith("Down") ? 1 : -1);
const move = (key) => pan(ARROWS[key][0] * NUDGE, ARROWS[key][1] * NUDGE);

/* [keys, words, when, what]; no words: told by another line */
const OWN = [
  [["Enter"], "confirm what stands in the field, on to the next doubt", working, confirm],
  [["Shift+Enter"], "back to the doubt before", () => cards.doubts.length > 0, cards.back],
  [["Ctrl+Enter"], "", () => facts.mine, submitFax],
  [["Ctrl+Z"], "take back the last verdict; in a text being edited, the last letters", () => canUndo() && !edited(), verdicts.undo],
  [["Escape"], "put back what stood in the field", () => working() && cards.differs(current()), putBack],
  [["Alt+ArrowDown", "Alt+ArrowUp"], "next field or the one before, certain ones too", () => cards.cards.length > 0, step(cards.along)],
  [["Alt+PageDown", "Alt+PageUp"], "next page or the one before", () => document.querySelectorAll(".sheet").length > 1, step(turnLeaf)],
  [["Alt+C"], "show or fold the certain fields", () => document.querySelector(".fold") !== null, fold],
  [Object.keys(ARROWS).map((key) => `Alt+Shift+${key}`), "move the page image", () => true, move],
  [Object.keys(ARROWS), "move the page image, too, when no field is in hand", free, move],
];

function nameOf(event) {
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    const base = event.code.replace(/^(?:Key|Digit|Numpad)(?=[A-Z0-9]$)/, "");
    return `Alt+${event.shiftKey && base.startsWith("Arrow") ? "Shift+" : ""}${CODES[event.code] || base}`;
  }
  const printed = event.key.length === 1;
  const base = printed ? event.key.toUpperCase() : event.key;
  if (event.ctrlKey || event.metaKey) return `Ctrl+${event.shiftKey ? "Shift+" : ""}${base}`;
  return event.shiftKey && !printed ? `Shift+${base}` : base;
}

/* what has a key and can be clicked now: in the card in hand, else anywhere that is neither folded away nor disabled */
function pressable() {
  return [...document.querySelectorAll("[data-key]")].filter((one) => {
    const card = one.closest(".card");
    if (card && card !== current()) return false;
    return !one.disabled && !one.closest("fieldset:disabled, [hidden], dialog:not([open])");
  });
}

const byKey = (name) => pressable().find((one) => one.dataset.key.split(" ").includes(name));

function edited() {
  const field = typing();
  return Boolean(field) && working() && current().contains(field) && field.value !== cards.state.opening;
}

function confirm() {
  verdicts.confirm(current());
}

function putBack() {
  const card = current();
  const input = cards.inputOf(card);
  if (input) input.value = card.dataset.initial;
  card.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = radio.defaultChecked; });
  (input || card.querySelector("input:checked") || card.querySelector("input[type=radio]")).dispatchEvent(new Event("input", { bubbles: true }));
  cards.open(card, false);
}

function submitFax() {
  const left = cards.unsettled();
  if (left.length) {
    const typed = left.find((card) => card.classList.contains("typed"));
    const doubts = left.length === 1 ? "1 doubt is" : `${left.length} doubts are`;
    say(typed ? `${cards.labelOf(typed)}: typed, not confirmed.` : `${doubts} still open.`);
    cards.open(left[0]);
    return;
  }
  document.getElementById("submit")?.requestSubmit();
}

function fold() {
  const one = document.querySelector(".fold");
  one.open = !one.open;
}

document.addEventListener("keydown", (event) => {
  const dialog = document.querySelector("dialog[open]");
  if (dialog) { inDialog(event, dialog); return; }
  const name = nameOf(event);
  const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
  if (plain && verdicts.waitsForAnswer() && (event.key.length === 1 || ["Enter", "Backspace"].includes(event.key))) {
    event.preventDefault();
    if (!event.repeat || event.key !== "Enter") verdicts.keep(event.key);
    return;
  }
  const digit = /^(Alt\+)?([1-9])$/.exec(name);
  if (digit && working()) {
    const input = typing();
    const taken = digit[1] || !input ? cards.takeGuess(current(), digit[2])
      : current().contains(input) && cards.digitTakes(current(), input, event.key);
    if (taken) event.preventDefault();
    return;
  }
  if (typing() && name.length === 1) {
    /* no single-line field of any form holds a question mark; a narrative may */
    if (name === "?" && !event.target.closest("textarea")) press(event, byKey("?"));
    else if (working() && current().contains(typing())) cards.digitTakes(current(), typing(), event.key);
    return;
  }
  if (name === "Enter" && event.target.closest("summary, button, a")) return;
  if (name === "Ctrl+Z" && edited()) return;
  const own = OWN.find(([keys, , when]) => keys.includes(name) && when());
  if (own) {
    event.preventDefault();
    /* a key held down confirms one field, not all of them; it moves the image on and on */
    if (!event.repeat || own[3] === move) own[3](event.key);
    return;
  }
  press(event, byKey(name));
});

function press(event, element) {
  if (!element) return;
  event.preventDefault();
  if (!event.repeat || element.dataset.do) element.click();
}

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

/* ---- the list under ? ---- */
const SHOWN = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", PageDown: "PgDn", PageUp: "PgUp" };

function line(keys, words) {
  const row = document.createElement("div");
  const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
  keys.forEach((key, at) => {
    if (at) term.append(" or ");
    (key === "+" ? ["+"] : key.split(/\+(?=.)/)).forEach((one) => {
      const cap = document.createElement("kbd");
      cap.textContent = SHOWN[one] || one;
      term.append(cap);
    });
  });
  meaning.textContent = words;
  row.append(term, meaning);
  return row;
}

const labelled = (one) => [...one.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();

function list() {
  /* keys that differ in their direction only stand as one */
  const ways = (keys) => keys.map((key) => { const end = key.split("+").pop(); return SHOWN[end] || end; }).join(" ");
  const before = (key) => key.slice(0, key.lastIndexOf("+") + 1);
  const shown = (keys) => (keys.length > 1 ? [before(keys[0]) + ways(keys)] : keys);
  const rows = OWN.filter(([, words, when]) => words && when()).map(([keys, words]) => line(shown(keys), words));
  if (working()) {
    const guesses = current().querySelectorAll("[data-number]").length;
    const digits = guesses === 1 ? ["1"] : [`1–${guesses}`];
    if (guesses) rows.splice(1, 0, line(digits, "take that answer or guess; keep typing and it is your own value"));
  }
  const words = (one) => one.dataset.says || labelled(one);
  const acts = pressable().filter((one) => !one.closest("dialog")).map((one) => line(one.dataset.key.split(" "), words(one)));
  document.getElementById("keylist").replaceChildren(...rows, ...acts);
}

document.getElementById("keys").addEventListener("opening", list);
