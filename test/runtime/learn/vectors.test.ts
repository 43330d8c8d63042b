/** Losses and gradients of whole networks agree with PyTorch's: vectors.json, written by test/reference/vectors.py. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gradients } from "../../../runtime/graph/backward.ts";
import { Graph, type Value } from "../../../runtime/graph/builder.ts";
import { floats, openSession, type TensorData } from "../../../runtime/graph/session.ts";
import { encoderTraining, HORIZON, PROJECTIONS } from "../../../runtime/learn/encoder-training.ts";
import { criticTraining, type FedTraining } from "../../../runtime/learn/latent-trainings.ts";
import { declaring, ParameterTable, sliced } from "../../../runtime/learn/parameters.ts";
import { splitEpisodes } from "../../../runtime/learn/play-data.ts";
import { RECIPES } from "../../../runtime/learn/recipe.ts";
import type { Training } from "../../../runtime/learn/training-graph.ts";

interface Vectors {
  readonly loss: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly gradients: Readonly<Record<string, { norm: number; at: number[]; entries: number[] }>>;
}
const vectors = JSON.parse(readFileSync(new URL("./vectors.json", import.meta.url), "utf8")) as Record<"encoder" | "critic", Vectors>;

/** The same numbers as `wave` of vectors.py. */
const wave = (count: number, label: number, scale: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => scale * Math.sin(12.9898 * i + 78.233 * label + 1));
const made = (label: number, scale: number, ...shape: number[]): TensorData =>
  floats(
    wave(
      shape.reduce((a, b) => a * b, 1),
      label,
      scale,
    ),
    shape,
  );

const WINDOWS = 2;
const VISUAL = 64;

test("the encoder phase has PyTorch's loss and gradients: encoder, predictor over 5 decisions, both regularisers, all in one", async () => {
  const rows = WINDOWS * (HORIZON + 1);
  const training = encoderTraining(
    { windows: WINDOWS, visualDim: VISUAL, givenWeight: 0.08, plainWeight: 0.02, feltWeight: 0.5 },
    { frame: { cameras: 2, heightPx: 64, widthPx: 64 }, proprioDim: 3, actionDim: 2 },
  );
  const frames = Uint8Array.from({ length: rows * 2 * 64 * 64 * 3 }, (_, i) => Math.floor((i * 7919) / 32) & 255);
  const gain = made(900, 0.1, rows, 3);
  await agree(training, vectors.encoder, {
    frames: { dtype: "uint8", shape: [rows, 2, 64, 64, 3], data: frames },
    gain: floats(
      (gain.data as Float32Array).map((value) => 1 + value),
      [rows, 3],
    ),
    proprio: made(901, 1, rows, 3),
    action: made(902, 1, WINDOWS, HORIZON, 2),
    directions: made(903, 1, VISUAL, PROJECTIONS),
  });
});

test("the critic phase has PyTorch's loss and gradients", async () => {
  const away = (label: number): TensorData =>
    floats(
      wave(512, label, 1).map((value) => (value > -0.8 ? 1 : 0)),
      [512, 1],
    );
  await agree(criticPhase().training, vectors.critic, {
    now: made(910, 1, 512, VISUAL + 3),
    after: made(911, 1, 512, VISUAL + 3),
    goal: made(912, 1, 512, VISUAL),
    awayNow: away(913),
    awayAfter: away(914),
  });
});

function criticPhase(): FedTraining {
  const rows = 4;
  const split = splitEpisodes(new Float32Array(2 * rows), 0);
  const latents = new Float32Array(rows * (VISUAL + 3));
  const data = {
    latents,
    latentDim: VISUAL + 3,
    visualDim: VISUAL,
    actions: new Float32Array(2 * rows),
    actionDim: 2,
    split,
    reached: (a: number, b: number) => a === b,
  };
  return criticTraining(data, RECIPES.one.criticGoals);
}

const TOLERANCE = 2e-3;
const close = (actual: number, wanted: number, scale: number, what: string): void =>
  assert.ok(Math.abs(actual - wanted) <= TOLERANCE * scale, `${what}: ${actual}, PyTorch has ${wanted}`);

/** Weights are made by `wave`, labelled by their place in the file; a weight that PyTorch has not (here: none) would be noticed by its name. */
async function agree(training: Training, wanted: Vectors, feeds: Readonly<Record<string, TensorData>>): Promise<void> {
  const table = new ParameterTable();
  const declare = new Graph("declare");
  const inputsOf = (g: Graph): Record<string, Value> =>
    Object.fromEntries(Object.entries(training.feeds).map(([name, { dtype, shape }]) => [name, g.input(name, dtype, shape)]));
  const scratch = { g: declare, weights: declaring(declare, table) };
  training.loss(scratch, inputsOf(declare), scratch);
  const names = Object.keys(wanted.gradients);
  assert.deepEqual(table.entries.map(({ name }) => name).sort(), [...names].sort(), "the same weights on both sides");

  const flat = new Float32Array(table.size);
  for (const [label, name] of names.entries()) {
    const { shape } = table.find(name);
    const view = table.view(flat, name);
    view.set(wave(view.length, label, shape.length === 2 ? 1 / Math.sqrt(shape[0] as number) : 0.1));
  }
  const g = new Graph("vectors");
  const parameters = g.input("parameters", "float32", [table.size]);
  const weights = sliced(g, table, parameters);
  const { loss, figures } = training.loss({ g, weights }, inputsOf(g), { g, weights });
  for (const [name, value] of Object.entries({ loss, ...figures })) g.output(name, value);
  const all = gradients(
    g,
    loss,
    table.entries.map(({ name, shape, init }) => weights.of(name, shape, init)),
  );
  for (const [i, { name }] of table.entries.entries()) g.output(`d ${name}`, all[i] as Value);
  await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
  const results = await session.run({ ...feeds, parameters: floats(flat, [table.size]) });

  close(results["loss"]?.data[0] as number, wanted.loss, Math.abs(wanted.loss), "loss");
  for (const [name, value] of Object.entries(wanted.figures)) close(results[name]?.data[0] as number, value, Math.abs(value), name);
  const least = 0.01 * Math.max(...Object.values(wanted.gradients).map(({ norm }) => norm)); // Rounding of what nearly cancels is no disagreement.
  for (const name of names) {
    const actual = results[`d ${name}`]?.data as Float32Array;
    const { norm, at, entries } = wanted.gradients[name] as Vectors["gradients"][string];
    close(Math.sqrt(actual.reduce((sum, each) => sum + each * each, 0)), norm, Math.max(norm, least), `norm of the gradient of ${name}`);
    for (const [k, index] of at.entries())
      close(actual[index] as number, entries[k] as number, Math.max(norm, least), `gradient of ${name} at ${index}`);
  }
}
