// How a model is trained, or was: one section a phase, one chart a figure, read again every two seconds while it grows.
import { makeChart } from "/chart.js";

const PERIOD_MS = 2000;
const HEIGHT_PX = 150;
const byId = (id) => document.getElementById(id);
const charts = new Map();

/** Two significant digits below one, else four. */
const told = (value) => (Math.abs(value) < 1 ? value.toPrecision(2) : value.toPrecision(4));
const minutes = (seconds) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);

function sectionOf(phase) {
  const known = byId(`phase-${phase}`);
  if (known) return known;
  const section = document.createElement("section");
  section.id = `phase-${phase}`;
  section.append(document.createElement("h2"), Object.assign(document.createElement("progress"), { max: 1 }));
  section.lastElementChild.setAttribute("aria-label", `progress of ${phase}`);
  byId("phases").prepend(section); // The newest phase on top.
  return section;
}

function chartOf(section, phase, figure) {
  const key = `${phase} ${figure}`;
  if (charts.has(key)) return charts.get(key);
  const heading = document.createElement("h3");
  const now = Object.assign(document.createElement("span"), { className: "now" });
  heading.append(`${figure} `, now);
  const box = Object.assign(document.createElement("div"), { className: "plot" });
  section.append(heading, box);
  const line = { stroke: () => getComputedStyle(byId("plan-now")).color, width: 2 };
  charts.set(key, { chart: makeChart(box, { over: "step", heightPx: HEIGHT_PX, lines: [line], axisPx: 60 }), now });
  return charts.get(key);
}

/** Returns where it stands, in a few words. */
function show({ title, phases }) {
  let stands = "nothing was learned yet";
  for (const [phase, points] of Object.entries(phases)) {
    const last = points.at(-1);
    if (!last) continue;
    const section = sectionOf(phase);
    const left = last.leftS ? `, ${minutes(last.leftS)} left in this phase` : "";
    section.querySelector("h2").textContent = `${phase}: ${Math.round(100 * last.progress)} %, step ${last.step}`;
    section.querySelector("progress").value = last.progress;
    stands = `${phase} ${Math.round(100 * last.progress)} %${left}`;
    for (const [figure, value] of Object.entries(last.figures)) {
      const { chart, now } = chartOf(section, phase, figure);
      now.textContent = told(value);
      chart.setData([points.map(({ step }) => step), points.map(({ figures }) => figures[figure] ?? null)]);
    }
  }
  byId("training-now").textContent = `${title}: ${stands}`;
  return { title, stands };
}

/** Once, of a training that is over; `onLook` gets its title and where it stands. */
export async function showTraining(onLook = () => undefined) {
  onLook(show(await (await fetch("/curves")).json()));
}

/** Again and again, of one that goes on. */
export async function watchTraining(onLook, onLost) {
  try {
    await showTraining(onLook);
  } catch {
    onLost();
  }
  setTimeout(() => watchTraining(onLook, onLost), PERIOD_MS);
}
