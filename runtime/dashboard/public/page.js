// The live page: draws what arrives over the socket, sends commands with the token of the printed address. No build step.
import uPlot from "/uplot.js";

const token = new URLSearchParams(location.hash.slice(1)).get("token");
const byId = (id) => document.getElementById(id);
const pictures = new Map();
const history = { step: [], distance: [], plan: [], decision: [] };
const STEPS_MAX = 600;
const WHY_MAX = 50;
const SCALE = 4;

const plots = {
  cost: plot("cost", [{ label: "distance", stroke: "#d9542b", width: 2 }]),
  time: plot("time", [
    { label: "plan", stroke: "#2b7cd9", width: 2 },
    { label: "decision", stroke: "#8a94a3", width: 1 },
  ]),
};

function plot(id, lines) {
  const ink = getComputedStyle(document.body).color;
  const axis = { stroke: ink, grid: { stroke: "#8884", width: 1 }, ticks: { stroke: "#8884" } };
  const options = {
    width: byId(id).clientWidth || 480,
    height: 150,
    scales: { x: { time: false } },
    axes: [axis, axis],
    legend: { show: false },
    cursor: { show: false },
    series: [{ label: "decision" }, ...lines],
  };
  return new uPlot(options, [[], ...lines.map(() => [])], byId(id));
}

function pictureOf(camera, kind, widthPx, heightPx) {
  const key = `${camera} ${kind}`;
  if (pictures.has(key)) return pictures.get(key);
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = kind === "goal" ? `${camera}: the goal` : `${camera}: now, imagined path`;
  const canvas = Object.assign(document.createElement("canvas"), {
    className: "picture",
    width: widthPx * SCALE,
    height: heightPx * SCALE,
  });
  canvas.dataset.picture = key;
  figure.append(caption, canvas);
  byId("pictures").append(figure);
  const picture = { canvas, image: null, path: [] };
  pictures.set(key, picture);
  return picture;
}

function draw({ canvas, image, path }) {
  const context = canvas.getContext("2d");
  if (image) {
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  if (path.length < 2) return;
  context.lineWidth = 3;
  context.strokeStyle = "#12c2a8";
  context.beginPath();
  for (const [x, y] of path) context.lineTo(x * SCALE, y * SCALE);
  context.stroke();
  context.fillStyle = "#ffd23e";
  for (const [x, y] of path.slice(1)) {
    context.beginPath();
    context.arc(x * SCALE, y * SCALE, 3.5, 0, 2 * Math.PI);
    context.fill();
  }
}

async function show(kind, list) {
  for (const { camera, widthPx, heightPx, rgbBase64 } of list) {
    const bytes = Uint8Array.from(atob(rgbBase64), (c) => c.charCodeAt(0));
    const rgba = new Uint8ClampedArray(widthPx * heightPx * 4).fill(255);
    for (let i = 0; i < widthPx * heightPx; i++) rgba.set(bytes.subarray(3 * i, 3 * i + 3), 4 * i);
    const picture = pictureOf(camera, kind, widthPx, heightPx);
    picture.image = await createImageBitmap(new ImageData(rgba, widthPx, heightPx));
    draw(picture);
  }
}

function showTick(tick) {
  const row = { step: tick.index, distance: tick.distance, plan: tick.planMs, decision: tick.decisionMs };
  for (const [name, values] of Object.entries(history)) {
    values.push(row[name]);
    if (values.length > STEPS_MAX) values.shift();
  }
  plots.cost.setData([history.step, history.distance]);
  plots.time.setData([history.step, history.plan, history.decision]);
  byId("unit").textContent = tick.distanceUnit;
  for (const [camera, path] of Object.entries(tick.imaginedPx)) {
    const picture = pictures.get(`${camera} now`);
    if (picture) draw(Object.assign(picture, { path }));
  }
  for (const why of tick.why) {
    const item = Object.assign(document.createElement("li"), { textContent: `decision ${tick.index}: ${tick.verdict}, ${why}` });
    byId("why").prepend(item);
    if (byId("why").childElementCount > WHY_MAX) byId("why").lastElementChild.remove();
  }
}

const handlers = {
  hello: ({ title, cameras }) => {
    byId("title").textContent = title;
    for (const { name, widthPx, heightPx } of cameras) for (const kind of ["now", "goal"]) pictureOf(name, kind, widthPx, heightPx);
  },
  goal: (message) => show("goal", message.pictures),
  frames: (message) => show("now", message.pictures),
  tick: showTick,
  state: ({ agent, task, skill, reason }) => {
    byId("state").textContent = skill ? `${agent}: ${skill}` : task === "none" ? agent : `${agent}, task ${task}`;
    byId("reason").textContent = reason;
  },
};

function connect() {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    handlers[message.type]?.(message);
  };
  socket.onclose = () => {
    byId("state").textContent = "the agent has ended";
    setTimeout(connect, 2000);
  };
}

for (const button of document.querySelectorAll("button[data-command]")) {
  button.onclick = async () => {
    const response = await fetch("/command", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ command: button.dataset.command }),
    });
    const { refused } = await response.json();
    if (refused) byId("reason").textContent = refused;
  };
}
connect();
