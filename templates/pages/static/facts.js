/* What the page knows of itself: which item, under which version, whose page it is, and whether it is still theirs. */
export const work = document.querySelector(".work");
export const facts = {
  item: work.dataset.item,
  version: work.dataset.version,
  csrf: work.dataset.csrf,
  reviewer: work.dataset.reviewer,
  mine: work.hasAttribute("data-mine"),
  takeable: work.hasAttribute("data-takeable"),
  leaving: false,
};
export const here = `/desk/items/${facts.item}`;
export const say = (words) => { document.getElementById("say").textContent = words; };

/* a mark of one message or one opening of the page; randomUUID would need TLS, and some desks have none */
export const mark = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

export function go(address) {
  facts.leaving = true;
  location.assign(address);
}

/* what a button with data-do="name" does */
export const acts = new Map();
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && acts.has(button.dataset.do)) { event.preventDefault(); acts.get(button.dataset.do)(button); }
});
