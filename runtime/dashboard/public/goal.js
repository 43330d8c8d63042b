// Giving a goal: dragged in the 3D view, typed in centimetres, or the picture of now; then the task begins.
import { order } from "/link.js";
import { command, say } from "/state.js";

const byId = (id) => document.getElementById(id);
const fields = ["x", "y", "z"].map((axis) => byId(`goal-${axis}`));
let view = null;
let kind = null;
let endsWithTask = true;

/** `hello` says which goals there are. */
export function makeGoalForm({ goals, ends }) {
  endsWithTask = ends === "with-task";
  kind = goals.find((goal) => goal.kind !== "image")?.kind ?? null;
  const canImage = goals.some((goal) => goal.kind === "image");
  byId("goal-form").hidden = kind === null;
  byId("goal-mark").hidden = kind === null;
  byId("goal-now").hidden = !canImage;
  byId("goal-kind").textContent = kind === "object" ? "object" : "tool";
  for (const element of byId("goal").querySelectorAll("input, button")) element.disabled = endsWithTask;
  byId("goal").hidden = kind === null && !canImage;
  tellHow();
}

const AXES = "x forward from the arm's base, y to its left, z up";

/** Only the ways there are: a browser may draw no 3D view, and a model may know goals as pictures alone. */
function tellHow() {
  const how = view
    ? "Drag the see-through mark on its pin over the table, with Shift up and down, or type where it is to be"
    : "Type where it is to be";
  byId("goal-hint").textContent = endsWithTask
    ? "This run ends with its task. Started with dashboard.lifecycle:=ready it waits for goals from here."
    : kind === null
      ? "Lay things as they are to be, take the picture, lay them back, and start."
      : `${how}: ${AXES}.`;
}

export function bindView(made) {
  view = made;
  tellHow();
  const typed = positionM();
  if (typed && kind) view.handle.show(kind, typed);
}

/** Dragged to here. */
export function dragged(place) {
  for (const [i, field] of fields.entries()) field.value = (Math.round(place[i] * 1000) / 10 + 0).toFixed(1); // Never -0.0.
}

/** Before anyone gave a goal the mark lies where the object is believed to be, or else under the tool. */
export function offerHere(toolM, objectM) {
  if (endsWithTask || kind === null || positionM()) return;
  const here = kind === "object" ? (objectM ?? view?.onTable(toolM)) : toolM;
  if (!here) return;
  dragged(here);
  view?.handle.show(kind, here);
}

/** The goal that the agent has now. */
export function showGoalPlace(goal) {
  if (goal.kind === "image") return;
  dragged(goal.positionM);
  view?.handle.show(goal.kind, goal.positionM);
}

function positionM() {
  const values = fields.map((field) => (field.value === "" ? Number.NaN : Number(field.value) / 100));
  return values.every(Number.isFinite) ? values : null;
}

/** A task that runs is given up first; each step may be refused, and is then told. */
async function begin(goal) {
  const { agent } = document.body.dataset;
  if ((agent === "running" || agent === "holding") && (await command("abort")) !== null) return;
  const refused = await order("/goal", goal);
  say("notice", refused === null ? "" : `the goal was refused: ${refused}`);
  if (refused === null) await command("start");
}

byId("goal-form").onsubmit = (event) => {
  event.preventDefault();
  const typed = positionM();
  if (typed) begin({ kind, positionM: typed });
  else say("notice", "the goal needs three numbers, centimetres in the robot's base frame");
};
byId("goal-now").onclick = async () => {
  const refused = await order("/goal", { kind: "image", source: "now" });
  say("notice", refused === null ? "The picture of now is the goal of the next start." : `the goal was refused: ${refused}`);
};
for (const field of fields)
  field.oninput = () => {
    const typed = positionM();
    if (typed && kind) view?.handle.show(kind, typed);
  };
