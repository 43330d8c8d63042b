/** `foresight eval`: one launch file's agent on many seeded episodes, beside the random floor and the privileged oracle. */
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError, invariant } from "../../runtime/core/errors.ts";
import type { Goal } from "../../runtime/core/skill.ts";
import type { TrialSpec } from "../../runtime/core/trial.ts";
import { backendOf } from "../backends/registry.ts";
import { draw, openAgent } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { skillsOf, trialNameOf, trialSpecOf } from "../task-facts.ts";
import { type EvaluationReport, evaluate } from "./evaluate.ts";
import { writeFailure } from "./failure-pictures.ts";

export interface EvalOptions {
  readonly launch: string;
  readonly overrides: readonly string[];
  readonly episodes: number;
  readonly seed: number;
  readonly policy: "mode2" | "mode1" | "random" | "oracle";
  readonly realtime?: boolean;
  /** What tells the goal: pictures (default), or the position of the object or tool. */
  readonly goal?: "image" | "position";
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
  const config = evalConfig(options);
  const { world: facts } = backendOf(config).facts;
  if (!facts)
    throw new AgentError(
      "launch.invalid",
      `backend.kind "${config.backend.kind}": eval needs a simulator's truth; use sim or gazebo, or ros2 with backend.evaluation of a simulated arm`,
    );
  const skill = skillsOf(config.task)[0];
  const task = trialNameOf(config);
  const trial = trialSpecOf(config);
  if (!skill || !task || !trial) throw new AgentError("launch.invalid", "task: names no skill that trials are drawn for; eval needs one");
  const blueprint = await draw(
    options.policy === "oracle" ? { ...config, model: { ...config.model, path: `${config.model.path}-oracle` } } : config,
  );
  await using agent = await openAgent(blueprint);
  const { opened } = agent;
  invariant(opened.world, "a backend with a simulated world opens it");
  const goalKind = goalKindFor(options, trial);
  await using brain = await agent.brain(skill, goalKind, facts.mode === "realtime");
  let successes = 0;
  const pictures: Promise<void>[] = [];
  const report = await evaluate({
    task,
    trial,
    draw: (seed) => agent.trial(trial, seed),
    world: opened.world,
    policy: options.policy,
    episodes: options.episodes,
    seed: options.seed,
    decisionsMax: skill.limits.decisions,
    opened,
    brain,
    goalKind,
    body: agent.body,
    stopwatch: new SystemClock(),
    senses: agent.senses,
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

/** Where the world decides how time passes, nobody else does. */
function evalConfig(options: EvalOptions): LaunchConfig {
  const overrides = [...ownOverrides(options), ...options.overrides];
  const { backend } = loadLaunch(options.launch, options.overrides);
  if (!("mode" in backend)) return loadLaunch(options.launch, overrides);
  return loadLaunch(options.launch, [`backend.mode:=${options.realtime ? "realtime" : "lockstep"}`, ...overrides]);
}

function goalKindFor({ goal, policy }: EvalOptions, { object }: TrialSpec): Goal["kind"] {
  if (goal !== "position") return "image";
  if (policy === "mode2") return object === null ? "tool" : "object";
  throw new AgentError("launch.invalid", `--goal position: the ${policy} policy takes pictures or true states alone; use --policy mode2`);
}

/** The oracle is the same planner on a package that is fed the true state. */
const ownOverrides = ({ policy }: EvalOptions): string[] => [
  `planner.policy:=${policy === "oracle" ? "mode2" : policy}`,
  "dashboard.enabled:=false",
];

export function printEvaluation(report: EvaluationReport): string {
  if (report.episodes === 0) return `${report.task}, ${report.policy}, ${report.mode}: no episode ended, so nothing can be said of success`;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return [
    `${report.task}, ${report.goal === "image" ? "" : `goal by position of the ${report.goal}, `}${report.policy}, ${report.mode}: ${report.successes} of ${report.episodes} episodes succeeded, ${percent(report.success)} (95 % interval ${percent(report.wilson95[0])} to ${percent(report.wilson95[1])})`,
    `final error    p50 ${report.finalErrorCm.p50} cm, p90 ${report.finalErrorCm.p90} cm`,
    `plan time      p50 ${report.planMs.p50} ms, p99 ${report.planMs.p99} ms; whole decision p50 ${report.decisionMs.p50} ms, p99 ${report.decisionMs.p99} ms`,
    `decisions      ${report.decisionsPerEpisode} an episode; ${report.modelCalls} model calls; ${report.guardInterventions} guard interventions`,
    `seeds          ${report.seed} to ${report.seed + report.episodes - 1}; model ${report.modelHash.slice(0, 12)}`,
  ].join("\n");
}
