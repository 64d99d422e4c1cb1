/* What the reviewer says of a field. What is known to be sound is shown as said and sent behind; else the answer is waited for, and
   what is typed meanwhile goes into the next field. */
import { facts, here, mark, say } from "./facts.js";
import * as cards from "./cards.js";
import * as drafts from "./drafts.js";
import { send, waits } from "./outbox.js";
import { knownSound } from "./checking.js";
import { lost } from "./hands.js";

const UNDO = Symbol("undo");
const LONGEST_WAIT = window.longestWait || 700; /* who cannot be hurried, such as a test, says so before */
let held = null; /* keys pressed while an answer is waited for */

export const waitsForAnswer = () => held !== null;
export const keep = (key) => { if (key.length === 1 || key === "Enter") held.push(key); };

const ready = (card, value) => card.dataset.widget === "seen"
  || (card.dataset.widget === "pick" ? value !== "" : (value === card.dataset.initial && card.hasAttribute("data-sound")) || knownSound(card, value));

export function confirm(card, wanted = "value") {
  if (!facts.mine) { say("This fax is not in your hands."); return; }
  const form = card.querySelector("form");
  const value = cards.valueOf(card);
  const said = wanted === "value" && card.dataset.best === "blank" && value === "" ? "blank" : wanted;
  const field = card.dataset.field;
  /* its flaw is told beside it from the start: confirming it as it stands is meant */
  const insist = card.hasAttribute("data-flawed") && value === card.dataset.initial ? value : form.elements.insist.value;
  const once = mark();
  const before = { settled: card.classList.contains("settled"), shown: card.querySelector(".shown").textContent };
  const sure = said !== "value" || ready(card, value);
  const message = { moved: sure };
  const shownNow = () => cards.showSettled(card, said === "value" ? inWords(card, value) : said, "being saved");
  if (sure) { shownNow(); cards.onward(); } else hold(message, () => { shownNow(); cards.onward(); });
  drafts.said(field);
  send({
    address: form.action,
    words: field,
    text: said === "value" && card.dataset.widget !== "seen" ? [field, value, once] : null,
    pairs: () => [["said", said], ["value", value], ["insist", insist], ["once", once]],
    done: (status, told) => {
      if (status === 200) settled(card, told, said === "value" && value, message.moved);
      else refused(card, status, told, value, before);
      if (message.moved) return;
      message.moved = true;
      clearTimeout(message.timer);
      if (status === 200) cards.onward();
      release(status === 200);
    },
  });
}

function inWords(card, value) {
  const picked = card.querySelector("input[type=radio]:checked");
  if (!picked) return card.dataset.widget === "seen" ? "" : value;
  return [...picked.parentElement.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.textContent).join("").trim();
}

/* keys are kept until the answer is there; no answer: the verdict is kept, and the hands go on */
function hold(message, goOn) {
  held = [];
  message.timer = setTimeout(() => { message.moved = true; goOn(); release(true); }, LONGEST_WAIT);
}

function release(onward) {
  const keys = held;
  held = null;
  if (!onward) {
    const typed = keys.filter((key) => key !== "Enter").join("");
    if (typed) say(`Not taken: “${typed}”, typed while this was checked.`);
    return;
  }
  while (keys.length && held === null && cards.state.current) {
    const key = keys.shift();
    const card = cards.state.current;
    const input = cards.inputOf(card);
    if (key === "Enter") confirm(card);
    else if (input) { if (!cards.digitTakes(card, input, key)) document.execCommand("insertText", false, key); }
    else if (/^[1-9]$/.test(key)) cards.takeGuess(card, key);
  }
  if (held !== null) held.push(...keys);
}

function settled(card, told, value, quiet) {
  const input = cards.inputOf(card);
  card.toggleAttribute("data-sound", true);
  if (input && value !== false && cards.state.current !== card) input.value = told.typed;
  cards.showSettled(card, told.shown, `${told.verdict} by ${told.by}`, quiet);
  cards.known(card, told.typed);
  if (cards.differs(card)) card.classList.add("typed"); /* typed on since */
  after(told);
}

function after(told) {
  document.getElementById("rules").innerHTML = told.rules;
  const patient = document.getElementById("patient");
  if (patient) patient.innerHTML = told.patient;
  document.dispatchEvent(new CustomEvent("lease", { detail: told.lease }));
}

function refused(card, status, told, value, before) {
  if (!before.settled) cards.showUnsettled(card, before.shown);
  if (status === 409 && "mine" in told) {
    drafts.typed(card.dataset.field, value, false);
    lost(told);
    const stands = told.stands && told.stands.verdict ? `${told.stands.shown}, ${told.stands.verdict} by ${told.stands.by}` : "";
    const said = inWords(card, value) || value || "nothing";
    cards.trouble(card, `${told.why} You said: ${said}.${stands ? ` Now stands there: ${stands}.` : ""}`);
    const { current, opening } = cards.state;
    if (!current || cards.valueOf(current) === opening) cards.open(card);
    card.querySelector(".trouble").scrollIntoView({ block: "nearest" });
    return;
  }
  cards.trouble(card, told.why + (told.may_insist ? " Enter again keeps it as it stands on the paper." : ""));
  card.querySelector("[name=insist]").value = told.may_insist ? value : "";
  if (cards.state.current !== card) say(`${cards.labelOf(card)}: ${told.why}`);
  else card.scrollIntoView({ block: "nearest" });
}

/* ---- one step back ---- */
export function undo() {
  if (!facts.mine || waits((message) => message.kind === UNDO)) return;
  const once = mark();
  send({
    kind: UNDO,
    words: "undo",
    address: `${here}/undo`,
    pairs: () => [["once", once]],
    done: (status, told) => {
      if (status !== 200) { if ("mine" in told) lost(told); say(told.why); return; }
      const card = cards.cards.find((one) => one.dataset.field === told.key);
      if (!card) return;
      const input = cards.inputOf(card);
      if (told.verdict) cards.showSettled(card, told.shown, `${told.verdict} by ${told.by}`);
      else cards.showUnsettled(card, told.shown);
      /* what was said stays in the field, to be mended; what stands otherwise is the same as before */
      if (input && input.value === "") input.value = told.typed;
      card.dataset.initial = told.typed;
      card.toggleAttribute("data-sound", false);
      after(told);
      cards.open(card);
      say(`Taken back: ${cards.labelOf(card)}.`);
    },
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "undo") { event.preventDefault(); undo(); return; }
  const card = form.closest(".card");
  if (!card) return;
  event.preventDefault();
  if (event.submitter && event.submitter.name === "guess") { cards.takeGuess(card, event.submitter.dataset.number); return; }
  const said = event.submitter && event.submitter.name === "said" && !event.submitter.hasAttribute("data-confirms") ? event.submitter.value : "value";
  confirm(card, said);
});
