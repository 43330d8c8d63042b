// The plots of the page over the decisions shown: distance to the goal, surprise, and the time of plan and decision.
import { makeChart } from "/chart.js";

const ROWS_MAX = 600;
const HEIGHT_PX = 160;
const LOW_PX = 100;

const byId = (id) => document.getElementById(id);
/** The style sheet's colours, which follow the reader's light or dark scheme. */
const colour = (name) => () => getComputedStyle(byId(name)).color;

export const rows = [];
/** From zero up, over decisions. */
const plot = (id, heightPx, lines) =>
  makeChart(byId(id), {
    over: "decision",
    heightPx,
    lines,
    incrs: [1, 2, 5, 10, 20, 50, 100, 200],
    range: (_, __, max) => [0, max ? max * 1.1 : 1],
  });
const distance = plot("distance", HEIGHT_PX, [{ stroke: colour("distance-now"), width: 2 }]);
const surprise = plot("surprise", LOW_PX, [{ stroke: colour("surprise-now"), width: 2 }]);
const time = plot("time", HEIGHT_PX, [
  { stroke: () => getComputedStyle(document.querySelector(".decision")).color, width: 1.5, dash: [5, 3] },
  { stroke: () => getComputedStyle(document.querySelector(".plan")).color, width: 2 },
]);

export function resetPlots() {
  rows.length = 0;
}

/** One decision, unless it is known; `drawPlots` shows it. */
export function addRow(row) {
  if (rows.length > 0 && row.index <= rows.at(-1).index) return false;
  rows.push(row);
  if (rows.length > ROWS_MAX) rows.shift();
  return true;
}

export function drawPlots() {
  const steps = rows.map(({ index }) => index);
  const last = rows.at(-1);
  // Metres and decisions have no common scale: only what is measured like the newest is drawn.
  const unit = last?.distanceUnit;
  const factor = unit === "m" ? 100 : 1;
  distance.setData([steps, rows.map((row) => (row.distance === null || row.distanceUnit !== unit ? null : row.distance * factor))]);
  surprise.setData([steps, rows.map((row) => row.surprise)]);
  time.setData([steps, rows.map((row) => row.decisionMs), rows.map((row) => row.planMs)]);
  if (!last) return;
  byId("distance-now").textContent = told(last);
  byId("surprise-now").textContent = last.surprise === null ? "none: nothing was imagined of this instant" : last.surprise.toFixed(2);
  byId("plan-now").textContent = `${last.planMs.toFixed(0)} ms`;
  byId("decision-now").textContent = `${last.decisionMs.toFixed(0)} ms`;
}

function told({ distance: value, distanceUnit }) {
  if (value === null) return "unknown";
  return distanceUnit === "m" ? `${(value * 100).toFixed(1)} cm` : `${value.toFixed(1)} decisions`;
}
