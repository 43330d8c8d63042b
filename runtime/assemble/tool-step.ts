/** One short motion of the tool along or about one axis, or of the gripper, that ends at rest: for jogging. */
import type { AxisName } from "../core/model.ts";
import type { JointCommand, Segment } from "../core/motion.ts";
import type { GripperSpec } from "../core/robot.ts";
import { peakUse, quinticSegment, segmentDurationSMax } from "../core/segment.ts";
import type { Kinematics } from "../kinematics/kinematics.ts";
import { multiply, type Quaternion } from "../kinematics/quaternion.ts";

export interface ToolDrive {
  /** Base frame: x, y, z along it, yaw about its z; the gripper opens with +1. */
  readonly axis: AxisName;
  readonly direction: -1 | 1;
  /** No joint goes faster. */
  readonly speedRadPerSMax: number;
}

/** A person must be able to let go in time. */
const SPEED_M_PER_S = 0.04;
const TURN_RAD_PER_S = 0.2;
/** Of the opening, and the share of the gripper's force that a hand on a button needs. */
const OPENING_STEP_M = 0.006;
const OPENING_M_PER_S = 0.03;
const FORCE_SHARE = 0.3;
const SHORTENINGS_MAX = 24;
/** An arm of fewer joints points its tool down as well as it can, and takes any turn. */
const FULL_POSE_JOINTS = 6;

type Tool = Pick<Kinematics, "spec" | "toolPose" | "inverse">;
type Head = Pick<Segment, "id" | "startNs">;

/** A motion that keeps the hand's orientation, or of the gripper alone; else a sentence why there is none. `feltM` is the measured opening. */
export function toolStep(tool: Tool, drive: ToolDrive, from: JointCommand, feltM: number | undefined, head: Head): Segment | string {
  const { gripper, name, joints } = tool.spec;
  if (drive.axis === "yaw" && joints.length < FULL_POSE_JOINTS)
    return `robot "${name}" has ${joints.length} joints, ${FULL_POSE_JOINTS} turn a tool at a place; move its joints instead`;
  if (drive.axis !== "gripper") return moved(tool, drive, from, head);
  if (!gripper) return `robot "${name}" has no gripper`;
  return gripped(gripper, drive.direction, from, feltM ?? from.gripper?.openingM ?? gripper.openingMinM, head);
}

/** As far along the axis as the speeds allow. */
function moved(tool: Tool, { axis, direction, speedRadPerSMax }: ToolDrive, from: JointCommand, head: Head): Segment | string {
  const { converged, positionRad } = tool.inverse({ seedRad: from.positionRad, ...targetOf(tool, axis, direction, from) });
  if (!converged)
    return `the tool goes no further along ${direction > 0 ? "+" : "-"}${axis} from here, by the arm's reach; move its joints`;
  const joints = tool.spec.joints.map((each) => ({ ...each, velocityMaxRadPerS: Math.min(each.velocityMaxRadPerS, speedRadPerSMax) }));
  for (let share = 1, shortened = 0; ; share *= 0.8, shortened++) {
    const toRad = from.positionRad.map((startRad, joint) => startRad + share * (positionRad[joint]! - startRad));
    const segment = quinticSegment({ ...head, from, toRad, durationS: segmentDurationSMax });
    if (shortened === SHORTENINGS_MAX || peakUse(segment, joints).every(({ fraction }) => fraction <= 1)) return segment;
  }
}

function targetOf({ spec, toolPose }: Tool, axis: AxisName, direction: -1 | 1, from: JointCommand) {
  const { positionM, quaternion } = toolPose(from.positionRad);
  const half = axis === "yaw" ? (direction * TURN_RAD_PER_S * segmentDurationSMax) / 2 : 0;
  const turned: Quaternion = multiply([Math.cos(half), 0, 0, Math.sin(half)], quaternion);
  const way = (name: AxisName): number => (name === axis ? direction * SPEED_M_PER_S * segmentDurationSMax : 0);
  return {
    positionM: [positionM[0] + way("x"), positionM[1] + way("y"), positionM[2] + way("z")] as const,
    quaternion: spec.joints.length < FULL_POSE_JOINTS ? ("down" as const) : turned,
  };
}

/** The arm stays. SAFETY: fingers that meet something press it with a share of their force, and no more. */
function gripped(gripper: GripperSpec, direction: -1 | 1, from: JointCommand, feltM: number, head: Head): Segment {
  const { openingMinM, openingMaxM, speedMaxMPerS, forceMaxN } = gripper;
  const openingM = Math.min(openingMaxM, Math.max(openingMinM, feltM + direction * OPENING_STEP_M));
  return quinticSegment({
    ...{ ...head, from, toRad: from.positionRad, durationS: segmentDurationSMax },
    gripper: { openingM, speedMPerS: Math.min(OPENING_M_PER_S, speedMaxMPerS), forceN: FORCE_SHARE * forceMaxN },
  });
}
