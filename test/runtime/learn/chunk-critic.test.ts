/** The critic over chunks on a walk along a line: its returns, its gradient, and that it tells far from near. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { floats, openSession } from "../../../runtime/graph/session.ts";
import { chunkCriticTraining, chunkReturn } from "../../../runtime/learn/chunk-critic.ts";
import type { LatentData } from "../../../runtime/learn/latent-data.ts";
import { criticGraph } from "../../../runtime/learn/package-writer.ts";
import { splitEpisodes } from "../../../runtime/learn/play-data.ts";
import { RECIPES } from "../../../runtime/learn/recipe.ts";
import { Trainer } from "../../../runtime/learn/trainer.ts";
import { agreesWithDifferences } from "../../helpers/finite-differences.ts";

const EPISODE = 40;

/** One step to the right a decision: seen (1) and felt (1) are how far it came. */
function walk(episodes: number): LatentData {
  const rows = episodes * EPISODE;
  const steps = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? Math.floor(i / 2 / EPISODE) : (i / 2 - 0.5) % EPISODE));
  const latents = Float32Array.from({ length: 2 * rows }, (_, i) => (Math.floor(i / 2) % EPISODE) / 10);
  const split = splitEpisodes(steps, 1);
  return { latents, latentDim: 2, visualDim: 1, actions: new Float32Array(rows).fill(1), actionDim: 1, split, reached: (a, b) => a === b };
}

test("a goal within the chunk ends its return, one behind it leaves the rest to the value", () => {
  for (const [decisions, reward] of [
    [0, 0],
    [1, -1],
    [2, -1.97],
  ] as const) {
    assert.ok(Math.abs(chunkReturn(decisions).reward - reward) < 1e-9);
    assert.equal(chunkReturn(decisions).alive, 0);
  }
  const whole = chunkReturn(4);
  assert.ok(Math.abs(whole.reward + (1 + 0.97 + 0.97 ** 2 + 0.97 ** 3)) < 1e-9 && Math.abs(whole.alive - 0.97 ** 4) < 1e-9);
  assert.deepEqual(chunkReturn(25), whole);
  assert.deepEqual(chunkReturn(-3), whole, "a goal that is past is not reached any more");
});

test("its gradient is that of finite differences", () => agreesWithDifferences(chunkCriticTraining(walk(20), RECIPES.two.criticGoals)));

test("it tells far from near, in decisions", async () => {
  const fed = chunkCriticTraining(walk(40), RECIPES.two.criticGoals);
  const rng = createRng(1);
  await using trainer = await Trainer.open(fed.training, { rng }, { provider: "cpu", threads: 1 });
  for (let step = 0; step < 120; step++) await trainer.step(fed.batch(rng.fork(step + 1)), fed.rate);
  const critic = { table: trainer.table, flat: trainer.state.parameters };
  const sizes = { visualDim: 1, latentDim: 2 } as Parameters<typeof criticGraph>[0];
  await using net = await openSession(criticGraph({ ...sizes, critic }).toBytes(), { provider: "cpu", threads: 1 });
  const ways = [1, 8, 18];
  const latent = floats(Float32Array.from(ways.flatMap((decisions) => [2 - decisions / 10, 2 - decisions / 10])), [ways.length, 2]);
  const goal = floats(Float32Array.from(ways.flatMap(() => [2, 0])), [ways.length, 2]);
  const costs = Array.from((await net.run({ latent, goal }))["cost"]?.data as Float32Array);
  for (let i = 1; i < ways.length; i++) assert.ok(costs[i]! > costs[i - 1]!, `${costs}`);
  assert.ok(costs[2]! > costs[0]! + 4, `${costs}`);
});
