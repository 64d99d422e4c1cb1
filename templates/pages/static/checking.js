/* Rules and checks as one types: the desk is asked what the text would mean, and nothing is changed by asking. */
import { facts, here } from "./facts.js";
import { post } from "./post.js";
import * as cards from "./cards.js";
import * as drafts from "./drafts.js";

const AFTER = 160;
const sound = new WeakMap();
let timer = 0;

export const knownSound = (card, value) => sound.get(card) === value;

function check(card) {
  const value = cards.valueOf(card);
  post(`${here}/check`, [["key", card.dataset.field], ["value", value]]).then(({ status, told }) => {
    if (status !== 200 || cards.valueOf(card) !== value || cards.state.current !== card) return;
    if (card.querySelector(".trouble").textContent === "") cards.hint(card, told.why);
    if (told.why === "" && value.trim() !== "") sound.set(card, value);
    document.getElementById("rules").innerHTML = told.rules;
  });
}

document.addEventListener("input", (event) => {
  const card = event.target.closest(".card");
  if (!card) return;
  card.querySelector("[name=insist]").value = "";
  card.querySelector(".trouble").textContent = ""; /* what it may yet be stays until the answer is there: no flicker */
  if (event.target.type !== "radio") cards.forgetGuess(card);
  card.classList.toggle("typed", cards.differs(card));
  drafts.typed(card.dataset.field, cards.valueOf(card), !cards.differs(card));
  relabel(card);
  if (!facts.mine) return;
  clearTimeout(timer);
  timer = setTimeout(() => check(card), AFTER);
});

/* "it is blank" holds for an empty field only */
function relabel(card) {
  if (card.dataset.best !== "blank") return;
  card.querySelector("[data-confirms] span").textContent = cards.valueOf(card) === "" ? "It is blank" : "Confirm";
}
