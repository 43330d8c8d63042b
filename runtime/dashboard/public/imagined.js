// The imagined future step by step, as the nearest pictures that were seen.
import { bitmapOf } from "/bitmap.js";

/** Further away there is nothing like it among the pictures, and it is said. */
const FAR = 1;
const section = document.getElementById("imagined");
const strip = document.getElementById("imagined-steps");
let periodS = 0;
let cells = [];

export function makeImagined({ cameras, decisionPeriodS }) {
  section.hidden = cameras.length === 0;
  periodS = decisionPeriodS;
  cells = [];
  strip.replaceChildren();
}

export function showImagined({ sights, steps, subgoal, of }) {
  const shown = [
    ...steps.map((step, i) => ({ ...step, title: `in ${((i + 1) * periodS).toFixed(1)} s` })),
    ...(subgoal ? [{ ...subgoal, title: "subgoal" }] : []),
  ];
  const bitmaps = sights.map(({ from, pictures }) => ({
    from,
    pictures: pictures.map((picture) => ({ ...picture, bitmap: bitmapOf(picture) })),
  }));
  while (cells.length < shown.length) cells.push(makeCell());
  strip.replaceChildren(...cells.slice(0, shown.length).map(({ item }) => item));
  for (const [i, step] of shown.entries()) fill(cells[i], step, bitmaps[step.sight]);
  const ofModel = sights.some(({ from }) => from === "model");
  document.getElementById("imagined-now").textContent =
    shown.length === 0
      ? "no plan was imagined"
      : `nearest of ${of} pictures seen ${ofModel ? "here and in play" : "in this run"}, not a rendering`;
}

function makeCell() {
  const item = document.createElement("li");
  const title = Object.assign(document.createElement("span"), { className: "step" });
  const pictures = Object.assign(document.createElement("div"), { className: "sights" });
  const apart = Object.assign(document.createElement("span"), { className: "apart" });
  item.append(title, pictures, apart);
  return { item, title, pictures, apart };
}

function fill({ item, title, pictures, apart }, step, sight) {
  const isFar = step.apart > FAR;
  title.textContent = step.title;
  apart.textContent = isFar ? `nothing like it was seen (${step.apart.toFixed(2)})` : `${step.apart.toFixed(2)} away`;
  item.dataset.far = String(isFar);
  item.classList.toggle("subgoal", step.title === "subgoal");
  while (pictures.childElementCount < sight.pictures.length) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    pictures.append(canvas);
  }
  for (const [i, { camera, widthPx, heightPx, bitmap }] of sight.pictures.entries()) {
    const canvas = pictures.children[i];
    Object.assign(canvas, { width: widthPx, height: heightPx });
    canvas.setAttribute("aria-label", `${camera}, ${step.title}: nearest picture seen`);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
  }
}
