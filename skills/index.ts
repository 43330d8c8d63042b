/** All skills by name, and how each is tried; a launch file may name these and no others. */
import { AgentError } from "../runtime/core/errors.ts";
import type { Skill } from "../runtime/core/skill.ts";
import type { TrialSpec } from "../runtime/core/trial.ts";
import { hold } from "./hold/skill.ts";
import { push } from "./push/skill.ts";
import { pushTrial } from "./push/trial.ts";
import { reach } from "./reach/skill.ts";
import { reachTrial } from "./reach/trial.ts";

const allSkills: Record<string, Skill> = { hold, push, reach };
const allTrials: Record<string, TrialSpec> = { push: pushTrial, reach: reachTrial };

export const skills: Readonly<Record<string, Skill>> = allSkills;
/** Of the skills that seeded episodes are drawn for. */
export const trials: Readonly<Record<string, TrialSpec>> = allTrials;

/** Makes a skill of a program's own known to the launch files that it loads from now on. Throws AgentError `launch.invalid` for a name that is taken. */
export function addSkill(skill: Skill, trial: TrialSpec | null = null): void {
  if (Object.hasOwn(allSkills, skill.name))
    throw new AgentError("launch.invalid", `skill "${skill.name}": there is one already; choose another name`);
  allSkills[skill.name] = skill;
  if (trial) allTrials[skill.name] = trial;
}
