// The plots of the page over the decisions shown: distance to the goal, surprise, and the time of plan and decision.
import uPlot from "/uplot.js";

const ROWS_MAX = 600;
const HEIGHT_PX = 150;
const LOW_PX = 90;

const byId = (id) => document.getElementById(id);
/** The style sheet's colours, which follow the reader's light or dark scheme. */
const colour = (name) => () => getComputedStyle(byId(name)).color;

export const rows = [];
const distance = plot("distance", HEIGHT_PX, [{ stroke: colour("distance-now"), width: 2 }]);
const surprise = plot("surprise", LOW_PX, [{ stroke: colour("surprise-now"), width: 2 }]);
const time = plot("time", HEIGHT_PX, [
  { stroke: () => getComputedStyle(document.querySelector(".decision")).color, width: 1.5, dash: [5, 3] },
  { stroke: () => getComputedStyle(document.querySelector(".plan")).color, width: 2 },
]);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const each of [distance, surprise, time]) each.redraw(false);
});

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

/** A plot that starts at zero, as wide as its box. */
function plot(id, height, lines) {
  const box = byId(id);
  const ink = () => getComputedStyle(document.querySelector("figcaption, h2")).color;
  const axis = { stroke: ink, grid: { stroke: "#8883", width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const options = {
    width: box.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, max ? max * 1.1 : 1] } },
    axes: [
      { ...axis, size: 26, incrs: [1, 2, 5, 10, 20, 50, 100, 200] },
      { ...axis, size: 44 },
    ],
    series: [{}, ...lines.map((line) => ({ points: { show: false }, ...line }))],
  };
  const made = new uPlot(options, [[], ...lines.map(() => [])], box);
  new ResizeObserver(() => made.setSize({ width: box.clientWidth, height })).observe(box);
  return made;
}
