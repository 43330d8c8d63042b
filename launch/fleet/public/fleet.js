// The page of a fleet: asks for all arms twice a second, and sends orders with the token of the printed address. No build step.
const LOOK_EVERY_MS = 500;
const ANSWER_MS_MAX = 3000;
const STOP_TRIES = 3;

const byId = (id) => document.getElementById(id);
const token = new URLSearchParams(location.hash.slice(1)).get("token");
const rows = new Map();

/** Null when done, else a sentence why not. */
async function order(arm, command) {
  try {
    const response = await fetch("/command", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ arm, command }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return (await response.json()).refused;
  } catch {
    return "it did not reach the fleet. If an arm moves, use its emergency stop";
  }
}

/** A stop that gets no answer is sent again: twice does no harm. */
async function command(arm, name) {
  let refused = await order(arm, name);
  for (let tries = 1; name === "stop" && tries < STOP_TRIES && refused?.startsWith("it did not reach"); tries++)
    refused = await order(arm, name);
  say(byId("notice"), refused === null ? "" : `${name} was refused: ${refused}`);
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text; // A live region speaks when it is written.
}

function wire(buttons, arm) {
  for (const button of buttons) {
    button.disabled = token === null;
    button.onclick = () => command(arm, button.dataset.command);
  }
}

function rowOf(name) {
  const known = rows.get(name);
  if (known) return known;
  const row = byId("arm").content.firstElementChild.cloneNode(true);
  row.querySelector("h2").textContent = name;
  row.querySelector("nav").ariaLabel = `Commands for ${name}`;
  row.querySelector("img").alt = `What the first camera of ${name} sees`;
  for (const button of row.querySelectorAll("button")) button.ariaLabel = `${button.textContent} ${name}`;
  wire(row.querySelectorAll("button"), name);
  byId("arms").append(row);
  rows.set(name, row);
  return row;
}

const LINKS = { unknown: "not heard of yet", offline: "has ended", lost: "lost: its process or its link is gone" };

function show({ name, link, agent, task, reason, skill, commands, fault, decisions, planMs, picture }) {
  const row = rowOf(name);
  const isHere = link === "online";
  row.dataset.link = link;
  row.dataset.agent = isHere ? agent : "gone";
  say(row.querySelector(".state"), isHere ? `${agent}${skill ? `: ${skill}` : task === "none" ? "" : `, task ${task}`}` : LINKS[link]);
  const told = commands === null || commands === "mqtt:fleet" ? reason : `${reason} ${commands} has the arm in hand.`;
  say(row.querySelector(".reason"), isHere || told === "" ? told : `Last heard of it: ${told}`);
  say(row.querySelector(".fault"), fault ?? "");
  row.querySelector(".fault").hidden = fault === null;
  say(row.querySelector(".figures"), `decisions: ${decisions}${planMs === null ? "" : `; a plan takes ${Math.round(planMs)} ms`}`);
  for (const button of row.querySelectorAll("button[data-when]"))
    button.hidden = !(isHere && button.dataset.when.split(" ").includes(agent));
  const image = row.querySelector("img");
  if (picture === null || image.dataset.picture === `${picture}`) return;
  image.dataset.picture = picture;
  image.src = `/picture/${encodeURIComponent(name)}?${picture}`;
  image.hidden = false;
}

async function look() {
  try {
    const response = await fetch("/arms", { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const { title, arms } = await response.json();
    document.title = title;
    say(byId("title"), title);
    for (const arm of arms) show(arm);
    const here = arms.filter(({ link }) => link === "online");
    for (const button of document.querySelectorAll("header button[data-when]"))
      button.hidden = !here.some(({ agent }) => button.dataset.when.split(" ").includes(agent));
    const running = here.filter(({ agent }) => agent === "running");
    say(byId("summary"), `${here.length} of ${arms.length} here, ${running.length} running`);
  } catch {
    say(byId("summary"), "the fleet has ended or does not answer; what you see is old");
    for (const row of rows.values()) row.dataset.agent = "gone";
  }
  setTimeout(look, LOOK_EVERY_MS);
}

wire(document.querySelectorAll("header button"), null);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || token === null || event.repeat) return;
  event.preventDefault();
  command(null, "stop");
});
if (token === null) say(byId("notice"), "You can look but not command: open the address that was printed at the start, with its token.");
look();
