/** A planner that would rather have no plan than one that breaks a constraint: the arm comes to rest, and the next decision plans anew. */
import { AgentError } from "../core/errors.ts";
import type { ModelSpec } from "../core/model.ts";
import type { Plan, PlanRequest, Solver } from "../core/planning.ts";
import type { Constraint } from "./constraints.ts";
import type { ImaginedPlan } from "./imagined-plan.ts";
import { type SkillGoal, skillObjective } from "./objective.ts";

/** Of the graph's single precision, in the constraint's unit. */
const ROUNDING = 1e-5;

/**
 * The same plans as the solver's, but `plan` throws `plan.infeasible` when its best one breaks a constraint by more than standing still does:
 * a tool that starts outside its workspace may come back, never further out.
 */
export function refuseInfeasible(solver: Solver, goal: SkillGoal, spec: ModelSpec): Solver {
  const { constraints } = skillObjective(goal);
  return {
    name: solver.name,
    budget: solver.budget,
    async plan(request, rng, signal) {
      const plan = await solver.plan(request, rng, signal);
      if (plan.violation > 0) for (const constraint of constraints) refuse(constraint, solver.name, imagined(plan, request, spec));
      return plan;
    },
    [Symbol.asyncDispose]: () => solver[Symbol.asyncDispose](),
  };
}

function refuse({ name, unit, plain }: Constraint, solver: string, plan: ImaginedPlan): void {
  const violation = plain(plan);
  const allowed = Math.max(0, plain(standing(plan))) + ROUNDING;
  if (violation <= allowed) return;
  throw new AgentError(
    "plan.infeasible",
    `plan ${solver}: the best plan breaks constraint "${name}" by ${violation.toFixed(4)} ${unit}, must be at most ${allowed.toFixed(5)} ${unit}; raise planner.samples, or move the goal or guards.workspace`,
  );
}

/** What constraints look at: they judge where the tool goes, and ask no network. */
const imagined = (plan: Plan, { latent, goal, goalPositionM }: PlanRequest, spec: ModelSpec): ImaginedPlan => ({
  spec,
  horizon: plan.horizon,
  start: latent,
  latents: plan.predicted,
  actions: plan.actions,
  goal,
  goalPositionM,
  criticToGoal: null,
  objectM: null,
  uncertainty: null,
});

/** The plan that leaves the tool where it is. */
const standing = (plan: ImaginedPlan): ImaginedPlan => ({
  ...plan,
  horizon: 1,
  latents: plan.start,
  actions: new Float32Array(plan.actions.length / plan.horizon),
});
