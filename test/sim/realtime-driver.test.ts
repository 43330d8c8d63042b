/** The simulator's thread: what is asked of it ends, also when it has ended. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { RealtimeSimDriver } from "../../sim/realtime-driver.ts";

const options = { robot: pandaSpec, scene: defaultScene, cameras: [], supersample: 1, cameraRateHz: 10 } as const;
const lost = { code: "robot.lost", message: "simulator: its thread ended; start again" };

test("a request that waits when the thread ends, and one that comes later, are refused", async () => {
  const driver = await RealtimeSimDriver.create(options);
  const ended = driver[Symbol.asyncDispose]();
  const waiting = driver.answer("no such question", null).then(
    () => null,
    (error: unknown) => error,
  );
  await ended;
  assert.ok(await waiting, "what waited has its answer");
  await assert.rejects(driver.answer("truth", null), lost);
  await assert.rejects(driver.place("reset", { task: "push", seed: 1 }), lost);
});
