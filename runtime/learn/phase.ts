/** One phase of training: step after step until its budget is spent, saved on the way, stopped when asked. */
import { type Clock, nsToSeconds } from "../core/clock.ts";
import { AgentError } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";
import type { SessionOptions } from "../graph/session.ts";
import { type Budget, progressOf, rateAt } from "./budget.ts";
import type { Checkpoint, CurvePoint } from "./checkpoint.ts";
import type { FedTraining, Trained } from "./latent-trainings.ts";
import type { NamedWeights } from "./parameters.ts";
import { type Figures, Trainer } from "./trainer.ts";

/** What a run looks like from outside. */
export interface Progress extends CurvePoint {
  /** Share of this phase's budget, 0..1. */
  readonly progress: number;
  /** Of this phase; null before it can be known. */
  readonly leftS: number | null;
}

export interface Run {
  readonly clock: Clock;
  readonly rng: Rng;
  /** Of the model that the training goes on from; empty to start anew. */
  readonly known: NamedWeights;
  readonly checkpoint: Checkpoint;
  readonly session: SessionOptions;
  readonly stopAsked: () => boolean;
  readonly onProgress: (progress: Progress) => void;
}

export interface PhaseResult extends Trained {
  readonly seconds: number;
  readonly steps: number;
  readonly curve: readonly CurvePoint[];
}

const SAVE_PERIOD_S = 60;
const REPORT_PERIOD_S = 2;
const CURVE_POINTS_MAX = 400;

/** Goes on where its checkpoint stopped. Throws `stop.operator` when asked to stop, after saving. */
export async function runPhase(run: Run, index: number, fed: FedTraining, budget: Budget): Promise<PhaseResult> {
  const { name } = fed.training;
  const saved = run.checkpoint.load(name);
  const rng = run.rng.fork(index);
  const start = saved ? { state: saved.state } : { rng, known: run.known };
  await using trainer = await Trainer.open(fed.training, start, run.session);
  let seconds = saved?.seconds ?? 0;
  let curve: CurvePoint[] = [...(saved?.curve ?? [])];
  let savedAt = seconds;
  let reportedAt = seconds;
  const sums = new Sums();
  const save = (done: boolean): void => run.checkpoint.save(name, { done, seconds, curve, state: trainer.state });
  while (!saved?.done && progressOf(budget, { seconds, steps: trainer.state.steps }) < 1) {
    const progress = progressOf(budget, { seconds, steps: trainer.state.steps });
    const beginNs = run.clock.nowNs();
    const step = trainer.state.steps;
    sums.add(await trainer.step(fed.batch(rng.fork(step + 1)), fed.rate * rateAt(progress)));
    seconds += nsToSeconds(run.clock.nowNs() - beginNs);
    const stopping = run.stopAsked();
    const saving = stopping || seconds - savedAt >= SAVE_PERIOD_S;
    if (saving || seconds - reportedAt >= REPORT_PERIOD_S) {
      // What is saved holds the losses of all steps before it.
      const point = { phase: name, step: step + 1, figures: sums.take() };
      curve = thin([...curve, point]);
      reportedAt = seconds;
      run.onProgress({ ...point, progress, leftS: progress > 0 ? (seconds / progress) * (1 - progress) : null });
    }
    if (saving) {
      save(false);
      savedAt = seconds;
    }
    if (stopping)
      throw new AgentError("stop.operator", `stopped in phase ${name} at step ${step + 1}, saved; the same command goes on from here`);
  }
  if (!saved?.done) {
    if (!sums.empty) curve = thin([...curve, { phase: name, step: trainer.state.steps, figures: sums.take() }]);
    save(true);
  }
  const { average, steps } = trainer.state;
  return { table: trainer.table, flat: average.slice(), seconds, steps, curve };
}

/** Keeps a curve of bounded length: every second point goes when there are too many. */
const thin = (curve: CurvePoint[]): CurvePoint[] => (curve.length <= CURVE_POINTS_MAX ? curve : curve.filter((_, i) => i % 2 === 1));

/** Means of figures since they were last taken. */
class Sums {
  #sums: Record<string, number> = {};
  #count = 0;

  get empty(): boolean {
    return this.#count === 0;
  }

  add(figures: Figures): void {
    this.#count++;
    for (const [name, value] of Object.entries(figures)) this.#sums[name] = (this.#sums[name] ?? 0) + value;
  }

  take(): Record<string, number> {
    const means = Object.fromEntries(Object.entries(this.#sums).map(([name, sum]) => [name, sum / this.#count]));
    this.#sums = {};
    this.#count = 0;
    return means;
  }
}
