/* A sign-in that ended while the page was open: the page is covered, nothing typed is lost, and it goes on once the same person
   has signed in again on another tab. */
import { facts, here } from "./facts.js";
import { ask } from "./post.js";

const EVERY = 3000;
const cover = document.getElementById("signed-out");

/* true once the message may be sent again; false where the refusal has nothing to do with the sign-in */
export async function signedOut(status) {
  if (status === 403) {
    const { status: now, told } = await ask(`${here}/hands`);
    if (now === 200 && told.reviewer === facts.reviewer && told.csrf !== facts.csrf) { renew(told.csrf); return true; }
    if (now === 200 && told.reviewer === facts.reviewer) return false;
  }
  if (!cover) return false;
  document.documentElement.classList.add("covered");
  document.querySelectorAll("dialog[open]").forEach((one) => one.close());
  cover.showModal();
  await again();
  document.documentElement.classList.remove("covered");
  cover.close();
  return true;
}

async function again() {
  for (;;) {
    await new Promise((done) => { setTimeout(done, EVERY); addEventListener("focus", done, { once: true }); });
    const { status, told } = await ask(`${here}/hands`);
    if (status !== 200) continue;
    if (told.reviewer === facts.reviewer) { renew(told.csrf); return; }
    cover.querySelector(".trouble").textContent = `${told.reviewer} is signed in here now; this page is ${facts.reviewer}'s.`;
  }
}

function renew(csrf) {
  facts.csrf = csrf;
  document.querySelectorAll("input[name=csrf]").forEach((one) => { one.value = csrf; });
}

if (cover) cover.addEventListener("cancel", (event) => event.preventDefault());
