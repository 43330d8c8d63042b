// Buttons that move a joint, or the tool along an axis, while they are held.
import { whileHeld } from "/hold.js";
import { order } from "/link.js";
import { say } from "/state.js";

const AXES = {
  x: ["forward", "back", "x"],
  y: ["left", "right", "y"],
  z: ["up", "down", "z"],
  yaw: ["turn left", "turn right", "yaw"],
  gripper: ["open", "close", "gripper"],
};

/** `what` is {joint} or {axis}; `said` goes on after "hold to". */
export function jogButton(what, direction, text, said) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "jog", textContent: text });
  button.setAttribute("aria-label", `hold to ${said}`);
  whileHeld(button, async () => {
    const refused = await order("/jog", { ...what, direction });
    say("notice", refused === null ? "" : `it is not moved: ${refused}`);
    return refused === null;
  });
  return button;
}

/** A row an axis: the tool in the base frame, as one sees it from behind the arm. */
export function makeToolJog(axes) {
  document.getElementById("tool-jog").hidden = axes.length === 0;
  document.getElementById("tool-axes").replaceChildren(
    ...axes.map((axis) => {
      const [more, less, name] = AXES[axis];
      const item = document.createElement("li");
      const label = Object.assign(document.createElement("span"), { className: "joint-name", textContent: name });
      const verb = (word) => (axis === "gripper" ? `${word} the gripper` : axis === "yaw" ? `${word} the hand` : `move the tool ${word}`);
      item.append(label, jogButton({ axis }, -1, less, verb(less)), jogButton({ axis }, 1, more, verb(more)));
      return item;
    }),
  );
}
