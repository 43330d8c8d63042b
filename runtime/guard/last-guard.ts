/** The keeper's check of each streamed command, after everything else: finite, within position limits, no faster than the joints may go, and nothing that the gripper cannot do. */

import { gripperObjection, heldGripper } from "../core/gripper.ts";
import type { JointCommand } from "../core/motion.ts";
import type { GripperSpec, JointSpec } from "../core/robot.ts";
import { atRest, boundsOf } from "../core/segment.ts";

export interface LastVerdict {
  /** What may be sent: the command itself, or to stay where the previous one was. */
  readonly command: JointCommand;
  /** Null when the command itself may be sent. */
  readonly heldWhy: string | null;
}

/** A quintic touches its velocity limit exactly: rounding, no more. */
const velocityFractionMax = 1 + 1e-6;
const roundingRad = 1e-9;

/**
 * `dtS`: seconds from the previous command to this one.
 * SAFETY: the previous command has passed this check, or is where the arm was commanded at the start; to stay there is safe.
 */
export function lastGuard(
  previous: JointCommand,
  command: JointCommand,
  dtS: number,
  joints: readonly JointSpec[],
  gripper?: GripperSpec,
): LastVerdict {
  const heldWhy = objection(previous, command, dtS, joints) ?? (command.gripper ? gripperObjection(command.gripper, gripper) : null);
  if (heldWhy === null) return { command, heldWhy };
  return { command: atRest(previous.positionRad, previous.gripper && heldGripper(previous.gripper)), heldWhy };
}

function objection(previous: JointCommand, command: JointCommand, dtS: number, joints: readonly JointSpec[]): string | null {
  if (!(dtS > 0 && Number.isFinite(dtS))) return `command comes ${dtS} s after the one before, must be later`;
  const parts = [command.positionRad, command.velocityRadPerS, command.accelerationRadPerS2];
  const wrong = parts.find((part) => part.length !== joints.length);
  if (wrong) return `command has ${wrong.length} joint values, must have ${joints.length}`;
  for (const [joint, spec] of joints.entries()) {
    if (parts.some((part) => !Number.isFinite(part[joint]!))) return `joint "${spec.name}": command is not finite`;
    const position = command.positionRad[joint]!;
    const before = previous.positionRad[joint]!;
    // SAFETY: an arm that leans on its end stop may stay there and come back, never go further out.
    const [min, max] = boundsOf(spec, 0);
    const isFurtherOut = !(position >= Math.min(min, before) - roundingRad && position <= Math.max(max, before) + roundingRad);
    if (isFurtherOut) {
      return `joint "${spec.name}": position ${position.toFixed(4)} rad is outside [${min}, ${max}] rad`;
    }
    const speed = Math.max(Math.abs(position - before) / dtS, Math.abs(command.velocityRadPerS[joint]!));
    if (!(speed <= spec.velocityMaxRadPerS * velocityFractionMax)) {
      return `joint "${spec.name}": commanded speed ${speed.toFixed(3)} rad/s is above ${spec.velocityMaxRadPerS} rad/s`;
    }
  }
  return null;
}
