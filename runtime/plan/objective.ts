/** Judges imagined futures in a graph: the sum of the weighted terms, the worst constraint violation, and one score in which feasible always beats infeasible. */
import { AgentError } from "../core/errors.ts";
import type { ConstraintSpec, Goal, Skill, TermSpec } from "../core/skill.ts";
import type { Graph, Value } from "../graph/builder.ts";
import { add, cast, concat, expand, greater, max, mul, neg, reduceMax, reduceSum, reshape, sub, topK } from "../graph/ops.ts";
import { type Constraint, constraintOf } from "./constraints.ts";
import type { Futures } from "./rollout-graph.ts";
import { type Term, termOf } from "./terms.ts";

/** What a skill wants, for a goal of this kind. */
export interface SkillGoal {
  readonly skill: Pick<Skill, "name" | "terms" | "constraints">;
  readonly goalKind: Goal["kind"];
}

/** What a plan is judged by. */
export interface Objective {
  readonly terms: readonly { readonly name: string; readonly weight: number; readonly term: Term }[];
  readonly constraints: readonly Constraint[];
}

/** Judgement of a batch of futures. */
export interface Judgement {
  /** Sum of the weighted terms, (samples). */
  readonly cost: Value;
  /** Each weighted term, (samples, terms). */
  readonly terms: Value;
  /** Worst violation over constraints and steps, (samples); 0 when there is no constraint. */
  readonly violation: Value;
  /** What solvers minimise, (samples): the cost, with the penalty of the infeasible. */
  readonly score: Value;
}

/** Cost per metre or metre per second of violation: a millimetre outweighs a decision. */
const PENALTY_PER_VIOLATION = 1000;
/** Keeps a feasible future ahead of an infeasible one whose violation is within rounding. */
const INFEASIBLE_OFFSET = 1;

/** Looks the entries up in the catalogues. Throws `launch.invalid`. */
export function createObjective(terms: readonly TermSpec[], constraints: readonly ConstraintSpec[]): Objective {
  if (terms.length === 0)
    throw new AgentError("launch.invalid", "objective: has no term, so every plan is as good; give the skill at least one");
  return {
    terms: terms.map((spec) => ({ name: spec.term, weight: spec.weight, term: termOf(spec) })),
    constraints: constraints.map(constraintOf),
  };
}

/** The skill's terms for this kind of goal, with its constraints. Throws `goal.mismatch` when it has none, `launch.invalid` when the catalogue has not. */
export function skillObjective({ skill, goalKind }: SkillGoal): Objective {
  const terms = skill.terms[goalKind];
  if (terms) return createObjective(terms, skill.constraints);
  const known = Object.keys(skill.terms).join(", ");
  throw new AgentError(
    "goal.mismatch",
    `skill "${skill.name}": has no terms for a goal of kind "${goalKind}"; give a goal of kind ${known}`,
  );
}

/** Adds the judgement of the futures to their graph. */
export function judge(futures: Futures, objective: Objective): Judgement {
  const { g, samples } = futures;
  const weighted = objective.terms.map(({ term, weight }) => reshape(g, mul(g, term.graph(futures), weight), [samples, 1]));
  const terms = concat(g, weighted, 1); // (samples, terms)
  const cost = reduceSum(g, terms, [1]);
  const violations = objective.constraints.map((constraint) => constraint.graph(futures));
  const violation = violations.reduce((worst, next) => (worst ? max(g, worst, next) : next), null as Value | null);
  if (!violation) return { cost, terms, violation: expand(g, g.constant(0), [samples]), score: cost };
  return { cost, terms, violation, score: penalised(g, cost, violation) };
}

/** Index of the least score, (1); of equals the first. */
export const best = (g: Graph, score: Value): Value => topK(g, score, 1, 0, { largest: false }).indices;

/** Feasibility first (Deb 2000, An efficient constraint handling method for genetic algorithms): an infeasible future scores above the dearest of the batch, yet cheaper and less infeasible ones above others. */
function penalised(g: Graph, cost: Value, violation: Value): Value {
  const spread = sub(g, reduceMax(g, cost), neg(g, reduceMax(g, neg(g, cost)))); // dearest minus cheapest
  const penalty = add(g, add(g, spread, INFEASIBLE_OFFSET), mul(g, violation, PENALTY_PER_VIOLATION));
  return add(g, cost, mul(g, cast(g, greater(g, violation, 0), "float32"), penalty));
}
