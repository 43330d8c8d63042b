/** The joint limits of a URDF, and whether a robot's spec keeps them. */
import { XMLParser } from "fast-xml-parser";
import * as z from "zod";
import { AgentError } from "../../runtime/core/errors.ts";
import { objections } from "../../runtime/core/objections.ts";
import type { JointSpec } from "../../runtime/core/robot.ts";

export interface UrdfLimit {
  readonly lowerRad: number;
  readonly upperRad: number;
  readonly velocityRadPerS: number;
}

const urdf = z.object({ robot: z.object({ joint: z.array(z.looseObject({ name: z.string() })).default([]) }) });
const attribute = z.coerce.number().optional();
const element = z.object({
  type: z.string(),
  limit: z.object({ lower: attribute, upper: attribute, velocity: attribute }).optional(),
});

/**
 * Of every joint that has limits, by name; of `names` alone where given, since what else the robot has (a hand, a base, wheels) is no business of the arm.
 * What is left out or 0, as exporters write it, is no bound. Throws AgentError `bridge.mismatch` for what is no URDF, and for a limit that is no number.
 */
export function urdfLimits(text: string, names?: readonly string[]): ReadonlyMap<string, UrdfLimit> {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", isArray: (_, path) => path === "robot.joint" });
  let raw: unknown;
  try {
    raw = parser.parse(text);
  } catch (cause) {
    throw new AgentError("bridge.mismatch", `robot_description: is no XML (${(cause as Error).message}); look at what publishes it`, {
      cause,
    });
  }
  const read = urdf.safeParse(raw);
  if (!read.success)
    throw new AgentError("bridge.mismatch", `robot_description: is no URDF (${objections(read.error)}); look at what publishes it`);
  const asked = read.data.robot.joint.filter(({ name }) => names === undefined || names.includes(name));
  return new Map(
    asked.flatMap((joint) => {
      const limit = limitOf(joint);
      return limit ? [[joint.name, limit] as const] : [];
    }),
  );
}

function limitOf(joint: { readonly name: string }): UrdfLimit | null {
  const read = element.safeParse(joint);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new AgentError(
      "bridge.mismatch",
      `robot_description: joint "${joint.name}": ${path.join(" ")} is no number (${message}); correct it there`,
    );
  }
  const { type, limit } = read.data;
  if (!limit && type !== "continuous") return null;
  const { lower = 0, upper = 0, velocity = 0 } = limit ?? {};
  const isEndless = type === "continuous" || (lower === 0 && upper === 0);
  return {
    lowerRad: isEndless ? Number.NEGATIVE_INFINITY : lower,
    upperRad: isEndless ? Number.POSITIVE_INFINITY : upper,
    velocityRadPerS: velocity > 0 ? velocity : Number.POSITIVE_INFINITY,
  };
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
    const allows = joint.type === "continuous" ? "allows any angle" : `allows [${min}, ${max}] rad`;
    const range = `[${limit.lowerRad}, ${limit.upperRad}] rad`;
    return [
      ...(min < limit.lowerRad - ROUNDING || max > limit.upperRad + ROUNDING
        ? [`joint "${name}": the spec ${allows}, the robot ${range}`]
        : []),
      ...(velocity > limit.velocityRadPerS + ROUNDING
        ? [`joint "${name}": the spec allows ${velocity} rad/s, the robot ${limit.velocityRadPerS} rad/s; lower guards.velocityScale`]
        : []),
    ];
  });
}
