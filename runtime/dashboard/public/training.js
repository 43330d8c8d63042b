// The page of a training: one section a phase, one plot a figure, read again every two seconds.
import uPlot from "/uplot.js";

const PERIOD_MS = 2000;
const HEIGHT_PX = 150;
const byId = (id) => document.getElementById(id);
const plots = new Map();

/** Two significant digits below one, else four. */
const told = (value) => (Math.abs(value) < 1 ? value.toPrecision(2) : value.toPrecision(4));
const minutes = (seconds) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);

function sectionOf(phase) {
  const known = byId(`phase-${phase}`);
  if (known) return known;
  const section = document.createElement("section");
  section.id = `phase-${phase}`;
  const heading = document.createElement("h2");
  section.append(heading);
  byId("phases").prepend(section); // The newest phase on top.
  return section;
}

function plotOf(section, phase, figure) {
  const key = `${phase} ${figure}`;
  if (plots.has(key)) return plots.get(key);
  const heading = document.createElement("h2");
  const now = document.createElement("span");
  now.className = "now";
  heading.append(`${figure} `, now);
  const box = document.createElement("div");
  box.className = "plot";
  section.append(heading, box);
  const ink = () => getComputedStyle(heading).color;
  const axis = { stroke: ink, grid: { stroke: "#8883", width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const options = {
    width: box.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false } },
    axes: [
      { ...axis, size: 26 },
      { ...axis, size: 60 },
    ],
    series: [{}, { stroke: () => getComputedStyle(now).color, width: 2, points: { show: false } }],
  };
  const plot = new uPlot(options, [[], []], box);
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT_PX })).observe(box);
  plots.set(key, { plot, now });
  return plots.get(key);
}

function show({ title, phases }) {
  byId("title").textContent = title;
  for (const [phase, points] of Object.entries(phases)) {
    const last = points.at(-1);
    const section = sectionOf(phase);
    const left = last.leftS === null ? "" : `, ${minutes(last.leftS)} left in this phase`;
    section.firstElementChild.textContent = `${phase}: ${Math.round(100 * last.progress)} %, step ${last.step}`;
    byId("state").textContent = `${phase} ${Math.round(100 * last.progress)} %${left}`;
    for (const [figure, value] of Object.entries(last.figures)) {
      const { plot, now } = plotOf(section, phase, figure);
      now.textContent = told(value);
      plot.setData([points.map(({ step }) => step), points.map(({ figures }) => figures[figure] ?? null)]);
    }
  }
}

async function look() {
  try {
    show(await (await fetch("/curves")).json());
  } catch {
    byId("state").textContent = "the training has ended, or this page lost it";
  }
  setTimeout(look, PERIOD_MS);
}
look();
