/** An ensemble that knows where it has not learned: each member sees other episodes (bagging, Breiman 1996), and they agree only where all have seen something alike. */
import type { Graph, Value } from "../graph/builder.ts";
import { add, mul, reduceMean, sqrt, square, sub } from "../graph/ops.ts";
import { floats, type TensorData } from "../graph/session.ts";
import { type LatentData, pick, take } from "./latent-data.ts";
import type { FedTraining } from "./latent-trainings.ts";
import type { Building } from "./layers.ts";
import { ensembleChanges, MEMBERS } from "./nets.ts";

const BATCH = 512;

/** Every member learns to predict one decision ahead on its own half of the episodes. */
export function uncertaintyTraining(data: LatentData): FedTraining {
  const { latentDim, actionDim } = data;
  const starts = data.split.windows(1, false);
  const rows = (width: number) => ({ dtype: "float32" as const, shape: [BATCH, width] });
  return {
    rate: 1e-3,
    training: {
      name: "uncertainty",
      averageRate: 0.005,
      feeds: {
        latent: rows(latentDim),
        action: rows(actionDim),
        next: rows(latentDim),
        ...Object.fromEntries(Array.from({ length: MEMBERS }, (_, member) => [`sees${member}`, rows(1)])),
      },
      loss: (at, feeds) => {
        const { g } = at;
        const { latent, action, next } = feeds as Record<"latent" | "action" | "next", Value>;
        const change = sub(g, next, latent);
        const losses = ensembleChanges(at, latent, action).map((told, member) =>
          reduceMean(g, mul(g, reduceMean(g, square(g, sub(g, told, change)), [1], { keepDims: true }), feeds[`sees${member}`] as Value)),
        );
        return {
          loss: mul(
            g,
            losses.reduce((sum, each) => add(g, sum, each)),
            1 / MEMBERS,
          ),
          figures: {},
        };
      },
    },
    batch: (rng) => {
      const picked = pick(starts, BATCH, rng);
      const sees = (member: number): TensorData =>
        floats(
          Float32Array.from(picked, (row) => (isSeen(data.split.last[row] as number, member) ? 1 : 0)),
          [BATCH, 1],
        );
      return {
        latent: take(data.latents, latentDim, picked),
        action: take(data.actions, actionDim, picked),
        next: take(
          data.latents,
          latentDim,
          picked.map((row) => row + 1),
        ),
        ...Object.fromEntries(Array.from({ length: MEMBERS }, (_, member) => [`sees${member}`, sees(member)])),
      };
    },
  };
}

/** Half of the episodes for each member, another half each time: a bit of the episode's number, multiplied by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4). */
const isSeen = (episode: number, member: number): boolean => ((Math.imul(episode + 1, 0x9e3779b1) >>> (31 - member)) & 1) === 1;

/** Root mean square over the latent's entries of the members' standard deviation, (rows, 1); 1 is about one standard deviation of the latent. */
export function spread(at: Building, latent: Value, action: Value): Value {
  const { g } = at;
  const changes = ensembleChanges(at, latent, action);
  const mean = mul(g, total(g, changes), 1 / MEMBERS);
  const variance = mul(
    g,
    total(
      g,
      changes.map((change) => square(g, sub(g, change, mean))),
    ),
    1 / MEMBERS,
  );
  return sqrt(g, reduceMean(g, variance, [1], { keepDims: true }));
}

const total = (g: Graph, values: readonly Value[]): Value => values.reduce((sum, each) => add(g, sum, each));
