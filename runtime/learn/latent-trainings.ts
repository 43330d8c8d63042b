/** Phases 2 to 5, on frozen latents: predictor over a longer horizon, critic, Mode-1 policy, probe. */
import type { Rng } from "../core/rng.ts";
import { detach } from "../graph/backward.ts";
import type { Graph, Value } from "../graph/builder.ts";
import { abs, add, clip, div, exp, greater, less, min, mul, reduceMean, reduceSum, square, sub, where } from "../graph/ops.ts";
import { floats, type TensorData } from "../graph/session.ts";
import { type GoalMix, type LatentData, pick, sampleGoals, take } from "./latent-data.ts";
import type { Building } from "./layers.ts";
import { criticValues, policy, predictor, probe, TOLD_DIM_MAX } from "./nets.ts";
import { frozen, type ParameterTable } from "./parameters.ts";
import type { Training } from "./training-graph.ts";

/** A training together with what feeds it. */
export interface FedTraining {
  readonly training: Training;
  /** The data of one step. */
  readonly batch: (rng: Rng) => Readonly<Record<string, TensorData>>;
  /** Learning rate at the top of its schedule. */
  readonly rate: number;
}

const PREDICTOR_HORIZON = 8;
const PREDICTOR_BATCH = 256;

/** The predictor on windows of 8 decisions, each predicted from the prediction before. */
export function predictorTraining(data: LatentData, rate: number): FedTraining {
  const { latentDim, actionDim } = data;
  const batch = batchOf(data, PREDICTOR_BATCH);
  const starts = data.split.windows(PREDICTOR_HORIZON, false);
  const each = (name: string, width: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, k) => [`${name}${k}`, { dtype: "float32" as const, shape: [batch, width] }]));
  return {
    rate,
    training: {
      name: "predictor",
      averageRate: 0.005,
      feeds: { ...each("latent", latentDim, PREDICTOR_HORIZON + 1), ...each("action", actionDim, PREDICTOR_HORIZON) },
      loss: (at, feeds) => {
        const { g } = at;
        let latent = feeds["latent0"] as Value;
        let loss = g.constant(0);
        for (let k = 0; k < PREDICTOR_HORIZON; k++) {
          latent = predictor(at, latent, feeds[`action${k}`] as Value);
          loss = add(g, loss, reduceMean(g, square(g, sub(g, latent, feeds[`latent${k + 1}`] as Value))));
        }
        return { loss: mul(g, loss, 1 / PREDICTOR_HORIZON), figures: {} };
      },
    },
    batch: (rng) => {
      const rows = pick(starts, batch, rng);
      const at = (k: number): Uint32Array => rows.map((row) => row + k);
      const latents = Array.from({ length: PREDICTOR_HORIZON + 1 }, (_, k) => [`latent${k}`, take(data.latents, latentDim, at(k))]);
      const actions = Array.from({ length: PREDICTOR_HORIZON }, (_, k) => [`action${k}`, take(data.actions, actionDim, at(k))]);
      return Object.fromEntries([...latents, ...actions]);
    },
  };
}

export const GAMMA = 0.97;
export const VALUE_MIN = -1 / (1 - GAMMA);
const EXPECTILE = 0.75;
const BATCH = 512;
/** Rows of a step: half as many where the latent is a state that somebody told. */
export const batchOf = ({ latentDim }: Pick<LatentData, "latentDim">, whole = BATCH): number =>
  latentDim < TOLD_DIM_MAX ? whole / 2 : whole;

/** Value of reaching a goal at -1 a decision: temporal differences against a slow average, expectile regression (Kostrikov et al. 2021). */
export function criticTraining(data: LatentData, mix: GoalMix): FedTraining {
  const { latentDim, visualDim } = data;
  const batch = batchOf(data);
  const starts = data.split.windows(1, false);
  return {
    rate: 1e-3,
    training: {
      name: "critic",
      averageRate: 0.01,
      feeds: {
        now: { dtype: "float32", shape: [batch, latentDim] },
        after: { dtype: "float32", shape: [batch, latentDim] },
        goal: { dtype: "float32", shape: [batch, visualDim] },
        awayNow: { dtype: "float32", shape: [batch, 1] },
        awayAfter: { dtype: "float32", shape: [batch, 1] },
      },
      loss: (at, feeds, averaged) => {
        const { g } = at;
        const { now, after, goal, awayNow, awayAfter } = feeds as Record<"now" | "after" | "goal" | "awayNow" | "awayAfter", Value>;
        const later = mul(g, criticValues(averaged, after, goal), awayAfter);
        const wanted = detach(g, mul(g, clip(g, sub(g, mul(g, later, GAMMA), 1), VALUE_MIN, 0), awayNow));
        const error = sub(g, wanted, criticValues(at, now, goal)); // (batch, 2)
        return { loss: expectileLoss(g, error), figures: { value: reduceMean(g, wanted) } };
      },
    },
    batch: (rng) => {
      const rows = pick(starts, batch, rng);
      const next = rows.map((row) => row + 1);
      const goals = sampleGoals(data, rows, starts, mix, rng);
      const away = (from: Uint32Array): TensorData =>
        floats(
          Float32Array.from(from, (row, i) => (data.reached(row, goals[i] as number) ? 0 : 1)),
          [batch, 1],
        );
      return {
        now: take(data.latents, latentDim, rows),
        after: take(data.latents, latentDim, next),
        goal: take(data.latents, latentDim, goals, 0, visualDim),
        awayNow: away(rows),
        awayAfter: away(next),
      };
    },
  };
}

/** What is better than thought counts more than what is worse (Kostrikov et al. 2021). */
export function expectileLoss(g: Graph, error: Value): Value {
  const weight = where(g, greater(g, error, 0), EXPECTILE, 1 - EXPECTILE);
  return reduceMean(g, mul(g, weight, square(g, error)));
}

/** A trained network: which part of the flat vector is which weight. */
export interface Trained {
  readonly table: ParameterTable;
  readonly flat: Float32Array;
}

const ADVANTAGE_SCALE = 3;
const WEIGHT_MAX = 20;

/** Advantage-weighted regression on the play (Peng et al. 2019, arXiv 1910.00177): imitate what got nearer, by the critic's word. */
export function policyTraining(data: LatentData, critic: Trained, mix: GoalMix): FedTraining {
  const { latentDim, visualDim, actionDim } = data;
  const batch = batchOf(data);
  const starts = data.split.windows(1, false);
  return {
    rate: 1e-3,
    training: {
      name: "policy",
      averageRate: 0.005,
      feeds: {
        now: { dtype: "float32", shape: [batch, latentDim] },
        after: { dtype: "float32", shape: [batch, latentDim] },
        goal: { dtype: "float32", shape: [batch, visualDim] },
        action: { dtype: "float32", shape: [batch, actionDim] },
      },
      loss: (at, feeds) => {
        const { g } = at;
        const { now, after, goal, action } = feeds as Record<"now" | "after" | "goal" | "action", Value>;
        const judge = { g, weights: frozen(g, critic.table, critic.flat) };
        const judged = (latent: Value): Value => reduceMean(g, criticValues(judge, latent, goal), [1], { keepDims: true });
        const gain = sub(g, sub(g, mul(g, judged(after), GAMMA), 1), judged(now));
        const weight = min(g, exp(g, mul(g, gain, ADVANTAGE_SCALE)), WEIGHT_MAX);
        const error = reduceSum(g, square(g, sub(g, policy(at, now, goal, actionDim), action)), [1], { keepDims: true });
        const loss = div(g, reduceSum(g, mul(g, weight, error)), reduceSum(g, weight));
        return { loss, figures: { error: reduceMean(g, error), weight: reduceMean(g, weight) } };
      },
    },
    batch: (rng) => {
      const rows = pick(starts, batch, rng);
      const goals = sampleGoals(data, rows, starts, mix, rng);
      return {
        now: take(data.latents, latentDim, rows),
        after: take(
          data.latents,
          latentDim,
          rows.map((row) => row + 1),
        ),
        goal: take(data.latents, latentDim, goals, 0, visualDim),
        action: take(data.actions, actionDim, rows),
      };
    },
  };
}

const PROBE_HUBER_WIDTH = 0.3;

/** Regression of a normalised place (rows, 3) on the embedding, Huber loss; for reports only: nothing else is trained through it. */
export function probeTraining(data: LatentData, places: Float32Array, rate: number): FedTraining {
  const rows = data.split.windows(0, false);
  return {
    rate,
    training: {
      name: "probe",
      averageRate: 0.01,
      feeds: { latent: { dtype: "float32", shape: [BATCH, data.latentDim] }, place: { dtype: "float32", shape: [BATCH, 3] } },
      loss: (at, { latent, place }) => {
        const error = sub(at.g, probe(at, latent as Value, data.visualDim), place as Value);
        return { loss: huber(at, error, PROBE_HUBER_WIDTH), figures: {} };
      },
    },
    batch: (rng) => {
      const picked = pick(rows, BATCH, rng);
      return { latent: take(data.latents, data.latentDim, picked), place: take(places, 3, picked) };
    },
  };
}

/** Quadratic below `width`, linear above (Huber 1964). */
export function huber({ g }: Building, error: Value, width: number): Value {
  const size = abs(g, error);
  const near = mul(g, square(g, error), 0.5 / width);
  return reduceMean(g, where(g, less(g, size, width), near, sub(g, size, width / 2)));
}
