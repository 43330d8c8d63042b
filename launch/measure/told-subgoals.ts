/** Subgoals that are told one after the other instead of being found: how far a planner gets when none has to be sampled. */
import type { Body } from "../../runtime/assemble/body.ts";
import type { Brain, GoalParts } from "../../runtime/assemble/brain.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Latent, Solver } from "../../runtime/core/planning.ts";
import { type Trial, type TrialSpec, type TrialWorld, targetM, type Waypoint, type WorldState } from "../../runtime/core/trial.ts";
import { distanceM } from "../../runtime/core/vec3.ts";
import type { Privilege } from "../privilege.ts";

export interface ToldSubgoal {
  /** Shape (latentDim), proprioception zero. */
  readonly latent: Latent;
  readonly waypoint: Waypoint;
}

type Spec = Pick<TrialSpec, "object" | "hand">;
/** The next subgoal; null where only the goal is left. */
type Next = () => Promise<ToldSubgoal | null>;

/** Tool and thing so near are there; fingers so near are as wide. */
const THERE_M = 0.025;
const WIDE_M = 0.01;

/** The same parts on their way to one subgoal after the other, each after all that were reached, and then to the goal. */
export function ledBy(parts: GoalParts, spec: Spec, subgoals: readonly ToldSubgoal[], truth: () => Promise<WorldState>): GoalParts {
  let reached = 0;
  const next: Next = async () => {
    const now = await truth();
    reached = Math.max(reached, subgoals.findLastIndex(({ waypoint }) => isThere(spec, now, waypoint)) + 1);
    return subgoals[reached] ?? null;
  };
  if (parts.solver.name === "hierarchical") return { ...parts, solver: keeping(parts.solver, next) };
  return {
    ...parts,
    async subgoal(_, goal) {
      const told = await next();
      return told ? { latent: told.latent, positionM: targetM(spec, told.waypoint) } : goal;
    },
  };
}

/** A planner with subgoals of its own takes what it is told for the one that it kept, and its prior sees the goal all the while. */
const keeping = (solver: Solver, next: Next): Solver => ({
  name: solver.name,
  budget: solver.budget,
  async plan(request, rng, signal) {
    const subgoal = (await next())?.latent ?? request.goal;
    return solver.plan({ ...request, kept: { subgoal, decisions: 1 } }, rng, signal);
  },
  [Symbol.asyncDispose]: () => solver[Symbol.asyncDispose](),
});

/** Of a task that grips the hand must be there as well: the thing is where it was, before it is taken and after. */
const isThere = (spec: Spec, now: WorldState, there: WorldState): boolean =>
  distanceM(targetM(spec, now), targetM(spec, there)) < THERE_M && (spec.hand === undefined || isHandThere(now, there));

const isHandThere = (now: WorldState, there: WorldState): boolean =>
  distanceM(now.toolM, there.toolM) < THERE_M && Math.abs((now.openingM ?? 0) - (there.openingM ?? 0)) < WIDE_M;

export interface Telling {
  readonly brain: Pick<Brain, "encoder">;
  readonly world: Pick<TrialWorld, "reset">;
  readonly body: Pick<Body, "kinematics">;
  /** Of a model that is told the state; null for one that sees, which is shown pictures. */
  readonly privilege: Privilege | null;
}

/** The waypoints as the model sees them; the world stands at the trial's start before and after. Throws AgentErrors of the world, `goal.unreachable` for one where the arm cannot stand. */
export async function asSeen(telling: Telling, trial: Trial, waypoints: readonly Waypoint[]): Promise<readonly ToldSubgoal[]> {
  const { brain, world, privilege } = telling;
  const told: ToldSubgoal[] = [];
  for (const waypoint of waypoints) {
    const seen = async (): Promise<Latent> => {
      const { goalFrames } = await world.reset({ ...trial, goal: standing(telling, waypoint) });
      return brain.encoder.encodeGoal(goalFrames);
    };
    told.push({ waypoint, latent: await (privilege ? privilege.encodeGoal(waypoint, waypoint.yawRad) : seen()) });
  }
  return told;
}

function standing({ body: { kinematics } }: Telling, { armRad, yawRad, ...state }: Waypoint): Trial["goal"] {
  if (armRad) return { ...state, armRad };
  const { homeRad, name } = kinematics.spec;
  const { converged, positionRad } = kinematics.inverse({ seedRad: homeRad, positionM: state.toolM, quaternion: "down", yawRad });
  if (converged) return { ...state, armRad: positionRad };
  const at = state.toolM.map((value) => value.toFixed(3)).join(", ");
  throw new AgentError(
    "goal.unreachable",
    `subgoal: "${name}" cannot have its tool at (${at}) m; leave out --subgoals told, or take another seed`,
  );
}
