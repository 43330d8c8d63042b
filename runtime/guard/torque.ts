/** Keeps what a motion asks of each drive within what that drive can give, by the arm's own dynamics and the payload it was told of, over the whole segment to its rest. */
import type { ToolLimits } from "../core/desk.ts";
import type { Guard } from "../core/guarding.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import type { JointSpec } from "../core/robot.ts";
import { allowedStep, looksOf } from "./allowed-step.ts";

/** What the guard asks of the arm's own model; N m, shape (jointCount). */
export interface DriveTorques {
  torqueNm(motion: JointCommand, payloadKg: number): Float64Array;
  readonly frictionNm: Float64Array;
}

export interface TorqueOptions {
  readonly joints: readonly JointSpec[];
  readonly torques: DriveTorques;
  readonly tool: Pick<ToolLimits, "payloadKg">;
}

/** Looks 40 ms apart miss up to 2.3 % of what a drive must give, 20 ms apart up to 1.8 %. */
const LOOK_S = 0.01;
/** However short it is: two looks at 14 ms of it missed a quarter of what they asked. */
const LOOKS_MIN = 20;

/** An estimate, no measurement: a smaller step asks for less; where even the arm's own weight is too much, nothing is sent. */
export function torque(options: TorqueOptions): Guard {
  return {
    name: "torque",
    check: (segment, situation) => allowedStep(segment, situation, (wanted) => objection(wanted, options)),
  };
}

function objection(segment: Segment, { joints, torques, tool: { payloadKg } }: TorqueOptions): string | null {
  // SAFETY: no payload is below nothing; one that is no number allows nothing.
  if (!(payloadKg >= 0)) return `payload is ${payloadKg} kg, must be 0 kg or more`;
  for (const motion of looksOf(segment, LOOK_S, LOOKS_MIN)) {
    const asked = torques.torqueNm(motion, payloadKg);
    const joint = asked.findIndex((value, index) => !(Math.abs(value) + torques.frictionNm[index]! <= joints[index]!.torqueMaxNm));
    if (joint === -1) continue;
    const { name, torqueMaxNm } = joints[joint]!;
    const neededNm = Math.abs(asked[joint]!) + torques.frictionNm[joint]!;
    const carrying = payloadKg > 0 ? ` with ${payloadKg} kg at the tool` : "";
    return `joint "${name}" would need ${neededNm.toFixed(1)} N m${carrying}, has ${torqueMaxNm} N m`;
  }
  return null;
}
