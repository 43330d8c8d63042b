/** Growth over hours: what is a line is found, what only wavers has an interval around nothing, what is too short has no figure. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { slopeOf } from "../../../../../launch/measure/bench/soak/slope.ts";
import { createRng } from "../../../../../runtime/core/rng.ts";

const EVERY_S = 10;
const points = (count: number, value: (hours: number) => number) =>
  Array.from({ length: count }, (_, index) => ({ atS: index * EVERY_S, value: value((index * EVERY_S) / 3600) }));

test("a steady growth is found, and what was gathered at the beginning is none", () => {
  const slope = slopeOf(points(360, (hours) => 300 + 12 * hours + (hours < 0.15 ? -200 * (0.15 - hours) : 0)));
  assert.ok(slope && Math.abs(slope.perHour - 12) < 1e-6, `${slope?.perHour}`);
});

test("what goes up and down has an interval that holds none, and a growth among it is still found", () => {
  const rng = createRng(1);
  const still = slopeOf(points(360, () => 300 + rng.between(-20, 20)));
  assert.ok(still && still.interval[0] < 0 && still.interval[1] > 0, `${still?.interval}`);
  const growing = slopeOf(points(360, (hours) => 300 + 60 * hours + rng.between(-20, 20)));
  assert.ok(growing && growing.interval[0] > 0 && growing.interval[0] < 60 && growing.interval[1] > 60, `${growing?.interval}`);
});

test("a run that is too short has no figure", () => {
  assert.equal(slopeOf(points(20, () => 1)), null);
  assert.equal(slopeOf([]), null);
});
