// The live page: shows what arrives over the socket, sends commands with the token of the printed address. No build step.
import { addPicture, showPaths, showPictures } from "/pictures.js";
import { addRow, drawPlots, resetPlots } from "/plots.js";

const WHY_MAX = 50;
const RECONNECT_MS = 2000;
const RECONNECTS_MAX = 1800;

const token = new URLSearchParams(location.hash.slice(1)).get("token");
const byId = (id) => document.getElementById(id);
const say = (id, text) => {
  byId(id).textContent = text;
};

const counts = { pass: 0, clip: 0, stop: 0 };
let reconnects = 0;

const handlers = {
  /** Starts over from the server's own memory: after a lost connection nothing is missing, after a new start of the agent nothing is left. */
  hello: ({ title, cameras, history }) => {
    document.title = title;
    say("title", title);
    byId("pictures").replaceChildren();
    for (const camera of cameras) for (const kind of ["frames", "goal"]) addPicture(byId("pictures"), camera, kind);
    byId("why").replaceChildren();
    Object.assign(counts, { pass: 0, clip: 0, stop: 0 });
    resetPlots();
    for (const row of history) keepRow(row);
    drawPlots();
  },
  goal: ({ pictures }) => showPictures("goal", pictures),
  frames: ({ pictures }) => showPictures("frames", pictures),
  tick: (tick) => {
    keepRow(tick);
    drawPlots();
    showPaths(tick.pathPx);
    const { distance, distanceUnit, planMs, decisionMs } = tick;
    say(
      "distance-now",
      distance === null ? "unknown" : distanceUnit === "m" ? `${(distance * 100).toFixed(1)} cm` : `${distance.toFixed(1)} decisions`,
    );
    say("plan-now", `${planMs.toFixed(0)} ms`);
    say("decision-now", `${decisionMs.toFixed(0)} ms`);
    const { pass, clip, stop } = counts;
    say("guards-now", `${clip} clipped and ${stop} stopped of ${pass + clip + stop} decisions`);
  },
  state: ({ agent, task, skill, reason }) => {
    document.body.dataset.agent = agent;
    say("state", skill ? `${agent}: ${skill}` : task === "none" ? agent : `${agent}, task ${task}`);
    say("reason", reason);
  },
};

function keepRow(row) {
  addRow(row);
  counts[row.verdict]++;
  if (row.verdict === "pass") return;
  const what = row.verdict === "clip" ? "clipped" : "stopped";
  const item = Object.assign(document.createElement("li"), { textContent: `Decision ${row.index} ${what}: ${row.why.join("; ")}` });
  item.dataset.verdict = row.verdict;
  byId("why").prepend(item);
  if (byId("why").childElementCount > WHY_MAX) byId("why").lastElementChild.remove();
}

function connect() {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = ({ data }) => {
    reconnects = 0;
    const message = JSON.parse(data);
    handlers[message.type]?.(message);
  };
  socket.onclose = () => {
    document.body.dataset.agent = "gone";
    say("state", "not connected");
    const again = reconnects++ < RECONNECTS_MAX;
    say("reason", `The agent has ended or does not answer; what you see is old. ${again ? "Trying again." : "Reload to try again."}`);
    if (again) setTimeout(connect, RECONNECT_MS);
  };
}

async function command(name) {
  try {
    const response = await fetch("/command", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ command: name }),
    });
    const { refused } = await response.json();
    say("notice", refused ? `${name} was refused: ${refused}` : "");
  } catch {
    say("notice", `${name} did not reach the agent. If the robot moves, use its emergency stop.`);
  }
}

for (const button of document.querySelectorAll("button[data-command]")) {
  button.disabled = token === null;
  button.onclick = () => command(button.dataset.command);
}
if (token === null) say("notice", "You can look but not command: open the address that was printed at the start, with its token.");
connect();
