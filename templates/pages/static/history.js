/* What happened to the fax, as it is when one unfolds it. */
import { here } from "./facts.js";
import { ask } from "./post.js";

const fold = document.getElementById("history");
if (fold) {
  fold.addEventListener("toggle", async () => {
    if (!fold.open) return;
    const { status, told } = await ask(`${here}/history`);
    if (status === 200) fold.querySelector(".history").outerHTML = told.lines;
  });
}
