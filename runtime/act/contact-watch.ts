/** Notices that something touches the arm: its drives give what its own model does not explain, or it is not where it was commanded to be. */
import { NS_PER_MS } from "../core/clock.ts";
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

/** One reading after the other, with what was commanded at its stamp; a fault once it has been touched for long enough, then again only after it was free. */
export function createContactWatch({ joints, torqueNm, frictionNm, torqueShare, trackingRad }: ContactWatchOptions) {
  const types = joints.map(({ type }) => type);
  let sinceNs: bigint | null = null;
  let isTold = false;
  const unexplained = (
    { positionRad, velocityRadPerS, effortNm = new Float64Array() }: JointState,
    commanded: JointCommand,
  ): string | null => {
    // The acceleration is not measured: what the arm was told is what it does, as long as nothing is in its way.
    const expected = torqueNm({ positionRad, velocityRadPerS, accelerationRadPerS2: commanded.accelerationRadPerS2 });
    for (const [joint, { name, torqueMaxNm }] of joints.entries()) {
      const moreNm = Math.abs(effortNm[joint]! - expected[joint]!) - frictionNm[joint]!;
      if (!(moreNm <= torqueShare * torqueMaxNm))
        return `joint "${name}" gives ${moreNm.toFixed(1)} N m that its model does not explain, at most ${(torqueShare * torqueMaxNm).toFixed(1)} N m`;
    }
    return null;
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
      const why = reading.effortNm ? unexplained(reading, commanded) : behind(reading, commanded);
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
      sinceNs = null;
      isTold = false;
    },
  };
}
