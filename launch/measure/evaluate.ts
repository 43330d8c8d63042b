/** Success figures on seeded, held-out episodes: object-level, judged at the end, with interval, times and model calls. */
import type { Body } from "../../runtime/assemble/body.ts";
import type { Brain, GoalParts } from "../../runtime/assemble/brain.ts";
import type { OpenedRobot } from "../../runtime/assemble/opened-robot.ts";
import { playTrial, type Seen } from "../../runtime/assemble/play-trial.ts";
import type { Clock } from "../../runtime/core/clock.ts";
import { known } from "../../runtime/core/figure.ts";
import type { ActionAxis } from "../../runtime/core/model.ts";
import type { Aim } from "../../runtime/core/planning.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Goal } from "../../runtime/core/skill.ts";
import { quantile, round, wilson95 } from "../../runtime/core/statistics.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import { type Trial, type TrialSpec, type TrialStart, type TrialWorld, targetM, type WorldState } from "../../runtime/core/trial.ts";
import type { SenseOptions } from "../../runtime/sense/sense-item.ts";
import type { DrawnTrial } from "../drawn-trial.ts";
import { isPrivileged, privilegeOf } from "../privilege.ts";
import { allBystanders, type Bystanders, bystandersOf } from "./bystanders.ts";
import { chanceParts } from "./chance.ts";
import { createFunnel, funnelOf } from "./funnel.ts";
import { asSeen, ledBy } from "./told-subgoals.ts";

/** What an episode needs: whoever is examined, in which world, on whose trials. */
export interface Examination {
  /** Whose trials. */
  readonly task: string;
  readonly trial: TrialSpec;
  /** The trial that a seed stands for, and how it is judged in its own world. */
  readonly draw: (seed: number) => DrawnTrial;
  readonly policy: string;
  readonly decisionsMax: number;
  readonly opened: OpenedRobot;
  readonly world: TrialWorld;
  /** What decides; or the actions that chance draws from, which needs no model. */
  readonly brain: Brain | { readonly chance: readonly ActionAxis[] };
  /** A picture of the goal, or the position where it has the tool or the object; as the brain was opened; a picture by default. */
  readonly goalKind?: Goal["kind"];
  /** told: towards the trial's waypoints one after the other; what the planner does by itself by default. */
  readonly subgoals?: "sampled" | "told";
  /** Brings a world that stands at its trial's start to where the episode begins; absent: there. */
  readonly prelude?: ((seed: number) => Promise<void>) | undefined;
  readonly body: Body;
  readonly stopwatch: Clock;
  readonly senses: SenseOptions;
  /** Told of every episode whole, where somebody goes on with it; the world is looked at after every decision then. */
  readonly onPlayed?: ((played: Played) => void) | undefined;
}

/** What an agent that remembers keeps of an episode, and what it is measured by. */
export interface Played {
  readonly goal: Aim;
  readonly ticks: readonly Tick[];
  /** Decisions after which the world was at the goal and stayed there; null where it did not. */
  readonly reachedAfter: number | null;
}

export interface EvaluationOptions extends Examination {
  readonly episodes: number;
  /** Episode i uses seed + i. */
  readonly seed: number;
  readonly onEpisode?: (episode: EpisodeResult, done: number, seen: Seen) => void;
  readonly signal: AbortSignal;
}

export interface EpisodeResult {
  readonly seed: number;
  readonly success: boolean;
  /** Stages of the trial that it went through. */
  readonly passed: number;
  readonly finalErrorCm: number;
  readonly bystanders: Bystanders;
  readonly decisions: number;
  readonly interventions: number;
  readonly ticks: readonly Pick<Tick, "timing">[];
  readonly modelCalls: number;
  /** What the agent itself thought at its last decision, decisions to the goal; null where it has no such opinion. */
  readonly criticCost: number | null;
}

/** The figures that are printed and compared; see the README for the protocol. */
export interface EvaluationReport {
  readonly task: string;
  readonly goal: Goal["kind"];
  readonly policy: string;
  readonly mode: OpenedRobot["mode"];
  readonly episodes: number;
  readonly successes: number;
  readonly success: number;
  readonly wilson95: readonly [number, number];
  /** Episodes that came to each stage of the trial; null where it has none. */
  readonly funnel: Readonly<Record<string, number>> | null;
  /** Things that were to stay where they lay, those that did not, and the episodes in which that happened; null where there were none. */
  readonly bystanders: ReturnType<typeof allBystanders>;
  /** Null where nothing was measured, here and below. */
  readonly finalErrorCm: { readonly p50: number | null; readonly p90: number | null };
  readonly planMs: { readonly p50: number | null; readonly p99: number | null };
  readonly decisionMs: { readonly p50: number | null; readonly p99: number | null };
  readonly decisionsPerEpisode: number;
  readonly guardInterventions: number;
  readonly modelCalls: number;
  readonly seed: number;
  readonly modelHash: string;
  /** Episode by episode, so that two evaluations can be compared seed by seed. */
  readonly rows: readonly Pick<EpisodeResult, "seed" | "success" | "passed" | "finalErrorCm" | "decisions">[];
}

/** Seeds from here up are for evaluation only: whoever chooses something by them has nothing left to judge it by. */
export const EVALUATION_SEED = 1000;

/** In a report where chance decided. */
export const NO_MODEL = "none";

export async function evaluate(options: EvaluationOptions): Promise<EvaluationReport> {
  const results: EpisodeResult[] = [];
  for (let index = 0; index < options.episodes && !options.signal.aborted; index++) {
    const { result, seen } = await playEpisode(options, options.seed + index, options.signal);
    results.push(result);
    options.onEpisode?.(result, results.length, seen);
  }
  const { brain, goalKind = "image", opened, trial } = options;
  const modelHash = "chance" in brain ? NO_MODEL : brain.package.modelHash;
  return summarise({ ...options, goal: goalKind, mode: opened.mode, stages: trial.stages ?? null, modelHash }, results);
}

/** What the seed stands for, from its start to its end. */
export async function playEpisode(
  options: Examination,
  seed: number,
  signal: AbortSignal,
): Promise<{ readonly result: EpisodeResult; readonly seen: Seen }> {
  const { opened, world, body, brain, stopwatch, decisionsMax, senses } = options;
  const { trial, spec } = options.draw(seed);
  const rng = createRng(seed).fork(1);
  let goal: Aim | null = null;
  const towards = async (start: TrialStart): Promise<GoalParts> => {
    const parts = await ("chance" in brain
      ? chanceParts(brain.chance, rng.fork(0))
      : goalParts({ ...options, trial: spec, brain }, trial, start));
    goal = parts.goal;
    await options.prelude?.(seed);
    return parts;
  };
  const funnel = createFunnel(spec.stages ?? [], trial.goal);
  const arrival = createArrival((now) => spec.errorM(now, trial.goal) <= spec.successM);
  const see = (now: WorldState): void => {
    funnel.see(now);
    arrival.see(now);
  };
  const watch = spec.stages || options.onPlayed ? see : undefined;
  const played = await playTrial({ opened, world, trial, body, senses, stopwatch, rng, decisionsMax, towards, watch }, signal);
  const { ticks, seen } = played;
  const errorM = spec.errorM(played.truth, trial.goal);
  if (goal) options.onPlayed?.({ goal, ticks, reachedAfter: errorM <= spec.successM ? arrival.after : null });
  const result: EpisodeResult = {
    seed,
    success: errorM <= spec.successM,
    passed: funnel.passed,
    finalErrorCm: errorM * 100,
    bystanders: bystandersOf(spec, trial.start.objects, played.truth.objects),
    decisions: ticks.length,
    interventions: ticks.filter((tick) => tick.decision.verdict !== "pass").length,
    ticks: ticks.map(({ timing }) => ({ timing })),
    modelCalls: ticks.reduce((sum, tick) => sum + (tick.decision.plan?.stats.modelCalls ?? 0), 0),
    criticCost: ticks.at(-1)?.decision.measures.criticCost ?? null,
  };
  return { result, seen };
}

/** Counts the decisions after which the world was at its goal for good. */
function createArrival(isThere: (now: WorldState) => boolean) {
  let seen = 0;
  let away = 0;
  return {
    see(now: WorldState): void {
      seen++;
      if (!isThere(now)) away = seen;
    },
    /** The first decision after which it was never away again. */
    get after() {
      return away + 1;
    },
  };
}

/** A privileged package is told places instead of shown pictures. */
async function goalParts(
  { brain, world, trial: spec, goalKind, subgoals, body, opened }: Examination & { readonly brain: Brain },
  trial: Trial,
  { goalFrames, truth }: TrialStart,
): Promise<GoalParts> {
  const { goal } = trial;
  if (goalKind === "tool") return brain.towards({ kind: goalKind, positionM: goal.toolM });
  if (goalKind === "object") return brain.towards({ kind: goalKind, positionM: targetM(spec, goal) });
  const privilege = isPrivileged(brain.package) ? privilegeOf({ brain, world, opened, hand: body.hand, spec }) : null;
  const parts = await (privilege ? privilege.towards(goal) : brain.towards({ kind: "image", frames: goalFrames }));
  if (subgoals !== "told" || !spec.waypoints) return parts;
  const told = await asSeen({ brain, world, body, privilege }, trial, spec.waypoints(truth, goal));
  return ledBy(parts, spec, told, () => world.truth());
}

/** What the figures are of. */
export interface Evaluated extends Pick<EvaluationReport, "task" | "goal" | "policy" | "mode" | "seed" | "modelHash"> {
  readonly stages: TrialSpec["stages"] | null;
}

/** The figures of episodes, in the order of their seeds. */
export function summarise(of: Evaluated, results: readonly EpisodeResult[]): EvaluationReport {
  const successes = results.filter((result) => result.success).length;
  const errors = results.map((result) => result.finalErrorCm);
  const timings = results.flatMap((result) => result.ticks.map((tick) => tick.timing));
  const quantiles = (values: readonly number[], high: number) =>
    [known(quantile(values, 0.5), 2), known(quantile(values, high), 2)] as const;
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
    task: of.task,
    goal: of.goal,
    policy: of.policy,
    mode: of.mode,
    episodes: results.length,
    successes,
    success: round(successes / Math.max(1, results.length), 4),
    wilson95: [round(low, 4), round(high, 4)],
    funnel: of.stages ? funnelOf(of.stages, results) : null,
    bystanders: allBystanders(results.map(({ bystanders }) => bystanders)),
    finalErrorCm: { p50: errorP50, p90: errorP90 },
    planMs: { p50: planP50, p99: planP99 },
    decisionMs: { p50: decisionP50, p99: decisionP99 },
    decisionsPerEpisode: round(results.reduce((sum, result) => sum + result.decisions, 0) / Math.max(1, results.length), 2),
    guardInterventions: results.reduce((sum, result) => sum + result.interventions, 0),
    modelCalls: results.reduce((sum, result) => sum + result.modelCalls, 0),
    seed: of.seed,
    modelHash: of.modelHash,
    rows: results.map(({ seed, success, passed, finalErrorCm, decisions }) => ({
      ...{ seed, success, passed, decisions },
      finalErrorCm: round(finalErrorCm, 3),
    })),
  };
}
