/** A student's eyes: the encoder learns to tell from pictures what a privileged twin is told (Chen et al. 2019, Learning by Cheating, arXiv 1912.12294). */
import { AgentError } from "../core/errors.ts";
import type { ModelPackage } from "../core/model.ts";
import type { Value } from "../graph/builder.ts";
import { sub } from "../graph/ops.ts";
import { floats, openSession, type SessionOptions } from "../graph/session.ts";
import { drawGains, frameSize } from "./encoder-data.ts";
import { pick, take } from "./latent-data.ts";
import { type FedTraining, huber } from "./latent-trainings.ts";
import { encoderFeatures } from "./nets.ts";
import type { Normal, PlayData } from "./play-data.ts";

/** Pictures of one step. */
const BATCH = 384;
/** In standard deviations of what is told: about a centimetre of an object's place. */
const HUBER_WIDTH = 0.1;

export interface Taught {
  /** (rows, latentDim) as the twin's encoder gives them; the first `visualDim` are what a picture shows. */
  readonly latents: Float32Array;
  readonly visualDim: number;
  /** What the twin normalises with what is felt. */
  readonly proprio: Normal;
}

/** Throws `model.mismatch` for a teacher that is told nothing, `data.mismatch` for data that do not say what it is told. */
export async function taughtLatents(
  teacher: ModelPackage,
  goal: "object" | "tool",
  data: PlayData,
  session: SessionOptions,
): Promise<Taught> {
  const { spec, networks, stateDim, folder } = teacher;
  if (spec.observation !== "state")
    throw new AgentError("model.mismatch", `${folder}: sees for itself, a teacher is told; give one that was trained with --privileged`);
  const signals = spec.proprioception.map(({ name }) => name);
  if (signals.join() !== data.signals.join())
    throw new AgentError(
      "data.mismatch",
      `${folder}: feels ${signals.join(", ")}, the data have ${data.signals.join(", ")}; collect with the launch file that the teacher was trained for`,
    );
  const states = statesOf(goal, data, stateDim);
  await using encoder = await openSession(networks.encoder, session);
  const { latent } = await encoder.run({ state: floats(states, [data.rows, stateDim]) });
  const [mean, std] = [spec.proprioception.map((each) => each.mean), spec.proprioception.map((each) => each.std)];
  return { latents: latent?.data as Float32Array, visualDim: spec.latentDim - signals.length, proprio: { mean, std } };
}

/** (rows, stateDim): what is felt, the place of what goals show, and its turn where the twin is told it. */
function statesOf(goal: "object" | "tool", data: PlayData, stateDim: number): Float32Array {
  const { rows, signals, felt, objectYawRad } = data;
  const places = goal === "object" ? data.objectM : data.toolM;
  const width = signals.length;
  const turns = stateDim > width + 3;
  if (!places || (turns && !objectYawRad))
    throw new AgentError(
      "data.mismatch",
      `${data.dataset.folder}: does not say the object's ${places ? "turn" : "place"}, which the teacher is told; collect in a simulation, or train without --teacher`,
    );
  const states = new Float32Array(rows * stateDim);
  for (let row = 0; row < rows; row++) {
    const turn = turns && objectYawRad ? [objectYawRad[row]!] : [];
    states.set([...felt.subarray(row * width, (row + 1) * width), ...places.subarray(row * 3, (row + 1) * 3), ...turn], row * stateDim);
  }
  return states;
}

/** Feeds: `frames` uint8 and `gain` (rows, 3), `told` (rows, visualDim). */
export function taughtSight(data: PlayData, { latents, visualDim, proprio }: Taught): FedTraining {
  const frame = frameSize(data);
  const shape = [BATCH, frame.cameras, frame.heightPx, frame.widthPx, 3];
  const width = visualDim + proprio.mean.length;
  const rows = data.split.windows(0, false);
  const pixels = new Uint8Array(shape.reduce((product, each) => product * each, 1));
  return {
    rate: 1e-3,
    training: {
      name: "encoder",
      averageRate: 0.005,
      feeds: {
        frames: { dtype: "uint8", shape },
        gain: { dtype: "float32", shape: [BATCH, 3] },
        told: { dtype: "float32", shape: [BATCH, visualDim] },
      },
      loss: (at, { frames, gain, told }) => {
        const error = sub(at.g, encoderFeatures(at, frames as Value, gain as Value, frame, visualDim), told as Value);
        return { loss: huber(at, error, HUBER_WIDTH), figures: {} };
      },
    },
    batch: (rng) => {
      const picked = pick(rows, BATCH, rng);
      data.dataset.framesInto(picked, pixels);
      return {
        frames: { dtype: "uint8", shape, data: pixels },
        gain: drawGains(BATCH, rng),
        told: take(latents, width, picked, 0, visualDim),
      };
    },
  };
}
