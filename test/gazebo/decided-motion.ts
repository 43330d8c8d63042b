/** Motions as the agent makes them: one segment a decision, each from the commanded state of the one before; random actions, seeded. */
import { createActionToSegment } from "../../runtime/act/action-to-segment.ts";
import { displacementAxes } from "../../runtime/core/model.ts";
import type { JointCommand, Segment } from "../../runtime/core/motion.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { atRest, sampleSegment } from "../../runtime/core/segment.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import type { Kinematics } from "../../runtime/kinematics/kinematics.ts";

export const PERIOD_S = 0.2;
const SCALE_M = 0.03;

export interface DecidedMotion {
  readonly startRad: Float64Array;
  /** One per decision. */
  readonly segments: readonly Segment[];
  /** The commanded state at a time from 0; after the last decision its segment's tail. */
  commandAt(tS: number): JointCommand;
}

/** `actionAt` gives each decision's action, shape (3), in [-1, 1]: tool displacement along x, y, z. */
export function decide(
  spec: RobotSpec,
  kinematics: Kinematics,
  { fromM, decisions, actionAt }: { fromM: Vec3; decisions: number; actionAt: (decision: number, toolM: Vec3) => readonly number[] },
): DecidedMotion {
  const { positionRad: startRad } = kinematics.inverse({ seedRad: spec.homeRad, positionM: fromM, quaternion: "down" });
  const toSegment = createActionToSegment({
    kinematics,
    spec,
    axes: displacementAxes({ axes: ["x", "y", "z"], scaleM: SCALE_M }),
    toolHeightM: null,
    yawRad: 0,
    workspace: { minM: [0.3, -0.33, 0.02], maxM: [0.72, 0.33, 0.4] },
    periodS: PERIOD_S,
  });
  const segments: Segment[] = [];
  let commanded = atRest(startRad);
  for (let id = 0; id < decisions; id++) {
    const action = actionAt(id, kinematics.toolAt(commanded.positionRad));
    const segment = toSegment({ id, startNs: 0n, commanded, action });
    segments.push(segment);
    commanded = sampleSegment(segment, PERIOD_S);
  }
  const commandAt = (tS: number): JointCommand => {
    const id = Math.min(segments.length - 1, Math.max(0, Math.floor(tS / PERIOD_S + 1e-9)));
    return sampleSegment(segments[id]!, tS - id * PERIOD_S);
  };
  return { startRad, segments, commandAt };
}

/** Wanders in front of the arm, at up to full action. */
export function wander(spec: RobotSpec, kinematics: Kinematics, decisions: number, seed: number): DecidedMotion {
  const rng = createRng(seed);
  let toM: Vec3 = [0.5, 0, 0.2];
  return decide(spec, kinematics, {
    fromM: [0.5, 0, 0.2],
    decisions,
    actionAt: (decision, toolM) => {
      if (decision % 6 === 0) toM = [rng.between(0.36, 0.64), rng.between(-0.22, 0.22), rng.between(0.08, 0.3)];
      const step = toM.map((value, axis) => (value - toolM[axis]!) / SCALE_M);
      const most = Math.max(1, ...step.map(Math.abs));
      return step.map((value) => value / most);
    },
  });
}
