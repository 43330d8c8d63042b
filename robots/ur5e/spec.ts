/** The Universal Robots UR5e: joint limits as published, rest posture and model; no driver. */
import { join } from "node:path";
import { packageRoot } from "../../runtime/core/package-root.ts";
import type { JointSpec, RobotSpec } from "../../runtime/core/robot.ts";

const TURN_RAD = 2 * Math.PI;
/** Half of what the joint can do, as in UR's own description: further on the upper arm is in the way. */
const ELBOW_RAD = Math.PI;
const SPEED_RAD_PER_S = Math.PI;
/** UR publishes no accelerations ("not publicly available"): the placeholder of its own ROS description. */
const ACCELERATION_RAD_PER_S2 = Math.PI;
/** Ours: the acceleration is never reached in less than 10 ms. */
const JERK_RAD_PER_S3 = 100 * ACCELERATION_RAD_PER_S2;

const joint = (name: string, positionMaxRad: number, torqueMaxNm: number): JointSpec => ({
  name,
  positionMinRad: -positionMaxRad,
  positionMaxRad,
  velocityMaxRadPerS: SPEED_RAD_PER_S,
  accelerationMaxRadPerS2: ACCELERATION_RAD_PER_S2,
  jerkMaxRadPerS3: JERK_RAD_PER_S3,
  torqueMaxNm,
});

/** Six joints, a push stick at the flange; at rest its tool point is at (0.5, 0, 0.25) m and points straight down. */
export const ur5eSpec: RobotSpec = {
  name: "ur5e",
  source:
    "UniversalRobots/Universal_Robots_ROS2_Description, config/ur5e/joint_limits.yaml; acceleration and jerk: ours, UR publishes none",
  joints: [
    joint("shoulder_pan_joint", TURN_RAD, 150),
    joint("shoulder_lift_joint", TURN_RAD, 150),
    joint("elbow_joint", ELBOW_RAD, 150),
    joint("wrist_1_joint", TURN_RAD, 28),
    joint("wrist_2_joint", TURN_RAD, 28),
    joint("wrist_3_joint", TURN_RAD, 28),
  ],
  homeRad: [-0.269864, -1.573467, 1.786442, -1.783771, -Math.PI / 2, -1.84066],
  modelPath: join(packageRoot, "robots/ur5e/model.xml"),
  toolSite: "tool",
};
