// The statecharts of agent and skill, laid out when the project was made; the states it is in are lit, and said.
const charts = Promise.all(["agent", "skill"].map(load));

async function load(name) {
  const text = await (await fetch(`/${name}-chart.svg`)).text();
  const svg = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  const box = document.getElementById(`${name}-chart`);
  box.replaceChildren(svg);
  new ResizeObserver(() => bringIntoSight(svg)).observe(box);
  return svg;
}

/** A skill that only looks stands where one that acts does. */
const PLACES = { looking: "acting" };

/** What was lit before: whoever looks elsewhere in a chart is not drawn back until that changes. */
const shown = new Map();

export async function showCharts({ agent, skills }) {
  const [agentChart, skillChart] = await charts;
  light(agentChart, [agent]);
  light(
    skillChart,
    skills.map(({ state }) => PLACES[state] ?? state),
  );
  document.getElementById("skills").replaceChildren(...skills.map(skillItem));
}

function light(svg, states) {
  for (const group of svg.querySelectorAll(".state")) {
    const isOn = states.includes(group.dataset.state);
    group.classList.toggle("lit", isOn);
    if (isOn) group.setAttribute("aria-current", "step");
    else group.removeAttribute("aria-current");
  }
  if (shown.get(svg) === states.join()) return;
  shown.set(svg, states.join());
  bringIntoSight(svg);
}

/** Sideways alone: a chart is drawn as large as it can be read, which may be wider than a phone. */
function bringIntoSight(svg) {
  const [box, state] = [svg.parentElement, svg.querySelector(".lit")];
  if (!state) return;
  const [{ left, width }, around] = [state.getBoundingClientRect(), box.getBoundingClientRect()];
  box.scrollLeft += left + width / 2 - around.left - around.width / 2;
}

function skillItem({ path, name, state, decisions, retries, progress }) {
  const item = document.createElement("li");
  const said = `${name}${path === "" ? "" : ` at ${path}`}: ${state}, ${decisions} decisions, attempt ${retries + 1}`;
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: progress });
  bar.setAttribute("aria-label", `progress of ${name}`);
  item.append(`${said} `, bar);
  return item;
}
