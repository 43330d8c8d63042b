/** A keeper that is killed in motion leaves servos that hold a goal at rest, at most one segment away; and how evenly the rounds went until then, told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeetechKeeperConfig } from "../../launch/backends/feetech/keeper.ts";
import { readCalibration } from "../../launch/backends/feetech/read-calibration.ts";
import { virtualCalibration } from "../../launch/desk/virtual-arm.ts";
import { so101Spec } from "../../robots/so101/spec.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { servoLimitDefaults } from "../../runtime/bridge/servos/servo-limits.ts";
import { SystemClock, secondsToNs } from "../../runtime/core/clock.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import { type ArmProcess, startArm } from "./arm-process.ts";

const clock = new SystemClock();
const STEP_RAD = 0.25;
/** A round is so long; the arm lags behind by less. */
const LOOK_MS = 300;

test("a killed keeper leaves the arm at rest where its last goal was, and it does not sink", async (context) => {
  await using arm = await startArm();
  const config: FeetechKeeperConfig = {
    robot: so101Spec,
    port: arm.port,
    answerMs: 25,
    cameras: [],
    arm: {
      calibration: readCalibration(virtualCalibration),
      rateHz: 100,
      leadMs: 0,
      leave: "hold",
      moves: true,
      limits: { ...servoLimitDefaults, missingMs: 2000 },
    },
  };
  const robot = await forkKeeper({ spec: so101Spec, entry: moduleUrl("../../launch/backends/feetech/keeper.ts", import.meta.url), config });
  try {
    await clock.sleep(3000);
    const { rounds } = (await robot.ask("servos")) as { readonly rounds: object };
    context.diagnostic(`rounds in about three seconds of this shared machine: ${JSON.stringify(rounds)}`);
    const startNs = clock.nowNs() + secondsToNs(0.25);
    const from = robot.commandedAt(startNs);
    await robot.act(
      quinticSegment({
        id: 0,
        startNs,
        from,
        toRad: from.positionRad.map((rad, joint) => (joint === 0 ? rad + STEP_RAD : rad)),
        durationS: 0.4,
      }),
    );
    await clock.sleep(450);
    process.kill(robot.pid, "SIGKILL");
    await clock.sleep(LOOK_MS);
    const first = await anglesRad(arm);
    await clock.sleep(LOOK_MS);
    const second = await anglesRad(arm);
    assert.ok(
      second.every((rad, joint) => Math.abs(rad - first[joint]!) < 0.003),
      `it still moves: ${first} then ${second} rad`,
    );
    assert.ok(second[0]! > -0.05 && second[0]! < STEP_RAD + 0.05, `${second[0]} rad`);
  } finally {
    await robot[Symbol.asyncDispose]();
  }
});

const anglesRad = async (arm: ArmProcess): Promise<readonly number[]> =>
  [...(await arm.command("where")).matchAll(/\w+ (-?[\d.]+)/g)].map((match) => Number(match[1]));
