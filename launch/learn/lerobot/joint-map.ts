/** Which numbers of a LeRobot feature are the joints of an arm, and in which unit. */
import { AgentError } from "../../../runtime/core/errors.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import type { LeRobotData } from "../../../runtime/learn/lerobot/open.ts";

export const ANGLE_UNITS = ["rad", "deg"] as const;
export type AngleUnit = (typeof ANGLE_UNITS)[number];

export interface JointMapOptions {
  readonly feature: string;
  readonly spec: RobotSpec;
  /** Names of the feature's numbers in the order of the arm's joints; null to find them by the joints' names. */
  readonly names: readonly string[] | null;
  readonly unit: AngleUnit;
}

export interface JointMap {
  /** Index of each joint, in the arm's order. */
  readonly indices: readonly number[];
  readonly radPerUnit: number;
}

/** Throws `data.mismatch` naming the joint that is not found and what there is. */
export function mapJoints({ folder, info }: LeRobotData, { feature, spec, names, unit }: JointMapOptions): JointMap {
  const found = info.features[feature];
  if (!found)
    throw new AgentError(
      "data.mismatch",
      `${folder}: has no feature "${feature}", only ${Object.keys(info.features).join(", ")}; give --state and --action`,
    );
  const there = namesOf(found.names);
  const wanted = names ?? spec.joints.map(({ name }) => name);
  if (wanted.length !== spec.joints.length)
    throw new AgentError(
      "data.mismatch",
      `--joints: ${wanted.length} names, ${spec.name} has ${spec.joints.length} joints (${spec.joints.map(({ name }) => name).join(", ")}); name each once`,
    );
  const indices = wanted.map((name) => {
    const index = there.findIndex((other) => other === name || other === `${name}.pos`);
    if (index === -1)
      throw new AgentError(
        "data.mismatch",
        `${folder}: "${feature}" names no joint "${name}", only ${there.join(", ") || "nothing"}; give --joints, its names in the order of ${spec.name}'s joints`,
      );
    return index;
  });
  return { indices, radPerUnit: unit === "deg" ? Math.PI / 180 : 1 };
}

/** Shape (jointCount). */
export const readingOf = (numbers: Float64Array, { indices, radPerUnit }: JointMap): Float64Array =>
  Float64Array.from(indices, (index) => (numbers[index] ?? Number.NaN) * radPerUnit);

/** LeRobot writes a list of names, or an object of lists such as { motors: [..] }. */
function namesOf(names: unknown): readonly string[] {
  if (Array.isArray(names)) return names.map(String);
  if (typeof names === "object" && names !== null) return Object.values(names).flat().map(String);
  return [];
}
