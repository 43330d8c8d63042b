// The page of a command at a desk: asks where it stands eight times a second, and sends presses with the token of the printed address. No build step.
const LOOK_EVERY_MS = 120;
const ANSWER_MS_MAX = 3000;
const DEGREES = 180 / Math.PI;

const byId = (id) => document.getElementById(id);
const token = new URLSearchParams(location.hash.slice(1)).get("token");
const bars = new Map();
let shownButtons = "";

function say(element, text) {
  if (element.textContent !== text) element.textContent = text; // A live region speaks when it is written.
}

async function press(key) {
  let refused;
  try {
    const response = await fetch("/press", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ key }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    refused = (await response.json()).refused;
  } catch {
    refused = "it did not arrive; answer in the terminal. If the arm moves, switch its power off";
  }
  say(byId("notice"), refused ?? "");
}

function showButtons(buttons) {
  const now = JSON.stringify(buttons);
  if (now === shownButtons) return;
  shownButtons = now;
  say(byId("notice"), "");
  byId("buttons").replaceChildren(
    ...buttons.map(({ key, label, onSpace }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, disabled: token === null });
      button.dataset.space = onSpace;
      button.onclick = () => press(key);
      if (onSpace) button.append(Object.assign(document.createElement("kbd"), { textContent: "space", ariaHidden: "true" }));
      return button;
    }),
  );
}

function makeBar(name) {
  const item = document.createElement("li");
  const part = (className, text = "") => Object.assign(document.createElement("span"), { className, textContent: text });
  const track = Object.assign(document.createElement("div"), { className: "track" });
  const [swept, leader, here] = [part("swept"), part("leader"), part("here")];
  const [now, why] = [part("now"), part("why")];
  track.append(swept, leader, here);
  track.setAttribute("role", "meter");
  track.ariaLabel = `${name}, degrees`;
  item.append(part("name", name), track, now, why);
  byId("joint-list").append(item);
  return { item, track, swept, leader, here, now, why };
}

const degrees = (rad) => `${(rad * DEGREES).toFixed(0)}°`;

function showJoint({ name, angleRad, rangeRad: [from, to], sweptRad, leaderRad, why }) {
  if (!bars.has(name)) bars.set(name, makeBar(name));
  const bar = bars.get(name);
  const percent = (rad) => Math.min(100, Math.max(0, (100 * (rad - from)) / (to - from)));
  bar.here.style.left = `${percent(angleRad)}%`;
  bar.leader.hidden = leaderRad === null;
  if (leaderRad !== null) bar.leader.style.left = `${percent(leaderRad)}%`;
  bar.swept.hidden = sweptRad === null;
  if (sweptRad !== null) {
    bar.swept.style.left = `${percent(sweptRad[0])}%`;
    bar.swept.style.width = `${percent(sweptRad[1]) - percent(sweptRad[0])}%`;
  }
  const swept = sweptRad === null ? "" : `, moved through ${degrees(sweptRad[1] - sweptRad[0])} of ${degrees(to - from)}`;
  const led = leaderRad === null ? "" : `, leader ${(leaderRad * DEGREES).toFixed(1)}°`;
  bar.now.textContent = `${(angleRad * DEGREES).toFixed(1)}°${swept}${led}`;
  bar.item.dataset.wrong = why !== null;
  say(bar.why, why ?? "");
  bar.track.ariaValueMin = (from * DEGREES).toFixed(0);
  bar.track.ariaValueMax = (to * DEGREES).toFixed(0);
  bar.track.ariaValueNow = (angleRad * DEGREES).toFixed(0);
  bar.track.ariaValueText = bar.now.textContent;
}

function showPictures(pictures) {
  byId("cameras").hidden = Object.keys(pictures).length === 0;
  for (const [name, number] of Object.entries(pictures)) {
    const id = `camera-${name}`;
    let figure = byId(id);
    if (!figure) {
      figure = Object.assign(document.createElement("figure"), { id });
      figure.append(
        Object.assign(document.createElement("img"), { alt: `What ${name} sees` }),
        Object.assign(document.createElement("figcaption"), { textContent: name }),
      );
      byId("pictures").append(figure);
    }
    const image = figure.querySelector("img");
    if (image.dataset.number === `${number}` || !(image.complete || image.src === "")) continue;
    image.dataset.number = number;
    image.src = `/picture/${encodeURIComponent(name)}?${number}`;
  }
}

function show({ title, step, buttons, joints, said, pictures, end }) {
  document.title = title;
  say(byId("title"), title);
  say(byId("step"), end?.text ?? step);
  byId("step-now").dataset.end = end === null ? "" : end.isGood ? "good" : "bad";
  say(byId("link"), end === null ? "running" : "has ended");
  showButtons(buttons);
  byId("joints").hidden = joints.length === 0;
  for (const joint of joints) showJoint(joint);
  for (const [name, { item }] of bars) item.hidden = !joints.some((joint) => joint.name === name); // Nobody looks at it now.
  byId("legend").dataset.leads = joints.some(({ leaderRad }) => leaderRad !== null);
  byId("legend").dataset.sweeps = joints.some(({ sweptRad }) => sweptRad !== null);
  showPictures(pictures);
  byId("log").hidden = said.length === 0;
  if (byId("said").childElementCount !== said.length || byId("said").firstElementChild?.textContent !== said.at(-1))
    byId("said").replaceChildren(...said.toReversed().map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

async function look() {
  try {
    const response = await fetch("/now", { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const view = await response.json();
    show(view);
    if (view.end !== null) return; // Nothing comes after it.
  } catch {
    say(byId("link"), "the command has ended or does not answer; what you see is old");
    showButtons([]);
  }
  setTimeout(look, LOOK_EVERY_MS);
}

addEventListener("keydown", (event) => {
  if (event.key !== " " || event.repeat || event.target instanceof HTMLButtonElement) return;
  const button = document.querySelector('[data-space="true"]');
  if (!button) return;
  event.preventDefault();
  button.click();
});
if (token === null) say(byId("notice"), "You can look but not answer: open the address that was printed at the start, with its token.");
look();
