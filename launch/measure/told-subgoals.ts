/** A planner that is told its subgoals one after the other: how far it gets when none has to be sampled. */
import type { Latent, Solver } from "../../runtime/core/planning.ts";
import { type TrialSpec, targetM, type Waypoint, type WorldState } from "../../runtime/core/trial.ts";
import { distanceM } from "../../runtime/core/vec3.ts";

export interface ToldSubgoal {
  /** Shape (latentDim), proprioception zero. */
  readonly latent: Latent;
  readonly waypoint: Waypoint;
}

/** Tool and thing so near are there; fingers so near are as wide. */
const THERE_M = 0.025;
const WIDE_M = 0.01;

/** The same plans, but towards the first subgoal that was not reached yet, and after the last towards the goal. */
export function ledBy(solver: Solver, spec: TrialSpec, subgoals: readonly ToldSubgoal[], truth: () => Promise<WorldState>): Solver {
  let reached = 0;
  return {
    name: solver.name,
    budget: solver.budget,
    async plan(request, rng, signal) {
      const now = await truth();
      while (reached < subgoals.length && isThere(spec, now, subgoals[reached]!.waypoint)) reached++;
      const subgoal = subgoals[reached]?.latent ?? request.goal;
      return solver.plan({ ...request, kept: { subgoal, decisions: 1 } }, rng, signal);
    },
    [Symbol.asyncDispose]: () => solver[Symbol.asyncDispose](),
  };
}

const isThere = (spec: TrialSpec, now: WorldState, there: WorldState): boolean =>
  distanceM(now.toolM, there.toolM) < THERE_M &&
  distanceM(targetM(spec, now), targetM(spec, there)) < THERE_M &&
  Math.abs((now.openingM ?? 0) - (there.openingM ?? 0)) < WIDE_M;
