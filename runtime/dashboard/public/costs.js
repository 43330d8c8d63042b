// What the chosen plan costs, term by term, and the value of now.
const NAMES = {
  critic: "decisions left at its end, by the critic",
  "critic-path": "decisions left along it, by the critic",
  effort: "effort",
  "object-distance": "object to goal at its end",
  "tool-path": "tool to goal along it",
};

const DECIDERS = {
  prior: "the prior: what play on this arm did next",
  habit: "the habit, which needs no search",
  "warm-start": "the plan before, gone on with",
  refit: "the search",
  memory: "what was done before, in an attempt like this",
};

export function showCosts({ cost, costTerms, value, decider, subgoalDecisions }) {
  const said = document.getElementById("decider");
  said.hidden = decider === null;
  const kept = subgoalDecisions === null ? "" : `; planned towards this subgoal for ${subgoalDecisions} decisions`;
  if (decider !== null) said.textContent = `Chosen from ${DECIDERS[decider] ?? decider}${kept}.`;
  const terms = Object.entries(costTerms).sort(([, a], [, b]) => b - a);
  const largest = Math.max(1e-9, ...terms.map(([, each]) => Math.abs(each)));
  document.getElementById("cost-now").textContent = cost === null ? "no plan was made" : short(cost);
  const rows = terms.map(([term, each]) => row(NAMES[term] ?? term, short(each), Math.abs(each) / largest));
  if (value !== null) rows.push(row("value of now: decisions left, by the critic", value.toFixed(1), null));
  document.getElementById("terms").replaceChildren(...rows);
}

function row(name, text, share) {
  const group = document.createElement("div");
  const term = Object.assign(document.createElement("dt"), { textContent: name });
  const said = Object.assign(document.createElement("dd"), { textContent: text });
  if (share !== null) {
    const bar = Object.assign(document.createElement("span"), { className: "bar" });
    bar.style.width = `${share * 100}%`;
    said.append(bar);
  }
  group.append(term, said);
  return group;
}

const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
