/** Runs a plan graph: feeds the request, checks that all is finite on the way in and out, and reads the plan. */
import { AgentError, invariant } from "../core/errors.ts";
import type { ModelSpec } from "../core/model.ts";
import type { Plan, PlanRequest } from "../core/planning.ts";
import { floats, type Session, type SessionOptions, type TensorData } from "../graph/session.ts";
import type { Objective } from "./objective.ts";

/** openSession's module or a session worker: whatever opens models. */
export interface SessionHost {
  open(bytes: Uint8Array, options?: SessionOptions): Promise<Session>;
}

/** What the graph cannot know of its plan. */
export type PlanStats = Omit<Plan["stats"], "eliteCostMean">;

/** Least and greatest action, each of shape (actionDim), within [-1, 1]. */
export interface ActionBounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface PlanSessionOptions {
  readonly session: Session;
  readonly name: string;
  readonly spec: ModelSpec;
  readonly objective: Objective;
  readonly bounds: ActionBounds;
  readonly horizon: number;
  readonly stats: PlanStats;
}

/** A plan, and every output of the graph for a solver that has some of its own. */
export interface Answer {
  readonly plan: Plan;
  readonly outputs: Readonly<Record<string, TensorData>>;
}

export interface PlanSession extends AsyncDisposable {
  /** `own` are the inputs that only this solver's graph has. Throws `model.not-finite`. */
  run(request: PlanRequest, own?: Readonly<Record<string, TensorData>>, signal?: AbortSignal): Promise<Answer>;
}

export function createPlanSession(options: PlanSessionOptions): PlanSession {
  const { session, name, spec, bounds } = options;
  const limits = { low: Float32Array.from(bounds.low), high: Float32Array.from(bounds.high) };
  const actionDim = spec.axes.length;
  return {
    async run(request, own = {}, signal) {
      checkRequest(request, options);
      const feeds = {
        latent: floats(request.latent, [1, spec.latentDim]),
        goal: floats(request.goal, [1, spec.latentDim]),
        goalPosition: floats(Float32Array.from(request.goalPositionM), [1, 3]),
        low: floats(limits.low, [actionDim]),
        high: floats(limits.high, [actionDim]),
        ...own,
      };
      const results = await session.run(feeds, signal);
      for (const output of Object.keys(results)) {
        const what = output === "health" ? "sum of everything imagined," : output;
        checkFinite(`${name} plan`, what, data(results, output), "check the weights of the model");
      }
      return { plan: readPlan(results, options), outputs: results };
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** No restriction beyond the contract: every axis in [-1, 1]. */
export function fullBounds(spec: ModelSpec): ActionBounds {
  return { low: spec.axes.map(() => -1), high: spec.axes.map(() => 1) };
}

function checkRequest(
  { latent, goal, goalPositionM, warmStart, offered = [] }: PlanRequest,
  { name, spec, horizon }: PlanSessionOptions,
): void {
  invariant(latent.length === spec.latentDim, `${name}: latent of ${latent.length} entries, the model has ${spec.latentDim}`);
  invariant(goal.length === spec.latentDim, `${name}: goal of ${goal.length} entries, the model has ${spec.latentDim}`);
  const size = horizon * spec.axes.length;
  invariant(!warmStart || warmStart.length === size, `${name}: warm start of ${warmStart?.length} entries, the plan has ${size}`);
  const remedy = "check what made it before planning";
  checkFinite(`${name} plan`, "latent", latent, remedy);
  checkFinite(`${name} plan`, "goal", goal, remedy);
  checkFinite(`${name} plan`, "goal position", goalPositionM, remedy);
  if (warmStart) checkFinite(`${name} plan`, "warm start", warmStart, remedy);
  for (const each of offered) {
    invariant(each.length === size, `${name}: offered actions of ${each.length} entries, the plan has ${size}`);
    checkFinite(`${name} plan`, "offered actions", each, remedy);
  }
}

function checkFinite(subject: string, what: string, values: ArrayLike<number>, remedy: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new AgentError(
      "model.not-finite",
      `${subject}: ${what} entry ${i} of ${values.length} is ${values[i]}, must be finite; ${remedy}`,
    );
  }
}

const data = (results: Record<string, TensorData>, name: string): Float32Array => results[name]?.data as Float32Array;

function readPlan(results: Record<string, TensorData>, { objective, horizon, stats }: PlanSessionOptions): Plan {
  const terms = data(results, "terms");
  const cost = data(results, "cost")[0] as number;
  return {
    actions: data(results, "actions"),
    predicted: data(results, "predicted"),
    horizon,
    cost,
    costTerms: Object.fromEntries(objective.terms.map(({ name }, i) => [name, terms[i] as number])),
    violation: data(results, "violation")[0] as number,
    stats: { ...stats, eliteCostMean: results["eliteCost"] ? (data(results, "eliteCost").at(-1) as number) : cost },
  };
}
