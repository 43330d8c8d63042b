// What each camera sees with the imagined path of the tool over it, how old that is, and what the goal looks like.
import { bitmapOf } from "/bitmap.js";
import { recordedNowNs } from "/playback.js";

/** Width of a drawing, canvas pixels: the path is drawn finer than the picture. */
const DRAWN_PX = 512;
/** A picture that is the same for longer while the arm moves is frozen. */
const SAME_MS_MAX = 1000;
const captions = { frames: "now, and the imagined path", goal: "the goal" };
const pictures = new Map();
let ageMsMax = 400;
let isMoving = false;

export const tellMotion = (moving) => {
  isMoving = moving;
};

export function makePictures({ cameras, pictureAgeMsMax }) {
  ageMsMax = pictureAgeMsMax;
  pictures.clear();
  const parent = document.getElementById("pictures");
  parent.replaceChildren();
  if (cameras.length === 0)
    parent.append(Object.assign(document.createElement("p"), { textContent: "This model sees the state itself: there is no camera." }));
  for (const camera of cameras) for (const kind of ["frames", "goal"]) addPicture(parent, camera, kind);
}

function addPicture(parent, { name, widthPx, heightPx }, kind) {
  const label = `${name}: ${captions[kind]}`;
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const age = Object.assign(document.createElement("span"), { className: "age" });
  caption.append(Object.assign(document.createElement("span"), { textContent: label }), age);
  const scale = DRAWN_PX / widthPx;
  const canvas = Object.assign(document.createElement("canvas"), { width: DRAWN_PX, height: Math.round(heightPx * scale) });
  canvas.dataset.picture = `${name} ${kind}`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  figure.append(canvas, caption);
  parent.append(figure);
  pictures.set(`${name} ${kind}`, { figure, canvas, age, scale, image: null, path: [], text: "", stampNs: "", newMs: 0, changedMs: 0 });
  if (kind === "goal") age.textContent = "no picture of it";
}

export function showGoal(goal) {
  if (goal.kind === "image") showPictures("goal", goal.pictures);
  for (const [key, picture] of pictures) {
    if (!key.endsWith(" goal")) continue;
    const place = goal.kind === "image" ? "" : goal.positionM.map((value) => (value * 100).toFixed(1)).join(", ");
    picture.age.textContent = goal.kind === "image" ? "" : `no picture: the ${goal.kind} at ${place} cm`;
    if (goal.kind === "image") continue;
    picture.image = null;
    picture.canvas.getContext("2d").clearRect(0, 0, picture.canvas.width, picture.canvas.height);
  }
}

export function showPictures(kind, list) {
  const nowMs = performance.now();
  for (const { camera, stampNs, ...image } of list) {
    const picture = pictures.get(`${camera} ${kind}`);
    if (!picture) continue;
    if (picture.stampNs !== stampNs) picture.newMs = nowMs;
    if (picture.text !== image.rgbBase64) picture.changedMs = nowMs;
    Object.assign(picture, { stampNs, text: image.rgbBase64, image: bitmapOf(image) });
    draw(picture);
  }
}

/** Points of a path are in the camera's pixels: the tool now, then after each imagined action. */
export function showPaths(pathPx) {
  for (const [camera, path] of Object.entries(pathPx)) {
    const picture = pictures.get(`${camera} frames`);
    if (!picture) continue;
    picture.path = path;
    draw(picture);
  }
}

/** Old, frozen and fresh pictures say so in words; the mark is not by colour alone. */
setInterval(() => {
  const nowMs = performance.now();
  for (const [key, { figure, age, image, newMs, changedMs, stampNs }] of pictures) {
    if (!key.endsWith(" frames")) continue;
    const recordedNs = recordedNowNs();
    if (recordedNs !== null) {
      showRecordedAge({ figure, age, image, stampNs }, recordedNs);
      continue;
    }
    const [ageMs, sameMs] = [nowMs - newMs, nowMs - changedMs];
    const mark = image === null ? "none" : ageMs > Math.max(ageMsMax, 300) ? "old" : isMoving && sameMs > SAME_MS_MAX ? "frozen" : "fresh";
    figure.dataset.mark = mark;
    const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
    age.textContent = {
      none: "no picture yet",
      old: `OLD: ${seconds(ageMs)}`,
      frozen: `FROZEN: the same for ${seconds(sameMs)} while the arm moves`,
      fresh: `${seconds(ageMs)} old`,
    }[mark];
  }
}, 200);

/** How old it was then, by the recording's own time. */
function showRecordedAge({ figure, age, image, stampNs }, recordedNs) {
  const ageMs = image === null ? 0 : Number(recordedNs - BigInt(stampNs)) / 1e6;
  const isOld = ageMs > Math.max(ageMsMax, 300);
  figure.dataset.mark = image === null ? "none" : isOld ? "old" : "fresh";
  age.textContent = image === null ? "no picture yet" : `${isOld ? "OLD: " : ""}${(ageMs / 1000).toFixed(1)} s${isOld ? "" : " old"}`;
}

function draw({ canvas, image, path, scale }) {
  if (!image) return;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  if (path.length === 0) return;
  const points = path.map(([x, y]) => [x * scale, y * scale]);
  line(context, points, "#0b1a18", 11); // The dark rim keeps it visible on a light table.
  line(context, points, "#12c2a8", 6);
  for (const point of points.slice(1)) dot(context, point, "#ffd23e", 6);
  dot(context, points[0], "#ffffff", 9);
}

function line(context, points, colour, width) {
  Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: "round", lineCap: "round" });
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

function dot(context, [x, y], colour, radius) {
  Object.assign(context, { fillStyle: colour, strokeStyle: "#0b1a18", lineWidth: 2.5 });
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
