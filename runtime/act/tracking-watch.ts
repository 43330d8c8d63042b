/** Notices an arm that is not where it was commanded to be: stuck, pushed, or moved by someone else. */
import { NS_PER_MS } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";

export interface TrackingOptions {
  readonly names: readonly string[];
  readonly radMax: number;
  readonly msMax: number;
}

/** The joint furthest from its command and how far, radians. */
export function furthest(
  commandedRad: ArrayLike<number>,
  measuredRad: ArrayLike<number>,
): { readonly joint: number; readonly offRad: number } {
  let joint = 0;
  let offRad = 0;
  for (let index = 0; index < commandedRad.length; index++) {
    const off = Math.abs(commandedRad[index]! - measuredRad[index]!);
    if (off > offRad) [joint, offRad] = [index, off]; // NaN is the senses' business.
  }
  return { joint, offRad };
}

/** A check of one reading after the other; a fault once it has been off for too long, then again only after it was well. */
export function createTrackingWatch({ names, radMax, msMax }: TrackingOptions) {
  let offSinceNs: bigint | null = null;
  let isTold = false;
  return {
    check(commandedRad: ArrayLike<number>, measuredRad: ArrayLike<number>, nowNs: bigint): AgentError | null {
      const { joint, offRad } = furthest(commandedRad, measuredRad);
      if (offRad <= radMax) {
        offSinceNs = null;
        isTold = false;
        return null;
      }
      offSinceNs ??= nowNs;
      if (isTold || nowNs - offSinceNs < BigInt(Math.round(msMax)) * NS_PER_MS) return null;
      isTold = true;
      return new AgentError(
        "robot.aborted",
        `joint "${names[joint]}": ${offRad.toFixed(3)} rad from its command for ${msMax} ms, at most ${radMax} rad; look what holds the arm or who else commands it, then resume`,
      );
    },
    /** The arm took its place anew. */
    forget(): void {
      offSinceNs = null;
      isTold = false;
    },
  };
}
