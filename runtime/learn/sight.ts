/** How pictures become the latents that everything after the encoder is trained on: learned to be foreseen, learned from a twin, or the twin's own. */
import { AgentError } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { SessionOptions } from "../graph/session.ts";
import { encodeRows, fedEncoder } from "./encoder-data.ts";
import type { EncoderOptions } from "./encoder-training.ts";
import type { LatentData } from "./latent-data.ts";
import type { FedTraining } from "./latent-trainings.ts";
import type { PhaseResult } from "./phase.ts";
import { moments, type Normal, type PlayData } from "./play-data.ts";
import type { Retake } from "./retake.ts";
import { type StateNormal, twinSight } from "./state-twin.ts";
import { taughtLatents, taughtSight } from "./taught-sight.ts";

export interface Seen {
  readonly latents: LatentData;
  readonly encoder: { readonly result: PhaseResult; readonly embedding: Normal } | null;
  readonly state: StateNormal | null;
  /** What is felt is normalised with. */
  readonly proprio: Normal;
}

export interface SightOptions {
  /** Folder of the data set. */
  readonly data: string;
  /** What a goal shows. */
  readonly goal: "object" | "tool";
  /** `state`: the privileged twin, which is told where everything is. */
  readonly observation: "cameras" | "state";
  readonly encoder: EncoderOptions;
  /** The privileged twin that tells a seeing model what to see; null where it learns to foresee pictures. */
  readonly teacher: ModelPackage | null;
}

export interface Looking {
  readonly options: SightOptions;
  readonly data: PlayData;
  readonly retake: Retake | null;
  /** Trains the encoder. */
  readonly phase: (fed: FedTraining) => Promise<PhaseResult>;
  readonly session: SessionOptions;
  readonly say: (line: string) => void;
}

/** Every row's latent. Throws `data.mismatch` for data without what is to be looked at. */
export function sightOf(looking: Looking): Promise<Seen> {
  const { options, data } = looking;
  if (options.observation === "state") return Promise.resolve(privileged(options, data));
  if (data.dataset.meta.cameras.length === 0)
    throw new AgentError("data.mismatch", `${options.data}: was collected without cameras; collect with some, or train with --privileged`);
  return options.teacher ? learnFromTwin(looking, options.teacher) : learnToForesee(looking);
}

/** Phase 1 end to end, then every picture becomes its latent. */
async function learnToForesee(looking: Looking): Promise<Seen> {
  const { options, data, retake, phase } = looking;
  const { visualDim } = options.encoder;
  const result = await phase(fedEncoder(data, options.encoder, retake));
  const features = await encodeAll(looking, result, visualDim);
  const { mean, std } = moments(features, visualDim, data.split.windows(0, false));
  const embedding = { mean, std: std.map((each) => Math.max(each, 1e-6)) };
  const proprio = { mean: data.feltMean, std: data.feltStd };
  const latents = join(data, { features, visualDim, embedding }, data.proprio);
  return { latents: { ...latents, reached: (row, goal) => row === goal }, encoder: { result, embedding }, state: null, proprio };
}

/** The embedding is what the twin's is, told from pictures: the twin's other networks fit. */
async function learnFromTwin(looking: Looking, teacher: ModelPackage): Promise<Seen> {
  const { options, data, phase, session } = looking;
  const taught = await taughtLatents(teacher, options.goal, data, session);
  const { visualDim, proprio } = taught;
  const result = await phase(taughtSight(data, taught));
  const features = await encodeAll(looking, result, visualDim);
  const felt = data.felt.map((value, i) => {
    const k = i % data.signals.length;
    return (value - proprio.mean[k]!) / proprio.std[k]!;
  });
  const embedding = unchanged(visualDim);
  const latents = join(data, { features, visualDim, embedding }, felt);
  return { latents: { ...latents, reached: (row, goal) => row === goal }, encoder: { result, embedding }, state: null, proprio };
}

async function encodeAll({ data, session, say }: Looking, encoder: PhaseResult, visualDim: number): Promise<Float32Array> {
  say(`encoder: ${encoder.steps} steps in ${(encoder.seconds / 60).toFixed(1)} min; encoding ${data.rows} rows`);
  const every = Uint32Array.from({ length: data.rows }, (_, i) => i);
  return await encodeRows(data, encoder, visualDim, every, session);
}

/** The privileged twin: the true state stands in for what is seen. */
function privileged({ goal }: SightOptions, data: PlayData): Seen {
  const { state, features, visualDim, reached } = twinSight(goal, data);
  const latents = join(data, { features, visualDim, embedding: unchanged(visualDim) }, data.proprio);
  return { latents: { ...latents, reached }, encoder: null, state, proprio: { mean: data.feltMean, std: data.feltStd } };
}

const unchanged = (width: number): Normal => ({ mean: new Float32Array(width), std: new Float32Array(width).fill(1) });

/** Latents: normalised features, then `felt` (rows, F), normalised proprioception. */
function join(
  data: PlayData,
  seen: { readonly features: Float32Array; readonly visualDim: number; readonly embedding: Normal },
  felt: Float32Array,
): Omit<LatentData, "reached"> {
  const { features, visualDim, embedding } = seen;
  const { mean, std } = embedding;
  const width = data.signals.length;
  const latentDim = visualDim + width;
  const latents = new Float32Array(data.rows * latentDim);
  for (let row = 0; row < data.rows; row++) {
    for (let k = 0; k < visualDim; k++) {
      latents[row * latentDim + k] = ((features[row * visualDim + k] as number) - (mean[k] as number)) / (std[k] as number);
    }
    latents.set(felt.subarray(width * row, width * (row + 1)), row * latentDim + visualDim);
  }
  return { latents, latentDim, visualDim, actions: data.actions, actionDim: data.actionDim, split: data.split };
}
