/** Every registered robot: its spec is under its own name, and it keeps the Robot contract in the lockstep simulator. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { robots } from "../../robots/index.ts";
import { createLockstepRobot } from "../../runtime/act/lockstep-robot.ts";
import { ManualClock } from "../../runtime/core/clock.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { lastGuard } from "../../runtime/guard/last-guard.ts";
import { SimDriver } from "../../sim/sim-driver.ts";
import { robotContract } from "../contracts/robot.ts";

for (const [name, load] of Object.entries(robots)) {
  test(`the registry loads the spec of ${name} under its own name`, async () => {
    const spec = await load();
    assert.equal(spec.name, name);
    assert.ok(existsSync(spec.modelPath), spec.modelPath);
  });

  robotContract(`${name} in the lockstep simulator`, async () => {
    const spec = await load();
    const clock = new ManualClock(1_000_000_000n);
    const driver = await SimDriver.create({ robot: spec, scene: defaultScene, cameras: [], supersample: 1 });
    const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS: 0.2 });
    return { robot, nowNs: () => clock.nowNs(), leadS: 0, pass: () => robot.pass() };
  });
}
