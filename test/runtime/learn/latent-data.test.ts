/** Goals in hindsight lie where the mix says, inside the episode. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../../runtime/core/rng.ts";
import { type LatentData, sampleGoals } from "../../../runtime/learn/latent-data.ts";
import { splitEpisodes } from "../../../runtime/learn/play-data.ts";

const EPISODE = 50;
const rows = 20 * EPISODE;
const steps = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? Math.floor(i / 2 / EPISODE) : (i / 2 - 0.5) % EPISODE));
const data: LatentData = {
  ...{ latents: new Float32Array(rows), latentDim: 1, visualDim: 1, actions: new Float32Array(rows), actionDim: 1 },
  split: splitEpisodes(steps, 1),
  reached: (a, b) => a === b,
};
const starts = Uint32Array.from({ length: rows }, (_, i) => i);
const aheadOf = (mix: Parameters<typeof sampleGoals>[3]): number[] => {
  const goals = sampleGoals(data, starts, starts, mix, createRng(2));
  return Array.from(goals, (goal, row) => goal - row);
};

test("near goals are one to twelve decisions ahead, future ones may be further, neither leaves the episode", () => {
  for (const [mix, farthest] of [
    [{ near: 1, future: 0, random: 0 }, 12],
    [{ future: 1, random: 0 }, EPISODE - 1],
  ] as const) {
    const ahead = aheadOf(mix);
    for (const [row, decisions] of ahead.entries()) {
      assert.ok(decisions <= farthest, `${decisions} ahead`);
      assert.ok(row + decisions <= data.split.last[row]!, "inside its episode");
      assert.ok(decisions >= 1 || row === data.split.last[row], "ahead, but at an episode's end");
    }
    assert.ok(Math.max(...ahead) > 0.7 * farthest);
  }
});

test("shares of a mix are kept, and what is left over is the row itself", () => {
  const ahead = aheadOf({ near: 0.4, future: 0.2, random: 0.2 });
  const itself = ahead.filter((decisions) => decisions === 0).length / rows;
  assert.ok(Math.abs(itself - 0.2) < 0.06, `${itself} are themselves`);
  const elsewhere = ahead.filter((decisions) => decisions < 0 || decisions >= EPISODE).length / rows;
  assert.ok(elsewhere > 0.14 && elsewhere < 0.26, `${elsewhere} from anywhere`);
});

test("goals that are alike are those in which the hand stands much as it does now, of any episode", () => {
  const hand = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 1 ? ((i * 7919) % 1000) / 1000 : i));
  const felt = { ...data, latents: hand, latentDim: 2, visualDim: 1 };
  const goals = sampleGoals(felt, starts, starts, { future: 0, random: 0, alike: 1 }, createRng(4));
  const apart = Array.from(goals, (goal, row) => Math.abs(hand[2 * goal + 1]! - hand[2 * row + 1]!));
  assert.ok(apart.reduce((sum, each) => sum + each, 0) / rows < 0.03, "near in what is felt");
  assert.ok(new Set(goals).size > rows / 4, "and not always the same");
});
