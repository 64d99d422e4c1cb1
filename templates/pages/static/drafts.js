/* What is typed is kept by the desk while it is typed, and said to be so only by standing there again. */
import { facts, here, mark } from "./facts.js";
import { post } from "./post.js";
import { send, unsaid, waits } from "./outbox.js";

const AFTER = 250;
const LATEST = 900;
const page = mark();
const changed = new Map();
const DRAFT = Symbol("drafts");
let stroke = 0;
let timer = 0;
let since = 0;
let told = () => {};

export const onAnswer = (listener) => { told = listener; };

/* the field holds this text now; back where it stands again as it was drawn */
export function typed(field, text, back) {
  changed.set(field, back ? null : text);
  clearTimeout(timer);
  since ||= Date.now();
  timer = setTimeout(flush, Math.max(0, Math.min(AFTER, since + LATEST - Date.now())));
}

/* its verdict carries the text from here on */
export const said = (field) => { changed.delete(field); };

/* at once, before something that draws the page anew */
export function flush() {
  clearTimeout(timer);
  since = 0;
  if (!changed.size || waits((message) => message.kind === DRAFT)) return;
  let sent = new Map();
  send({
    kind: DRAFT,
    address: `${here}/drafts`,
    pairs: () => { sent = new Map(changed); return pairs(sent); },
    done: (status, answer) => {
      sent.forEach((text, field) => { if (changed.has(field) && changed.get(field) === text) changed.delete(field); });
      told(status, answer);
      if (changed.size) flush();
    },
  });
}

/* texts: by field; marks: of the verdicts that carry the same text and may yet be taken */
function pairs(texts, marks = new Map()) {
  stroke += 1;
  const made = [["page", page], ["stroke", String(stroke)]];
  texts.forEach((text, field) => made.push(...(text === null ? [["back", field]]
    : [["key", field], ["text", text], ["once", marks.get(field) || ""]])));
  return made;
}

/* the page goes: whatever no answer has confirmed, in one last message that outlives it */
function last() {
  if (!facts.mine && !changed.size) return;
  const waiting = unsaid();
  const texts = new Map([...waiting.map(([field, text]) => [field, text]), ...changed]);
  const marks = new Map(waiting.filter(([field]) => !changed.has(field)).map(([field, , once]) => [field, once]));
  if (texts.size) post(`${here}/drafts`, pairs(texts, marks), { keepalive: true });
}
addEventListener("pagehide", last);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") last(); });
