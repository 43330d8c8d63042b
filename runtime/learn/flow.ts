/** Samplers by flow matching (Lipman et al. 2023, arXiv 2210.02747): a prior over the next actions and the subgoals on the way, both given a final goal. */
import { CHUNK_DECISIONS } from "../core/model.ts";
import type { Rng } from "../core/rng.ts";
import { Graph, type Value } from "../graph/builder.ts";
import { add, clip, concat, mul, reduceMean, reshape, square, sub } from "../graph/ops.ts";
import { floats, type TensorData } from "../graph/session.ts";
import { type GoalMix, type LatentData, pick, sampleGoals, take } from "./latent-data.ts";
import { batchOf, type FedTraining, type Trained } from "./latent-trainings.ts";
import { type Building, columns } from "./layers.ts";
import { velocity } from "./nets.ts";
import { frozen } from "./parameters.ts";

/** What was done and where it led is told apart by where the episode went afterwards. */
const GOALS: GoalMix = { future: 1, random: 0 };
/** A subgoal is so many decisions ahead, or the goal itself where that is nearer: on the way to one ten ahead corners are cut, and the hand comes down across the thing. */
export const SUBGOAL_DECISIONS = 5;
const EULER_STEPS = 8;
/** Samples are drawn narrower than what was learned: as wide, a subgoal leads a centimetre or two beside the thing; all but without noise it is the mean of two ways (robots/panda/world-models/README.md). */
const TEMPERATURES: Readonly<Record<FlowName, number>> = { prior: 0.5, subgoal: 0.35 };

type FlowName = "prior" | "subgoal";

/** Velocity from noise to what is wanted, on the straight line between them. */
function flowTraining(name: FlowName, data: LatentData, width: number, draw: (rng: Rng) => FlowBatch): FedTraining {
  const { latentDim, visualDim } = data;
  const batch = batchOf(data);
  const rows = (size: number) => ({ dtype: "float32" as const, shape: [batch, size] });
  return {
    rate: 1e-3,
    training: {
      name,
      averageRate: 0.005,
      feeds: { latent: rows(latentDim), goal: rows(visualDim), wanted: rows(width), noise: rows(width), time: rows(1) },
      loss: (at, feeds) => {
        const { g } = at;
        const { latent, goal, wanted, noise, time } = feeds as Record<"latent" | "goal" | "wanted" | "noise" | "time", Value>;
        const way = sub(g, wanted, noise);
        const told = velocity(at, name, { noisy: add(g, noise, mul(g, way, time)), time, latent, goal });
        return { loss: reduceMean(g, square(g, sub(g, told, way))), figures: {} };
      },
    },
    batch: (rng) => ({
      ...draw(rng),
      noise: floats(
        Float32Array.from({ length: batch * width }, () => rng.normal()),
        [batch, width],
      ),
      time: floats(
        Float32Array.from({ length: batch }, () => rng.uniform()),
        [batch, 1],
      ),
    }),
  };
}

type FlowBatch = Readonly<Record<"latent" | "goal" | "wanted", TensorData>>;

/** The next decisions' actions, given where the episode went. */
export function priorTraining(data: LatentData): FedTraining {
  const { latents, latentDim, visualDim, actions, actionDim, split } = data;
  const batch = batchOf(data);
  const starts = split.windows(CHUNK_DECISIONS, false);
  const width = CHUNK_DECISIONS * actionDim;
  return flowTraining("prior", data, width, (rng) => {
    const rows = pick(starts, batch, rng);
    const goals = sampleGoals(data, rows, starts, GOALS, rng);
    const chunks = new Float32Array(batch * width);
    for (const [i, row] of rows.entries()) chunks.set(actions.subarray(row * actionDim, row * actionDim + width), i * width);
    return {
      latent: take(latents, latentDim, rows),
      goal: take(latents, latentDim, goals, 0, visualDim),
      wanted: floats(chunks, [batch, width]),
    };
  });
}

/** How what is seen changes over some decisions, given where the episode went: what stays needs not be told. */
export function subgoalTraining(data: LatentData): FedTraining {
  const { latents, latentDim, visualDim, split } = data;
  const batch = batchOf(data);
  const starts = split.windows(1, false);
  return flowTraining("subgoal", data, visualDim, (rng) => {
    const rows = pick(starts, batch, rng);
    const goals = sampleGoals(data, rows, starts, GOALS, rng);
    const between = rows.map((row, i) => Math.min(row + SUBGOAL_DECISIONS, goals[i] as number));
    const [now, then] = [rows, between].map((each) => take(latents, latentDim, each, 0, visualDim).data as Float32Array);
    const change = then!.map((value, i) => value - now![i]!);
    return {
      latent: take(latents, latentDim, rows),
      goal: take(latents, latentDim, goals, 0, visualDim),
      wanted: floats(change, [batch, visualDim]),
    };
  });
}

interface FlowSizes {
  readonly visualDim: number;
  readonly latentDim: number;
}

/** A prior as the package holds it: noise in, a chunk of actions out. */
export function priorGraph({ prior, actionDim, ...sizes }: FlowSizes & { readonly prior: Trained; readonly actionDim: number }): Graph {
  const g = new Graph("prior");
  const { sample } = sampler(g, "prior", prior, sizes, CHUNK_DECISIONS * actionDim);
  g.output("chunk", reshape(g, clip(g, sample, -1, 1), [-1, CHUNK_DECISIONS, actionDim]));
  return g;
}

/** A sampler of subgoals as the package holds it: what is felt there is left out, as of every goal. */
export function subgoalGraph({ subgoal, ...sizes }: FlowSizes & { readonly subgoal: Trained }): Graph {
  const g = new Graph("subgoal");
  const { visualDim, latentDim } = sizes;
  const { sample, latent } = sampler(g, "subgoal", subgoal, sizes, visualDim);
  const there = add(g, columns(g, latent, 0, visualDim), sample);
  g.output("subgoal", concat(g, [there, mul(g, columns(g, latent, visualDim, latentDim), 0)], 1));
  return g;
}

/** From noise along the velocity, in Euler steps. */
function sampler(g: Graph, name: FlowName, net: Trained, { visualDim, latentDim }: FlowSizes, width: number) {
  const at: Building = { g, weights: frozen(g, net.table, net.flat) };
  const latent = g.input("latent", "float32", [-1, latentDim]);
  const goal = columns(g, g.input("goal", "float32", [-1, latentDim]), 0, visualDim);
  let sample = mul(g, g.input("noise", "float32", [-1, width]), TEMPERATURES[name]);
  const zero = mul(g, columns(g, latent, 0, 1), 0);
  for (let step = 0; step < EULER_STEPS; step++) {
    const time = add(g, zero, step / EULER_STEPS);
    sample = add(g, sample, mul(g, velocity(at, name, { noisy: sample, time, latent, goal }), 1 / EULER_STEPS));
  }
  return { sample, latent };
}
