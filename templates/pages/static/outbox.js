/* Everything that changes something goes through here: one message after the other, in the order it was said, each until the desk
   has answered. Messages carry their own mark, so that one sent twice counts once. */
import { facts } from "./facts.js";
import { post } from "./post.js";
import { signedOut } from "./signing.js";

const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 2000;
const queue = [];
let sending = false;
let away = false;
let wake = () => {};

/* message: { address, pairs() → [[name, value], …], done(status, told), words: what waits, text: [field, value, mark] it would keep } */
export function send(message) {
  queue.push(message);
  show();
  if (!sending) work();
  else wake();
}

export const isAway = () => away;
export const waits = (test) => queue.some(test);
/* texts of verdicts that no answer confirmed yet, to be kept as typed if the page goes */
export const unsaid = () => queue.map((message) => message.text).filter(Boolean);

async function work() {
  sending = true;
  let pause = FIRST_PAUSE;
  while (queue.length) {
    const message = queue[0];
    const { status, told } = await post(message.address, message.pairs());
    if (status === 0) {
      away = true;
      show();
      await rest(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      continue;
    }
    if ((status === 401 || status === 403) && await signedOut(status)) continue;
    away = false;
    pause = FIRST_PAUSE;
    queue.shift();
    show();
    message.done(status, told);
  }
  sending = false;
}

function rest(pause) {
  return new Promise((done) => {
    const timer = setTimeout(done, pause);
    wake = () => {};
    addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });
}

function show() {
  const sign = document.getElementById("away");
  const verdicts = queue.filter((message) => message.words).length;
  sign.hidden = !away;
  const kept = verdicts === 0 ? "what you type is kept here" : `${verdicts} answer${verdicts === 1 ? "" : "s"} kept here`;
  sign.textContent = away ? `The desk does not answer: ${kept}, trying again.` : "";
}

addEventListener("beforeunload", (event) => {
  if (!facts.leaving && away) event.preventDefault();
});
