/** The simulated gripper in lockstep: real physics of fingers and cube. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { ur5eSpec } from "../../robots/ur5e/spec.ts";
import { createLockstepRobot } from "../../runtime/act/lockstep-robot.ts";
import { ManualClock } from "../../runtime/core/clock.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { lastGuard } from "../../runtime/guard/last-guard.ts";
import { SimDriver } from "../../sim/sim-driver.ts";
import { CLOSED, createGripping, type GripUnderTest, OPEN, picksUpAndDrops } from "../helpers/grip-cube.ts";

async function inLockstep(spec = pandaSpec): Promise<GripUnderTest & AsyncDisposable> {
  const clock = new ManualClock();
  const driver = await SimDriver.create({ robot: spec, scene: defaultScene, cameras: [], supersample: 1 });
  const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS: 0.2 });
  return {
    robot,
    nowNs: () => clock.nowNs(),
    leadS: 0,
    pass: () => robot.pass(),
    [Symbol.asyncDispose]: () => robot[Symbol.asyncDispose](),
  };
}

test("the gripper closes on the cube, lifts it, holds it through a stop, opens, and the cube falls", async () => {
  await using under = await inLockstep();
  await picksUpAndDrops(under);
});

test("fingers with nothing between them close, and go no faster than told", async () => {
  await using under = await inLockstep();
  using arm = await createGripping(under);
  await arm.reset();
  await arm.grip({ ...CLOSED, speedMPerS: 0.05 });
  const halfM = arm.openingM(); // Segment and pass: 0.4 s.
  assert.ok(halfM > 0.08 - 0.4 * 0.05 - 1e-3 && halfM < 0.075, `${halfM} m after 0.4 s at 0.05 m/s`);
  await arm.wait(14);
  assert.ok(Math.abs(arm.openingM()) < 1e-3, `${arm.openingM()} m`);
});

test("a stop while the fingers close holds them there, and nothing opens them by itself", async () => {
  await using under = await inLockstep();
  using arm = await createGripping(under);
  await arm.reset();
  await arm.grip({ ...CLOSED, speedMPerS: 0.05 });
  await under.robot.stop("enough");
  await arm.wait(2);
  const stoppedM = arm.openingM();
  await arm.wait(10);
  const [laterM, setPointM] = [arm.openingM(), 0.08 - 0.4 * 0.05]; // The servo lags behind its set-point a little.
  assert.ok(laterM <= stoppedM && Math.abs(laterM - setPointM) < 2e-4, `${stoppedM} m, later ${laterM} m`);
});

test("a reset has the fingers where the trial wants them, and what was told before does not move them", async () => {
  await using under = await inLockstep();
  using arm = await createGripping(under);
  await arm.reset();
  await arm.grip(CLOSED);
  await arm.wait(6);
  await arm.reset();
  await arm.wait(5);
  assert.ok(Math.abs(arm.openingM() - OPEN.openingM) < 1e-3, `${arm.openingM()} m`);
  assert.ok(Math.abs(((await arm.truth()).openingM ?? 0) - OPEN.openingM) < 1e-3);
});

test("a robot without a gripper refuses to grip, to be put with open fingers, and feels none", async () => {
  await using under = await inLockstep(ur5eSpec);
  const startNs = under.nowNs();
  const knots = [0, 0.2].map((tS) => ({ tS, ...under.robot.commandedAt(startNs) }));
  await assert.rejects(under.robot.act({ id: 0, startNs, knots, gripper: OPEN }), {
    code: "robot.rejected",
    message: /^segment 0: robot "ur5e": gripper: this robot has none that could open 0.08 m; leave the gripper out/,
  });
  const posture = { armRad: Float64Array.from(ur5eSpec.homeRad), objects: { cube: { positionM: [0.5, 0, 0.025], yawRad: 0 } } };
  const trial = { start: { ...posture, openingM: 0.05 }, goal: { ...posture, toolM: [0.5, 0, 0.2] } };
  await assert.rejects(under.robot.ask("reset", trial), {
    code: "launch.invalid",
    message: /"ur5e" cannot be put so; gripper: this robot has none/,
  });
  assert.equal("openingM" in ((await under.robot.ask("truth")) as object), false);
});
