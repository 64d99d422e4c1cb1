/* The fields: which one is in hand, which is next, and what stands in it. */
import { facts, say } from "./facts.js";
import { glide, showSheet, zoneOf } from "./viewer.js";

export const cards = [...document.querySelectorAll(".card")];
export const doubts = cards.filter((card) => card.dataset.group === "doubt");
const done = document.getElementById("done");
export const state = { current: null, opening: "" };
const opened = [];
export const onOpen = (listener) => opened.push(listener);

const part = (card, wanted) => card.querySelector(wanted);
export const inputOf = (card) => part(card, "input[name=value]:not([type]), textarea[name=value]");
export const labelOf = (card) => part(card, ".label").textContent;
export const valueOf = (card) => {
  const input = inputOf(card);
  if (input) return input.value;
  const picked = part(card, "input[type=radio]:checked");
  return picked ? picked.value : card.dataset.widget === "seen" ? "seen" : "";
};
/* whether what stands in the field is not what the desk knows of */
export function differs(card) {
  const input = inputOf(card);
  if (input) return input.value !== card.dataset.initial;
  const picked = part(card, "input[type=radio]:checked");
  return Boolean(picked) && !picked.defaultChecked;
}
/* what stands in the field is what the desk knows of it now */
export function known(card, text) {
  card.classList.remove("typed");
  card.dataset.initial = text;
  card.querySelectorAll("input[type=radio]").forEach((radio) => { radio.defaultChecked = radio.checked; });
}
/* what is wrong, once one has confirmed; and what would be, while one types */
export const trouble = (card, words) => { part(card, ".trouble").textContent = words; hint(card, ""); };
export const hint = (card, words) => { part(card, ".hint").textContent = words; };
/* torn: settled by somebody else since one typed here; typed: not confirmed since. Both need a look, too */
export const unsettled = () => cards.filter((card) => card.classList.contains("torn") || card.classList.contains("typed")
  || (card.dataset.group === "doubt" && !card.classList.contains("settled")));

export function markZones() {
  document.querySelectorAll("polygon").forEach((zone) => {
    const card = cards.find((one) => one.dataset.field === zone.dataset.field);
    const doubt = card && card.dataset.group === "doubt";
    zone.classList.toggle("doubt", Boolean(doubt) && !card.classList.contains("settled"));
    zone.classList.toggle("settled", Boolean(doubt) && card.classList.contains("settled"));
    zone.classList.toggle("now", Boolean(state.current) && zone.dataset.field === state.current.dataset.field);
  });
}

export function open(card, smooth = true) {
  if (state.current && state.current !== card) state.current.open = false;
  const changed = state.current !== card;
  state.current = card;
  const fold = card.closest(".fold");
  if (fold) fold.open = true;
  card.open = true;
  if (card.dataset.page) showSheet(card.dataset.page);
  markZones();
  opened.forEach((listener) => listener(card));
  glide(card.dataset.field, smooth);
  const next = cards[cards.indexOf(card) + 1];
  [card, next].forEach((one) => one && one.querySelectorAll("img").forEach((image) => { image.loading = "eager"; }));
  if (!facts.mine) return;
  const answer = ["input[type=radio]:checked", "input[type=radio]", "input[name=value]:not([type=radio])", "textarea", "button.pick"]
    .map((kind) => part(card, kind)).find(Boolean);
  answer.focus({ preventScroll: true });
  if (changed) state.opening = valueOf(card);
  if (answer.select && answer.type !== "radio") answer.select();
  card.scrollIntoView({ block: "nearest" });
  forgetGuess(card);
}

export function onward() {
  const left = unsettled();
  const from = cards.indexOf(state.current);
  const next = left.find((card) => cards.indexOf(card) > from) || left[0];
  if (next) { open(next); return; }
  if (state.current) state.current.open = false;
  state.current = null;
  markZones();
  opened.forEach((listener) => listener(null));
  if (done) { done.hidden = false; done.focus({ preventScroll: true }); done.scrollIntoView({ block: "nearest" }); }
}

export function back() {
  const from = state.current ? doubts.indexOf(state.current) : doubts.length;
  const before = doubts[(from < 0 ? doubts.length : from) - 1];
  if (before) open(before);
}

export function along(step) {
  const next = cards[Math.min(cards.length - 1, Math.max(0, cards.indexOf(state.current) + step))];
  if (next) open(next);
}

export function count() {
  const left = doubts.filter((card) => !card.classList.contains("settled")).length;
  const shown = document.getElementById("left");
  if (!shown) return;
  shown.textContent = left;
  document.getElementById("left-word").textContent = left === 1 ? "doubt left" : "doubts left";
  if (done) done.hidden = unsettled().length > 0;
}

/* quiet: it was said already, before the desk had answered */
export function showSettled(card, words, verdict, quiet = false) {
  const was = card.classList.contains("settled");
  card.classList.add("settled");
  card.classList.remove("torn", "typed");
  part(card, ".shown").textContent = words;
  part(card, ".said").textContent = verdict;
  part(card, ".before")?.remove();
  trouble(card, "");
  count();
  markZones();
  if (!quiet) say(`${labelOf(card)}: ${words || verdict}${was ? " (changed)" : ""}`);
}

export function showUnsettled(card, shown) {
  card.classList.remove("settled");
  part(card, ".shown").textContent = card.dataset.group === "doubt" ? "" : shown;
  part(card, ".said").textContent = "";
  count();
  markZones();
}

/* ---- guesses: 1–9 takes one; typing on makes it the reviewer's own value ---- */
export function forgetGuess(card) {
  card.dataset.taken = "";
  card.querySelectorAll(".guess").forEach((guess) => guess.classList.remove("on"));
}

export function takeGuess(card, number) {
  const radio = part(card, `input[type=radio][data-number="${number}"]`);
  if (radio) { radio.checked = true; radio.focus(); tell(radio); return true; }
  const guess = part(card, `.guess[data-number="${number}"]`);
  const input = inputOf(card);
  if (!guess || !input) return false;
  input.value = guess.value;
  tell(input);
  input.focus();
  input.select();
  card.dataset.taken = number;
  guess.classList.add("on");
  return true;
}

const tell = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

/* a digit typed over an untouched field; true where it took a guess */
export function digitTakes(card, input, key) {
  if (card.dataset.taken) {
    /* a second character: the first one was meant to be typed, too */
    const first = card.dataset.taken;
    forgetGuess(card);
    input.value = first;
    input.setSelectionRange(1, 1);
    return false;
  }
  const untouched = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  return untouched && /^[1-9]$/.test(key) && takeGuess(card, key);
}

document.addEventListener("click", (event) => {
  const zone = event.target.closest("polygon");
  const summary = event.target.closest(".card > summary");
  if (!zone && !summary) return;
  const card = zone ? cards.find((one) => one.dataset.field === zone.dataset.field) : summary.parentElement;
  if (summary) event.preventDefault();
  if (card) open(card);
});

export function begin() {
  const first = cards.find((card) => card.open) || unsettled()[0];
  if (first) open(first, false);
  else { markZones(); glide(null, false); if (done && !done.hidden) done.focus({ preventScroll: true }); }
  if (first && !zoneOf(first.dataset.field) && !first.dataset.page) glide(null, false);
}
