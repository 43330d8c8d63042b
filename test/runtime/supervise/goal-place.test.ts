/** Where goals may be: the tool inside its workspace, an object on the table below it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { misplaced } from "../../../runtime/supervise/goal-place.ts";

const workspace = { minM: [0.3, -0.3, 0.05] as Vec3, maxM: [0.7, 0.3, 0.4] as Vec3, tableZM: 0, tableClearanceM: 0.01 };
const tool = (...positionM: [number, number, number]) => misplaced({ kind: "tool", positionM }, workspace);
const object = (...positionM: [number, number, number]) => misplaced({ kind: "object", positionM }, workspace);

test("a tool goal inside is right, one outside is told with axis, value and bounds", () => {
  assert.equal(tool(0.3, 0.3, 0.4), null);
  assert.equal(tool(0.5, -0.31, 0.2), "tool y -0.31 m is outside the workspace [-0.3, 0.3] m; move the goal or guards.workspace");
  assert.match(tool(0.5, 0, 0.02) ?? "", /^tool z 0.02 m is outside the workspace \[0.05, 0.4\] m/);
  assert.match(tool(Number.NaN, 0, 0.2) ?? "", /^tool x NaN m/);
});

test("an object may lie on the table, lower than the tool may go, but not below it nor where the tool cannot come", () => {
  assert.equal(object(0.5, 0, 0.025), null);
  assert.match(object(0.5, 0, -0.01) ?? "", /^object z -0.01 m is outside the workspace \[0, 0.4\] m/);
  assert.match(object(0.2, 0, 0.025) ?? "", /^object x 0.2 m is outside the workspace \[0.3, 0.7\] m/);
});

test("a goal without a place is never misplaced", () => {
  assert.equal(misplaced({ kind: "here" }, workspace), null);
  assert.equal(misplaced({ kind: "image", source: "simulator" }, workspace), null);
});
