/** The ensemble on a world of one line: it was shown the left half, and knows that it knows nothing of the right one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { floats, openSession } from "../../../runtime/graph/session.ts";
import type { LatentData } from "../../../runtime/learn/latent-data.ts";
import { uncertaintyGraph } from "../../../runtime/learn/package-writer.ts";
import { splitEpisodes } from "../../../runtime/learn/play-data.ts";
import { auroc } from "../../../runtime/learn/statistics.ts";
import { Trainer } from "../../../runtime/learn/trainer.ts";
import { uncertaintyTraining } from "../../../runtime/learn/uncertainty-training.ts";

const session = { provider: "cpu", threads: 1 } as const;

/** Episodes of 20 decisions between -2 and 0; the action moves the point, and the latent bends with it. */
function leftHalf(rows: number): LatentData {
  const rng = createRng(5);
  const latents = new Float32Array(rows * 4);
  const actions = new Float32Array(rows);
  const steps = new Float32Array(rows * 2);
  let x = -1;
  for (let row = 0; row < rows; row++) {
    if (row % 20 === 0) x = rng.between(-2, 0);
    latents.set([x, Math.sin(2 * x), Math.cos(2 * x), x], 4 * row);
    actions[row] = rng.between(-1, 1);
    steps.set([Math.floor(row / 20), row % 20], 2 * row);
    x = Math.max(-2, Math.min(0, x + 0.2 * actions[row]!));
  }
  const split = splitEpisodes(steps, 1);
  return { latents, latentDim: 4, visualDim: 1, actions, actionDim: 1, split, reached: (a, b) => a === b };
}

test("members disagree where none of them has been, and agree where they learned", async () => {
  const fed = uncertaintyTraining(leftHalf(2000));
  const rng = createRng(1);
  await using trainer = await Trainer.open(fed.training, { rng }, session);
  for (let step = 0; step < 60; step++) await trainer.step(fed.batch(rng.fork(step + 1)), fed.rate);
  const uncertainty = { table: trainer.table, flat: trainer.state.parameters };
  await using net = await openSession(uncertaintyGraph({ uncertainty, latentDim: 4, actionDim: 1 }).toBytes(), session);
  const spreadsAt = async (from: number): Promise<Float32Array> => {
    const xs = Float32Array.from({ length: 40 }, (_, i) => from + i / 40);
    const latent = floats(Float32Array.from([...xs].flatMap((x) => [x, Math.sin(2 * x), Math.cos(2 * x), x])), [40, 4]);
    const { spread } = await net.run({ latent, action: floats(new Float32Array(40).fill(0.5), [40, 1]) });
    return spread?.data as Float32Array;
  };
  const share = auroc(await spreadsAt(2), await spreadsAt(-1.5));
  assert.ok(share > 0.95, `told apart in ${share} of the pairs`);
});

test("each member sees half of the episodes, and no two the same half", () => {
  const fed = uncertaintyTraining(leftHalf(2000));
  const batch = fed.batch(createRng(2));
  const sees = [0, 1, 2, 3].map((member) => Array.from(batch[`sees${member}`]?.data as Float32Array));
  for (const each of sees) {
    const share = each.reduce((sum, value) => sum + value, 0) / each.length;
    assert.ok(share > 0.3 && share < 0.7, `${share}`);
  }
  assert.equal(new Set(sees.map((each) => each.join())).size, 4);
});

test("the area under the curve is the share of pairs in the right order, ties counting half", () => {
  assert.equal(auroc([3, 4], [1, 2]), 1);
  assert.equal(auroc([1, 2], [3, 4]), 0);
  assert.equal(auroc([1, 3], [2]), 0.5);
  assert.equal(auroc([2, 2], [2, 2, 2]), 0.5);
});
