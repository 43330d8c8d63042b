/** Trains a world model from a data set, phase after phase, and writes its package; reads as the data flow. */
import type { Clock } from "../core/clock.ts";
import { percent } from "../core/figure.ts";
import type { ModelPackage } from "../core/model.ts";
import { createRng } from "../core/rng.ts";
import type { SessionOptions } from "../graph/session.ts";
import type { Budget } from "./budget.ts";
import { Checkpoint } from "./checkpoint.ts";
import { chunkCriticTraining } from "./chunk-critic.ts";
import { axesOfData, refuseOtherAxes } from "./data-axes.ts";
import type { Dataset, ExpectedData } from "./dataset-reader.ts";
import { frameSize } from "./encoder-data.ts";
import type { EncoderOptions } from "./encoder-training.ts";
import { priorTraining, subgoalTraining } from "./flow.ts";
import { criticTraining, type FedTraining, policyTraining, predictorTraining, probeTraining } from "./latent-trainings.ts";
import { type LearnedModel, type PackageHead, writePackage } from "./package-writer.ts";
import type { NamedWeights } from "./parameters.ts";
import { type PhaseResult, type Progress, type Run, runPhase } from "./phase.ts";
import { playData } from "./play-data.ts";
import { readWeights } from "./read-weights.ts";
import { type Levels, type PhaseName, phaseIndex, RECIPES, STUDENT_SHARES } from "./recipe.ts";
import { openExperience } from "./rehearsal.ts";
import { PROBE_STEPS, report } from "./report.ts";
import { openRetake, type Retake } from "./retake.ts";
import type { ShardSource } from "./shard-seal.ts";
import { type SightOptions, sightOf } from "./sight.ts";
import { placeNormal } from "./state-twin.ts";
import { uncertaintyTraining } from "./uncertainty-training.ts";

export type CriticKind = "one-step" | "chunk";

export interface TrainOptions extends SightOptions {
  /** Folder of what a model was made of, to train on beside; null for none. */
  readonly rehearse: string | null;
  /** Of what is trained on, so much is of it, between 0 and 1 (default: half). */
  readonly rehearsedShare?: number;
  /** Folder of the same play as it looked in other worlds, for the encoder to foresee the one from the other. */
  readonly retake?: string;
  /** Folder that the model package is written to when the training is done; nobody uses it yet. */
  readonly out: string;
  /** Folder of the checkpoint. */
  readonly work: string;
  readonly name: string;
  readonly seed: number;
  /** Of the whole training; minutes of computing, or steps of each phase where a run must repeat exactly. */
  readonly budget: { readonly minutes: number } | { readonly steps: number };
  /** How far the critic looks at once: one decision, or the chunk of a prior. */
  readonly critic: CriticKind;
  /** How a planner is to use it: on one level, or on two with a prior and a sampler of subgoals. */
  readonly levels: Levels;
  readonly expected: ExpectedData;
  /** The package to go on from, on other data; null to start anew. */
  readonly from: ModelPackage | null;
  /** Of the usual learning rate, for the networks that `from` brings, 0 to 1; below 1 they learn slower and lose less of what they know. Default 1. */
  readonly rateShare?: number;
  readonly productVersion: string;
}

/** The encoder's recipe by what goals show (first-experiments.md; test/reference/README.md for the tool). */
export function encoderRecipe(goal: TrainOptions["goal"]): EncoderOptions {
  const shared = { windows: 96, visualDim: 64 };
  return goal === "object"
    ? { ...shared, givenWeight: 0.08, plainWeight: 0.02, feltWeight: 0 }
    : { ...shared, givenWeight: 0, plainWeight: 0.1, feltWeight: 1 };
}

export interface TrainEnvironment {
  readonly clock: Clock;
  readonly session: SessionOptions;
  readonly stopAsked: () => boolean;
  readonly onProgress: (progress: Progress) => void;
  /** A line for the log. */
  readonly say: (line: string) => void;
}

/** What is learned on from a package; probe and ensemble are made for the new latents. */
const BROUGHT: ReadonlySet<PhaseName> = new Set(["encoder", "predictor", "critic", "policy", "prior", "subgoal"]);

/** Returns model.json's evaluation. Errors: those of the data set, `train.diverged`, `train.checkpoint`, and `stop.operator` when asked to stop. */
export async function train(options: TrainOptions, environment: TrainEnvironment): Promise<Readonly<Record<string, unknown>>> {
  using dataset = openExperience(options);
  for (const known of [options.from, options.teacher])
    if (known) refuseOtherAxes(options.data, axesOfData(dataset.meta.action), known.spec.axes);
  const data = playData(dataset, options.seed);
  using retake = options.retake === undefined ? null : openRetake(options.retake, dataset);
  const run = openRun(options, dataset, retake, environment);
  const { rateShare = 1 } = options;
  const { criticGoals, policyGoals } = RECIPES[options.levels];
  const phase = (name: PhaseName, fed: FedTraining): Promise<PhaseResult> => {
    const rate = BROUGHT.has(name) ? fed.rate * rateShare : fed.rate;
    return runPhase(run, phaseIndex(name), { ...fed, rate }, budgetOf(options, name));
  };
  const { freshRows } = dataset;
  environment.say(`${options.data}: ${freshRows} rows, ${data.split.windows(0, true).length} of them held out`);
  if (!dataset.isSealed)
    environment.say(`${options.data}: of an earlier version, so nothing tells whether rows and pictures are those that were collected`);
  if (options.rehearse)
    environment.say(
      `${options.rehearse}: ${data.rows - freshRows} rows to rehearse, ${percent(dataset.rehearsedShare)} of what is learned from`,
    );
  for (const { robot, provenance, model, rows } of runsOf(dataset))
    environment.say(`${rows} rows are runs of ${robot} (${provenance}) that the model ${model.slice(0, 12)} decided`);

  const look = (fed: FedTraining): Promise<PhaseResult> => phase("encoder", fed);
  const seen = await sightOf({ options, data, retake, phase: look, ...environment });
  const { latents, encoder } = seen;
  const predictor = await phase("predictor", predictorTraining(latents, 1e-3));
  const critic = await phase(
    "critic",
    options.critic === "chunk" ? chunkCriticTraining(latents, criticGoals) : criticTraining(latents, criticGoals),
  );
  const policy = await phase("policy", policyTraining(latents, critic, policyGoals));
  const prior = options.levels === "two" ? await phase("prior", priorTraining(latents)) : null;
  const subgoal = options.levels === "two" ? await phase("subgoal", subgoalTraining(latents)) : null;
  const object = data.objectM ? placeNormal(data.objectM, data) : null;
  const places =
    data.objectM && object ? data.objectM.map((x, i) => (x - (object.mean[i % 3] as number)) / (object.std[i % 3] as number)) : null;
  const uncertainty = await phase("uncertainty", uncertaintyTraining(latents));
  const probe = places && encoder ? await phase("probe", probeTraining(latents, places, 1e-3)) : null;

  const model: LearnedModel = {
    encoder: encoder ? { ...encoder.result, frame: frameSize(data), embedding: encoder.embedding } : null,
    predictor,
    critic,
    policy,
    uncertainty,
    prior,
    subgoal,
    probe: probe && object ? { ...probe, object } : null,
    state: seen.state,
    signals: data.signals,
    proprio: seen.proprio,
    visualDim: latents.visualDim,
    latentDim: latents.latentDim,
    actionDim: data.actionDim,
  };
  const evaluation = await report(
    data,
    latents,
    model,
    "steps" in options.budget ? options.budget.steps : PROBE_STEPS,
    environment.session,
  );
  const phases = { encoder: encoder?.result, predictor, critic, policy, probe, uncertainty, prior, subgoal };
  writePackage(options.out, model, head(options, dataset, retake, phases, evaluation));
  return evaluation;
}

function openRun(options: TrainOptions, dataset: Dataset, retake: Retake | null, environment: TrainEnvironment): Run {
  const { seed, goal, observation, encoder, from, teacher, rateShare } = options;
  const identity = {
    data: dataset.hash(),
    seed,
    goal,
    observation,
    encoder,
    ...(options.critic === "chunk" && { critic: options.critic }),
    ...(options.levels === "two" && { levels: options.levels }),
    from: from?.modelHash ?? null,
    ...(teacher && { teacher: teacher.modelHash }),
    ...(rateShare && { rateShare }),
    ...(options.rehearsedShare && { rehearsedShare: options.rehearsedShare }),
    ...(retake && { retake: retake.hash() }),
  };
  return { ...environment, rng: createRng(seed), known: startOf(options), checkpoint: new Checkpoint(options.work, identity) };
}

/** A student starts with its teacher's networks, and with the eyes of whom it goes on from. */
function startOf({ from, teacher }: TrainOptions): NamedWeights {
  if (!teacher) return from ? readWeights(from) : new Map();
  const brought = from ? readWeights(from) : new Map<string, Float32Array>();
  if (from?.spec.training["teacher"] !== undefined) return brought; // A student goes on as it is.
  const eyes = [...brought].filter(([name]) => name.startsWith("encoder.") && !name.startsWith("encoder.out"));
  return new Map([...readWeights(teacher), ...eyes]);
}

function budgetOf({ budget, observation, levels, teacher }: TrainOptions, name: PhaseName): Budget {
  if ("steps" in budget) return { steps: budget.steps };
  const shares = teacher ? STUDENT_SHARES : RECIPES[levels].shares;
  const whole = observation === "cameras" ? 1 : 1 - shares.encoder - shares.probe; // A privileged twin has nothing to learn to see.
  return { seconds: (budget.minutes * 60 * shares[name]) / whole };
}

function head(
  options: TrainOptions,
  dataset: Dataset,
  retake: Retake | null,
  phases: Readonly<Record<string, PhaseResult | null | undefined>>,
  evaluation: Readonly<Record<string, unknown>>,
): PackageHead {
  const { meta, rowCount, freshRows } = dataset;
  const done = Object.entries(phases).flatMap(([name, result]) => (result ? [[name, result] as const] : []));
  return {
    name: options.name,
    robot: meta.robot,
    observation: options.observation,
    cameras: options.observation === "cameras" ? meta.cameras : [],
    action: meta.action,
    toolHeightM: meta.toolHeightM,
    controlPeriodS: meta.controlPeriodS,
    training: {
      dataHash: dataset.hash(),
      frames: rowCount,
      seed: options.seed,
      minutes: done.reduce((sum, [, { seconds }]) => sum + seconds, 0) / 60,
      phases: Object.fromEntries(done.map(([name, { steps, seconds }]) => [name, { steps, minutes: seconds / 60 }])),
      options: { goal: options.goal, critic: options.critic, levels: options.levels, ...options.encoder },
      ...(options.from ? { from: options.from.modelHash } : {}),
      ...(options.teacher ? { teacher: options.teacher.modelHash } : {}),
      ...(options.rateShare ? { rateShare: options.rateShare } : {}),
      ...(options.rehearse ? { rehearsed: rowCount - freshRows, rehearsedShare: dataset.rehearsedShare } : {}),
      ...(retake ? { retakeHash: retake.hash() } : {}),
      ...(dataset.sources.some(({ source }) => source) ? { runs: runsOf(dataset) } : {}),
      producer: "foresight train",
      productVersion: options.productVersion,
    },
    evaluation,
  };
}

/** The runs among the data, by who decided them, where and with which arm; kept in the model's card. */
function runsOf({ sources }: Dataset): readonly (Omit<ShardSource, "recording"> & { readonly rows: number })[] {
  const found = new Map<string, Omit<ShardSource, "recording"> & { rows: number }>();
  for (const { rows, source } of sources) {
    if (!source) continue;
    const { recording: _, ...own } = source;
    const key = JSON.stringify(own);
    found.set(key, { ...own, rows: rows + (found.get(key)?.rows ?? 0) });
  }
  return [...found.values()];
}
