/** Finds joint readings further from the last one than a joint can move; what one reading must be by itself is said in core/joint-reading.ts. */
import { nsToSeconds } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { angleRad, turnRemark } from "../core/joint-angle.ts";
import type { JointSpec } from "../core/robot.ts";
import type { JointState } from "../core/sensing.ts";

export { checkJoints } from "../core/joint-reading.ts";

export interface JumpOptions {
  readonly joints: readonly JointSpec[];
  /** How many times its velocity limit a joint may seem to move. */
  readonly jumpFactor: number;
  /** How far beyond that it may move: encoder noise. */
  readonly jumpToleranceRad: number;
}

/** A check against the last good reading, whose age makes the allowed distance grow: a joint that really is elsewhere is believed in time. */
export function createJumpCheck({ joints, jumpFactor, jumpToleranceRad }: JumpOptions): (state: JointState) => AgentError | null {
  let last: JointState | null = null;
  /** A velocity that no joint can have, whatever its positions say. */
  const tooFast = ({ velocityRadPerS }: JointState): AgentError | null => {
    const joint = joints.findIndex((spec, index) => Math.abs(velocityRadPerS[index]!) > spec.velocityMaxRadPerS * jumpFactor);
    if (joint < 0) return null;
    const spec = joints[joint]!;
    const atMost = `at most ${jumpFactor} times its limit of ${spec.velocityMaxRadPerS} rad/s`;
    return new AgentError(
      "sense.jump",
      `joint "${spec.name}": reads ${velocityRadPerS[joint]!.toFixed(3)} rad/s, ${atMost}; check its unit and the encoder`,
    );
  };
  return (state) => {
    const fast = tooFast(state);
    if (fast) return fast;
    const dtS = last ? nsToSeconds(state.stampNs - last.stampNs) : 0;
    const jumped = last && dtS > 0 ? joints.findIndex((spec, joint) => Math.abs(movedRad(last!, state, joint)) > allowed(spec, dtS)) : -1;
    if (jumped < 0) {
      last = state;
      return null;
    }
    const spec = joints[jumped]!;
    const moved = movedRad(last!, state, jumped);
    const atMost = `in ${(dtS * 1000).toFixed(1)} ms, at most ${allowed(spec, dtS).toFixed(4)} rad`;
    const remedy = turnRemark(moved) || "; check the encoder and its cable";
    return new AgentError("sense.jump", `joint "${spec.name}": moved ${Math.abs(moved).toFixed(4)} rad ${atMost}${remedy}`);
  };

  function movedRad(from: JointState, to: JointState, joint: number): number {
    return angleRad(joints[joint]!.type, from.positionRad[joint]!, to.positionRad[joint]!);
  }

  function allowed(spec: JointSpec, dtS: number): number {
    return spec.velocityMaxRadPerS * jumpFactor * dtS + jumpToleranceRad;
  }
}
