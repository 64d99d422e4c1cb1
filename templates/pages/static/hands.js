/* In whose hands the fax is: the lease and its clock, a sign of life while somebody works here, a light look otherwise. */
import { acts, facts, go, here, say, work } from "./facts.js";
import { ask, post } from "./post.js";
import * as drafts from "./drafts.js";
import { send } from "./outbox.js";

const BEAT = 60000; /* how often activity renews the lease */
const LOOK = { mine: 15000, others: 5000 };
const sign = document.getElementById("hands");
const clock = document.getElementById("lease");
let until = 0;
let moved = Date.now();
let renewed = Date.now();

function lease(seconds) {
  until = Date.now() + seconds * 1000;
  renewed = Date.now();
  tick();
}

function tick() {
  if (!clock || !facts.mine) return;
  const left = Math.max(0, Math.round((until - Date.now()) / 1000));
  clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  clock.parentElement.classList.toggle("short", left < 60);
  if (moved > renewed && Date.now() - renewed > BEAT) beat();
}

async function beat() {
  renewed = Date.now();
  const { status, told } = await post(`${here}/lease`, []);
  if (status === 200) lease(told.lease);
  else look();
}

/* the fax left these hands: everything typed stays in its field, and is kept by the desk as typed */
export function lost(told) {
  facts.mine = false;
  work.classList.add("left-hands");
  sign.textContent = told.mine ? "drawn anew since" : told.words;
  const note = document.getElementById("lost");
  const again = note.querySelector("[data-do=take-again]");
  note.hidden = false;
  const kept = "What you typed is kept and stands here again when it is yours.";
  note.querySelector("p").textContent = `This fax is no longer in your hands. ${told.words} ${kept}`;
  again.hidden = !(told.takeable || told.mine);
  document.querySelectorAll("#done, #submit button").forEach((one) => { one.hidden = true; });
}

acts.set("take-again", () => {
  drafts.flush();
  const done = (status, told) => { if (status === 200) go(here); else say(told.why); };
  send({ address: `${here}/take`, words: "take", pairs: () => [], done });
});

async function look() {
  if (document.visibilityState === "hidden" || facts.leaving) return;
  const { status, told } = await ask(`${here}/hands`);
  if (status !== 200) return;
  const same = String(told.version) === facts.version;
  if (facts.mine) { if (!told.mine || !same) lost(told); return; }
  if (work.classList.contains("left-hands")) { lost(told); return; }
  sign.textContent = told.words;
  if (!same || told.mine || told.takeable !== facts.takeable) go(location.pathname + location.search);
}

drafts.onAnswer((status, told) => {
  if (status !== 200) return;
  if (told.lease !== null) lease(told.lease);
  else if (facts.mine) lost(told);
});
document.addEventListener("lease", (event) => lease(event.detail));
["keydown", "pointerdown", "wheel"].forEach((kind) => document.addEventListener(kind, () => { moved = Date.now(); }, { passive: true }));
if (clock) { lease(Number(clock.dataset.seconds)); setInterval(tick, 1000); }
setInterval(() => { if (facts.mine) look(); }, LOOK.mine);
setInterval(() => { if (!facts.mine) look(); }, LOOK.others);
addEventListener("focus", look);
