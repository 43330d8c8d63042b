/** What a teacher would have done, state by state, and a policy that learns to do the same (imitation; DAgger, Ross et al. 2011, arXiv 1011.0686). */
import type { Rng } from "../core/rng.ts";
import { reduceMean, reduceSum, square, sub } from "../graph/ops.ts";
import { floats, type SessionOptions, type TensorData } from "../graph/session.ts";
import type { Value } from "../graph/builder.ts";
import { rateAt } from "./budget.ts";
import type { Trained } from "./latent-trainings.ts";
import { policy } from "./nets.ts";
import { Trainer } from "./trainer.ts";
import type { Training } from "./training-graph.ts";

/** One state, one goal, and the teacher's action in [-1, 1]. */
export interface Lesson {
  /** Shape (latentDim). */
  readonly latent: Float32Array;
  /** The visual part of the goal's latent, shape (visualDim). */
  readonly goal: Float32Array;
  /** Shape (actionDim). */
  readonly action: Float32Array;
}

export interface LessonSizes {
  readonly latentDim: number;
  readonly visualDim: number;
  readonly actionDim: number;
}

const BATCH = 512;
const RATE = 1e-3;

/** Mean squared error of the action. */
export function imitation({ latentDim, visualDim, actionDim }: LessonSizes): Training {
  return {
    name: "practice",
    averageRate: 0.005,
    feeds: {
      latent: { dtype: "float32", shape: [BATCH, latentDim] },
      goal: { dtype: "float32", shape: [BATCH, visualDim] },
      action: { dtype: "float32", shape: [BATCH, actionDim] },
    },
    loss: (at, feeds) => {
      const { latent, goal, action } = feeds as Record<"latent" | "goal" | "action", Value>;
      const error = reduceSum(at.g, square(at.g, sub(at.g, policy(at, latent, goal, actionDim), action)), [1]);
      return { loss: reduceMean(at.g, error), figures: {} };
    },
  };
}

/** Trains a fresh policy on all lessons; the same seed gives the same policy. Returns it with the mean loss of the last tenth of the steps. */
export async function imitate(
  lessons: readonly Lesson[],
  sizes: LessonSizes,
  steps: number,
  rng: Rng,
  session: SessionOptions,
): Promise<Trained & { readonly loss: number }> {
  await using trainer = await Trainer.open(imitation(sizes), { rng }, session);
  let sum = 0;
  const counted = Math.max(1, Math.floor(steps / 10));
  for (let step = 0; step < steps; step++) {
    const own = rng.fork(step + 1);
    const chosen = Array.from({ length: BATCH }, () => lessons[Math.floor(own.uniform() * lessons.length)] as Lesson);
    const { loss } = await trainer.step(batchOf(chosen), RATE * rateAt(step / steps));
    if (step >= steps - counted) sum += loss as number;
  }
  return { table: trainer.table, flat: trainer.state.average.slice(), loss: sum / counted };
}

const batchOf = (lessons: readonly Lesson[]): Record<keyof Lesson, TensorData> => ({
  latent: stack(lessons.map(({ latent }) => latent)),
  goal: stack(lessons.map(({ goal }) => goal)),
  action: stack(lessons.map(({ action }) => action)),
});

function stack(rows: readonly Float32Array[]): TensorData {
  const width = (rows[0] as Float32Array).length;
  const data = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) data.set(row, i * width);
  return floats(data, [rows.length, width]);
}
