/** All skills by name, and how each is tried; a launch file may name these and no others. */
import type { Skill } from "../runtime/core/skill.ts";
import type { TrialSpec } from "../runtime/core/trial.ts";
import { hold } from "./hold/skill.ts";
import { push } from "./push/skill.ts";
import { pushTrial } from "./push/trial.ts";
import { reach } from "./reach/skill.ts";
import { reachTrial } from "./reach/trial.ts";

export const skills: Readonly<Record<string, Skill>> = { hold, push, reach };

/** Of the skills that seeded episodes are drawn for. */
export const trials: Readonly<Record<string, TrialSpec>> = { push: pushTrial, reach: reachTrial };
