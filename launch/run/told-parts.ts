/** The parts of an agent whose model is told places by a simulation, on its way to a goal of the task. */
import type { Brain, GoalParts } from "../../runtime/assemble/brain.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { GoalSpec } from "../../runtime/supervise/task-tree.ts";
import type { Agent } from "../compose.ts";
import { privilegeOf } from "../privilege.ts";
import type { Scene } from "./scene.ts";

/** Throws AgentError `goal.mismatch` for a goal that only a picture knows. */
export async function toldParts(
  brain: Brain,
  goal: GoalSpec,
  { opened, body }: Pick<Agent, "opened" | "body">,
  { spec, stateAt }: Pick<Scene, "spec" | "stateAt">,
): Promise<GoalParts> {
  const state = stateAt(goal);
  if (opened.world && spec && state) return privilegeOf({ brain, world: opened.world, opened, hand: body.hand, spec }).towards(state);
  throw new AgentError(
    "goal.mismatch",
    `goal: model package ${brain.package.spec.name} is told where things are and cannot look at a picture; give a place, or the picture that the simulator draws`,
  );
}
