import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { reduceSum, square, sub } from "../../../runtime/graph/ops.ts";
import { floats } from "../../../runtime/graph/session.ts";
import { Trainer } from "../../../runtime/learn/trainer.ts";
import type { Training } from "../../../runtime/learn/training-graph.ts";

/** Loss |w - target|^2 with w of three numbers. */
const quadratic: Training = {
  name: "quadratic",
  averageRate: 0.1,
  feeds: { target: { dtype: "float32", shape: [3] } },
  loss: ({ g, weights }, { target }) => {
    const w = weights.of("w", [3], { kind: "normal", std: 1 });
    return { loss: reduceSum(g, square(g, sub(g, w, target!))), figures: {} };
  },
};

/** AdamW written down from the paper, in double precision: what the graph must do. */
function reference(start: readonly number[], target: readonly number[], steps: number, rate: number) {
  let [w, m, v, average] = [[...start], [0, 0, 0], [0, 0, 0], [...start]];
  for (let n = 1; n <= steps; n++) {
    const raw = w.map((x, i) => 2 * (x - target[i]!));
    const norm = Math.hypot(...raw);
    const gradient = raw.map((each) => each * Math.min(1, 1 / (norm + 1e-6)));
    m = m.map((each, i) => 0.9 * each + 0.1 * gradient[i]!);
    v = v.map((each, i) => 0.999 * each + 0.001 * gradient[i]! ** 2);
    w = w.map((x, i) => x - rate * 1e-4 * x - (rate * (m[i]! / (1 - 0.9 ** n))) / (Math.sqrt(v[i]! / (1 - 0.999 ** n)) + 1e-8));
    average = average.map((each, i) => 0.9 * each + 0.1 * w[i]!);
  }
  return { w, average };
}

test("the step in the graph is AdamW with clipped gradients, and the average follows the weights", async () => {
  const target = [1, -2, 0.5];
  await using trainer = await Trainer.open(quadratic, { rng: createRng(4) }, { provider: "cpu", threads: 1 });
  const start = [...trainer.state.parameters];
  for (let step = 0; step < 7; step++) await trainer.step({ target: floats(Float32Array.from(target), [3]) }, 0.05);
  const wanted = reference(start, target, 7, 0.05);
  for (let i = 0; i < 3; i++) {
    assert.ok(Math.abs(trainer.state.parameters[i]! - wanted.w[i]!) < 1e-5, `weight ${i}: ${trainer.state.parameters[i]}, ${wanted.w[i]}`);
    assert.ok(Math.abs(trainer.state.average[i]! - wanted.average[i]!) < 1e-5, `average ${i}`);
  }
  assert.equal(trainer.state.steps, 7);
});

test("a loss that is no number is refused, and the weights stay as they were", async () => {
  await using trainer = await Trainer.open(quadratic, { rng: createRng(4) }, { provider: "cpu", threads: 1 });
  await trainer.step({ target: floats(new Float32Array(3), [3]) }, 0.05);
  const before = trainer.state.parameters.slice();
  await assert.rejects(trainer.step({ target: floats(Float32Array.of(0, Number.NaN, 0), [3]) }, 0.05), {
    code: "train.diverged",
    message: "quadratic: step 2 gave loss NaN, norm NaN; its weights were not taken, lower the learning rate",
  });
  assert.deepEqual(trainer.state.parameters, before);
});

test("weights of other networks are refused", async () => {
  const state = {
    parameters: new Float32Array(4),
    moment1: new Float32Array(4),
    moment2: new Float32Array(4),
    average: new Float32Array(4),
    steps: 0,
  };
  await assert.rejects(Trainer.open(quadratic, { state }), {
    code: "model.mismatch",
    message: "quadratic: the weights given are 4 numbers, its networks have 3; start from a model of the same sizes",
  });
});
