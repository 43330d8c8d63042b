/** A keeper that is killed in motion leaves servos that hold a goal at rest, at most one segment away; and how evenly the rounds went until then, told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeetechKeeperConfig } from "../../launch/backends/feetech/keeper.ts";
import { readCalibration } from "../../launch/backends/feetech/read-calibration.ts";
import { virtualCalibration } from "../../launch/desk/virtual-arm.ts";
import { so101Spec } from "../../robots/so101/spec.ts";
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { servoLimitDefaults } from "../../runtime/bridge/servos/servo-limits.ts";
import { nsToMs, SystemClock, secondsToNs } from "../../runtime/core/clock.ts";
import { moduleUrl } from "../../runtime/core/package-root.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import { startProgram } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { anglesRad, startArm } from "./arm-process.ts";

const clock = new SystemClock();
const STEP_RAD = 0.25;
const ROUNDS = 200;
/** A round is shorter; the arm lags behind by less. */
const LOOK_MS = 300;
/** It cannot be told to go farther than its last goal. */
const STANDS_WITHIN_MS = 900;
/** Rest of a servo: nearer to where it ends than it can tell. */
const SERVO_STEP_RAD = (2 * Math.PI) / 4096;
const LOOKED_ON_MS = 1200;

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
    const roundsOf = async () => ((await robot.ask("servos")) as { readonly rounds: { readonly count: number } }).rounds;
    await until("a few hundred rounds", async () => (await roundsOf()).count >= ROUNDS);
    context.diagnostic(`rounds on this shared machine: ${JSON.stringify(await roundsOf())}`);
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
    await until("the arm being on its way", async () => Math.abs((await anglesRad(arm))[0]! - from.positionRad[0]!) > STEP_RAD / 4);
    process.kill(robot.pid, "SIGKILL");
    let first = await anglesRad(arm);
    let second = first;
    const stands = async (): Promise<boolean> => {
      first = await anglesRad(arm);
      await clock.sleep(LOOK_MS); // What stands, or sinks, shows only over time.
      second = await anglesRad(arm);
      return second.every((rad, joint) => Math.abs(rad - first[joint]!) < 0.003);
    };
    await until("the arm standing", stands, STANDS_WITHIN_MS).catch(() => assert.fail(`it still moves: ${first} then ${second} rad`));
    assert.ok(second[0]! > -0.05 && second[0]! < STEP_RAD + 0.05, `${second[0]} rad`);
  } finally {
    await robot[Symbol.asyncDispose]();
  }
});

test("an agent killed in motion leaves an arm that is at rest within 0.4 s, by the virtual arm's own angles", async (context) => {
  await using arm = await startArm();
  const busy = ["backend.answerMs:=25", "backend.limits.missingMs:=2000"]; // As above.
  const agent = startProgram("test/helpers/swaying-agent.ts", [
    "launch/so101-desk-reach.launch.yaml",
    `backend.port:=${arm.port}`,
    ...busy,
  ]);
  await agent.saw(/moving/);
  const killedNs = clock.nowNs();
  agent.child.kill("SIGKILL");
  const track: { readonly atMs: number; readonly rad: number }[] = [];
  for (let atMs = 0; atMs < LOOKED_ON_MS; ) {
    const rad = (await anglesRad(arm))[0]!;
    atMs = nsToMs(clock.nowNs() - killedNs); // When it was heard: later than it was.
    track.push({ atMs, rad });
  }
  const end = track.at(-1)!.rad;
  const moving = track.filter(({ rad }) => Math.abs(rad - end) > SERVO_STEP_RAD);
  const restAfterMs = moving.at(-1)?.atMs ?? 0;
  context.diagnostic(
    `at rest ${restAfterMs.toFixed(0)} ms after the kill, ${Math.abs(track[0]!.rad - end).toFixed(3)} rad farther; ${track.length} looks (bound 400 ms)`,
  );
  assert.ok(moving.length > 0, "it moved");
  assert.ok(restAfterMs <= 400, `at rest after ${restAfterMs} ms on the real clock`);
});
