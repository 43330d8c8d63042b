/** The robot contract over the arm's own bus: keeper process, a real serial port of this machine, and the virtual arm in a process of its own. */
import { after, before, describe } from "node:test";
import type { FeetechKeeperConfig } from "../../launch/backends/feetech/keeper.ts";
import { readCalibration } from "../../launch/backends/feetech/read-calibration.ts";
import { virtualCalibration } from "../../launch/desk/virtual-arm.ts";
import { so101Spec } from "../../robots/so101/spec.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { servoLimitDefaults } from "../../runtime/bridge/servos/servo-limits.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import { robotContract } from "../contracts/robot.ts";
import { until } from "../helpers/until.ts";
import { type ArmProcess, startArm } from "./arm-process.ts";

const clock = new SystemClock();

/** Somebody holds the arm where it is to be taken over, jaw half open. */
async function heldAtHome(arm: ArmProcess): Promise<void> {
  const wantedRad = [...so101Spec.homeRad, 0];
  await arm.command(`hand ${wantedRad.join(",")}`);
  await until("the arm is at home", async () => {
    const isRad = [...(await arm.command("where")).matchAll(/\w+ (-?[\d.]+)/g)].map(([, rad]) => Number(rad));
    return isRad.every((rad, joint) => Math.abs(rad - wantedRad[joint]!) < 0.02);
  });
}

describe("so101 on its own bus", () => {
  let arm: ArmProcess;
  before(async () => {
    arm = await startArm();
    await heldAtHome(arm); // Limp it would lie on the table, where its jaw cannot open; the first keeper takes it over from the hand.
  });
  after(() => arm?.[Symbol.asyncDispose]());

  robotContract("so101 on its own bus", async () => {
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
        // Another process plays the servos, and this machine is busy: it may be kept from running for a while.
        limits: { ...servoLimitDefaults, missingMs: 2000 },
      },
    };
    const entry = moduleUrl("../../launch/backends/feetech/keeper.ts", import.meta.url);
    const robot = await forkKeeper({ spec: so101Spec, entry, config });
    await arm.command("hand off");
    return { robot, nowNs: () => clock.nowNs(), leadS: 0.25, pass: () => clock.sleep(50) };
  });
});
