/** Descriptions of arms by their URDF, as a launch file would have them. */

import { join } from "node:path";
import { type RobotDescription, robotDescriptionSchema } from "../../../robots/described/description.ts";
import { ur5eSpec } from "../../../robots/ur5e/spec.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";

const file = (name: string): string => join(packageRoot, "test/robots/described", name);
const limits = { velocityMaxRadPerS: 2, accelerationMaxRadPerS2: 8, jerkMaxRadPerS3: 800 };
const joint = (name: string, positionMinRad: number, positionMaxRad: number, torqueMaxNm: number, homeRad: number) => ({
  name,
  positionMinRad,
  positionMaxRad,
  ...limits,
  torqueMaxNm,
  homeRad,
});

/** Six joints and a stick of 10 cm; at rest the tool points straight down at (0.39, 0, 0.31) m, the last joint near its zero. */
export const benchArm: RobotDescription = robotDescriptionSchema.parse({
  name: "bench-arm",
  file: file("bench-arm.urdf"),
  joints: [
    joint("turn", -2.9, 2.9, 80, 0),
    joint("lift", -1.6, 2.2, 80, 0.3),
    joint("bend", -0.5, 2.6, 60, 1.5),
    joint("roll", -2.9, 2.9, 20, 0),
    joint("pitch", -2, 2, 20, Math.PI - 1.8),
    joint("spin", -3, 3, 10, 0),
  ],
  tool: { link: "flange", offsetM: [0, 0, 0.1], turnRad: [0, 0, Math.PI] },
  payload: { massKg: 0.4, centreM: [0, 0, 0.05] },
});

/** The UR5e's published numbers with the stick of robots/ur5e. */
export const ur5eNumbers: RobotDescription = robotDescriptionSchema.parse({
  name: "ur5e-numbers",
  file: file("ur5e-numbers.urdf"),
  joints: ur5eSpec.joints.map((each, index) => ({ ...each, homeRad: ur5eSpec.homeRad[index] })),
  tool: { link: "wrist_3_link", offsetM: [0, 0, 0.155] },
  payload: { massKg: 0.25, centreM: [0, 0, 0.04] },
});
