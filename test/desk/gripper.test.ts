/** The gripper over the bus: told in a segment it opens and closes at its speed, and what is felt comes back with the joints. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { GripperReading } from "../../runtime/core/sensing.ts";
import { deskBench, grippingSpec } from "../helpers/desk-bench.ts";

test("told to open, the jaw opens at the speed and with the force that it was told, the arm stays, and the readings say how far", async () => {
  await using desk = await deskBench({ spec: grippingSpec });
  desk.arm.handRad = [...grippingSpec.homeRad, 0]; // Held, so that it does not sink onto the table while it is limp.
  const robot = await desk.start();
  desk.arm.handRad = null;
  let felt: GripperReading | undefined;
  robot.observe(new AbortController().signal).subscribe((sample) => {
    if (sample.kind === "joints") felt = sample.joints.gripper;
  });
  const before = desk.angles();
  await desk.grip({ openingM: 0.08, speedMPerS: 0.05, forceN: 4.6 });
  await desk.passMs(500);
  const halfway = felt!.openingM;
  await desk.passMs(2500);
  assert.ok(halfway > 0.015 && halfway < 0.04, `${halfway} m after half a second at 0.05 m/s`);
  assert.ok(Math.abs(felt!.openingM - 0.08) < 0.003, `${felt!.openingM} m`);
  assert.ok(Math.abs(desk.arm.servos[5]!.table.get("torqueLimitShare") - 0.23) < 1e-3);
  assert.ok(
    desk
      .angles()
      .slice(0, 5)
      .every((rad, joint) => Math.abs(rad - before[joint]!) < 0.01),
  );
  assert.deepEqual(desk.faults, []);
});

test("told to close with all its force on nothing that gives, it goes on pressing, below what its servo takes for an overload", async () => {
  await using desk = await deskBench({ spec: grippingSpec });
  desk.arm.handRad = [...grippingSpec.homeRad, 0];
  await desk.start();
  desk.arm.handRad = null;
  const { table } = desk.arm.servos[5]!;
  table.set("overloadTorqueShare", 0.25); // As setup-servos leaves it.
  await desk.grip({ openingM: 0, speedMPerS: 0.1, forceN: 10 });
  await desk.passMs(6_000);
  assert.ok(table.get("torqueLimitShare") < 0.25);
  assert.deepEqual(desk.faults, []);
});
