/** All skills by name; a launch file may name these and no others. */
import type { Skill } from "../runtime/core/skill.ts";
import { hold } from "./hold/skill.ts";
import { push } from "./push/skill.ts";
import { reach } from "./reach/skill.ts";

export const skills: Readonly<Record<string, Skill>> = { hold, push, reach };
