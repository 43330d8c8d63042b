/** Carries are found in held-out play, and a critic is judged along them phase by phase. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Session } from "../../../runtime/graph/session.ts";
import { floats } from "../../../runtime/graph/session.ts";
import type { LatentData } from "../../../runtime/learn/latent-data.ts";
import type { PlayData } from "../../../runtime/learn/play-data.ts";
import { carriesOf, orderConsistency } from "../../../runtime/learn/report-order.ts";

const EPISODE = 50;
const [LIFT, DOWN] = [20, 30];
/** Two episodes, the second held out: a thing lies, is carried 10 decisions through the air, and lies again. */
const rows = 2 * EPISODE;
const objectM = Float32Array.from({ length: 3 * rows }, (_, i) => {
  const [step, axis] = [Math.floor(i / 3) % EPISODE, i % 3];
  const carried = Math.min(Math.max(step - LIFT, 0), DOWN - LIFT);
  if (axis === 0) return 0.4 + 0.01 * carried;
  return axis === 2 ? 0.025 + (step >= LIFT && step < DOWN ? 0.05 : 0) : 0;
});
const split = {
  last: Uint32Array.from({ length: rows }, (_, row) => (row < EPISODE ? EPISODE - 1 : rows - 1)),
  heldOut: Uint8Array.from({ length: rows }, (_, row) => (row < EPISODE ? 0 : 1)),
  windows: () => new Uint32Array(),
};
const data = { objectM, rows, split } as unknown as PlayData;
const latents = { latents: Float32Array.from({ length: rows }, (_, i) => i), latentDim: 1 } as LatentData;

test("a carry is what lies between lying and lying, with what comes before and after, in held-out episodes alone", () => {
  assert.deepEqual(carriesOf(data), [{ from: EPISODE + LIFT - 14, lift: EPISODE + LIFT, down: EPISODE + DOWN, to: EPISODE + DOWN + 8 }]);
  assert.deepEqual(carriesOf({ ...data, objectM: null }), []);
});

test("a critic that counts down is consistent everywhere, one that stalls while the thing is carried only elsewhere", async () => {
  const judged = (costOf: (row: number) => number): Session =>
    ({
      run: async ({ latent }: { latent: { data: Float32Array } }) => ({
        cost: floats(Float32Array.from(latent.data, costOf), [latent.data.length, 1]),
      }),
    }) as unknown as Session;
  const down = await orderConsistency(
    data,
    latents,
    judged((row) => -row),
  );
  assert.deepEqual(
    Object.values(down).map(({ consistent }) => consistent),
    [1, 1, 1],
  );
  const stalls = await orderConsistency(
    data,
    latents,
    judged((row) => -(row < EPISODE + LIFT ? row : Math.max(row, EPISODE + DOWN + 2))),
  );
  assert.equal(stalls["approach"]?.consistent, 1);
  assert.ok(stalls["carry"]!.consistent < 0.2, `${stalls["carry"]!.consistent}`);
});
