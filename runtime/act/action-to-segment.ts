/** The one owner of action to segment: tool displacement, yaw and grip become a joint segment that ends at rest, and back: what was commanded becomes an action. */
import { AgentError, invariant } from "../core/errors.ts";
import { shorterWayRad } from "../core/joint-angle.ts";
import type { ActionAxis, AxisName } from "../core/model.ts";
import type { GripperCommand, JointCommand, Segment } from "../core/motion.ts";
import type { JointSpec, RobotSpec } from "../core/robot.ts";
import { peakUse, quinticSegment, segmentDurationSMax } from "../core/segment.ts";
import type { Vec3 } from "../core/vec3.ts";
import type { Kinematics } from "../kinematics/kinematics.ts";
import { yawOf } from "../kinematics/quaternion.ts";

type ToolKinematics = Pick<Kinematics, "toolAt" | "toolPose" | "inverse">;

export interface ActionToSegmentOptions {
  readonly kinematics: ToolKinematics;
  readonly spec: RobotSpec;
  /** Those of `checkAxes`. */
  readonly axes: readonly ActionAxis[];
  /** Tool height to hold where z is no axis; null holds the commanded one. */
  readonly toolHeightM: number | null;
  /** The hand points straight down, turned by this; where yaw is an axis, a quarter turn to either side of it at most. */
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
/** A gripper is the same again after half a turn: every grip is within this of the hand's own yaw. */
const YAW_RAD_MAX = Math.PI / 2;
/** A switch goes over where it is wanted by more than this: a value that hovers about zero does not chatter. */
const SWITCH_MIN = 0.25;

/** Returns the maker of segments; it throws AgentError `kinematics.unreachable`. Whether limits hold at 0.4 s is the guards' business. */
export function createActionToSegment(options: ActionToSegmentOptions): (request: ActionRequest) => Segment {
  const { kinematics, spec, periodS, axes } = options;
  invariant(periodS > 0 && periodS <= segmentDurationSMax, `decision period ${periodS} s is outside (0, ${segmentDurationSMax}] s`);
  return ({ id, startNs, commanded, action }) => {
    const wanted = wantedOf(axes, action);
    const positionM = targetM(options, commanded, wanted);
    const yawRad = targetYawRad(options, commanded, wanted);
    const solution = kinematics.inverse({ seedRad: commanded.positionRad, positionM, quaternion: "down", yawRad });
    if (!solution.converged) {
      const miss = `misses by ${(solution.residualM * 1e3).toFixed(2)} mm and ${solution.residualRad.toFixed(3)} rad`;
      const at = positionM.map((value) => value.toFixed(3)).join(", ");
      throw new AgentError("kinematics.unreachable", `tool target (${at}) m: posture ${miss}; choose a target nearer to the arm`);
    }
    const gripper = targetGripper(options, commanded, wanted);
    return quickest({ id, startNs, from: commanded, toRad: solution.positionRad, gripper }, spec.joints, periodS);
  };
}

/** The axes with their values, clamped to [-1, 1]. */
type Wanted = readonly (ActionAxis & { readonly value: number })[];

function wantedOf(axes: readonly ActionAxis[], action: ArrayLike<number>): Wanted {
  invariant(action.length === axes.length, `action has ${action.length} values, the model package ${axes.length} axes`);
  return axes.map((axis, index) => {
    const value = action[index]!;
    if (Number.isFinite(value)) return { ...axis, value: clamp(value, -1, 1) };
    throw new AgentError(
      "kinematics.unreachable",
      `action on axis ${axis.name} is ${value}, must be a number in [-1, 1]; look at the model that made it`,
    );
  });
}

/** Displacement from the commanded tool point, never from the measured one; axes that the action has not are held. */
function targetM({ kinematics, toolHeightM, workspace }: ActionToSegmentOptions, from: JointCommand, wanted: Wanted): Vec3 {
  const target = [...kinematics.toolAt(from.positionRad)];
  if (toolHeightM !== null && !wanted.some(({ name }) => name === "z")) target[2] = toolHeightM;
  for (const { name, value, scale } of wanted) {
    const axis = SPACE.indexOf(name);
    if (axis >= 0) target[axis]! += value * scale;
  }
  const [x, y, z] = target.map((value, axis) => clamp(value, workspace.minM[axis]!, workspace.maxM[axis]!));
  return [x!, y!, z!];
}

/** Turned from the commanded yaw where it is an axis, else the hand's own. */
function targetYawRad({ kinematics, yawRad }: ActionToSegmentOptions, from: JointCommand, wanted: Wanted): number {
  const turn = wanted.find(({ name }) => name === "yaw");
  if (!turn) return yawRad;
  const turnedRad = shorterWayRad(yawOf(kinematics.toolPose(from.positionRad).quaternion) - yawRad);
  return yawRad + clamp(turnedRad + turn.value * turn.scale, -YAW_RAD_MAX, YAW_RAD_MAX);
}

/** Open or closed; undefined where the gripper is no axis, or nobody wants it to be either and none was told. */
function targetGripper({ spec }: ActionToSegmentOptions, from: JointCommand, wanted: Wanted): GripperCommand | undefined {
  const grip = wanted.find(({ name }) => name === "gripper");
  if (!grip) return undefined;
  invariant(spec.gripper, `robot "${spec.name}" is moved along an axis that it has not`);
  const told = toldSwitch(from, spec);
  const side = Math.abs(grip.value) > SWITCH_MIN || told === 0 ? Math.sign(grip.value) : told;
  if (side === 0) return undefined;
  const { openingMinM, openingMaxM, speedMaxMPerS, forceMaxN } = spec.gripper;
  const openingM = side > 0 ? openingMinM + grip.scale * (openingMaxM - openingMinM) : openingMinM;
  return { openingM, speedMPerS: speedMaxMPerS, forceN: forceMaxN };
}

/** What the gripper was told last: 1 to open, -1 to close, 0 nothing yet. */
function toldSwitch({ gripper: told }: JointCommand, { gripper }: RobotSpec): number {
  return told && gripper ? (told.openingM > gripper.openingMinM ? 1 : -1) : 0;
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

/** What was commanded from one state to another, in action units, shape (axes); not clamped. A switch is what was told last: 1, -1, or 0 before anything was. */
export function executedAction(
  { kinematics, spec, axes }: Pick<ActionToSegmentOptions, "kinematics" | "spec" | "axes">,
  commandedAtStart: JointCommand,
  commandedAtEnd: JointCommand,
): Float32Array {
  const startM = kinematics.toolAt(commandedAtStart.positionRad);
  const endM = kinematics.toolAt(commandedAtEnd.positionRad);
  const yawAt = ({ positionRad }: JointCommand): number => yawOf(kinematics.toolPose(positionRad).quaternion);
  return Float32Array.from(axes, ({ name, scale }) => {
    if (name === "gripper") return toldSwitch(commandedAtEnd, spec);
    if (name === "yaw") return shorterWayRad(yawAt(commandedAtEnd) - yawAt(commandedAtStart)) / scale;
    const axis = SPACE.indexOf(name);
    return (endM[axis]! - startM[axis]!) / scale;
  });
}

const SPACE: readonly AxisName[] = ["x", "y", "z"];
const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
