/* The page image: it glides to the field in hand, can be moved, zoomed and turned, and outlines where the field stands. */
import { acts } from "./facts.js";

const viewer = document.querySelector(".viewer");
const sheets = [...document.querySelectorAll(".sheet")];
const EDGE = 14;
const STEP = 1.25;
const view = { whole: false, zoom: 1, turned: 0, x: 0, y: 0 };
let field = null;

const size = (sheet) => ({ width: Number(sheet.dataset.width), height: Number(sheet.dataset.height) });
export const zoneOf = (key) => document.querySelector(`polygon[data-field="${CSS.escape(key)}"]`);
export const shownSheet = () => sheets.find((sheet) => sheet.classList.contains("on"));

sheets.forEach((sheet) => { sheet.style.width = `${size(sheet).width}px`; sheet.style.height = `${size(sheet).height}px`; });

export function showSheet(number) {
  const wanted = sheets.find((sheet) => sheet.dataset.page === String(number));
  if (!wanted) return;
  sheets.forEach((sheet) => sheet.classList.toggle("on", sheet === wanted));
  document.querySelectorAll(".rail a").forEach((thumb) => {
    const on = thumb.dataset.page === String(number);
    thumb.classList.toggle("on", on);
    if (on) thumb.setAttribute("aria-current", "true"); else thumb.removeAttribute("aria-current");
  });
}

export function turnLeaf(step) {
  const next = sheets[sheets.indexOf(shownSheet()) + step];
  if (!next) return;
  showSheet(next.dataset.page);
  Object.assign(view, { whole: false, zoom: 1, x: 0, y: 0 });
  field = null;
  place(false);
}

function boxOf(zone) {
  const points = zone.getAttribute("points").split(" ").map((point) => point.split(",").map(Number));
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/* to the field with that key, as close as leaves it context; null: the top of the page */
export function glide(key, smooth = true) {
  field = key;
  Object.assign(view, { whole: false, zoom: 1, x: 0, y: 0 });
  place(smooth);
}

export function place(smooth) {
  const sheet = shownSheet();
  if (!sheet) return;
  const { width, height } = size(sheet);
  const sideways = view.turned % 180 !== 0;
  const [wide, high] = sideways ? [height, width] : [width, height];
  const room = { x: Math.max(50, viewer.clientWidth - 2 * EDGE), y: Math.max(50, viewer.clientHeight - 2 * EDGE) };
  const zone = field && !view.whole ? zoneOf(field) : null;
  const box = zone && sheet.contains(zone) ? boxOf(zone) : null;
  let scale = room.x / wide;
  let middle = { x: width / 2, y: height / 2 };
  let anchor = { x: 0.5, y: 0.5 };
  if (view.whole) scale = Math.min(scale, room.y / high);
  else if (box) {
    /* a third of the page's width beside the field, and never much larger than the fax's own pixels */
    const span = sideways ? box.height : box.width;
    scale = Math.max(scale, Math.min(room.x / Math.min(wide, Math.max(span * 1.35, wide * 0.62)), 1.15));
    middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    anchor = { x: 0.5, y: 0.42 };
  } else middle = onPage(0, -(high / 2 - room.y / scale / 2), middle);
  scale *= view.zoom;
  const turn = (view.turned * Math.PI) / 180;
  const [cos, sin] = [Math.round(Math.cos(turn)), Math.round(Math.sin(turn))];
  const at = (point) => ({ x: scale * (cos * point.x - sin * point.y), y: scale * (sin * point.x + cos * point.y) });
  const centre = at(middle);
  const corners = [at({ x: 0, y: 0 }), at({ x: width, y: height })];
  const low = { x: Math.min(corners[0].x, corners[1].x), y: Math.min(corners[0].y, corners[1].y) };
  const span = { x: wide * scale, y: high * scale };
  const shift = {};
  for (const axis of ["x", "y"]) {
    const all = axis === "x" ? viewer.clientWidth : viewer.clientHeight;
    const wanted = all * anchor[axis] - centre[axis] + view[axis];
    /* the page never leaves the window: its edge stops at the window's, and what is smaller lies in the middle (its top above) */
    const [least, most] = [all - EDGE - low[axis] - span[axis], EDGE - low[axis]];
    shift[axis] = span[axis] + 2 * EDGE <= all
      ? (axis === "x" || view.whole ? (all - span[axis]) / 2 : EDGE) - low[axis]
      : Math.min(most, Math.max(least, wanted));
    view[axis] += shift[axis] - wanted;
  }
  viewer.classList.toggle("smooth", Boolean(smooth));
  sheet.style.transform = `matrix(${scale * cos}, ${scale * sin}, ${-scale * sin}, ${scale * cos}, ${shift.x}, ${shift.y})`;
  viewer.dataset.scale = scale.toFixed(3);
  viewer.dataset.turned = view.turned;
}

/* a step on the screen, as a step on a page that lies turned */
function onPage(x, y, from) {
  const turn = (-view.turned * Math.PI) / 180;
  return { x: from.x + x * Math.cos(turn) - y * Math.sin(turn), y: from.y + x * Math.sin(turn) + y * Math.cos(turn) };
}

export function zoom(factor) {
  const before = view.zoom;
  view.zoom = Math.min(8, Math.max(0.25, view.zoom * factor));
  view.x *= view.zoom / before;
  view.y *= view.zoom / before;
  place(true);
}

export function pan(x, y, smooth = true) {
  view.x += x;
  view.y += y;
  place(smooth);
}

acts.set("zoom-in", () => zoom(STEP));
acts.set("zoom-out", () => zoom(1 / STEP));
acts.set("zoom-reset", () => { view.turned = 0; glide(field); });
acts.set("whole-page", () => { Object.assign(view, { whole: !view.whole, zoom: 1, x: 0, y: 0 }); place(true); });
acts.set("rotate", () => { Object.assign(view, { turned: (view.turned + 90) % 360, x: 0, y: 0 }); place(false); });

/* the mouse, for who has one: wheel moves, Ctrl wheel zooms, dragging moves; the hands' focus stays in the field */
viewer.addEventListener("wheel", (event) => {
  event.preventDefault();
  if (event.ctrlKey) zoom(event.deltaY < 0 ? 1.12 : 1 / 1.12); else pan(-event.deltaX, -event.deltaY, false);
}, { passive: false });
viewer.addEventListener("mousedown", (event) => {
  if (event.target.closest("button")) return;
  event.preventDefault();
  const drag = (move) => pan(move.movementX, move.movementY, false);
  addEventListener("mousemove", drag);
  addEventListener("mouseup", () => removeEventListener("mousemove", drag), { once: true });
});
addEventListener("resize", () => place(false));

document.querySelector(".rail").addEventListener("click", (event) => {
  const thumb = event.target.closest("a");
  if (!thumb) return;
  event.preventDefault();
  turnLeaf(sheets.findIndex((sheet) => sheet.dataset.page === thumb.dataset.page) - sheets.indexOf(shownSheet()));
});
