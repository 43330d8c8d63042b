/** Finds joint readings of the wrong size, not finite, outside their limits, or further from the last one than a joint can move. */
import { nsToSeconds } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { JointSpec } from "../core/robot.ts";
import type { JointState } from "../core/sensing.ts";

/** What one reading must be by itself; `toleranceRad` is how far outside its limits a joint may read. */
export function checkJoints(state: JointState, specs: readonly JointSpec[], toleranceRad: number): AgentError | null {
  const counts = [state.positionRad.length, state.velocityRadPerS.length];
  if (counts.some((count) => count !== specs.length)) {
    const message = `joints: ${counts[0]} positions and ${counts[1]} velocities, must be ${specs.length} each; check that the driver is for this robot`;
    return new AgentError("sense.wrong-size", message);
  }
  for (const [joint, spec] of specs.entries()) {
    const position = state.positionRad[joint]!;
    const velocity = state.velocityRadPerS[joint]!;
    if (!Number.isFinite(position) || !Number.isFinite(velocity)) {
      const message = `joint "${spec.name}": position ${position} rad, velocity ${velocity} rad/s, must be finite; check the encoder`;
      return new AgentError("sense.not-finite", message);
    }
    if (position < spec.positionMinRad - toleranceRad || position > spec.positionMaxRad + toleranceRad) {
      return new AgentError(
        "sense.out-of-range",
        `joint "${spec.name}": position ${position.toFixed(3)} rad is outside [${spec.positionMinRad}, ${spec.positionMaxRad}] rad by more than ` +
          `${toleranceRad} rad; move the arm back or check the encoder's zero`,
      );
    }
  }
  return null;
}

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
  return (state) => {
    const dtS = last ? nsToSeconds(state.stampNs - last.stampNs) : 0;
    const jumped = last && dtS > 0 ? joints.findIndex((spec, joint) => distance(state, last!, joint) > allowed(spec, dtS)) : -1;
    if (jumped < 0) {
      last = state;
      return null;
    }
    const spec = joints[jumped]!;
    return new AgentError(
      "sense.jump",
      `joint "${spec.name}": moved ${distance(state, last!, jumped).toFixed(4)} rad in ${(dtS * 1000).toFixed(1)} ms, at most ` +
        `${allowed(spec, dtS).toFixed(4)} rad; check the encoder and its cable`,
    );
  };

  function allowed(spec: JointSpec, dtS: number): number {
    return spec.velocityMaxRadPerS * jumpFactor * dtS + jumpToleranceRad;
  }
}

const distance = (a: JointState, b: JointState, joint: number): number => Math.abs(a.positionRad[joint]! - b.positionRad[joint]!);
