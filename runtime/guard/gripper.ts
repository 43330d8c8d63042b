/** Stops a segment that tells the gripper what it cannot do: an opening, a speed or a force beyond it, a number that is none, or a gripper that is not there. */
import { gripperObjection } from "../core/gripper.ts";
import type { Guard } from "../core/guarding.ts";
import type { GripperSpec } from "../core/robot.ts";

/** SAFETY: it never clips: half of a grip is no grip. */
export function gripperLimits(gripper: GripperSpec | undefined): Guard {
  return {
    name: "gripper",
    check(segment) {
      const why = segment.gripper ? gripperObjection(segment.gripper, gripper) : null;
      return why ? { kind: "stop", why: [why] } : { kind: "pass", segment };
    },
  };
}
