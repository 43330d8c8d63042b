import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../../../runtime/core/planning.ts";
import type { Frame } from "../../../runtime/core/sensing.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import { createImagination } from "../../../runtime/dashboard/imagined.ts";

const frameAt = (stampNs: bigint): Frame => ({
  ...{ camera: "front", widthPx: 1, heightPx: 1, rgb: new Uint8Array(3), stampNs, receivedNs: stampNs },
});
/** Latents of two entries that are seen and one that is felt. */
const tickAt = (stampNs: bigint, latent: readonly number[], plan: Partial<Plan> | null, startNs?: bigint): Tick =>
  ({
    decision: {
      ...{ stampNs, latent: Float32Array.from(latent), plan },
      segment: startNs === undefined ? null : { startNs },
    },
  }) as unknown as Tick;
const planOf = (...predicted: number[][]): Partial<Plan> => ({ horizon: predicted.length, predicted: Float32Array.from(predicted.flat()) });

test("a latent gets the picture of the instant that it is of, not the one before", () => {
  const imagination = createImagination(1);
  imagination.frames([frameAt(10n)]);
  const told = imagination.tick(tickAt(10n, [1, 0, 0], planOf([1, 0, 0]), 30n));
  assert.deepEqual(told().steps, [], "its instant is yet to come");
  imagination.frames([frameAt(20n)]);
  imagination.frames([frameAt(30n)]);
  assert.equal(told().sights[0]?.pictures[0]?.stampNs, "30");
});

test("each step of a plan is told by the nearest sight, and each sight once", () => {
  const imagination = createImagination(1);
  for (const [at, x] of [
    [1n, 0],
    [2n, 1],
  ] as const) {
    imagination.frames([frameAt(at)]);
    imagination.tick(tickAt(at, [x, 0, 0], null));
  }
  const { steps, sights, of, subgoal } = imagination.tick(tickAt(2n, [1, 0, 0], planOf([0.9, 0, 0], [0.8, 0, 0], [0.1, 0, 0])))();
  assert.deepEqual(
    steps.map(({ sight }) => sights[sight]!.pictures[0]!.stampNs),
    ["2", "2", "1"],
  );
  assert.equal(sights.length, 2);
  assert.equal(of, 2);
  assert.equal(subgoal, null);
});

test("a subgoal is told by what is seen of it alone: it says nothing of what is felt", () => {
  const imagination = createImagination(1);
  for (const [at, x, felt] of [
    [1n, 0, 0],
    [2n, 1, 9],
  ] as const) {
    imagination.frames([frameAt(at)]);
    imagination.tick(tickAt(at, [x, 0, felt], null));
  }
  const plan = { ...planOf([0, 0, 0]), subgoal: Float32Array.of(1, 0, 0) };
  const { subgoal, sights } = imagination.tick(tickAt(2n, [1, 0, 9], plan))();
  assert.equal(sights[subgoal!.sight]!.pictures[0]!.stampNs, "2");
  assert.equal(subgoal!.apart, 0);
});

test("without a plan nothing was imagined", () => {
  const imagination = createImagination(1);
  imagination.frames([frameAt(1n)]);
  assert.deepEqual(imagination.tick(tickAt(1n, [0, 0, 0], null))().steps, []);
});
