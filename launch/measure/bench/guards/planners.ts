/** The planners of a launch file for an adversary: every solver's own graph on the model's own networks, small, with the weights of the objective as inputs, so that each plan may be asked for by another one. */
import type { ModelPackage } from "../../../../runtime/core/model.ts";
import type { Plan, PlanRequest } from "../../../../runtime/core/planning.ts";
import type { Rng } from "../../../../runtime/core/rng.ts";
import type { Skill } from "../../../../runtime/core/skill.ts";
import type { Workspace } from "../../../../runtime/core/workspace.ts";
import type { Graph, Value } from "../../../../runtime/graph/builder.ts";
import { mul, slice } from "../../../../runtime/graph/ops.ts";
import { floats, openSession } from "../../../../runtime/graph/session.ts";
import { boundedSkill } from "../../../../runtime/plan/bounded-skill.ts";
import { importNetworks } from "../../../../runtime/plan/networks.ts";
import { createObjective, type Objective } from "../../../../runtime/plan/objective.ts";
import { createPlanSession, fullBounds } from "../../../../runtime/plan/plan-session.ts";
import { searchKind } from "../../../../runtime/plan/solver-kind.ts";
import { TERMS } from "../../../../runtime/plan/terms.ts";

const SOLVERS = ["cem", "mppi", "icem", "gradient"] as const;
/** Whether a plan is good is not the matter: what a planner may answer at all is the same with few futures. */
export const BUDGET = { samples: 8, iterations: 1, horizon: 2, deadlineMs: 100 } as const;
/** Terms that look at an object need the network that sees it. */
const NEEDS_PROBE: ReadonlySet<string> = new Set(["object-distance", "object-path", "push-stance"]);

export interface Planners extends AsyncDisposable {
  readonly names: readonly string[];
  /** What may be weighed: all of the catalogue that the model has networks for. */
  readonly terms: readonly string[];
  /** The skill's own weights for one of its kinds of goal, as many as `terms`. */
  readonly ownWeights: readonly (readonly number[])[];
  /** Solver number `which`. Throws AgentError `model.not-finite`. */
  plan(which: number, request: PlanRequest, weights: readonly number[], rng: Rng): Promise<Plan>;
}

/** Throws AgentErrors of model and session. */
export async function openPlanners(model: ModelPackage, skill: Skill, workspace: Workspace): Promise<Planners> {
  const { spec, networks } = model;
  const terms = Object.keys(TERMS).filter(
    (name) => (networks.probe || !NEEDS_PROBE.has(name)) && (networks.uncertainty || name !== "uncertainty"),
  );
  const { constraints } = boundedSkill(skill, workspace);
  const specs = terms.map((term) => ({ term, weight: 1, unit: TERMS[term]!.unit }));
  const objective = weighed(createObjective(specs as Parameters<typeof createObjective>[0], constraints));
  const solvers = await Promise.all(
    SOLVERS.map(async (name) => {
      const kind = searchKind({ name, budget: BUDGET, actionDim: spec.axes.length });
      const problem = {
        networks: importNetworks(model, { differentiable: name === "gradient" }),
        objective,
        ...BUDGET,
        proposals: false,
        offered: 0,
      };
      const { bytes, futures } = kind.compose(problem);
      const session = createPlanSession({
        session: await openSession(bytes, { provider: "cpu", threads: 1, name: `${name} planner` }),
        ...{ name, spec, objective, bounds: fullBounds(spec), horizon: BUDGET.horizon },
        stats: { modelCalls: futures * BUDGET.horizon, iterations: BUDGET.iterations, samples: BUDGET.samples },
      });
      return { kind, session };
    }),
  );
  return {
    names: SOLVERS,
    terms,
    ownWeights: Object.values(skill.terms).map((own) => terms.map((name) => own.find(({ term }) => term === name)?.weight ?? 0)),
    async plan(which, request, weights, rng) {
      const { kind, session } = solvers[which % solvers.length]!;
      const feeds = kind.feeds(request, BUDGET.samples, (values) => rng.fillNormal(values));
      const answer = await session.run(request, { ...feeds, weights: floats(Float32Array.from(weights), [terms.length]) });
      return kind.told(answer, request);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(solvers.map(({ session }) => session[Symbol.asyncDispose]()));
    },
  };
}

/** The same objective with one input `weights` (terms) in each graph that it becomes part of. */
function weighed({ terms, constraints }: Objective): Objective {
  const inputs = new WeakMap<Graph, Value>();
  const weightsIn = (g: Graph): Value => {
    const weights = inputs.get(g) ?? g.input("weights", "float32", [terms.length]);
    inputs.set(g, weights);
    return weights;
  };
  const weightedTerms = terms.map(({ name, weight, term }, index) => ({
    ...{ name, weight },
    term: {
      ...term,
      graph: (futures: Parameters<typeof term.graph>[0]) =>
        mul(futures.g, term.graph(futures), slice(futures.g, weightsIn(futures.g), 0, index, index + 1)),
    },
  }));
  return { terms: weightedTerms, constraints };
}
