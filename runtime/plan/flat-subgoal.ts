/** Planning without a hierarchy: every decision plans towards the goal itself. */
import type { Subgoal } from "../core/planning.ts";

export const flatSubgoal: Subgoal = async (_, goal) => goal;
