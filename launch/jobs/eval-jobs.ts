/** Jobs of kind "eval": an episode is a function of its seed, its launch file and its model, so that it can be played on any machine that has the same. */
import * as z from "zod";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { isTrained } from "../compose.ts";
import type { LaunchConfig } from "../config/schema.ts";
import {
  type Asked,
  type EvalIo,
  type EvalOptions,
  evalConfig,
  examined,
  goalKindFor,
  openExamination,
  playedBy,
} from "../measure/eval.ts";
import { type EpisodeResult, type EvaluationReport, NO_MODEL, playEpisode, summarise } from "../measure/evaluate.ts";
import { runCampaign } from "./campaign.ts";
import type { JobQueue } from "./queue.ts";
import { arrived, readSheet, sheetOf, travelling } from "./travel.ts";
import type { Bench } from "./work.ts";

export const EVAL = "eval";

const configSchema = sheetOf(EVAL, {
  /** The hash of the model that decides; null for chance without one. */
  model: z.string().nullable(),
  asked: z.strictObject({
    policy: z.enum(["mode2", "mode1", "random", "oracle"]),
    goal: z.enum(["image", "position"]),
    subgoals: z.enum(["sampled", "told"]),
  }),
});

const count = z.int().min(0);
const ms = z.number();
const episodeSchema = z.strictObject({
  ...{ seed: count, success: z.boolean(), passed: count, finalErrorCm: z.number(), decisions: count, interventions: count },
  bystanders: z.strictObject({ count, moved: count }),
  ticks: z.array(
    z.strictObject({ timing: z.strictObject({ encodeMs: ms, planMs: ms, guardMs: ms, decisionMs: ms, observationAgeMs: ms }) }),
  ),
  ...{ modelCalls: count, criticCost: z.number().nullable() },
}) satisfies z.ZodType<EpisodeResult>;

/** Evaluates on workers: the figures of each seed are those of one machine. Throws AgentErrors of the launch file and of the jobs, or the signal's reason. */
export async function evaluateByJobs(
  queue: JobQueue,
  options: EvalOptions,
  { product, clock }: { readonly product: string; readonly clock: Clock },
  io: EvalIo,
): Promise<EvaluationReport> {
  if (options.realtime)
    throw new AgentError("launch.invalid", "--realtime: how fast another machine is decides what happens; leave out --jobs");
  if (options.failures)
    throw new AgentError("launch.invalid", "--failures: pictures stay on the workers; leave out --jobs, or evaluate these seeds here");
  const { policy, goal = "image", subgoals = "sampled" } = options;
  const asked = { policy, goal, subgoals };
  const launch = evalConfig(options);
  const { task, trial } = examined(launch);
  const goalKind = goalKindFor(asked, trial);
  const model = await modelHashOf(launch, asked);
  const config = JSON.stringify({ kind: EVAL, product, launch: travelling(launch), model, asked });
  const seeds = Array.from({ length: options.episodes }, (_, index) => options.seed + index);
  let successes = 0;
  const perWorker = new Map<string, number>();
  const onOutcome = ({ worker, value }: { worker: string; value?: unknown }, done: number): void => {
    if (episodeSchema.parse(value).success) successes++;
    perWorker.set(worker, (perWorker.get(worker) ?? 0) + 1);
    io.progress(`${done} of ${seeds.length} episodes, ${successes} successes, ${perWorker.size} workers`);
  };
  const values = await runCampaign(queue, { kind: EVAL, config, seeds }, { clock, say: io.say, onOutcome, signal: io.signal });
  for (const [worker, episodes] of perWorker) io.say(`${worker}: ${episodes} episodes`);
  const stages = trial.stages ?? null;
  return summarise(
    { task, goal: goalKind, policy, mode: "lockstep", seed: options.seed, modelHash: model ?? NO_MODEL, stages },
    values.map((value) => episodeSchema.parse(value)),
  );
}

/** Opens what a configuration says, for a worker. Throws AgentErrors; `data.mismatch` for a configuration or a model that is not the one that is meant. */
export async function openEvalBench(text: string, product: string): Promise<Bench> {
  const { launch, model, asked } = readSheet(configSchema, text, product);
  const config = arrived(launch);
  const found = await modelHashOf(config, asked);
  if (found !== model) {
    const path = playedBy(config, asked).model.path;
    throw new AgentError(
      "model.mismatch",
      `jobs: the model in ${path} is ${found ?? "not there"}, the job is about ${model ?? "none"}; bring the right one there`,
    );
  }
  const examination = await openExamination(config, asked);
  return {
    do: async (seed, signal) => (await playEpisode(examination, seed, signal)).result,
    [Symbol.asyncDispose]: () => examination[Symbol.asyncDispose](),
  };
}

async function modelHashOf(config: LaunchConfig, asked: Asked): Promise<string | null> {
  const { model } = playedBy(config, asked);
  return isTrained({ model }) ? (await loadModelPackage(model.path)).modelHash : null;
}
