/** Whether the gradient that a training graph computes is the slope of its loss: along the gradient of each weight, by central differences. */
import assert from "node:assert/strict";
import { createRng } from "../../runtime/core/rng.ts";
import { gradients } from "../../runtime/graph/backward.ts";
import { Graph, type Value } from "../../runtime/graph/builder.ts";
import { floats, openSession } from "../../runtime/graph/session.ts";
import type { FedTraining } from "../../runtime/learn/latent-trainings.ts";
import { frozen, sliced } from "../../runtime/learn/parameters.ts";
import { trainingGraph } from "../../runtime/learn/training-graph.ts";

/** Below such a norm the rounding of the loss would hide the slope. */
const NORM_MIN = 2e-3;
/** Short: where an expectile changes its slope a long one would not see the tangent. */
const STEP = 0.004;

/** Asserts so at fresh weights, the slow average held where it is. */
export async function agreesWithDifferences({ training, batch }: FedTraining): Promise<void> {
  const { table } = trainingGraph(training);
  const rng = createRng(3);
  const at = table.initial(rng, new Map());
  const g = new Graph("gradient");
  const weights = sliced(g, table, g.input("parameters", "float32", [table.size]));
  const averaged = frozen(g, table, table.initial(createRng(4), new Map()));
  const inputs = Object.fromEntries(Object.entries(training.feeds).map(([name, { dtype, shape }]) => [name, g.input(name, dtype, shape)]));
  const { loss } = training.loss({ g, weights }, inputs, { g, weights: averaged });
  const entries = table.entries.map(({ name, shape, init }) => weights.of(name, shape, init));
  g.output("loss", loss);
  for (const [i, gradient] of gradients(g, loss, entries).entries()) g.output(`d${i}`, gradient as Value);
  await using session = await openSession(g.toBytes(), { provider: "cpu", threads: 1 });
  const feeds = batch(rng.fork(1));
  const run = (flat: Float32Array) => session.run({ ...feeds, parameters: floats(flat, [table.size]) });
  const results = await run(at);
  let compared = 0;
  for (const [i, { name }] of table.entries.entries()) {
    const gradient = results[`d${i}`]?.data as Float32Array;
    const norm = Math.hypot(...gradient);
    if (norm < NORM_MIN) continue;
    const width = STEP / Math.max(1, norm);
    const lossAt = async (sign: number): Promise<number> => {
      const moved = at.slice();
      const view = table.view(moved, name);
      for (const [k, slope] of gradient.entries()) view[k]! += (sign * width * slope) / norm;
      return (await run(moved))["loss"]?.data[0] as number;
    };
    const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * width);
    assert.ok(Math.abs(slope - norm) < 0.05 * norm + 2e-3, `${name}: ${slope} by differences, ${norm} by the graph`);
    compared++;
  }
  assert.ok(compared > table.entries.length / 2, `${compared} of ${table.entries.length} weights had a slope to compare`);
}
