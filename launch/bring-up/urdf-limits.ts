/** The joint limits of a URDF, and whether a robot's spec keeps them. */
import { XMLParser } from "fast-xml-parser";
import * as z from "zod";
import { AgentError } from "../../runtime/core/errors.ts";
import type { JointSpec } from "../../runtime/core/robot.ts";

export interface UrdfLimit {
  readonly lowerRad: number;
  readonly upperRad: number;
  readonly velocityRadPerS: number;
}

const number = z.coerce.number();
const urdf = z.object({
  robot: z.object({
    joint: z
      .array(
        z.object({
          name: z.string(),
          type: z.string(),
          limit: z.object({ lower: number.default(0), upper: number.default(0), velocity: number }).optional(),
        }),
      )
      .default([]),
  }),
});

/** Of every joint that has limits, by name. Throws AgentError `bridge.mismatch` for what is no URDF. */
export function urdfLimits(text: string): ReadonlyMap<string, UrdfLimit> {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", isArray: (_, path) => path === "robot.joint" });
  let raw: unknown;
  try {
    raw = parser.parse(text);
  } catch (cause) {
    throw new AgentError("bridge.mismatch", `robot_description: is no XML (${(cause as Error).message})`, { cause });
  }
  const read = urdf.safeParse(raw);
  if (!read.success) throw new AgentError("bridge.mismatch", `robot_description: is no URDF (${read.error.issues[0]?.message})`);
  return new Map(
    read.data.robot.joint.flatMap(({ name, type, limit }) => {
      if (!limit) return [];
      const { lower, upper, velocity } = limit;
      const [lowerRad, upperRad] = type === "continuous" ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [lower, upper];
      return [[name, { lowerRad, upperRad, velocityRadPerS: velocity }] as const];
    }),
  );
}

const ROUNDING = 1e-3;

/** Where the spec allows more than the robot says of itself; `names` are the robot's own, in the order of the spec. */
export function compareLimits(
  joints: readonly JointSpec[],
  names: readonly string[],
  limits: ReadonlyMap<string, UrdfLimit>,
): readonly string[] {
  return joints.flatMap((joint, index) => {
    const name = names[index]!;
    const limit = limits.get(name);
    if (!limit) return [`joint "${name}": the robot's description has no limits of it`];
    const { positionMinRad: min, positionMaxRad: max, velocityMaxRadPerS: velocity } = joint;
    const range = `[${limit.lowerRad}, ${limit.upperRad}] rad`;
    return [
      ...(min < limit.lowerRad - ROUNDING || max > limit.upperRad + ROUNDING
        ? [`joint "${name}": the spec allows [${min}, ${max}] rad, the robot ${range}`]
        : []),
      ...(velocity > limit.velocityRadPerS + ROUNDING
        ? [`joint "${name}": the spec allows ${velocity} rad/s, the robot ${limit.velocityRadPerS} rad/s; lower guards.velocityScale`]
        : []),
    ];
  });
}
