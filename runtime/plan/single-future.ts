/** Solvers that do not search: one future is imagined and judged, so that it can be seen beside those of the planners. */
import type { ModelPackage } from "../core/model.ts";
import type { Budget, Solver } from "../core/planning.ts";
import type { Rng } from "../core/rng.ts";
import { Graph } from "../graph/builder.ts";
import type { TensorData } from "../graph/session.ts";
import { importNetworks } from "./networks.ts";
import { judge, type SkillGoal, skillObjective } from "./objective.ts";
import { declarePlan } from "./plan-graph.ts";
import { type ActionBounds, createPlanSession, fullBounds, type SessionHost } from "./plan-session.ts";
import { declarePlanInputs, type Futures, type PlanInputs } from "./rollout-graph.ts";

export interface SingleFutureOptions extends SkillGoal {
  readonly package: ModelPackage;
  readonly sessions: SessionHost;
  /** Decisions to imagine. */
  readonly horizon: number;
  /** Default [-1, 1] on every axis. */
  readonly bounds?: ActionBounds;
}

/** Where the actions come from. */
export interface ActionSource {
  readonly name: string;
  /** Adds the one future to the graph. */
  imagine(inputs: PlanInputs): Futures;
  /** Feeds for the inputs that `imagine` declared. */
  feeds(bounds: ActionBounds, rng: Rng): Readonly<Record<string, TensorData>>;
}

export async function createSingleFutureSolver(options: SingleFutureOptions, source: ActionSource): Promise<Solver> {
  const { package: model, sessions, horizon, bounds = fullBounds(model.spec) } = options;
  const { name } = source;
  const objective = skillObjective(options);
  const g = new Graph(name);
  const futures = source.imagine(declarePlanInputs(g, importNetworks(model)));
  declarePlan(futures, judge(futures, objective));
  const session = await sessions.open(g.toBytes(), { name: `${name} planner` });
  const stats = { modelCalls: horizon, iterations: 0, samples: 1 };
  const planner = createPlanSession({ session, name, spec: model.spec, objective, bounds, horizon, stats });
  const budget: Budget = { samples: 1, iterations: 0, horizon, deadlineMs: Number.POSITIVE_INFINITY };
  return {
    name,
    budget,
    plan: async (request, rng, signal) => (await planner.run(request, source.feeds(bounds, rng), signal)).plan,
    [Symbol.asyncDispose]: () => planner[Symbol.asyncDispose](),
  };
}
