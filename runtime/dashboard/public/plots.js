// The plots of the page: distance to the goal, and the time of plan and decision, over the decisions shown.
import uPlot from "/uplot.js";

const ROWS_MAX = 600;
const HEIGHT_PX = 150;

const byId = (id) => document.getElementById(id);
/** The style sheet's colours, which follow the reader's light or dark scheme. */
const colour = (name) => () => getComputedStyle(byId(name)).color;

let rows = [];
const distance = plot("distance", [{ stroke: colour("distance-now"), width: 2 }]);
const time = plot("time", [
  { stroke: () => getComputedStyle(document.querySelector(".decision")).color, width: 1.5 },
  { stroke: () => getComputedStyle(document.querySelector(".plan")).color, width: 2 },
]);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const each of [distance, time]) each.redraw(false);
});

export function resetPlots() {
  rows = [];
}

/** One decision; `drawPlots` shows it. */
export function addRow(row) {
  rows.push(row);
  if (rows.length > ROWS_MAX) rows.shift();
}

export function drawPlots() {
  const steps = rows.map(({ index }) => index);
  // Metres and decisions have no common scale: only what is measured like the newest is drawn.
  const unit = rows.at(-1)?.distanceUnit;
  const factor = unit === "m" ? 100 : 1;
  distance.setData([steps, rows.map((row) => (row.distance === null || row.distanceUnit !== unit ? null : row.distance * factor))]);
  time.setData([steps, rows.map((row) => row.decisionMs), rows.map((row) => row.planMs)]);
}

/** A plot that starts at zero, as wide as its box. */
function plot(id, lines) {
  const box = byId(id);
  const ink = () => getComputedStyle(document.querySelector("figcaption, h2")).color;
  const axis = { stroke: ink, grid: { stroke: "#8883", width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const options = {
    width: box.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(max ?? 0, 1e-3) * 1.1] } },
    axes: [
      { ...axis, size: 26, incrs: [1, 2, 5, 10, 20, 50, 100, 200] },
      { ...axis, size: 44 },
    ],
    series: [{}, ...lines.map((line) => ({ points: { show: false }, ...line }))],
  };
  const made = new uPlot(options, [[], ...lines.map(() => [])], box);
  new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: HEIGHT_PX })).observe(box);
  return made;
}
