/** Another program on the wire is told from answers of our own that came late. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCrowdWatch } from "../../../../runtime/bridge/servos/crowd-watch.ts";
import type { ServoBus } from "../../../../runtime/bridge/servos/servo-bus.ts";

const bus = (late: number, lost: number): ServoBus =>
  ({ portName: "p", counts: { transactions: 0, malformed: 0, byId: new Map([[1, { asked: 100, late, lost }]]) } }) as unknown as ServoBus; // Its counts are all that is looked at.
const at = (s: number): bigint => BigInt(s) * 1_000_000_000n;

test("answers that nobody here asked for are another program, told once", () => {
  const watch = createCrowdWatch();
  assert.equal(watch.look(bus(0, 0), at(1)), null);
  assert.match(watch.look(bus(30, 2), at(2))?.message ?? "", /28 answers in a second that nobody here asked for/);
  assert.equal(watch.look(bus(60, 2), at(3)), null);
});

test("a computer that was held up hears its own answers late, also when they were given up in the second before", () => {
  const watch = createCrowdWatch();
  assert.equal(watch.look(bus(0, 0), at(1)), null);
  assert.equal(watch.look(bus(0, 40), at(2)), null);
  assert.equal(watch.look(bus(40, 40), at(3)), null);
});
