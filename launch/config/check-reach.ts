/** Guards and the arm: a workspace or a keep-out box that this arm can never come to, or never leave, guards nothing. */
import { AgentError } from "../../runtime/core/errors.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { isInReach, type Reach, reachOf } from "../../runtime/kinematics/reach.ts";
import type { LaunchConfig } from "./schema.ts";

/** Throws AgentError `launch.invalid` with everything that guards nothing. */
export async function checkReach(guards: LaunchConfig["guards"], spec: RobotSpec): Promise<void> {
  const problems = reachProblems(guards, await reachOf(spec));
  if (problems.length > 0)
    throw new AgentError("launch.invalid", `robot "${spec.name}" and the launch file:\n${problems.map((each) => `  ${each}`).join("\n")}`);
}

/** Sentences with the key, the value, the bound and the remedy; none where everything guards something. */
export function reachProblems({ workspace, keepOut }: LaunchConfig["guards"], reach: Reach): readonly string[] {
  const within = `the arm reaches ${reach.radiusM.toFixed(2)} m from (${reach.centreM.map((value) => value.toFixed(2)).join(", ")}) m`;
  if (!isInReach(reach, workspace.minM, workspace.maxM))
    return [`guards.workspace: no point of it is in reach, ${within}; correct it (metres, base frame)`];
  if (isAround(reach, workspace))
    return [`guards.workspace: guards nothing, every side of it is out of reach, ${within}; draw it around where the tool may go`];
  return keepOut.flatMap(({ name, minM, maxM, marginM }, index) => {
    const low = minM.map((value, axis) => Math.max(value - marginM, workspace.minM[axis]!));
    const high = maxM.map((value, axis) => Math.min(value + marginM, workspace.maxM[axis]!));
    if (isInReach(reach, low as unknown as Vec3, high as unknown as Vec3)) return [];
    return [
      `guards.keepOut.${index} "${name}": guards nothing, what of it lies in the workspace is out of reach, ${within}; correct it or leave it out`,
    ];
  });
}

/** The table below does not count: it guards by itself. */
const isAround = ({ centreM, radiusM }: Reach, { minM, maxM }: LaunchConfig["guards"]["workspace"]): boolean =>
  [0, 1].every((axis) => minM[axis]! < centreM[axis]! - radiusM) && [0, 1, 2].every((axis) => maxM[axis]! > centreM[axis]! + radiusM);
