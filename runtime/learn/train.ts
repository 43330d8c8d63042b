/** Trains a world model from a data set, phase after phase, and writes its package; reads as the data flow. */
import type { Clock } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import { percent } from "../core/figure.ts";
import type { ModelPackage } from "../core/model.ts";
import { createRng } from "../core/rng.ts";
import type { SessionOptions } from "../graph/session.ts";
import type { Budget } from "./budget.ts";
import { Checkpoint } from "./checkpoint.ts";
import { chunkCriticTraining } from "./chunk-critic.ts";
import { axesOfData, refuseOtherAxes } from "./data-axes.ts";
import type { Dataset, ExpectedData } from "./dataset-reader.ts";
import { encodeRows, fedEncoder, frameSize } from "./encoder-data.ts";
import type { EncoderOptions } from "./encoder-training.ts";
import { priorTraining, subgoalTraining } from "./flow.ts";
import type { LatentData } from "./latent-data.ts";
import { criticTraining, type FedTraining, policyTraining, predictorTraining, probeTraining } from "./latent-trainings.ts";
import { type LearnedModel, type PackageHead, writePackage } from "./package-writer.ts";
import { type PhaseResult, type Progress, type Run, runPhase } from "./phase.ts";
import { moments, type Normal, type PlayData, playData } from "./play-data.ts";
import { readWeights } from "./read-weights.ts";
import { type Levels, type PhaseName, phaseIndex, RECIPES } from "./recipe.ts";
import { openExperience } from "./rehearsal.ts";
import { PROBE_STEPS, report } from "./report.ts";
import { openRetake, type Retake } from "./retake.ts";
import type { ShardSource } from "./shard-seal.ts";
import { placeNormal, type StateNormal, twinSight } from "./state-twin.ts";
import { uncertaintyTraining } from "./uncertainty-training.ts";

export type CriticKind = "one-step" | "chunk";

export interface TrainOptions {
  /** Folder of the data set. */
  readonly data: string;
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
  /** What a goal shows: pictures of an object, or of the tool itself. */
  readonly goal: "object" | "tool";
  /** `state`: the privileged twin, which is told where everything is. */
  readonly observation: "cameras" | "state";
  readonly encoder: EncoderOptions;
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
  if (options.from) refuseOtherAxes(options.data, axesOfData(dataset.meta.action), options.from.spec.axes);
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

  const seen = options.observation === "cameras" ? await learnToSee(options, data, retake, phase, environment) : privileged(options, data);
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
    proprio: { mean: data.feltMean, std: data.feltStd },
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
  const { seed, goal, observation, encoder, from, rateShare } = options;
  const identity = {
    data: dataset.hash(),
    seed,
    goal,
    observation,
    encoder,
    ...(options.critic === "chunk" && { critic: options.critic }),
    ...(options.levels === "two" && { levels: options.levels }),
    from: from?.modelHash ?? null,
    ...(rateShare && { rateShare }),
    ...(options.rehearsedShare && { rehearsedShare: options.rehearsedShare }),
    ...(retake && { retake: retake.hash() }),
  };
  const known = from ? readWeights(from) : new Map<string, Float32Array>();
  return { ...environment, rng: createRng(seed), known, checkpoint: new Checkpoint(options.work, identity) };
}

function budgetOf({ budget, observation, levels }: TrainOptions, name: PhaseName): Budget {
  if ("steps" in budget) return { steps: budget.steps };
  const { shares } = RECIPES[levels];
  const whole = observation === "cameras" ? 1 : 1 - shares.encoder - shares.probe; // A privileged twin has nothing to learn to see.
  return { seconds: (budget.minutes * 60 * shares[name]) / whole };
}

interface Seen {
  readonly latents: LatentData;
  readonly encoder: { readonly result: PhaseResult; readonly embedding: Normal } | null;
  readonly state: StateNormal | null;
}

/** Phase 1 end to end, then every picture becomes its latent. */
async function learnToSee(
  options: TrainOptions,
  data: PlayData,
  retake: Retake | null,
  phase: (name: PhaseName, fed: FedTraining) => Promise<PhaseResult>,
  { say, session }: TrainEnvironment,
): Promise<Seen> {
  const { visualDim } = options.encoder;
  if (data.dataset.meta.cameras.length === 0)
    throw new AgentError("data.mismatch", `${options.data}: was collected without cameras; collect with some, or train with --privileged`);
  const result = await phase("encoder", fedEncoder(data, options.encoder, retake));
  say(`encoder: ${result.steps} steps in ${(result.seconds / 60).toFixed(1)} min; encoding ${data.rows} rows`);
  const every = Uint32Array.from({ length: data.rows }, (_, i) => i);
  const features = await encodeRows(data, result, visualDim, every, session);
  const embedding = moments(features, visualDim, data.split.windows(0, false));
  const whitened = { mean: embedding.mean, std: embedding.std.map((std) => Math.max(std, 1e-6)) };
  return {
    latents: join(data, features, visualDim, whitened, (row, goal) => row === goal),
    encoder: { result, embedding: whitened },
    state: null,
  };
}

/** The privileged twin: the true state stands in for what is seen. */
function privileged({ goal }: TrainOptions, data: PlayData): Seen {
  const { state, features, visualDim, reached } = twinSight(goal, data);
  const asItIs = { mean: new Float32Array(visualDim), std: new Float32Array(visualDim).fill(1) };
  return { latents: join(data, features, visualDim, asItIs, reached), encoder: null, state };
}

/** Latents: normalised features, then normalised proprioception. */
function join(
  data: PlayData,
  features: Float32Array,
  visualDim: number,
  { mean, std }: Normal,
  reached: LatentData["reached"],
): LatentData {
  const felt = data.signals.length;
  const latentDim = visualDim + felt;
  const latents = new Float32Array(data.rows * latentDim);
  for (let row = 0; row < data.rows; row++) {
    for (let k = 0; k < visualDim; k++) {
      latents[row * latentDim + k] = ((features[row * visualDim + k] as number) - (mean[k] as number)) / (std[k] as number);
    }
    latents.set(data.proprio.subarray(felt * row, felt * (row + 1)), row * latentDim + visualDim);
  }
  return { latents, latentDim, visualDim, actions: data.actions, actionDim: data.actionDim, split: data.split, reached };
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
