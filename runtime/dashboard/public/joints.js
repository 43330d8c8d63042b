// One bar a joint: where it is between its limits, and how fast against its limit.
import { makeGripper, showGripper } from "/gripper.js";
import { jogButton, makeToolJog } from "/jog.js";
import { mayCommand } from "/link.js";
import { tellMotion } from "/pictures.js";

/** Nearer to a limit than this share of the range is said. */
const NEAR_SHARE = 0.05;
/** Slower than this is at rest, rad/s. */
const REST_RAD_PER_S = 0.01;
const DEGREES = 180 / Math.PI;
let bars = [];

export function makeJoints({ joints, gripper, jogs, jogAxes }) {
  const canJog = jogs && mayCommand;
  makeToolJog(canJog ? jogAxes : []);
  document.getElementById("jog-hint").hidden = !canJog;
  const list = document.getElementById("joint-list");
  bars = joints.map((joint) => {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { className: "joint-name", textContent: joint.name });
    const track = Object.assign(document.createElement("div"), { className: "track" });
    const mark = Object.assign(document.createElement("div"), { className: "mark" });
    const speed = Object.assign(document.createElement("div"), { className: "speed" });
    const said = Object.assign(document.createElement("span"), { className: "joint-now", textContent: "no reading yet" });
    track.setAttribute("role", "meter");
    track.setAttribute("aria-label", `${joint.name}, degrees`);
    track.setAttribute("aria-valuemin", (joint.positionMinRad * DEGREES).toFixed(0));
    track.setAttribute("aria-valuemax", (joint.positionMaxRad * DEGREES).toFixed(0));
    track.setAttribute("aria-valuenow", "0");
    track.append(mark, speed);
    item.append(name, track, said);
    if (canJog)
      for (const [direction, text, way] of [
        [-1, "−", "down"],
        [1, "+", "up"],
      ])
        item.append(jogButton({ joint: joint.name }, direction, text, `move ${joint.name} ${way}`));
    return { ...joint, item, track, mark, speed, said };
  });
  const grip = makeGripper(gripper);
  list.replaceChildren(...bars.map(({ item }) => item), ...(grip ? [grip] : []));
}

export function showJoints({ positionRad, velocityRadPerS, gripper }) {
  if (gripper) showGripper(gripper);
  tellMotion(velocityRadPerS.some((velocity) => Math.abs(velocity) > REST_RAD_PER_S));
  for (const [i, bar] of bars.entries()) {
    const { type, positionMinRad, positionMaxRad, velocityMaxRadPerS } = bar;
    const range = positionMaxRad - positionMinRad;
    const angle = type === "continuous" ? Math.atan2(Math.sin(positionRad[i]), Math.cos(positionRad[i])) : positionRad[i];
    const share = (angle - positionMinRad) / range;
    const isOut = type !== "continuous" && (share < 0 || share > 1);
    const isNear = type !== "continuous" && Math.min(share, 1 - share) < NEAR_SHARE;
    const speedShare = Math.min(1, Math.abs(velocityRadPerS[i]) / velocityMaxRadPerS);
    bar.mark.style.left = `${Math.min(1, Math.max(0, share)) * 100}%`;
    bar.speed.style.width = `${speedShare * 100}%`;
    bar.item.dataset.near = isOut ? "out" : isNear ? "near" : "";
    const degrees = `${(Math.round(angle * DEGREES * 10) / 10 + 0).toFixed(1)}°`; // No minus before a zero.
    bar.said.textContent = `${degrees}${isOut ? " OUTSIDE" : isNear ? " near its limit" : ""}, ${(speedShare * 100).toFixed(0)} % speed`;
    bar.track.setAttribute("aria-valuenow", (angle * DEGREES).toFixed(0));
    bar.track.setAttribute("aria-valuetext", bar.said.textContent);
  }
}
