/** What the package `foresight` offers to other programs, in the order in which data flow. Everything else may change without notice. */

export { type ActionToSegmentOptions, createActionToSegment, executedAction } from "./act/action-to-segment.ts";
export type { Driver, LastGuard, SteppableDriver } from "./act/driver.ts";
export { type ForkedKeeperRobot, type ForkKeeperOptions, forkKeeper } from "./act/fork-keeper.ts";
export { createLockstepRobot, type LockstepRobot, type LockstepRobotOptions } from "./act/lockstep-robot.ts";
export { type KeeperParts, serveKeeper } from "./act/serve-keeper.ts";
// The loop, and who watches it.
export { type AgentParts, decisions, type Oversight, type Pace, runAgent } from "./agent.ts";
export { lockstepPace, realtimePace } from "./assemble/pace.ts";
export { type Clock, ManualClock, SystemClock } from "./core/clock.ts";
export { AgentError, ERROR_CODES, type ErrorCode } from "./core/errors.ts";
export type * from "./core/guarding.ts";
export type { ModelPackage, ModelSpec } from "./core/model.ts";
export type * from "./core/motion.ts";
export type * from "./core/planning.ts";
export { createRng, type Rng } from "./core/rng.ts";
export type * from "./core/robot.ts";
export type * from "./core/sensing.ts";
export type * from "./core/skill.ts";
export type * from "./core/tick.ts";
export type * from "./core/trial.ts";
// The words: what flows, its clock, its chance, its errors.
export type * from "./core/vec3.ts";
export { type Dashboard, type DashboardOptions, openDashboard } from "./dashboard/server.ts";
// Encode, predict, judge: observations become latents, latents become futures.
export { createEncoder, type EncoderOptions, type SessionEncoder } from "./encode/encoder.ts";
export { memoryless } from "./encode/memoryless.ts";
export { Graph, type Value } from "./graph/builder.ts";
export { importModel } from "./graph/import.ts";
// Models: sessions, packages, and graphs of one's own.
export {
  availableProviders,
  openSession,
  openSessionWorker,
  type Session,
  type SessionOptions,
  type SessionWorker,
} from "./graph/session.ts";
export { lastGuard } from "./guard/last-guard.ts";
export { standardGuards } from "./guard/standard-guards.ts";
// Guard and act: an action becomes a safe segment, a segment becomes commands.
export { createKinematics, type Kinematics } from "./kinematics/kinematics.ts";
// Plan: a latent and a goal become actions.
export { flatSubgoal } from "./plan/flat-subgoal.ts";
export { createSolver, type SolverOptions } from "./plan/plan-solver.ts";
export { createPolicySolver } from "./plan/policy.ts";
export { createRandomSolver } from "./plan/random.ts";
export { createJudge, type Judge, type JudgeOptions } from "./predict/judge.ts";
export { checkModelFits } from "./predict/model-fit.ts";
export { loadModelPackage } from "./predict/model-package.ts";
export { createWorldModel, surprise, type WorldModelOptions } from "./predict/world-model.ts";
// Sense: samples become observations.
export { observeRobot } from "./sense/sense.ts";
export { type SenseOptions, senseDefaults } from "./sense/sense-item.ts";
export { createSupervisor } from "./supervise/supervisor.ts";
