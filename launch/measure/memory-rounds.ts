/** `foresight eval --memory`: the same episodes round after round, each remembering the rounds before, so that one sees what memory brings. */
import { takeDown } from "../../runtime/assemble/take-down.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { figure, known, percent } from "../../runtime/core/figure.ts";
import type { Skill } from "../../runtime/core/skill.ts";
import { quantile, round } from "../../runtime/core/statistics.ts";
import type { Episode } from "../../runtime/remember/episode.ts";
import { draw } from "../compose.ts";
import { memoryOf } from "../run/kept-episodes.ts";
import { table } from "./bench/table.ts";
import { type EvalIo, type EvalOptions, evalConfig, examined, openExamination, playedBy } from "./eval.ts";
import { type EvaluationReport, evaluate, type Played } from "./evaluate.ts";

export interface MemoryOptions extends EvalOptions {
  readonly memory: string;
  readonly rounds: number;
}

export interface MemoryRound {
  /** From 1. */
  readonly round: number;
  /** Episodes in memory at its beginning, count. */
  readonly remembered: number;
  readonly report: EvaluationReport;
  /** Of those that succeeded: decisions until the goal was reached for good. */
  readonly decisionsToSuccess: { readonly mean: number | null; readonly p50: number | null; readonly p90: number | null };
  /** Decisions that did what memory offered, a share. */
  readonly fromMemory: number;
}

/** An interrupted run has fewer rounds. Throws AgentErrors of the launch file, the model, the memory or the robot. */
export async function evaluateMemory(options: MemoryOptions, io: EvalIo): Promise<readonly MemoryRound[]> {
  const { episodes, seed, policy, goal, rounds: count } = options;
  if (goal === "position" || policy === "mode1" || policy === "random")
    throw new AgentError(
      "launch.invalid",
      "--memory: it offers futures to a planner that is shown pictures; leave out --goal and --policy, or use --policy oracle",
    );
  const config = evalConfig({ ...options, overrides: [...options.overrides, `memory.folder:=${JSON.stringify(options.memory)}`] });
  const section = config.memory!;
  const { skill } = examined(config);
  const blueprint = await draw(playedBy(config, options));
  using memory = memoryOf(section, blueprint.model, io.say); // First: a folder that somebody uses is refused before anything is opened.
  const remembered = { candidates: section.candidates, episodes: memory.episodes };
  await using examination = await openExamination(config, options, { blueprint, memory: remembered });
  const rounds: MemoryRound[] = [];
  while (rounds.length < count && !io.signal.aborted) {
    remembered.episodes = memory.episodes;
    const played: Played[] = [];
    const number = rounds.length + 1;
    const report = await evaluate({
      ...{ ...examination, episodes, seed, signal: io.signal, onPlayed: (each) => played.push(each) },
      onEpisode: (_, done) => io.progress(`round ${number} of ${count}: ${done} of ${episodes} episodes`),
    });
    rounds.push({ round: number, remembered: remembered.episodes.length, report, ...figuresOf(played) });
    for (const each of played) {
      const episode = episodeOf(each, skill, blueprint.model.modelHash);
      if (episode) memory.keep(episode);
    }
  }
  return rounds;
}

function episodeOf({ goal, ticks }: Played, skill: Skill, modelHash: string): Episode | null {
  const success = skill.success.image;
  if (!success) return null;
  const attempt = takeDown({ modelHash, goal: goal.latent, skill, success });
  for (const { decision } of ticks) attempt.add(decision);
  return attempt.episode();
}

function figuresOf(played: readonly Played[]): Pick<MemoryRound, "decisionsToSuccess" | "fromMemory"> {
  const needed = played.flatMap(({ reachedAfter }) => reachedAfter ?? []);
  const plans = played.flatMap(({ ticks }) => ticks.flatMap(({ decision }) => decision.plan ?? []));
  const mean = needed.reduce((sum, each) => sum + each, 0) / needed.length;
  return {
    decisionsToSuccess: { mean: known(mean, 2), p50: known(quantile(needed, 0.5), 2), p90: known(quantile(needed, 0.9), 2) },
    fromMemory: round(plans.filter(({ decider }) => decider === "memory").length / Math.max(1, plans.length), 4),
  };
}

export function printMemory(rounds: readonly MemoryRound[]): string {
  const [first] = rounds;
  if (!first) return "nothing was evaluated";
  const { task, policy, mode, seed, episodes } = first.report;
  const cells = rounds.map(({ round: number, remembered, report, decisionsToSuccess: { mean, p50, p90 }, fromMemory }) => ({
    round: number,
    remembered,
    success: `${report.successes} of ${report.episodes}`,
    "95 % interval": `${percent(report.wilson95[0])} to ${percent(report.wilson95[1])}`,
    "decisions to success mean/p50/p90": `${figure(mean)}/${figure(p50)}/${figure(p90)}`,
    "from memory": percent(fromMemory),
    "error p50/p90 cm": `${figure(report.finalErrorCm.p50)}/${figure(report.finalErrorCm.p90)}`,
  }));
  return `${task}, ${policy}, ${mode}, seeds ${seed} to ${seed + episodes - 1} in every round\n${table(cells)}`;
}
