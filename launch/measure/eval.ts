/** `foresight eval`: one launch file's agent on many seeded episodes, beside the random floor and the privileged oracle. */

import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../runtime/core/errors.ts";
import { figure, percent } from "../../runtime/core/figure.ts";
import type { Goal, Skill } from "../../runtime/core/skill.ts";
import type { TrialSpec } from "../../runtime/core/trial.ts";
import type { Remembered } from "../../runtime/remember/recall.ts";
import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import { type Agent, draw, isTrained, openAgent } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { skillsOf, trialNameOf, trialSpecOf } from "../task-facts.ts";
import { BYSTANDER_MOVED_M } from "./bystanders.ts";
import { type EvaluationReport, type Examination, evaluate, NO_MODEL } from "./evaluate.ts";
import { writeFailure } from "./failure-pictures.ts";
import { openFloor } from "./floor.ts";

export interface EvalOptions {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly episodes: number;
  readonly seed: number;
  readonly policy: "mode2" | "mode1" | "random" | "oracle";
  readonly realtime?: boolean;
  /** What tells the goal: pictures (default), or the position of the object or tool. */
  readonly goal?: "image" | "position";
  /** Where subgoals come from: from the planner, if it samples any (default), or the trial tells them. */
  readonly subgoals?: "sampled" | "told";
  /** Folder for pictures of failed episodes. */
  readonly failures?: string;
}

export interface EvalIo {
  readonly say: (line: string) => void;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
  /** A picture of a failed episode could not be written; the figures do not suffer. */
  readonly onLost?: (error: unknown) => void;
}

/** Throws AgentErrors of the launch file, the model or the robot. */
export async function evaluateLaunch(options: EvalOptions, io: EvalIo): Promise<EvaluationReport> {
  await using examination = await openExamination(evalConfig(options), options);
  let successes = 0;
  const pictures: Promise<void>[] = [];
  const report = await evaluate({
    ...examination,
    episodes: options.episodes,
    seed: options.seed,
    signal: io.signal,
    onEpisode(episode, done, seen) {
      if (episode.success) successes++;
      else if (options.failures) pictures.push(writeFailure(options.failures, episode.seed, seen).then(io.say, io.onLost));
      io.progress(`${done} of ${options.episodes} episodes, ${successes} successes`);
    },
  });
  await Promise.all(pictures);
  return report;
}

/** Who decides, and what they are told. */
export type Asked = Pick<EvalOptions, "policy" | "goal" | "subgoals">;

/** What is offered to the planner, and what it was made for. */
export interface Reminded {
  readonly blueprint: Blueprint;
  readonly memory: Remembered;
}

/** Opens whatever plays the episodes of a launch file. Throws AgentErrors of the launch file, the model or the robot. */
export async function openExamination(config: LaunchConfig, asked: Asked, reminded?: Reminded): Promise<Examination & AsyncDisposable> {
  const { mode, skill, task, trial } = examined(config);
  const goalKind = goalKindFor(asked, trial);
  if (asked.subgoals === "told") checkTold(config, trial, asked);
  const agent = await (asked.policy === "random" && !isTrained(config)
    ? openFloor(config)
    : openBrained(reminded?.blueprint ?? (await draw(playedBy(config, asked))), skill, goalKind, mode, reminded?.memory));
  const { opened, brain, body, senses } = agent;
  const { policy, subgoals = "sampled" } = asked;
  invariant(opened.world, "a backend with a simulated world opens it");
  return {
    ...{ task, trial, policy, opened, brain, goalKind, subgoals, body, senses },
    draw: (seed) => agent.trial(seed),
    world: opened.world,
    decisionsMax: skill.limits.decisions,
    stopwatch: new SystemClock(),
    [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
  };
}

/** What a launch file has its agent examined in. Throws AgentError `launch.invalid`. */
export function examined(config: LaunchConfig) {
  const { world: facts } = backendOf(config).facts;
  if (!facts)
    throw new AgentError(
      "launch.invalid",
      `backend.kind "${config.backend.kind}": eval needs a simulator's truth; use sim or gazebo, or ros2 with backend.evaluation of a simulated arm`,
    );
  const skill = skillsOf(config.task)[0];
  const task = trialNameOf(config);
  const trial = trialSpecOf(config);
  if (!skill || !task || !trial)
    throw new AgentError("launch.invalid", "task: names no skill that trials are drawn for; give a launch file whose task has one");
  return { mode: facts.mode, skill, task, trial };
}

/** The launch file with the model that really decides. */
export const playedBy = (config: LaunchConfig, { policy }: Asked): LaunchConfig => (policy === "oracle" ? oracleOf(config) : config);

/** Throws AgentError `launch.invalid` where nobody could tell subgoals, or nobody would listen. */
function checkTold({ planner }: LaunchConfig, { waypoints }: TrialSpec, { policy, goal }: Asked): void {
  if (waypoints && policy !== "random" && goal !== "position" && heedsTold(planner)) return;
  throw new AgentError(
    "launch.invalid",
    "--subgoals told: needs a task whose trials tell the way (pick-place or push), a goal that is a picture, and of planner.solver hierarchical that it samples subgoals and keeps them; leave it out",
  );
}

/** A planner with subgoals of its own is told one in place of what it kept. */
export const heedsTold = ({ solver, hierarchical: { subgoals, keptDecisions } }: LaunchConfig["planner"]): boolean =>
  solver !== "hierarchical" || (subgoals > 0 && keptDecisions > 1);

type Examined = Pick<Agent, "opened" | "body" | "senses" | "trial"> & Pick<Examination, "brain"> & AsyncDisposable;

async function openBrained(
  blueprint: Blueprint,
  skill: Skill,
  goalKind: Goal["kind"],
  mode: Examined["opened"]["mode"],
  memory: Remembered | undefined,
): Promise<Examined> {
  const agent = await openAgent(blueprint);
  try {
    const brain = await agent.brain(skill, goalKind, mode === "realtime", undefined, memory);
    return {
      ...agent,
      brain,
      async [Symbol.asyncDispose]() {
        await brain[Symbol.asyncDispose]();
        await agent[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await agent[Symbol.asyncDispose]();
    throw error;
  }
}

/** Throws AgentError `model.missing` where the planner's twin on true poses is not made yet. */
function oracleOf(config: LaunchConfig): LaunchConfig {
  const oracle = { ...config, model: { ...config.model, path: `${config.model.path}-oracle` } };
  if (isTrained(oracle)) return oracle;
  const make = "make it with: foresight train LAUNCH --data DATA --privileged";
  throw new AgentError(
    "model.missing",
    `--policy oracle: it plans with the model package ${oracle.model.path}, which is not there; ${make}`,
  );
}

/** Where the world decides how time passes, nobody else does. */
export function evalConfig(options: EvalOptions): LaunchConfig {
  const overrides = [...ownOverrides(options), ...options.overrides];
  const { backend } = loadLaunch(options.launch, options.overrides);
  if (!("mode" in backend)) return loadLaunch(options.launch, overrides);
  return loadLaunch(options.launch, [`backend.mode:=${options.realtime ? "realtime" : "lockstep"}`, ...overrides]);
}

export function goalKindFor({ goal, policy }: Asked, { object }: TrialSpec): Goal["kind"] {
  if (goal !== "position") return "image";
  if (policy === "mode2") return object === null ? "tool" : "object";
  throw new AgentError("launch.invalid", `--goal position: the ${policy} policy takes pictures or true states alone; use --policy mode2`);
}

/** The oracle is the same planner on a package that is fed the true state. */
const ownOverrides = ({ policy }: EvalOptions): string[] => [
  `planner.policy:=${policy === "oracle" ? "mode2" : policy}`,
  "dashboard.enabled:=false",
];

export const bystandersLine = ({ moved, count, episodes }: NonNullable<EvaluationReport["bystanders"]>): string =>
  `${moved} of ${count} moved by more than ${BYSTANDER_MOVED_M * 100} cm, in ${episodes} episodes`;

export function printEvaluation(report: EvaluationReport): string {
  if (report.episodes === 0) return `${report.task}, ${report.policy}, ${report.mode}: no episode ended, so nothing can be said of success`;
  const { finalErrorCm, planMs, decisionMs } = report;
  const [cm, ms] = [{ unit: "cm" }, { unit: "ms" }];
  return [
    `${report.task}, ${report.goal === "image" ? "" : `goal by position of the ${report.goal}, `}${report.policy}, ${report.mode}: ${report.successes} of ${report.episodes} episodes succeeded, ${percent(report.success)} (95 % interval ${percent(report.wilson95[0])} to ${percent(report.wilson95[1])})`,
    ...(report.funnel
      ? [
          `funnel         ${Object.entries(report.funnel)
            .map(([stage, count]) => `${stage} ${count}`)
            .join(", ")}`,
        ]
      : []),
    ...(report.bystanders ? [`bystanders     ${bystandersLine(report.bystanders)}`] : []),
    `final error    p50 ${figure(finalErrorCm.p50, cm)}, p90 ${figure(finalErrorCm.p90, cm)}`,
    `plan time      p50 ${figure(planMs.p50, ms)}, p99 ${figure(planMs.p99, ms)}; whole decision p50 ${figure(decisionMs.p50, ms)}, p99 ${figure(decisionMs.p99, ms)}`,
    `decisions      ${report.decisionsPerEpisode} an episode; ${report.modelCalls} model calls; ${report.guardInterventions} guard interventions`,
    `seeds          ${report.seed} to ${report.seed + report.episodes - 1}; ${report.modelHash === NO_MODEL ? "no model" : `model ${report.modelHash.slice(0, 12)}`}`,
  ].join("\n");
}
