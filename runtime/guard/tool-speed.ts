/** Keeps the tool point no faster than allowed, and slower the nearer the arm comes to a singularity, down to nothing. */
import type { ToolLimits } from "../core/desk.ts";
import type { Guard } from "../core/guarding.ts";
import { segmentDurationS } from "../core/segment.ts";
import { allowedStep, posturesOf } from "./allowed-step.ts";
import { toolPath } from "./tool-path.ts";

/** MoveIt Servo's: slower from the first on, no nearer from the second on. */
const CONDITION_SLOW = 17;
const CONDITION_HALT = 30;

/**
 * `condition`: condition number of the tool's translation, unit-free; absent: singularities are not looked at.
 * A tool that is faster when the limit gets stricter comes to rest first.
 */
export function toolSpeed(limits: Pick<ToolLimits, "maxToolSpeedMPerS">, condition?: (positionRad: ArrayLike<number>) => number): Guard {
  return {
    name: "tool-speed",
    check(segment, situation) {
      return allowedStep(segment, situation, (wanted) => {
        const path = toolPath(wanted, situation);
        const stepS = segmentDurationS(wanted) / (path.length - 1);
        const speeds = path.slice(1).map(({ positionM }, index) => {
          const before = path[index]!.positionM;
          return Math.hypot(positionM[0] - before[0], positionM[1] - before[1], positionM[2] - before[2]) / stepS;
        });
        const speed = Math.max(0, ...speeds); // Keeps NaN.
        const near = condition ? towardsSingularity(posturesOf(wanted).map(condition)) : null;
        const allowed = limits.maxToolSpeedMPerS * (near === null ? 1 : shareAt(near));
        if (speed <= allowed) return null;
        const because = near === null ? "" : ` this near to a singularity (condition ${near.toFixed(1)})`;
        return `tool would go ${speed.toFixed(3)} m/s, at most ${allowed.toFixed(3)} m/s${because}`;
      });
    },
  };
}

/** The worst on the way; null where it is none that slows, or where the way leads out of it. */
function towardsSingularity(conditions: readonly number[]): number | null {
  const worst = Math.max(...conditions); // Keeps NaN.
  return worst <= CONDITION_SLOW || worst <= conditions[0]! ? null : worst;
}

/** SAFETY: a condition that is no number allows nothing. */
const shareAt = (condition: number): number =>
  condition < CONDITION_HALT ? (CONDITION_HALT - condition) / (CONDITION_HALT - CONDITION_SLOW) : 0;
