/** All skills by name, how each is tried and how it is played to learn it; a launch file may name these and no others. */
import { AgentError } from "../runtime/core/errors.ts";
import type { PlayOf } from "../runtime/core/play.ts";
import type { Skill } from "../runtime/core/skill.ts";
import type { TrialOf } from "../runtime/core/trial.ts";
import { hold } from "./hold/skill.ts";
import { pickPlacePlay } from "./pick-place/play.ts";
import { pickPlace } from "./pick-place/skill.ts";
import { pickPlaceTrial } from "./pick-place/trial.ts";
import { pushPlay } from "./push/play.ts";
import { push } from "./push/skill.ts";
import { pushTrial } from "./push/trial.ts";
import { reachPlay } from "./reach/play.ts";
import { reach } from "./reach/skill.ts";
import { reachTrial } from "./reach/trial.ts";

const allSkills: Record<string, Skill> = { hold, "pick-place": pickPlace, push, reach };
const allTrials: Record<string, TrialOf> = { "pick-place": pickPlaceTrial, push: pushTrial, reach: reachTrial };
const allPlays: Record<string, PlayOf> = { "pick-place": pickPlacePlay, push: pushPlay, reach: reachPlay };

export const skills: Readonly<Record<string, Skill>> = allSkills;
/** Of the skills that seeded episodes are drawn for. */
export const trials: Readonly<Record<string, TrialOf>> = allTrials;
/** Of the skills that play in a simulation teaches; its episodes begin as their trials do. */
export const plays: Readonly<Record<string, PlayOf>> = allPlays;

/** Makes a skill of a program's own known to the launch files that it loads from now on. Throws AgentError `launch.invalid` for a name that is taken. */
export function addSkill(skill: Skill, trial: TrialOf | null = null, play: PlayOf | null = null): void {
  if (Object.hasOwn(allSkills, skill.name))
    throw new AgentError("launch.invalid", `skill "${skill.name}": there is one already; choose another name`);
  allSkills[skill.name] = skill;
  if (trial) allTrials[skill.name] = trial;
  if (play) allPlays[skill.name] = play;
}
