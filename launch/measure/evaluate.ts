/** Success figures on seeded, held-out episodes: object-level, judged at the end, with interval, times and model calls. */
import type { Oversight } from "../../runtime/agent.ts";
import { attend } from "../../runtime/assemble/attend.ts";
import type { Body } from "../../runtime/assemble/body.ts";
import type { Brain } from "../../runtime/assemble/brain.ts";
import { untilRest } from "../../runtime/assemble/until-rest.ts";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Frame, Observation } from "../../runtime/core/sensing.ts";
import type { Goal } from "../../runtime/core/skill.ts";
import { quantile, round, wilson95 } from "../../runtime/core/statistics.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import type { GroundTruth } from "../../runtime/core/truth.ts";
import { memoryless } from "../../runtime/encode/memoryless.ts";
import type { SenseOptions } from "../../runtime/sense/sense-item.ts";
import { distanceM, type TaskName } from "../../sim/episode.ts";
import type { EpisodeStart } from "../../sim/sim-driver.ts";
import type { OpenedRobot } from "../backends/open-robot.ts";

export interface EvaluationOptions {
  readonly task: TaskName;
  readonly policy: string;
  readonly episodes: number;
  /** Episode i uses seed + i. */
  readonly seed: number;
  readonly decisionsMax: number;
  readonly opened: OpenedRobot;
  readonly brain: Brain;
  /** A picture of the goal, or the position where it has the tool or the object; as the brain was opened; a picture by default. */
  readonly goalKind?: Goal["kind"];
  readonly body: Body;
  readonly stopwatch: Clock;
  readonly senses: SenseOptions;
  readonly onEpisode?: (episode: EpisodeResult, done: number, seen: Seen) => void;
  readonly signal: AbortSignal;
}

/** Pictures of an episode, a frame per camera: the first and the last that the agent saw, and the goal. */
export interface Seen {
  readonly start: readonly Frame[];
  readonly end: readonly Frame[];
  readonly goal: readonly Frame[];
}

export interface EpisodeResult {
  readonly seed: number;
  readonly success: boolean;
  readonly finalErrorCm: number;
  readonly decisions: number;
  readonly interventions: number;
  readonly ticks: readonly Pick<Tick, "timing">[];
  readonly modelCalls: number;
  /** What the agent itself thought at its last decision, decisions to the goal; null where it has no such opinion. */
  readonly criticCost: number | null;
}

/** The figures that are printed and compared; see the README for the protocol. */
export interface EvaluationReport {
  readonly task: TaskName;
  readonly goal: Goal["kind"];
  readonly policy: string;
  readonly mode: OpenedRobot["mode"];
  readonly episodes: number;
  readonly successes: number;
  readonly success: number;
  readonly wilson95: readonly [number, number];
  readonly finalErrorCm: { readonly p50: number; readonly p90: number };
  readonly planMs: { readonly p50: number; readonly p99: number };
  readonly decisionMs: { readonly p50: number; readonly p99: number };
  readonly decisionsPerEpisode: number;
  readonly guardInterventions: number;
  readonly modelCalls: number;
  readonly seed: number;
  readonly modelHash: string;
}

/** The object (or tool) must be this near its goal at the end. */
export const SUCCESS_M: Readonly<Record<TaskName, number>> = { push: 0.025, reach: 0.02 };

export function finalErrorM(task: TaskName, truth: GroundTruth): number {
  if (task === "reach") return distanceM(truth.toolM, truth.goalToolM);
  return Math.hypot(truth.objectM[0] - truth.goalObjectM[0], truth.objectM[1] - truth.goalObjectM[1]);
}

export async function evaluate(options: EvaluationOptions): Promise<EvaluationReport> {
  const results: EpisodeResult[] = [];
  for (let index = 0; index < options.episodes && !options.signal.aborted; index++) {
    const { result, seen } = await playEpisode(options, options.seed + index);
    results.push(result);
    options.onEpisode?.(result, results.length, seen);
  }
  return report(options, results);
}

async function playEpisode(options: EvaluationOptions, seed: number): Promise<{ result: EpisodeResult; seen: Seen }> {
  const { opened, body, stopwatch, task, decisionsMax, senses } = options;
  const { robot, clock, pace: makePace } = opened;
  await robot.stop("next episode");
  await untilRest({ ...opened, stopwatch });
  await robot.resume();
  const { goalFrames, truth } = (await robot.ask("reset", { task, seed })) as EpisodeStart;
  const parts = await goalParts(options, goalFrames, truth);
  const seen: { start: readonly Frame[]; end: readonly Frame[]; goal: readonly Frame[] } = { start: [], end: [], goal: goalFrames };
  const onObservation = ({ frames }: Observation): void => {
    if (seen.start.length === 0) seen.start = frames;
    seen.end = frames;
  };
  const agent = { ...parts, ...body, robot, clock, stopwatch, oversight: countdown(decisionsMax), rng: createRng(seed).fork(1) };
  const ticks: Tick[] = [];
  for await (const tick of attend({ agent, senses, makePace, onObservation }, options.signal)) ticks.push(tick);
  const errorM = finalErrorM(task, (await robot.ask("truth")) as GroundTruth);
  const result: EpisodeResult = {
    seed,
    success: errorM <= SUCCESS_M[task],
    finalErrorCm: errorM * 100,
    decisions: ticks.length,
    interventions: ticks.filter((tick) => tick.decision.verdict !== "pass").length,
    ticks: ticks.map(({ timing }) => ({ timing })),
    modelCalls: ticks.reduce((sum, tick) => sum + (tick.decision.plan?.stats.modelCalls ?? 0), 0),
    criticCost: ticks.at(-1)?.decision.measures.criticCost ?? null,
  };
  return { result, seen };
}

/** An oracle package is fed true positions instead of pictures: the tool's, and that of what is to come to its goal. */
async function goalParts(
  { brain, opened: { robot }, task, goalKind }: EvaluationOptions,
  goalFrames: EpisodeStart["goalFrames"],
  truth: GroundTruth,
) {
  if (goalKind === "tool") return brain.towards({ kind: goalKind, positionM: truth.goalToolM });
  if (goalKind === "object") return brain.towards({ kind: goalKind, positionM: truth.goalObjectM });
  if (brain.package.spec.observation === "cameras") return brain.towards({ kind: "image", frames: goalFrames });
  const goal = await brain.encoder.encodeGoalState(
    Float32Array.from([...truth.goalToolM, ...(task === "reach" ? truth.goalToolM : truth.goalObjectM)]),
  );
  const encode = async () => {
    const now = (await robot.ask("truth")) as GroundTruth;
    return brain.encoder.encodeState(Float32Array.from([...now.toolM, ...(task === "reach" ? now.toolM : now.objectM)]));
  };
  const parts = brain.towardsLatent("image", goal, truth.goalObjectM);
  return { ...parts, believer: memoryless({ encode }) };
}

/** Lets a fixed number of decisions happen; faults that the arm survives are skipped decisions. */
function countdown(decisionsMax: number): Oversight {
  let left = decisionsMax;
  const spend = (): void => {
    left--;
  };
  return {
    permit: () => (left > 0 ? "act" : "end"),
    decided: spend,
    healthy: () => {},
    fault(error) {
      if (!(error instanceof AgentError) || FATAL.has(error.code)) throw error;
      spend();
    },
  };
}
const FATAL: ReadonlySet<string> = new Set(["robot.lost", "session.failed", "sense.wrong-size", "goal.mismatch", "model.mismatch"]);

function report(options: EvaluationOptions, results: readonly EpisodeResult[]): EvaluationReport {
  const successes = results.filter((result) => result.success).length;
  const errors = results.map((result) => result.finalErrorCm);
  const timings = results.flatMap((result) => result.ticks.map((tick) => tick.timing));
  const quantiles = (values: readonly number[], high: number) =>
    [round(quantile(values, 0.5), 2), round(quantile(values, high), 2)] as const;
  const [errorP50, errorP90] = quantiles(errors, 0.9);
  const [planP50, planP99] = quantiles(
    timings.map((timing) => timing.planMs),
    0.99,
  );
  const [decisionP50, decisionP99] = quantiles(
    timings.map((timing) => timing.decisionMs),
    0.99,
  );
  const [low, high] = wilson95(successes, results.length);
  return {
    task: options.task,
    goal: options.goalKind ?? "image",
    policy: options.policy,
    mode: options.opened.mode,
    episodes: results.length,
    successes,
    success: round(successes / Math.max(1, results.length), 4),
    wilson95: [round(low, 4), round(high, 4)],
    finalErrorCm: { p50: errorP50, p90: errorP90 },
    planMs: { p50: planP50, p99: planP99 },
    decisionMs: { p50: decisionP50, p99: decisionP99 },
    decisionsPerEpisode: round(results.reduce((sum, result) => sum + result.decisions, 0) / Math.max(1, results.length), 2),
    guardInterventions: results.reduce((sum, result) => sum + result.interventions, 0),
    modelCalls: results.reduce((sum, result) => sum + result.modelCalls, 0),
    seed: options.seed,
    modelHash: options.brain.package.modelHash,
  };
}
