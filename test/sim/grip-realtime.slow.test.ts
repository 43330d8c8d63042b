/** The simulated gripper behind a keeper process, in real time: what lockstep does, and what an agent that dies leaves held. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { type GripUnderTest, picksUpAndDrops } from "../helpers/grip-cube.ts";

test("in real time the gripper closes on the cube, lifts it, holds it through a stop, opens, and the cube falls", async () => {
  const clock = new SystemClock();
  const config = { robot: pandaSpec, scene: defaultScene, cameras: [], supersample: 1, cameraRateHz: 10 };
  const robot = await forkKeeper({ spec: pandaSpec, entry: moduleUrl("../../launch/backends/sim/keeper.ts", import.meta.url), config });
  const under: GripUnderTest = { robot, nowNs: () => clock.nowNs(), leadS: 0.15, pass: () => clock.sleep(400) };
  try {
    await picksUpAndDrops(under);
    assert.ok((await robot.stats()).beatCount > 100);
  } finally {
    await robot[Symbol.asyncDispose]();
  }
});
