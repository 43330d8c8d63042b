/** Practice: the policy imagines its way on from states that it or others have met, and imitates what a teacher did or would have done there (DAgger, Ross et al. 2011, arXiv 1011.0686). */
import type { ModelPackage } from "../core/model.ts";
import type { Rng } from "../core/rng.ts";
import { Graph, type Value } from "../graph/builder.ts";
import { add, mul, reduceMean, reduceSum, square, sub } from "../graph/ops.ts";
import { floats, type SessionOptions, type TensorData } from "../graph/session.ts";
import { rateAt } from "./budget.ts";
import type { Errand } from "./errands.ts";
import { imaginationOf, imaginedCost } from "./imagined-policy.ts";
import type { Trained } from "./latent-trainings.ts";
import { policy } from "./nets.ts";
import { declaring, type NamedWeights, ParameterTable } from "./parameters.ts";
import { type Figures, freshState, Trainer } from "./trainer.ts";
import type { Training } from "./training-graph.ts";

/** An errand with the teacher's action in [-1, 1], shape (actionDim). */
export interface Lesson extends Errand {
  readonly action: Float32Array;
}

export interface Student {
  readonly model: ModelPackage;
  /** What the policy starts with; weights that are not named start by chance. */
  readonly start: Trained | NamedWeights;
  readonly lessons: readonly Lesson[];
  /** Play to imagine from as well, so that what no lesson shows is not forgotten; null for none. */
  readonly play: ((count: number, rng: Rng) => readonly Errand[]) | null;
}

export interface Rehearsal {
  readonly steps: number;
  readonly rng: Rng;
  readonly session: SessionOptions;
  /** After each step; may stop the rehearsal by throwing. */
  readonly onStep?: (done: number) => void;
}

const BATCH = 256;
const RATE = 1e-3;
/** Of the squared error of the action, beside expected decisions. */
const IMITATION = 0.5;

/** Trains the policy; the same seed gives the same policy. Returns it with the mean figures of the last tenth of the steps. */
export async function rehearse(
  student: Student,
  { steps, rng, session, onStep }: Rehearsal,
): Promise<Trained & { readonly figures: Figures }> {
  const { start } = student;
  const from = "flat" in start ? { state: freshState(start.flat.slice()) } : { rng, known: start };
  await using trainer = await Trainer.open(practice(student.model), from, session);
  const late: Figures[] = [];
  for (let step = 0; step < steps; step++) {
    const figures = await trainer.step(batchOf(student, rng.fork(step + 1)), RATE * rateAt(step / steps));
    if (step >= 0.9 * steps - 1) late.push(figures);
    onStep?.(step + 1);
  }
  return { table: trainer.table, flat: trainer.state.average.slice(), figures: means(late) };
}

/** Which part of a flat vector is which weight of the policy. */
export function policyTable({ latentDim, axes, proprioception }: ModelPackage["spec"]): ParameterTable {
  const table = new ParameterTable();
  const g = new Graph("policy");
  const goal = g.input("goal", "float32", [1, latentDim - proprioception.length]);
  policy({ g, weights: declaring(g, table) }, g.input("latent", "float32", [1, latentDim]), goal, axes.length);
  return table;
}

function practice(model: ModelPackage): Training {
  const { latentDim, axes, proprioception } = model.spec;
  const [visualDim, actionDim] = [latentDim - proprioception.length, axes.length];
  const imagination = imaginationOf(model);
  const rows = (width: number) => ({ dtype: "float32" as const, shape: [BATCH, width] });
  return {
    name: "practice",
    averageRate: 0.005,
    feeds: { now: rows(latentDim), towards: rows(visualDim), latent: rows(latentDim), goal: rows(visualDim), action: rows(actionDim) },
    loss: (at, feeds) => {
      const { g } = at;
      const { now, towards, latent, goal, action } = feeds as Record<"now" | "towards" | "latent" | "goal" | "action", Value>;
      const imagined = imaginedCost(at, imagination(g), now, towards, actionDim);
      const error = reduceMean(g, reduceSum(g, square(g, sub(g, policy(at, latent, goal, actionDim), action)), [1]));
      return { loss: add(g, imagined, mul(g, error, IMITATION)), figures: { imagined, error } };
    },
  };
}

/** Lessons to imitate, and errands to imagine: half of them from the play, where there is any, the others from lessons. */
function batchOf({ lessons, play }: Student, rng: Rng): Record<string, TensorData> {
  const shown = Array.from({ length: BATCH }, () => draw(lessons, rng));
  const played = play?.(BATCH / 2, rng) ?? [];
  const errands = [...played, ...Array.from({ length: BATCH - played.length }, () => lessonErrand(lessons, rng))];
  return {
    now: stack(errands.map(({ latent }) => latent)),
    towards: stack(errands.map(({ goal }) => goal)),
    latent: stack(shown.map(({ latent }) => latent)),
    goal: stack(shown.map(({ goal }) => goal)),
    action: stack(shown.map(({ action }) => action)),
  };
}

/** A state of a lesson towards its own goal, or towards that of another. */
function lessonErrand(lessons: readonly Lesson[], rng: Rng): Errand {
  const { latent, goal } = draw(lessons, rng);
  return { latent, goal: rng.uniform() < 0.5 ? goal : draw(lessons, rng).goal };
}

const draw = <T>(from: readonly T[], rng: Rng): T => from[Math.floor(rng.uniform() * from.length)] as T;

function means(figures: readonly Figures[]): Figures {
  const names = Object.keys(figures[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, figures.reduce((sum, each) => sum + (each[name] as number), 0) / figures.length]));
}

function stack(rows: readonly Float32Array[]): TensorData {
  const width = (rows[0] as Float32Array).length;
  const data = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) data.set(row, i * width);
  return floats(data, [rows.length, width]);
}
