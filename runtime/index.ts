/** What the package `foresight` offers to other programs, in the order in which data flow. Everything else may change without notice. */

// The words: what flows, its clock, its chance, its errors.

export { type Clock, ManualClock, SystemClock } from "./core/clock.ts";
export type * from "./core/desk.ts";
export { AgentError, ERROR_CODES, type ErrorCode } from "./core/errors.ts";
export type * from "./core/guarding.ts";
export type { ModelPackage, ModelSpec } from "./core/model.ts";
export type * from "./core/motion.ts";
export type * from "./core/planning.ts";
export { createRng, type Rng } from "./core/rng.ts";
export type * from "./core/robot.ts";
export type * from "./core/scene.ts";
export type * from "./core/sensing.ts";
export type * from "./core/skill.ts";
export type * from "./core/supervision.ts";
export type * from "./core/tap.ts";
export type * from "./core/tick.ts";
export type * from "./core/trial.ts";
export type * from "./core/vec3.ts";

// Sense: samples become observations.

export { observeRobot } from "./sense/sense.ts";
export { type SenseOptions, senseDefaults } from "./sense/sense-item.ts";

// Models: sessions, packages, and graphs of one's own.

export { Graph, type Value } from "./graph/builder.ts";
export { importModel } from "./graph/import.ts";
export {
  availableProviders,
  openSession,
  openSessionWorker,
  type Session,
  type SessionOptions,
  type SessionWorker,
} from "./graph/session.ts";
export { checkModelFits } from "./predict/model-fit.ts";
export { loadModelPackage } from "./predict/model-package.ts";

// Encode, predict, judge: observations become latents, latents become futures.

export { createEncoder, type EncoderOptions, type SessionEncoder } from "./encode/encoder.ts";
export { memoryless } from "./encode/memoryless.ts";
export { createJudge, type Judge, type JudgeOptions } from "./predict/judge.ts";
export { surprise } from "./predict/surprise.ts";
export { createWorldModel, type WorldModelOptions } from "./predict/world-model.ts";

// Plan: a latent and a goal become actions.

export { flatSubgoal } from "./plan/flat-subgoal.ts";
export { createSolver, type SolverOptions } from "./plan/plan-solver.ts";
export { createPolicySolver } from "./plan/policy.ts";
export { createRandomSolver } from "./plan/random.ts";

// Guard and act: an action becomes a safe segment, a segment becomes commands.

export { type ActionToSegmentOptions, createActionToSegment, executedAction } from "./act/action-to-segment.ts";
export type { Driver, LastGuard, SteppableDriver } from "./act/driver.ts";
export { type ForkedKeeperRobot, type ForkKeeperOptions, forkKeeper } from "./act/fork-keeper.ts";
export { createLockstepRobot, type LockstepRobot, type LockstepRobotOptions } from "./act/lockstep-robot.ts";
export { type KeeperParts, serveKeeper } from "./act/serve-keeper.ts";
export { lastGuard } from "./guard/last-guard.ts";
export { standardGuards } from "./guard/standard-guards.ts";
export { createKinematics, type Kinematics } from "./kinematics/kinematics.ts";

// The loop, who supervises it, who listens, who commands.

export { type AgentParts, decisions, type Oversight, type Pace, runAgent } from "./agent.ts";
export { type Dashboard, type DashboardOptions, openDashboard } from "./dashboard/server.ts";
export { createSupervisor } from "./supervise/supervisor.ts";

// Assembled: the parts of a launch file's agent, one by one.

export { attend } from "./assemble/attend.ts";
export { type Body, type BodyOptions, openBody } from "./assemble/body.ts";
export { type Brain, type BrainOptions, type GoalParts, openBrain } from "./assemble/brain.ts";
export { createDesk, type DeskOptions } from "./assemble/desk.ts";
export { drawTrial } from "./assemble/draw-trial.ts";
export { createFanOut, type FanOut } from "./assemble/fan-out.ts";
export type { OpenedRobot } from "./assemble/opened-robot.ts";
export { mindOf, type OwnModel } from "./assemble/own-mind.ts";
export { lockstepPace, realtimePace } from "./assemble/pace.ts";
export { type PlayedTrial, playTrial, type TrialPlay } from "./assemble/play-trial.ts";
export { runTask, type SkillParts, type TaskResult } from "./assemble/run-task.ts";
export { trialWorld } from "./assemble/trial-world.ts";
