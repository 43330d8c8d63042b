/** A wire that loses bytes: the arm goes where it is told, and nothing moves that was not told to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deskBench } from "../helpers/desk-bench.ts";

const furthest = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));

test("lost bytes: with one byte in a hundred lost the arm goes where it is told, and no joint moves that was not told", async () => {
  await using desk = await deskBench({ seed: 5 });
  desk.arm.wire.lose = 0.01;
  await desk.start();
  const before = desk.angles();
  for (let step = 0; step < 4; step++) {
    await desk.move(0, 0.1);
    await desk.passMs(500);
  }
  const after = desk.angles();
  assert.ok(Math.abs(after[0]! - before[0]! - 0.4) < 0.01, `shoulder_pan moved ${after[0]! - before[0]!}`);
  assert.ok(furthest(after.slice(1), before.slice(1)) < 0.01, "another joint moved");
  assert.deepEqual(desk.faults, []);
});

test("lost bytes for long, at a posture whose goals look like a frame's header (07 FF): no joint that was told to stay turns further than 0.03 rad", async () => {
  await using desk = await deskBench({ seed: 1 });
  await desk.start();
  await desk.passMs(50);
  assert.equal(desk.arm.servos[4]!.table.get("positionSteps") | 1, 0x07ff);
  const before = desk.angles();
  desk.arm.wire.lose = 0.01;
  let strayedRad = 0;
  for (let step = 0; step < 60; step++) {
    await desk.move(0, step % 2 === 0 ? 0.1 : -0.1);
    for (let beat = 0; beat < 50; beat++) {
      await desk.passMs(10);
      strayedRad = Math.max(strayedRad, furthest(desk.angles().slice(1), before.slice(1)));
    }
  }
  assert.ok(strayedRad < 0.03, `${strayedRad} rad`);
});

test("a goal that broke on the wire and passed is told again, also while nothing is commanded, and nobody is called another program for it", async () => {
  await using desk = await deskBench();
  const robot = await desk.start();
  await desk.passUntil(robot.stop("the test does"));
  await desk.passMs(100);
  const before = desk.angles();
  const { table } = desk.arm.servos[4]!;
  table.set("goalSteps", 7);
  await desk.passMs(200);
  assert.ok(Math.abs(table.get("goalSteps") - 0x07ff) <= 1, `${table.get("goalSteps")}`);
  await desk.passMs(500);
  assert.ok(furthest(desk.angles(), before) < 0.01, `${furthest(desk.angles(), before)} rad`);
  assert.deepEqual(desk.faults, []);
});
