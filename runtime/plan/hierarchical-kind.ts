/** The hierarchical planner outside its graph: whether a subgoal is kept, what chance feeds, whose plan it became. All that lasts from one decision to the next stands in the plan. */
import { AgentError } from "../core/errors.ts";
import { CHUNK_DECISIONS, type ModelSpec } from "../core/model.ts";
import type { Budget, Plan, PlanRequest } from "../core/planning.ts";
import type { Goal } from "../core/skill.ts";
import { floats, type TensorData } from "../graph/session.ts";
import { candidateParts, composeHierarchical, DECIDERS, type HierarchicalOptions, hierarchicalFutures } from "./hierarchical.ts";
import type { SolverKind } from "./solver-kind.ts";

export interface HierarchicalKindOptions {
  readonly budget: Budget;
  readonly spec: ModelSpec;
  readonly goalKind: Goal["kind"];
  readonly proposals: boolean;
  readonly options: HierarchicalOptions;
}

/** Where nothing is offered, the warm start stands in its place. */
const deciderOf = (index: number, { offered = [] }: PlanRequest): NonNullable<Plan["decider"]> =>
  offered.length === 0 && DECIDERS[index] === "memory" ? "warm-start" : DECIDERS[index]!;

/** Its horizon is at most a chunk of the prior, its iterations are the first draw and the refits. Throws `goal.mismatch` for a goal that is a position: its networks know pictures. */
export function hierarchicalKind({ budget: given, spec, goalKind, proposals, options }: HierarchicalKindOptions): SolverKind {
  if (goalKind !== "image") {
    const message = `planner hierarchical: a goal of kind "${goalKind}" is a position, its prior and its subgoals know pictures; give a picture, or choose another planner.solver`;
    throw new AgentError("goal.mismatch", message);
  }
  const { subgoals, keptDecisions, refits } = options;
  const actionDim = spec.axes.length;
  const budget = { ...given, horizon: Math.min(given.horizon, CHUNK_DECISIONS), iterations: 1 + refits };
  const { horizon } = budget;
  /** Decisions that the kept subgoal has had; 0 where a new one is chosen. */
  const keptFor = ({ kept, isSurprised }: PlanRequest): number =>
    kept && !isSurprised && kept.decisions < keptDecisions ? kept.decisions : 0;
  return {
    budget,
    compose: (problem) => ({ bytes: composeHierarchical(problem, options), futures: hierarchicalFutures(problem) }),
    feeds(request, samples, draw) {
      const { prior, habit } = candidateParts({ samples, proposals });
      const noise = (...shape: readonly number[]): TensorData => floats(draw(new Float32Array(shape.reduce((a, b) => a * b))), shape);
      const flag = (is: boolean): TensorData => floats(Float32Array.of(is ? 1 : 0), [1]);
      const { latentDim, proprioception } = spec;
      const kept = keptFor(request) > 0;
      return {
        ...(subgoals > 0
          ? {
              subgoalNoise: noise(2, subgoals, latentDim - proprioception.length),
              keptSubgoal: floats(kept && request.kept ? request.kept.subgoal : new Float32Array(latentDim), [1, latentDim]),
              keep: flag(kept),
            }
          : {}),
        warmStart: floats(request.warmStart ?? new Float32Array(horizon * actionDim), [horizon, actionDim]),
        priorNoise: noise(prior, CHUNK_DECISIONS * actionDim),
        ...(habit > 0 ? { habitNoise: noise(habit, horizon, actionDim), mayFollow: flag(!request.isSurprised) } : {}),
        ...(refits > 0 ? { refitNoise: noise(refits, samples, horizon, actionDim) } : {}),
      };
    },
    told: ({ plan, outputs }, request) => ({
      ...plan,
      subgoal: outputs["subgoal"]!.data as Float32Array,
      subgoalDecisions: keptFor(request) + 1,
      decider: deciderOf(outputs["decider"]!.data[0] as number, request),
    }),
  };
}
