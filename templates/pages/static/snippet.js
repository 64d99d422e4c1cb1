/* One field at a time: its strip enlarged with a little context, nothing else. Remembered per reviewer; nothing of patients is. */
import { acts, facts } from "./facts.js";
import * as cards from "./cards.js";
import { place } from "./viewer.js";

const KEY = `remsfax-one-at-a-time-${facts.reviewer}`;
const button = document.querySelector("[data-do=snippet]");
let on = false;

function remembered() {
  /* on a narrow window, such as one zoomed to 200 %, page and field do not fit beside each other */
  const narrow = matchMedia("(max-width: 800px)").matches;
  try { return (localStorage.getItem(KEY) ?? (narrow ? "1" : "0")) === "1"; } catch { return narrow; }
}

function remember() {
  try { localStorage.setItem(KEY, on ? "1" : "0"); } catch { /* a browser that keeps nothing starts with the page each time */ }
}

/* a doubt that has no place on a page is looked at on the page */
function show(card) {
  const alone = on && (card === null || card.querySelector(".around") !== null);
  document.body.classList.toggle("snippet", alone);
  if (alone && card) draw(card);
  if (button) button.setAttribute("aria-pressed", String(on));
  const left = cards.unsettled();
  document.getElementById("left").parentElement.dataset.of = on && card ? `${cards.doubts.length - left.length + 1} of ${cards.doubts.length}` : "";
}

if (button) {
  acts.set("snippet", () => {
    on = !on;
    remember();
    show(cards.state.current);
    if (cards.state.current) cards.open(cards.state.current, false);
    place(false);
  });
  cards.onOpen(show);
}

/* the picture is asked for when it is looked at, and the next one's with it */
function draw(card) {
  const next = cards.doubts[cards.doubts.indexOf(card) + 1];
  [card, next].forEach((one) => one && one.querySelectorAll("image[data-href]").forEach((image) => {
    image.setAttribute("href", image.dataset.href);
    image.removeAttribute("data-href");
  }));
}

export function begin() {
  on = Boolean(button) && remembered();
  if (on) show(cards.state.current);
}
