// The 3D view's place in the page: loaded when the rest stands, and said in words where it cannot be.
import { bindView, dragged, offerHere } from "/goal.js";
import { openShare } from "/gripper.js";

const canvas = document.getElementById("space");
const hint = document.getElementById("space-hint");
let isAsked = false;
let view = null;

/** Once: the arm is the same after a lost connection. */
export function makeSpace() {
  if (!isAsked) load();
  isAsked = true;
}

async function load() {
  const facts = await (await fetch("/scene.json")).json();
  if (facts === null) return absent("Nobody told the shapes of this arm.");
  try {
    const { makeView } = await import("/view3d.js");
    view = makeView(canvas, facts, openShare, dragged);
    bindView(view);
  } catch (error) {
    absent(`This browser draws no 3D (${error.message}); everything else works.`);
  }
}

function absent(why) {
  canvas.hidden = true;
  document.getElementById("space-legend").hidden = true;
  hint.textContent = why;
}

const AXES = ["x", "y", "z"];
const cm = (place) => place.map((value, i) => `${AXES[i]} ${(Math.round(value * 1000) / 10 + 0).toFixed(1)}`).join(" ");
let objectM = null;

export function showSpace(kind, message) {
  if (kind === "tick") objectM = message.objectM;
  view?.[kind](message);
  const toolM = kind === "tick" ? message.toolM : view?.toolM();
  if (!toolM) return;
  offerHere(toolM, objectM);
  document.getElementById("space-now").textContent = `tool at ${cm(toolM)}${objectM ? `; object believed at ${cm(objectM)}` : ""} cm`;
}
