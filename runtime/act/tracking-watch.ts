/** Notices an arm that is not where it was commanded to be: stuck, pushed, or moved by someone else. */
import { NS_PER_MS } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { angleRad, turnRemark } from "../core/joint-angle.ts";
import type { JointSpec } from "../core/robot.ts";

export interface TrackingOptions {
  readonly names: readonly string[];
  /** Of each joint; revolute where absent. */
  readonly types?: readonly JointSpec["type"][];
  readonly radMax: number;
  readonly msMax: number;
}

/** The joint furthest from its command and how far from it it reads, radians; NaN where a reading is none. */
export function furthest(
  commandedRad: ArrayLike<number>,
  measuredRad: ArrayLike<number>,
  types: readonly JointSpec["type"][] = [],
): { readonly joint: number; readonly offRad: number } {
  let [joint, offRad] = [0, 0];
  for (let index = 0; index < commandedRad.length; index++) {
    const off = Math.abs(angleRad(types[index], commandedRad[index]!, measuredRad[index]!));
    if (!(off <= offRad)) [joint, offRad] = [index, off];
    if (Number.isNaN(off)) break;
  }
  return { joint, offRad };
}

/** A check of one reading after the other; a fault once it has been off for too long, then again only after it was well. */
export function createTrackingWatch({ names, types, radMax, msMax }: TrackingOptions) {
  let offSinceNs: bigint | null = null;
  let isTold = false;
  return {
    check(commandedRad: ArrayLike<number>, measuredRad: ArrayLike<number>, nowNs: bigint): AgentError | null {
      const { joint, offRad } = furthest(commandedRad, measuredRad, types);
      if (offRad <= radMax) {
        offSinceNs = null;
        isTold = false;
        return null;
      }
      offSinceNs ??= nowNs;
      if (isTold || nowNs - offSinceNs < BigInt(Math.round(msMax)) * NS_PER_MS) return null;
      isTold = true;
      const remedy = turnRemark(offRad) || "; look what holds the arm or who else commands it";
      const off = `${offRad.toFixed(3)} rad from its command for ${msMax} ms, at most ${radMax} rad`;
      return new AgentError("robot.aborted", `joint "${names[joint]}": ${off}${remedy}; then reset and start`);
    },
    /** The arm took its place anew. */
    forget(): void {
      offSinceNs = null;
      isTold = false;
    },
  };
}
