/** One training step as one ONNX graph: forward, loss, the way back, and the optimiser's step. */
import { gradients } from "../graph/backward.ts";
import { type DType, Graph, type Value } from "../graph/builder.ts";
import { reshape } from "../graph/ops.ts";
import type { Building } from "./layers.ts";
import { adamW, clippedGradient, type OptimiserState } from "./optimiser.ts";
import { declaring, ParameterTable, sliced } from "./parameters.ts";

/** What is trained: the data of a step, and the loss on them. */
export interface Training {
  readonly name: string;
  /** What each step is fed, beside the state of the optimiser. */
  readonly feeds: Readonly<Record<string, { readonly dtype: DType; readonly shape: readonly number[] }>>;
  /** Builds the loss (one element) and figures to watch (one element each). `averaged` holds the moving average of the same weights. */
  readonly loss: (
    at: Building,
    feeds: Readonly<Record<string, Value>>,
    averaged: Building,
  ) => { loss: Value; figures: Readonly<Record<string, Value>> };
  /** How far the moving average goes towards the weights at each step, 0..1. */
  readonly averageRate: number;
}

export interface TrainingGraph {
  readonly bytes: Uint8Array;
  readonly table: ParameterTable;
  /** Names of the figures that a step gives, `loss` and `norm` (of the gradient) first. */
  readonly figures: readonly string[];
}

export const STATE = ["parameters", "moment1", "moment2", "average"] as const;

export function trainingGraph(training: Training): TrainingGraph {
  const table = declare(training);
  const g = new Graph(training.name);
  const flat = (name: string): Value => g.input(name, "float32", [table.size]);
  const scalar = (name: string): Value => g.input(name, "float32", []);
  const before: OptimiserState = {
    parameters: flat("parameters"),
    moment1: flat("moment1"),
    moment2: flat("moment2"),
    average: flat("average"),
  };
  const size = { rate: scalar("rate"), correction1: scalar("correction1"), correction2: scalar("correction2") };
  const weights = sliced(g, table, before.parameters);
  const { loss, figures } = training.loss({ g, weights }, inputs(g, training), { g, weights: sliced(g, table, before.average) });
  const each = gradients(
    g,
    loss,
    table.entries.map(({ name, shape, init }) => weights.of(name, shape, init)),
  );
  const { gradient, norm } = clippedGradient(g, each);
  const after = adamW(g, before, gradient, size, training.averageRate);
  for (const name of STATE) g.output(`${name}.next`, after[name]);
  const watched = { loss, norm, ...figures };
  for (const [name, value] of Object.entries(watched)) g.output(name, reshape(g, value, []));
  return { bytes: g.toBytes(), table, figures: Object.keys(watched) };
}

/** Builds the loss once to learn which weights there are. */
function declare(training: Training): ParameterTable {
  const table = new ParameterTable();
  const g = new Graph(training.name);
  const at = { g, weights: declaring(g, table) };
  training.loss(at, inputs(g, training), at);
  return table;
}

const inputs = (g: Graph, { feeds }: Training): Record<string, Value> =>
  Object.fromEntries(Object.entries(feeds).map(([name, { dtype, shape }]) => [name, g.input(name, dtype, shape)]));
