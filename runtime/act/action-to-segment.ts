/** The one owner of action to segment: a tool displacement becomes a joint segment that ends at rest, and back: what was commanded becomes an action. */
import { AgentError, invariant } from "../core/errors.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import type { JointSpec, RobotSpec } from "../core/robot.ts";
import { peakUse, quinticSegment, segmentDurationSMax } from "../core/segment.ts";
import type { Vec3 } from "../core/vec3.ts";
import type { Kinematics } from "../kinematics/kinematics.ts";

export type Axis = "x" | "y" | "z";

/** What a model's actions mean: one number in [-1, 1] per axis, times `scaleM` metres of tool displacement in the base frame. */
export interface ActionSpace {
  readonly axes: readonly Axis[];
  readonly scaleM: number;
}

export interface ActionToSegmentOptions {
  readonly kinematics: Pick<Kinematics, "toolAt" | "inverse">;
  readonly spec: RobotSpec;
  readonly action: ActionSpace;
  /** Tool height to hold where z is no axis; null holds the commanded one. */
  readonly toolHeightM: number | null;
  /** The hand points straight down, turned by this. */
  readonly yawRad: number;
  /** Targets are clamped into it. */
  readonly workspace: { readonly minM: Vec3; readonly maxM: Vec3 };
  /** The decision period; a segment takes this long where the joints' limits allow. */
  readonly periodS: number;
}

export interface ActionRequest {
  readonly id: number;
  readonly startNs: bigint;
  /** The commanded state at `startNs`. */
  readonly commanded: JointCommand;
  /** Shape (axes), each in [-1, 1]; values outside are clamped. */
  readonly action: ArrayLike<number>;
}

/** Share of velocity, acceleration and jerk limits that a segment is stretched to stay within, so that guards need not clip what is ordinary. */
const LIMIT_SHARE = 0.95;
const STRETCH_STEP_S = 0.02;

/** Returns the maker of segments; it throws AgentError `kinematics.unreachable`. Whether limits hold at 0.4 s is the guards' business. */
export function createActionToSegment(options: ActionToSegmentOptions): (request: ActionRequest) => Segment {
  const { kinematics, spec, periodS, yawRad } = options;
  invariant(periodS > 0 && periodS <= segmentDurationSMax, `decision period ${periodS} s is outside (0, ${segmentDurationSMax}] s`);
  return ({ id, startNs, commanded, action }) => {
    const positionM = targetM(options, commanded, action);
    const solution = kinematics.inverse({ seedRad: commanded.positionRad, positionM, quaternion: "down", yawRad });
    if (!solution.converged) {
      const miss = `misses by ${(solution.residualM * 1e3).toFixed(2)} mm and ${solution.residualRad.toFixed(3)} rad`;
      const at = positionM.map((value) => value.toFixed(3)).join(", ");
      throw new AgentError("kinematics.unreachable", `tool target (${at}) m: posture ${miss}; choose a target nearer to the arm`);
    }
    return quickest({ id, startNs, from: commanded, toRad: solution.positionRad }, spec.joints, periodS);
  };
}

/** Displacement from the commanded tool point, never from the measured one; axes that the action has not are held. */
function targetM(
  { kinematics, action: space, toolHeightM, workspace }: ActionToSegmentOptions,
  from: JointCommand,
  action: ArrayLike<number>,
): Vec3 {
  invariant(action.length === space.axes.length, `action has ${action.length} values, the model package ${space.axes.length} axes`);
  const target = [...kinematics.toolAt(from.positionRad)];
  if (toolHeightM !== null && !space.axes.includes("z")) target[2] = toolHeightM;
  for (const [index, axis] of space.axes.entries()) {
    const value = action[index]!;
    if (!Number.isFinite(value))
      throw new AgentError(
        "kinematics.unreachable",
        `action on axis ${axis} is ${value}, must be a number in [-1, 1]; look at the model that made it`,
      );
    target[axisIndex(axis)]! += clamp(value, -1, 1) * space.scaleM;
  }
  const [x, y, z] = target.map((value, axis) => clamp(value, workspace.minM[axis]!, workspace.maxM[axis]!));
  return [x!, y!, z!];
}

/** The shortest of the allowed durations that keeps the joints' limits, else the longest. */
function quickest(
  request: Omit<Parameters<typeof quinticSegment>[0], "durationS">,
  joints: readonly JointSpec[],
  periodS: number,
): Segment {
  for (let durationS = periodS; durationS < segmentDurationSMax - 1e-9; durationS += STRETCH_STEP_S) {
    const segment = quinticSegment({ ...request, durationS });
    if (isWithin(segment, joints)) return segment;
  }
  return quinticSegment({ ...request, durationS: segmentDurationSMax });
}

function isWithin(segment: Segment, joints: readonly JointSpec[]): boolean {
  return peakUse(segment, joints).every(({ quantity, fraction }) => fraction <= (quantity === "position" ? 1 : LIMIT_SHARE));
}

/** What was commanded from one state to another, in action units: tool displacement over `scaleM`, shape (axes); not clamped. */
export function executedAction(
  kinematics: Pick<Kinematics, "toolAt">,
  commandedAtStart: JointCommand,
  commandedAtEnd: JointCommand,
  { axes, scaleM }: ActionSpace,
): Float32Array {
  const startM = kinematics.toolAt(commandedAtStart.positionRad);
  const endM = kinematics.toolAt(commandedAtEnd.positionRad);
  return Float32Array.from(axes, (axis) => (endM[axisIndex(axis)]! - startM[axisIndex(axis)]!) / scaleM);
}

const axisIndex = (axis: Axis): 0 | 1 | 2 => (axis === "x" ? 0 : axis === "y" ? 1 : 2);
const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
