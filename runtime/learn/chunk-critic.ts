/** A critic that is told what the next decisions do: its value comes over a chunk at once, without the bias of longer returns (decoupled Q-chunking, github.com/ColinQiyangLi/dqc). */
import { CHUNK_DECISIONS } from "../core/model.ts";
import { detach } from "../graph/backward.ts";
import type { Value } from "../graph/builder.ts";
import { add, clip, mul, reduceMean, square, sub } from "../graph/ops.ts";
import { floats } from "../graph/session.ts";
import type { GoalMix, LatentData } from "./latent-data.ts";
import { pick, sampleGoals, take } from "./latent-data.ts";
import { batchOf, expectileLoss, type FedTraining, GAMMA, VALUE_MIN } from "./latent-trainings.ts";
import { chunkValues, criticValues } from "./nets.ts";

/** -1 a decision until the goal, at most a chunk of them; what is left counts by the value after the chunk. */
export function chunkReturn(decisionsToGoal: number): { readonly reward: number; readonly alive: number } {
  const isReached = decisionsToGoal >= 0 && decisionsToGoal < CHUNK_DECISIONS;
  const decisions = isReached ? decisionsToGoal : CHUNK_DECISIONS;
  return { reward: -(1 - GAMMA ** decisions) / (1 - GAMMA), alive: isReached ? 0 : GAMMA ** CHUNK_DECISIONS };
}

/** The value of a state is an expectile over what was done there, of the value of a state and a chunk; both in one training. */
export function chunkCriticTraining(data: LatentData, mix: GoalMix): FedTraining {
  const { latents, latentDim, visualDim, actions, actionDim, split } = data;
  const batch = batchOf(data);
  const width = CHUNK_DECISIONS * actionDim;
  const starts = split.windows(CHUNK_DECISIONS, false);
  const rows = (size: number) => ({ dtype: "float32" as const, shape: [batch, size] });
  return {
    rate: 1e-3,
    training: {
      name: "critic",
      averageRate: 0.02, // Twice as quick as that of one step: play teaches 25 decisions in a few thousand updates.
      feeds: { now: rows(latentDim), chunk: rows(width), after: rows(latentDim), goal: rows(visualDim), reward: rows(1), alive: rows(1) },
      loss: (at, feeds, averaged) => {
        const { g } = at;
        const { now, chunk, after, goal, reward, alive } = feeds as Record<"now" | "chunk" | "after" | "goal" | "reward" | "alive", Value>;
        const wanted = detach(g, clip(g, add(g, reward, mul(g, criticValues(averaged, after, goal), alive)), VALUE_MIN, 0));
        const told = reduceMean(g, square(g, sub(g, wanted, chunkValues(at, now, chunk, goal))));
        const judged = detach(g, reduceMean(g, chunkValues(averaged, now, chunk, goal), [1], { keepDims: true }));
        return {
          loss: add(g, told, expectileLoss(g, sub(g, judged, criticValues(at, now, goal)))),
          figures: { value: reduceMean(g, wanted) },
        };
      },
    },
    batch: (rng) => {
      const from = pick(starts, batch, rng);
      const goals = sampleGoals(data, from, starts, mix, rng);
      const returns = Array.from(from, (row, i) => chunkReturn((goals[i] as number) - row));
      const column = (values: readonly number[]) => floats(Float32Array.from(values), [batch, 1]);
      const chunks = new Float32Array(batch * width);
      for (const [i, row] of from.entries()) chunks.set(actions.subarray(row * actionDim, row * actionDim + width), i * width);
      return {
        now: take(latents, latentDim, from),
        chunk: floats(chunks, [batch, width]),
        after: take(
          latents,
          latentDim,
          from.map((row) => row + CHUNK_DECISIONS),
        ),
        goal: take(latents, latentDim, goals, 0, visualDim),
        reward: column(returns.map(({ reward }) => reward)),
        alive: column(returns.map(({ alive }) => alive)),
      };
    },
  };
}
