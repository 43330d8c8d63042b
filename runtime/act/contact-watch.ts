/** Notices that something touches the arm: its drives give what its own model does not explain, or it is not where it was commanded to be. */
import { NS_PER_MS, nsToSeconds } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { JointCommand } from "../core/motion.ts";
import type { JointSpec } from "../core/robot.ts";
import type { JointState } from "../core/sensing.ts";
import { furthest } from "./tracking-watch.ts";

export interface ContactLimits {
  /** Of each drive's largest torque: how much of it the model may leave unexplained, 0..1. */
  readonly torqueShare: number;
  /** Of an arm that tells no torques: how far a joint may be from its command at rest; absent: nobody looks at that. */
  readonly trackingRad?: number | undefined;
}

export interface ContactWatchOptions extends ContactLimits {
  readonly joints: readonly JointSpec[];
  /** What the arm's own model asks for, N m, shape (jointCount). */
  readonly torqueNm: (motion: JointCommand) => Float64Array;
  readonly frictionNm: Float64Array;
}

/** A moving arm is behind its command by what it does in this time. */
const LAG_S = 0.1;
/** A shorter touch is none: one reading may be wrong. */
const TOUCH_MS = 60;
/** A reading that comes after so many of the shortest time between two is not judged: the arm's process was kept from running, and nobody knows what the drives were told meanwhile. */
const INTERVALS_LEFT_OUT_MAX = 3n;

/**
 * One reading after the other, with what was commanded at its stamp; a fault once it has been touched for long enough, then again only after it was free.
 *
 * Torque is explained by the acceleration that was commanded, or by the one that is measured between two readings: commands that come late are none, and yet the arm follows
 * them as it can. What touches the arm is in neither (the residual of De Luca and Mattone 2005, doi 10.1109/ROBOT.2005.1570247, over one interval).
 */
export function createContactWatch({ joints, torqueNm, frictionNm, torqueShare, trackingRad }: ContactWatchOptions) {
  const types = joints.map(({ type }) => type);
  let last: JointState | null = null;
  let shortestNs: bigint | null = null;
  let sinceNs: bigint | null = null;
  let isTold = false;
  /** By how much a drive gives more than friction and a motion ask for, and which; the first beyond its bound, else null. */
  const beyond = (effortNm: ArrayLike<number>, motion: JointCommand): string | null => {
    const expected = torqueNm(motion);
    for (const [joint, { name, torqueMaxNm }] of joints.entries()) {
      const moreNm = Math.abs(effortNm[joint]! - expected[joint]!) - frictionNm[joint]!;
      if (!(moreNm <= torqueShare * torqueMaxNm))
        return `joint "${name}" gives ${moreNm.toFixed(1)} N m that its model does not explain, at most ${(torqueShare * torqueMaxNm).toFixed(1)} N m`;
    }
    return null;
  };
  const unexplained = (now: JointState, { accelerationRadPerS2 }: JointCommand, before: JointState | null): string | null => {
    const { positionRad, velocityRadPerS, effortNm = new Float64Array() } = now;
    const why = beyond(effortNm, { positionRad, velocityRadPerS, accelerationRadPerS2 });
    if (why === null || before === null) return why;
    const overS = nsToSeconds(now.stampNs - before.stampNs);
    const doneRadPerS2 = velocityRadPerS.map((value, joint) => (value - before.velocityRadPerS[joint]!) / overS);
    return beyond(effortNm, { positionRad, velocityRadPerS, accelerationRadPerS2: doneRadPerS2 }) && why;
  };
  const behind = ({ positionRad }: JointState, { positionRad: commandedRad, velocityRadPerS }: JointCommand): string | null => {
    if (trackingRad === undefined) return null;
    const { joint, offRad } = furthest(commandedRad, positionRad, types);
    const allowedRad = trackingRad + LAG_S * Math.max(...velocityRadPerS.map(Math.abs));
    if (offRad <= allowedRad) return null;
    return `joint "${joints[joint]!.name}" is ${offRad.toFixed(3)} rad from its command, at most ${allowedRad.toFixed(3)} rad`;
  };
  return {
    check(reading: JointState, commanded: JointCommand): AgentError | null {
      const before = last;
      last = reading;
      const intervalNs = before && reading.stampNs - before.stampNs;
      if (intervalNs !== null && intervalNs <= 0n) return null; // Told twice.
      if (intervalNs !== null && (shortestNs === null || intervalNs < shortestNs)) shortestNs = intervalNs;
      if (intervalNs !== null && intervalNs > INTERVALS_LEFT_OUT_MAX * shortestNs!) return null;
      const why = reading.effortNm ? unexplained(reading, commanded, before) : behind(reading, commanded);
      if (why === null) {
        sinceNs = null;
        isTold = false;
        return null;
      }
      sinceNs ??= reading.stampNs;
      if (isTold || reading.stampNs - sinceNs < BigInt(TOUCH_MS) * NS_PER_MS) return null;
      isTold = true;
      return new AgentError("robot.contact", `${why}: something touches the arm; look what it is, then reset`);
    },
    /** A new task begins. */
    forget(): void {
      last = null;
      sinceNs = null;
      isTold = false;
    },
  };
}
