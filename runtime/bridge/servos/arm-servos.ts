/** Which servo moves which joint of an arm, and in which units the two speak of it. */
import { AgentError } from "../../core/errors.ts";
import type { FingerSpec, RobotSpec } from "../../core/robot.ts";
import { type Calibration, gripperScale, type JointCalibration, type JointScale, jointScale } from "./calibration.ts";
import type { ServoGoal } from "./servo-bus.ts";

export interface ArmServo {
  readonly id: number;
  /** Of the joint that it moves. */
  readonly name: string;
  readonly calibration: JointCalibration;
  readonly scale: JointScale;
  /** The servo itself goes no faster. */
  readonly velocityMaxRadPerS: number;
}

export interface ArmServos {
  /** In the order of the robot's joints. */
  readonly joints: readonly ArmServo[];
  /** What is held beside them: a gripper, or a joint that the robot's spec does not know. */
  readonly others: readonly ArmServo[];
  /** That of `others` which opens and closes the robot's gripper. */
  readonly gripper: ArmServo | null;
  readonly all: readonly ArmServo[];
  /** For messages: servo 3 (elbow_flex). */
  name(id: number): string;
}

/** A gripper's jaw, where nothing says how fast it may go. */
const OTHER_RAD_PER_S = 1.5;
/** A little more than the stream asks for, so that the servo's own bound is one on leaps only. */
const SPEED_MARGIN = 1.25;

/** Throws AgentError `launch.invalid` for a joint that the calibration does not have. */
export function armServos(spec: RobotSpec, calibration: Calibration, stepsPerTurn: number): ArmServos {
  const known = Object.keys(calibration);
  const joints = spec.joints.map(({ name, velocityMaxRadPerS }): ArmServo => {
    const found = calibration[name];
    if (!found)
      throw new AgentError(
        "launch.invalid",
        `calibration: it has no joint "${name}" of robot "${spec.name}", only ${known.join(", ") || "none"}; calibrate this arm (foresight calibrate)`,
      );
    return servo(name, found, jointScale(found, stepsPerTurn), velocityMaxRadPerS * SPEED_MARGIN);
  });
  const finger = hinge(spec.gripper?.fingers[0]);
  const others = known
    .filter((name) => !spec.joints.some((joint) => joint.name === name))
    .map((name): ArmServo => {
      const found = calibration[name]!;
      const scale = finger?.joint === name ? gripperScale(found, finger.closedRad, finger.openRad) : jointScale(found, stepsPerTurn);
      return servo(name, found, scale, OTHER_RAD_PER_S);
    });
  const all = [...joints, ...others];
  return {
    joints,
    others,
    gripper: others.find(({ name }) => name === finger?.joint) ?? null,
    all,
    name: (id) => `servo ${id} (${all.find((each) => each.id === id)?.name ?? "nobody's"})`,
  };
}

const servo = (name: string, calibration: JointCalibration, scale: JointScale, velocityMaxRadPerS: number): ArmServo => ({
  id: calibration.id,
  name,
  calibration,
  scale,
  velocityMaxRadPerS,
});

const hinge = (finger: FingerSpec | undefined): Extract<FingerSpec, { kind: "hinge" }> | null => (finger?.kind === "hinge" ? finger : null);

/** Where it is told to be, no faster than its joint may. */
export const goalOf = ({ scale, velocityMaxRadPerS }: ArmServo, positionSteps: number): ServoGoal => ({
  positionSteps,
  velocityStepsPerSMax: Math.round(velocityMaxRadPerS * scale.stepsPerRad),
});
