/** The Franka Panda (Franka Emika Robot, FER): joint limits as published, rest posture and model; no driver. */
import { join } from "node:path";
import { packageRoot } from "../../runtime/core/package-root.ts";
import type { JointSpec, RobotSpec } from "../../runtime/core/robot.ts";

// One row a joint: position min, max (rad), velocity (rad/s), acceleration (rad/s^2), jerk (rad/s^3), torque (N m).
const LIMITS = [
  [-2.8973, 2.8973, 2.175, 15, 7500, 87],
  [-1.7628, 1.7628, 2.175, 7.5, 3750, 87],
  [-2.8973, 2.8973, 2.175, 10, 5000, 87],
  [-3.0718, -0.0698, 2.175, 12.5, 6250, 87],
  [-2.8973, 2.8973, 2.61, 15, 7500, 12],
  [-0.0175, 3.7525, 2.61, 20, 10_000, 12],
  [-2.8973, 2.8973, 2.61, 20, 10_000, 12],
] as const;

const joints: readonly JointSpec[] = LIMITS.map(([min, max, velocity, acceleration, jerk, torque], i) => ({
  name: `joint${i + 1}`,
  positionMinRad: min,
  positionMaxRad: max,
  velocityMaxRadPerS: velocity,
  accelerationMaxRadPerS2: acceleration,
  jerkMaxRadPerS3: jerk,
  torqueMaxNm: torque,
}));

/** Seven joints, tool between the fingertips; at rest the tool is at (0.5, 0, 0.25) m and points straight down. */
export const pandaSpec: RobotSpec = {
  name: "panda",
  source:
    "frankarobotics/docs, source/control-parameters-joint-fer.csv; gripper: data sheet of the Franka hand (80 mm, 50 mm/s a finger, 70 N)",
  joints,
  homeRad: [0, -0.041759, 0, -2.334272, 0, 2.292513, Math.PI / 4],
  modelPath: join(packageRoot, "robots/panda/model.xml"),
  toolSite: "tool",
  gripper: {
    openingMinM: 0,
    openingMaxM: 0.08,
    speedMaxMPerS: 0.1,
    forceMaxN: 70,
    fingers: [
      { kind: "slide", joint: "finger1", closedM: 0, openM: 0.04 },
      { kind: "slide", joint: "finger2", closedM: 0, openM: 0.04 },
    ],
    actuator: "gripper",
  },
};
