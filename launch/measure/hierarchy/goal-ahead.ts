/** Goals that lie so many decisions ahead: from somewhere on the way of a script to where it comes to so much later. */
import type { Rng } from "../../../runtime/core/rng.ts";
import { type TrialSpec, targetM, type WorldState } from "../../../runtime/core/trial.ts";
import { distanceM } from "../../../runtime/core/vec3.ts";
import { SUBGOAL_DECISIONS } from "../../../runtime/learn/flow.ts";

export interface GoalAhead<M extends WorldState> {
  /** Decisions that the script has made when the agent begins. */
  readonly begins: number;
  readonly goal: M;
  /** What the script came to in between, as far apart as a sampler learns its subgoals. */
  readonly way: readonly M[];
}

/** Any of the moments that fit, by chance; null where none does: where the end is reached from the beginning, or a decision later, in which the arm comes to rest. */
export function drawGoalAhead<M extends WorldState>(film: readonly M[], ahead: number, spec: TrialSpec, rng: Rng): GoalAhead<M> | null {
  const isOpen = (now: M, goal: M): boolean => judgedAt(spec, goal).errorM(now, goal) > spec.successM;
  const fits = film.slice(0, -ahead).flatMap((now, begins) => {
    const goal = film[begins + ahead]!;
    return isOpen(now, goal) && isOpen(film[begins + 1]!, goal) ? [{ begins, goal }] : [];
  });
  const drawn = fits[Math.floor(rng.uniform() * fits.length)];
  if (!drawn) return null;
  const way = film.slice(drawn.begins, drawn.begins + ahead).filter((_, i) => i > 0 && i % SUBGOAL_DECISIONS === 0);
  return { ...drawn, way };
}

/** As the trial judges; a goal that it would not call reached, since the thing is in the hand there, by distance in space alone. Without stages: they lead to the trial's own goal. */
export function judgedAt({ stages: _, ...spec }: TrialSpec, goal: WorldState): TrialSpec {
  if (spec.errorM(goal, goal) <= spec.successM) return spec;
  return { ...spec, errorM: (now, there) => distanceM(targetM(spec, now), targetM(spec, there)) };
}
