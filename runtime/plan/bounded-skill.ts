/** A skill where it is to work: its constraint `workspace` gets the box that the guards of this robot enforce, so that plans stay inside of their own accord. */
import { AgentError } from "../core/errors.ts";
import type { ConstraintSpec } from "../core/skill.ts";
import { type Workspace, workspaceBoxM } from "../core/workspace.ts";
import type { SkillGoal } from "./objective.ts";

/** Throws `launch.invalid` when the skill's workspace has numbers of its own: they would be some other robot's. */
export function boundedSkill<S extends SkillGoal["skill"]>(skill: S, workspace: Workspace): S {
  return {
    ...skill,
    constraints: skill.constraints.map((spec) => (spec.constraint === "workspace" ? filledIn(spec, skill.name, workspace) : spec)),
  };
}

function filledIn({ constraint, params }: ConstraintSpec, skill: string, workspace: Workspace): ConstraintSpec {
  if (params) {
    const message = `skill "${skill}": its constraint "workspace" has numbers of its own; leave params out, guards.workspace of the launch file gives them`;
    throw new AgentError("launch.invalid", message);
  }
  return { constraint, params: { ...workspaceBoxM(workspace) } };
}
