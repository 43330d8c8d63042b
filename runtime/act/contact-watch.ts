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
const TOUCH_NS = 60n * NS_PER_MS;
/** A reading that comes after so many of the shortest time between two is late. */
const INTERVALS_MAX = 3n;

/**
 * One reading after the other, with what was commanded at its stamp; a fault once it has been touched for long enough, then again only after it was free.
 *
 * Torque is explained by the acceleration that was commanded, or by the one that the arm is seen to do: commands that come late are none, and the arm follows them as it can.
 * What touches the arm is in neither (the residual of De Luca and Mattone 2005, doi 10.1109/ROBOT.2005.1570247, over the time of a touch).
 */
export function createContactWatch({ joints, torqueNm, frictionNm, torqueShare, trackingRad }: ContactWatchOptions) {
  const types = joints.map(({ type }) => type);
  let last: JointState | null = null;
  let shortestNs: bigint | null = null;
  /** The newest readings in a row that no command explains, as far back as a touch lasts. */
  let strange: JointState[] = [];
  let isTold = false;
  /** The first drive that gives more than friction and a motion ask for, in words. */
  const beyond = (effortNm: ArrayLike<number>, motion: JointCommand): string | null => {
    const expected = torqueNm(motion);
    for (const [joint, { name, torqueMaxNm }] of joints.entries()) {
      const moreNm = Math.abs(effortNm[joint]! - expected[joint]!) - frictionNm[joint]!;
      if (!(moreNm <= torqueShare * torqueMaxNm))
        return `joint "${name}" gives ${moreNm.toFixed(1)} N m that its model does not explain, at most ${(torqueShare * torqueMaxNm).toFixed(1)} N m`;
    }
    return null;
  };
  /** Of what was done from the first reading to the last one. */
  const beyondDone = (readings: readonly JointState[]): string | null => {
    const [first, newest] = [readings[0]!, readings.at(-1)!];
    const overS = nsToSeconds(newest.stampNs - first.stampNs);
    const accelerationRadPerS2 = newest.velocityRadPerS.map((value, joint) => (value - first.velocityRadPerS[joint]!) / overS);
    const [positionRad, velocityRadPerS] = [meanOf(readings, "positionRad"), meanOf(readings, "velocityRadPerS")];
    return beyond(meanOf(readings, "effortNm"), { positionRad, velocityRadPerS, accelerationRadPerS2 });
  };
  /** The processes of the arm were kept from running: nobody knows what its drives were told meanwhile. */
  const isLate = (reading: JointState): boolean => {
    const intervalNs = last === null ? null : reading.stampNs - last.stampNs;
    last = reading;
    if (intervalNs === null || intervalNs <= 0n) return false;
    if (shortestNs === null || intervalNs < shortestNs) shortestNs = intervalNs;
    return intervalNs > INTERVALS_MAX * shortestNs;
  };
  const behind = ({ positionRad }: JointState, { positionRad: commandedRad, velocityRadPerS }: JointCommand): string | null => {
    if (trackingRad === undefined) return null;
    const { joint, offRad } = furthest(commandedRad, positionRad, types);
    const allowedRad = trackingRad + LAG_S * Math.max(...velocityRadPerS.map(Math.abs));
    if (offRad <= allowedRad) return null;
    return `joint "${joints[joint]!.name}" is ${offRad.toFixed(3)} rad from its command, at most ${allowedRad.toFixed(3)} rad`;
  };
  const free = (): null => {
    strange = [];
    isTold = false;
    return null;
  };
  return {
    check(reading: JointState, commanded: JointCommand): AgentError | null {
      if (isLate(reading)) return free();
      const { positionRad, velocityRadPerS, effortNm } = reading;
      const { accelerationRadPerS2 } = commanded;
      const why = effortNm ? beyond(effortNm, { positionRad, velocityRadPerS, accelerationRadPerS2 }) : behind(reading, commanded);
      if (why === null) return free();
      strange.push(reading);
      while (strange.length > 1 && reading.stampNs - strange[1]!.stampNs >= TOUCH_NS) strange.shift();
      if (isTold || reading.stampNs - strange[0]!.stampNs < TOUCH_NS) return null;
      if (effortNm && beyondDone(strange) === null) return null;
      isTold = true;
      return new AgentError("robot.contact", `${why}: something touches the arm; look what it is, then reset`);
    },
    /** A new task begins. */
    forget(): void {
      last = null;
      free();
    },
  };
}

/** Over the time between the first reading and the last one, each counting half to either side of it. */
function meanOf(readings: readonly JointState[], key: "positionRad" | "velocityRadPerS" | "effortNm"): Float64Array {
  const times = readings.map(({ stampNs }) => nsToSeconds(stampNs - readings[0]!.stampNs));
  const sum = new Float64Array(readings[0]!.positionRad.length);
  for (let index = 1; index < readings.length; index++)
    for (let joint = 0; joint < sum.length; joint++) {
      const [before, now] = [readings[index - 1]![key]?.[joint] ?? Number.NaN, readings[index]![key]?.[joint] ?? Number.NaN];
      sum[joint]! += ((before + now) / 2) * (times[index]! - times[index - 1]!);
    }
  return sum.map((value) => value / times.at(-1)!);
}
