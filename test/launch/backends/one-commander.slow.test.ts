/** Every backend whose arm another process can reach has one commander: the second is refused, and told who the first is. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { backendOf } from "../../../launch/backends/registry.ts";
import { robotOf } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { lockRobot } from "../../../runtime/act/robot-lock.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";

const clock = new SystemClock();

/** Names as the keepers lock them; nothing of the backends themselves is needed, since the lock comes first. */
const arms: Readonly<Record<string, { readonly lock: string; readonly overrides: readonly string[] }>> = {
  "a Gazebo that others know, in real time": {
    lock: "Gazebo partition shared-hall panda",
    overrides: ["backend:=gazebo", "backend.partition:=shared-hall", "backend.mode:=realtime"],
  },
  "a Gazebo that others know, in lockstep": {
    lock: "Gazebo partition shared-hall panda",
    overrides: ["backend:=gazebo", "backend.partition:=shared-hall", "backend.mode:=lockstep"],
  },
  "a simulated world that another process serves": {
    lock: "simulated world /tmp/a-shared-world.sock",
    overrides: ["backend.world:=/tmp/a-shared-world.sock", "task.goal:={ kind: tool, positionM: [0.5, 0, 0.2] }"],
  },
};

for (const [name, { lock, overrides }] of Object.entries(arms))
  test(`${name}: the second commander is refused by the name of the first`, async () => {
    await using _first = await lockRobot(lock, { clock });
    const config = loadLaunch(join(packageRoot, "launch/panda-reach.launch.yaml"), overrides);
    const opening = backendOf(config).open({ spec: await robotOf(config), cameras: [], periodS: 0.2, effectMs: 100 });
    await assert.rejects(opening, { code: "robot.rejected", message: new RegExp(`process ${process.pid} commands it already`) });
  });
