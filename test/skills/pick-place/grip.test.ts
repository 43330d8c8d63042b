/** How a hand turns to take a thing, and which things it cannot span. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gripTurnRad, gripWidthM } from "../../../skills/pick-place/grip.ts";

const box = (x: number, y: number) => ({ kind: "box", sizeM: [x, y, 0.05] }) as const;
const near = (actual: number, wanted: number): void => assert.ok(Math.abs(actual - wanted) < 1e-9, `${actual}, not ${wanted}`);

test("a square is the same every quarter turn, what is longer every half turn, what is round always", () => {
  near(gripTurnRad(box(0.05, 0.05), Math.PI / 2 + 0.1, 0), 0.1);
  near(gripTurnRad(box(0.06, 0.04), Math.PI + 0.1, 0), 0.1);
  near(Math.abs(gripTurnRad(box(0.06, 0.04), Math.PI / 2, 0)), Math.PI / 2);
  near(gripTurnRad({ kind: "cylinder", radiusM: 0.03, heightM: 0.1 }, 1.2, 0), 0);
});

test("the fingers close across the narrower side", () => {
  near(gripTurnRad(box(0.06, 0.04), 0.2, 0.2), 0);
  near(Math.abs(gripTurnRad(box(0.04, 0.06), 0.2, 0.2)), Math.PI / 2);
  assert.equal(gripWidthM(box(0.06, 0.04), "block"), 0.04);
  assert.equal(gripWidthM({ kind: "ball", radiusM: 0.02 }, "ball"), 0.04);
});

test("a turn is the shorter one, however often thing and hand were turned", () => {
  for (let thing = -7; thing < 7; thing += 0.31) assert.ok(Math.abs(gripTurnRad(box(0.05, 0.05), thing, 0.4)) <= Math.PI / 4 + 1e-9);
});

test("what no hand can span is refused by name", () => {
  assert.throws(() => gripWidthM(box(0.09, 0.08), "crate"), /"crate" is 0\.08 m wide, must be at most 0\.07 m/);
});
