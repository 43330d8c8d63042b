/** Samplers on worlds of one line: gradients, two ways that are not averaged, and subgoals that lie ahead but never beyond the goal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, type Rng } from "../../../runtime/core/rng.ts";
import { floats, openSession, type TensorData } from "../../../runtime/graph/session.ts";
import { priorGraph, priorTraining, subgoalGraph, subgoalTraining } from "../../../runtime/learn/flow.ts";
import type { LatentData } from "../../../runtime/learn/latent-data.ts";
import type { FedTraining, Trained } from "../../../runtime/learn/latent-trainings.ts";
import { splitEpisodes } from "../../../runtime/learn/play-data.ts";
import { Trainer } from "../../../runtime/learn/trainer.ts";
import { agreesWithDifferences } from "../../helpers/finite-differences.ts";

const session = { provider: "cpu", threads: 1 } as const;
const EPISODE = 40;
const ACTION = 0.6;

const WAITING = 20;

/** Each episode is told one way all along, and moves that way after it stood still for a while: seen (1) is how far it came, felt (1) the same. */
function twoWays(episodes: number): LatentData {
  const rows = episodes * EPISODE;
  const rng = createRng(5);
  const [latents, actions, steps] = [new Float32Array(rows * 2), new Float32Array(rows), new Float32Array(rows * 2)];
  for (let row = 0; row < rows; row++) {
    const [episode, step] = [Math.floor(row / EPISODE), row % EPISODE];
    const way = episode % 2 === 0 ? 1 : -1;
    actions[row] = way * ACTION;
    latents.fill((way * Math.max(0, step - WAITING)) / 10 + 0.001 * rng.normal(), 2 * row, 2 * row + 2);
    steps.set([episode, step], 2 * row);
  }
  return { latents, latentDim: 2, visualDim: 1, actions, actionDim: 1, split: splitEpisodes(steps, 1), reached: (a, b) => a === b };
}

async function trained(fed: FedTraining, steps: number): Promise<Trained> {
  const rng = createRng(1);
  await using trainer = await Trainer.open(fed.training, { rng }, session);
  for (let step = 0; step < steps; step++) await trainer.step(fed.batch(rng.fork(step + 1)), fed.rate);
  return { table: trainer.table, flat: trainer.state.parameters.slice() };
}

const rowsOf = (count: number, ...row: number[]): TensorData =>
  floats(Float32Array.from(Array.from({ length: count }, () => row).flat()), [count, row.length]);
const noise = (rng: Rng, count: number, width: number): TensorData =>
  floats(
    Float32Array.from({ length: count * width }, () => rng.normal()),
    [count, width],
  );

test("the gradient of the flow's loss is that of finite differences", () => agreesWithDifferences(priorTraining(twoWays(20))));

test("a prior that saw two ways tells the one or the other and never their mean; a goal on one side decides", async () => {
  const prior = await trained(priorTraining(twoWays(60)), 250);
  await using net = await openSession(priorGraph({ prior, latentDim: 2, visualDim: 1, actionDim: 1 }).toBytes(), session);
  const count = 200;
  const firsts = async (from: number, to: number): Promise<number[]> => {
    const feeds = { latent: rowsOf(count, from, from), goal: rowsOf(count, to, 0), noise: noise(createRng(8), count, 4) };
    const { chunk } = await net.run(feeds);
    assert.deepEqual(chunk?.shape, [count, 4, 1]);
    const told = chunk?.data as Float32Array;
    return Array.from({ length: count }, (_, i) => told[4 * i]!);
  };
  const undecided = await firsts(0, 0);
  const nearMean = undecided.filter((action) => Math.abs(action) < ACTION / 3).length;
  assert.ok(nearMean < 0.15 * count, `${nearMean} of ${count} between the ways`);
  const right = undecided.filter((action) => action > 0).length / count;
  assert.ok(right > 0.2 && right < 0.8, `${right} to the right`);
  const towards = (await firsts(0, 1)).filter((action) => action > 0).length;
  assert.ok(towards > 0.95 * count, `${towards} of ${count} towards the goal`);
});

test("subgoals lie five decisions ahead, at the goal where that is nearer, and say nothing of what is felt", async () => {
  const subgoal = await trained(subgoalTraining(twoWays(60)), 250);
  await using net = await openSession(subgoalGraph({ subgoal, latentDim: 2, visualDim: 1 }).toBytes(), session);
  const count = 100;
  const mean = async (from: number, to: number): Promise<number> => {
    const feeds = { latent: rowsOf(count, from, from), goal: rowsOf(count, to, 0), noise: noise(createRng(9), count, 1) };
    const told = (await net.run(feeds))["subgoal"]?.data as Float32Array;
    assert.ok(
      told.every((value, i) => i % 2 === 0 || value === 0),
      "nothing is felt of a subgoal",
    );
    return told.reduce((sum, value) => sum + value, 0) / count;
  };
  assert.ok(Math.abs((await mean(0.5, 1.9)) - 1) < 0.2, `${await mean(0.5, 1.9)} on the way from .5 to 1.9`);
  assert.ok(Math.abs((await mean(1, 1.3)) - 1.3) < 0.3, `${await mean(1, 1.3)} where 1.3 is the goal`);
});
