// How far the gripper is open, and whether it holds something.
let range = null;

/** `gripper` is its range, null where the robot has none. Returns the list item, or null. */
export function makeGripper(gripper) {
  range = gripper;
  if (!gripper) return null;
  const item = document.createElement("li");
  item.id = "gripper";
  const name = Object.assign(document.createElement("span"), { className: "joint-name", textContent: "gripper" });
  const track = Object.assign(document.createElement("div"), { className: "track plain" });
  track.append(Object.assign(document.createElement("div"), { className: "open" }));
  track.setAttribute("role", "meter");
  track.setAttribute("aria-label", "gripper opening, millimetres");
  track.setAttribute("aria-valuemin", (gripper.openingMinM * 1000).toFixed(0));
  track.setAttribute("aria-valuemax", (gripper.openingMaxM * 1000).toFixed(0));
  track.setAttribute("aria-valuenow", "0");
  item.append(name, track, Object.assign(document.createElement("span"), { className: "joint-now", textContent: "no reading yet" }));
  return item;
}

/** Of its range, 0..1. */
export const openShare = (openingM) =>
  range ? Math.min(1, Math.max(0, (openingM - range.openingMinM) / (range.openingMaxM - range.openingMinM))) : 0;

export function showGripper({ openingM, effortN, isHolding }) {
  const item = document.getElementById("gripper");
  if (!item) return;
  const openMm = Math.round(openingM * 10_000) / 10 + 0; // No minus before a zero.
  const text = `${openMm.toFixed(1)} mm open${effortN === undefined ? "" : `, ${effortN.toFixed(0)} N`}${isHolding ? ": HOLDS something" : ""}`;
  item.dataset.holding = String(isHolding);
  item.querySelector(".open").style.width = `${openShare(openingM) * 100}%`;
  item.querySelector(".joint-now").textContent = text;
  const track = item.querySelector(".track");
  track.setAttribute("aria-valuenow", (openingM * 1000).toFixed(0));
  track.setAttribute("aria-valuetext", text);
}
