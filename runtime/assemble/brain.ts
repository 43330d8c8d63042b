/** Opens the thinking parts of an agent for one skill: encoder, world model, judge and solver, all sessions in one worker thread. */
import type { AgentParts } from "../agent.ts";
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { Budget, Latent, Solver } from "../core/planning.ts";
import type { Frame } from "../core/sensing.ts";
import type { Goal, Skill } from "../core/skill.ts";
import type { Vec3 } from "../core/vec3.ts";
import type { Workspace } from "../core/workspace.ts";
import { createEncoder, type Hand, type SessionEncoder } from "../encode/encoder.ts";
import { memoryless } from "../encode/memoryless.ts";
import { remembering } from "../encode/remembering.ts";
import type { ProviderChoice } from "../graph/provider.ts";
import type { SessionWorker } from "../graph/session-host.ts";
import type { Session } from "../graph/session-types.ts";
import { boundedSkill } from "../plan/bounded-skill.ts";
import { flatSubgoal } from "../plan/flat-subgoal.ts";
import type { GradientOptions } from "../plan/gradient.ts";
import type { HierarchicalOptions } from "../plan/hierarchical.ts";
import type { IcemOptions } from "../plan/icem.ts";
import { toolPathM } from "../plan/imagined-plan.ts";
import type { SessionHost } from "../plan/plan-session.ts";
import { createSolver, type SolverName } from "../plan/plan-solver.ts";
import { createPolicySolver } from "../plan/policy.ts";
import { createRandomSolver } from "../plan/random.ts";
import { refuseInfeasible } from "../plan/refuse-infeasible.ts";
import { expectedNext } from "../predict/expected.ts";
import { createJudge } from "../predict/judge.ts";
import { combinedSurprise, surpriseParts } from "../predict/surprise.ts";
import { createWorldModel } from "../predict/world-model.ts";
import { createRecall, type Recall, type Remembered } from "../remember/recall.ts";

/** mode2 plans; mode1 lets the policy act alone; random is the floor. */
export type PolicyName = "mode2" | "mode1" | "random";

export interface PlannerConfig extends Budget {
  readonly solver: SolverName;
  readonly policy: PolicyName;
  readonly proposals: boolean;
  /** Of the solver icem. */
  readonly icem: IcemOptions;
  /** Of the solver gradient. */
  readonly gradient: GradientOptions;
  /** Of the solver hierarchical. */
  readonly hierarchical: HierarchicalOptions;
}

export interface BrainOptions {
  readonly package: ModelPackage;
  readonly skill: Skill;
  readonly goalKind: Goal["kind"];
  readonly planner: PlannerConfig;
  readonly provider: ProviderChoice;
  readonly worker: SessionWorker;
  /** Where the planner's graph runs; default the worker. The small networks stay: a call for each of them would cost more than it computes. */
  readonly planOn?: SessionHost | undefined;
  readonly clock: Clock;
  readonly toolAt: (positionRad: Float64Array) => Vec3;
  /** For models that feel more than the place of the tool. */
  readonly hand?: Hand | undefined;
  /** Where the skill may have the tool: the box of the guards. */
  readonly workspace: Workspace;
  /** False in lockstep: measured times must not change what is decided. */
  readonly adaptive: boolean;
  /** A surprise above this is told to the planner, as `guards.maxSurprise` has it. */
  readonly surpriseMax?: number | undefined;
  /** What was done before and competes with what the planner finds; for goals that are pictures. */
  readonly memory?: Remembered | undefined;
}

/** The parts of an agent that depend on its goal. */
export type GoalParts = Pick<
  AgentParts,
  "believer" | "imagine" | "solver" | "recall" | "judge" | "goal" | "subgoal" | "imaginedToolM" | "surprise" | "surpriseMax"
>;

export interface Brain extends AsyncDisposable {
  readonly package: ModelPackage;
  readonly encoder: SessionEncoder;
  readonly solver: Solver;
  /** What runs the models, and why not what was asked for. */
  readonly provider: { readonly name: string; readonly fallbackReason: string | null };
  towards(goal: Goal, signal?: AbortSignal): Promise<GoalParts>;
  /** The same with a goal that is already a latent. */
  towardsLatent(kind: Goal["kind"], latent: Latent, positionM: Vec3): GoalParts;
  /** What follows from an action of shape (actionDim). */
  imagine(latent: Latent, action: Float32Array, signal?: AbortSignal): Promise<Latent>;
  /** How much the ensemble disagrees about what an action of shape (actionDim) would do, unit-free; 0 without one. */
  doubt(latent: Latent, action: Float32Array, signal?: AbortSignal): Promise<number>;
  /** Where the probe sees the object; null without a probe. */
  objectM(latent: Latent): Promise<Vec3 | null>;
}

const NOWHERE: Vec3 = [0, 0, 0];

/** Throws AgentErrors of the model, the session or the goal. */
export async function openBrain(options: BrainOptions): Promise<Brain> {
  const { package: model, worker, planOn, provider, toolAt } = options;
  const here = noting({ open: (bytes, sessionOptions) => worker.open(bytes, { ...sessionOptions, provider }) });
  const there = planOn && noting({ open: (bytes, sessionOptions) => planOn.open(bytes, { ...sessionOptions, provider }) });
  const { open } = here;
  const parts: AsyncDisposable[] = [];
  const keep = <T extends AsyncDisposable>(part: T): T => {
    parts.unshift(part);
    return part;
  };
  const encoder = keep(await createEncoder({ package: model, open, toolAt, hand: options.hand }));
  const world = keep(await createWorldModel({ package: model, open, chunk: 1, horizonMax: 1 }));
  const judge = keep(await createJudge({ package: model, open }));
  const solver = keep(await openSolver(options, there ?? here));
  const recall = await openRecall(options, open, solver.budget.horizon);
  if (recall) keep(recall);
  const believer = model.remembers ? remembering(encoder, model.spec) : memoryless(encoder);
  const imagined = (from: Latent, action: Float32Array, signal?: AbortSignal) => world.rollout(from, clampUnit(action), 1, 1, signal);
  const imagine: Brain["imagine"] = async (from, action, signal) => (await imagined(from, action, signal)).latents;
  const doubt: Brain["doubt"] = async (from, action, signal) => (await imagined(from, action, signal)).uncertainty[0]!;
  const usual = model.spec.surprise?.usual;
  const feltCount = model.spec.proprioception.length;
  const surprise: GoalParts["surprise"] =
    usual &&
    (async (before, seen, signal) => {
      const expected = (await expectedNext(before, imagine)) ?? seen;
      return combinedSurprise(surpriseParts(expected, seen, feltCount, await doubt(seen, before.executedAction, signal)), usual);
    });
  const towardsLatent: Brain["towardsLatent"] = (kind, latent, positionM) => ({
    believer,
    solver,
    goal: { latent, positionM },
    subgoal: flatSubgoal,
    recall: kind === "image" ? recall?.offers : undefined,
    surprise,
    surpriseMax: options.surpriseMax,
    imagine,
    judge: (from, signal) => judge.measure(from, { kind, latent, positionM }, signal),
    imaginedToolM: (plan) => toolPathM(model.spec, plan.predicted),
  });
  return {
    package: model,
    encoder,
    solver,
    provider: {
      name: there?.first ? `${here.first?.provider}, planning on ${there.first.provider}` : (here.first?.provider ?? provider),
      fallbackReason: (there ?? here).first?.fallbackReason ?? null,
    },
    towardsLatent,
    imagine,
    doubt,
    objectM: (latent) => judge.objectM(latent),
    async towards(goal, signal) {
      if (goal.kind === "image") return towardsLatent("image", await encoder.encodeGoal(goal.frames, signal), NOWHERE);
      return towardsLatent(goal.kind, new Float32Array(model.spec.latentDim), goal.positionM);
    },
    async [Symbol.asyncDispose]() {
      for (const part of parts.splice(0)) await part[Symbol.asyncDispose]();
    },
  };
}

/** Null where nothing is remembered, or nobody plans. */
async function openRecall(
  { package: model, planner, memory }: BrainOptions,
  open: SessionHost["open"],
  horizon: number,
): Promise<Recall | null> {
  return memory && planner.policy === "mode2" ? createRecall({ package: model, open, memory, horizon }) : null;
}

/** Notes the first session that is opened, which says where the others run. */
function noting({ open }: SessionHost): SessionHost & { readonly first: Session | null } {
  let first: Session | null = null;
  return {
    get first() {
      return first;
    },
    async open(bytes, options) {
      const session = await open(bytes, options);
      first ??= session;
      return session;
    },
  };
}

/** Opens the planner, the policy or chance, as `planner.policy` says; only the planner can refuse, the others do not choose. Throws as createSolver. */
export async function openSolver(
  options: Pick<BrainOptions, "package" | "skill" | "goalKind" | "planner" | "adaptive" | "clock" | "workspace" | "memory">,
  sessions: SessionHost,
): Promise<Solver> {
  const { package: model, goalKind, planner, adaptive, clock } = options;
  const skill = boundedSkill(options.skill, options.workspace);
  const common = { package: model, skill, goalKind, sessions };
  switch (planner.policy) {
    case "mode2": {
      const proposals = planner.proposals && model.networks.policy !== undefined;
      const { solver: name, icem, gradient, hierarchical } = planner;
      const kinds = { icem, gradient, hierarchical };
      const offered = options.memory?.candidates;
      const solver = await createSolver({ ...common, ...kinds, name, budget: planner, clock, proposals, adaptive, offered });
      return refuseInfeasible(solver, common, model.spec);
    }
    case "mode1":
      return createPolicySolver({ ...common, horizon: planner.horizon });
    case "random":
      return createRandomSolver({ ...common, horizon: planner.horizon });
  }
}

const clampUnit = (action: Float32Array): Float32Array => action.map((value) => Math.min(1, Math.max(-1, value)));

/** Reads pictures of a goal: exactly the cameras of the model, in its sizes. Throws AgentError `goal.mismatch`. */
export function checkGoalFrames(model: ModelPackage, frames: readonly Frame[]): void {
  for (const camera of model.spec.cameras) {
    const frame = frames.find((each) => each.camera === camera.name);
    if (!frame)
      throw new AgentError("goal.mismatch", `goal: no picture of camera "${camera.name}"; give one picture per camera of the model`);
    if (frame.widthPx !== camera.widthPx || frame.heightPx !== camera.heightPx) {
      const is = `${frame.widthPx}x${frame.heightPx}`;
      throw new AgentError(
        "goal.mismatch",
        `goal: picture of camera "${camera.name}" is ${is} px, the model was trained with ${camera.widthPx}x${camera.heightPx} px; take it with the robot's own camera`,
      );
    }
  }
}
