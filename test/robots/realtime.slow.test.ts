/** Every registered robot, and one described by its URDF, keeps the Robot contract in the realtime simulator, in a keeper process of its own. */

import { firstValueFrom, take, toArray } from "rxjs";
import type { SimKeeperConfig } from "../../launch/backends/sim/keeper.ts";
import { describedRobot } from "../../robots/described/robot.ts";
import { robots } from "../../robots/index.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { robotContract } from "../contracts/robot.ts";
import { benchArm } from "./described/descriptions.ts";

const clock = new SystemClock();

for (const [name, load] of Object.entries({ ...robots, "bench-arm": () => describedRobot(benchArm) })) {
  robotContract(`${name} in the realtime simulator`, async () => {
    const spec = await load();
    const config: SimKeeperConfig = { robot: spec, scene: defaultScene, cameras: [], supersample: 1, cameraRateHz: 20 };
    const robot = await forkKeeper({ spec, entry: moduleUrl("../../launch/backends/sim/keeper.ts", import.meta.url), config });
    await firstValueFrom(robot.observe(new AbortController().signal).pipe(take(5), toArray())); // The world has begun to run evenly.
    return { robot, nowNs: () => clock.nowNs(), leadS: 0.25, pass: () => clock.sleep(50) };
  });
}
