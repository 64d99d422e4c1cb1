/* The strips of the doubts are there before they are needed, and one that did not come is asked for again. */
const SOON = 1500;
const LATE = 20000;

document.querySelectorAll(".strip img").forEach((image) => {
  let pause = SOON;
  const wide = () => image.classList.toggle("wide", image.naturalWidth > 9 * image.naturalHeight);
  image.addEventListener("load", wide);
  image.addEventListener("error", () => {
    setTimeout(() => { image.src = image.getAttribute("src"); }, pause);
    pause = Math.min(2 * pause, LATE);
  });
  if (image.complete && image.naturalWidth) wide();
});

addEventListener("load", () => document.querySelectorAll("[data-group=doubt] .strip img").forEach((image) => { image.loading = "eager"; }));
