/** The SO-101 (TheRobotStudio, LeRobot): joint limits as published, rest posture and model; no driver. */
import { join } from "node:path";
import { packageRoot } from "../../runtime/core/package-root.ts";
import type { JointSpec, RobotSpec } from "../../runtime/core/robot.ts";

/** Half the STS3215's speed without load (45 turns a minute), which it has left at half its stall torque. */
const SPEED_RAD_PER_S = 2.3;
/** Ours: with it and the arm's weight every servo stays below its stall torque (a test computes it); the servo's own profile ends at 39 rad/s^2. */
const ACCELERATION_RAD_PER_S2 = 10;
/** Ours: the acceleration is never reached in less than 10 ms. */
const JERK_RAD_PER_S3 = 100 * ACCELERATION_RAD_PER_S2;
/** Stall torque of the weaker STS3215, 16.5 kg cm at 6 V; the 12 V one has 2.9 N m. */
const TORQUE_NM = 1.6;

const joint = (name: string, positionMinRad: number, positionMaxRad: number): JointSpec => ({
  name,
  positionMinRad,
  positionMaxRad,
  velocityMaxRadPerS: SPEED_RAD_PER_S,
  accelerationMaxRadPerS2: ACCELERATION_RAD_PER_S2,
  jerkMaxRadPerS3: JERK_RAD_PER_S3,
  torqueMaxNm: TORQUE_NM,
});

/** Five joints and a jaw; at rest the tool is at (0.21, 0, 0.06) m and points straight down. */
export const so101Spec: RobotSpec = {
  name: "so101",
  source:
    "TheRobotStudio/SO-ARM100, Simulation/SO101/so101_new_calib.urdf and .xml, the narrower range of each joint; speed and torque: Feetech STS3215; acceleration and jerk: ours",
  joints: [
    joint("shoulder_pan", -1.91986, 1.91986),
    joint("shoulder_lift", -1.74533, 1.74533),
    joint("elbow_flex", -1.69, 1.57339),
    joint("wrist_flex", -1.65806, 1.65806),
    joint("wrist_roll", -2.74385, 2.79253),
  ],
  homeRad: [-0.001039, -0.188486, 0.324913, 1.434369, 0],
  modelPath: join(packageRoot, "robots/so101/model.xml"),
  toolSite: "tool",
  /** The jaw by its servo, at half its stall torque and half its free speed; the opening at the fixed jaw's tip. */
  gripper: {
    openingMinM: 0,
    openingMaxM: 0.096,
    speedMaxMPerS: 0.11,
    forceMaxN: 11,
    fingers: [{ kind: "hinge", joint: "gripper", closedRad: -0.174533, openRad: 1.74533 }],
    actuator: "gripper",
  },
};
