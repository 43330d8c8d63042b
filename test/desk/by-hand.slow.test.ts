/** What a person does with their hands, as the commands take it, on virtual arms: play that is led by another arm, and a goal to which the limp arm is moved. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { SystemClock } from "../../runtime/core/clock.ts";
import { openDataset } from "../../runtime/learn/dataset-reader.ts";
import { startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { anglesRad, startArm } from "./arm-process.ts";

const skip = spawnSync("ffmpeg", ["-version"]).status === 0 ? false : "no ffmpeg on this machine: apt-get install ffmpeg";
const [PLAY_PICTURES, GOAL_PICTURES] = [8771, 8781];
const ROWS = 20;
/** As far as the hand leads the base to either side, and how long it takes. */
const SWAY_RAD = 0.35;
const SWAY_MS = 2500;
const SQUEEZED_RAD = -0.15;
const STANDS_RAD = 0.02;
const MINUTES = 60_000;

/** Other processes play servos and cameras, and this machine may be busy: late is not lost. */
const onDesk = (port: string, pictures: number): readonly string[] => [
  ...[`backend.port:=${port}`, "backend.answerMs:=25", "backend.limits.missingMs:=2000"],
  ...["senses.maxAgeMs:=2500", "guards.maxObservationAgeMs:=2000", "guards.maxPlanAgeMs:=2000"],
  ...[0, 1].map((index) => `backend.cameras.${["front", "side"][index]}.device:=tcp://127.0.0.1:${pictures + index}`),
];

test("collect --teleop records the play of a person who leads the tool by another arm, as rows that training reads", {
  skip,
  timeout: 4 * MINUTES,
}, async (context) => {
  await using arm = await startArm("--pictures", `${PLAY_PICTURES}`);
  await using leader = await startArm("--leader");
  const folder = mkdtempSync(join(tmpdir(), "led-play-"));
  const clock = new SystemClock();
  const home = await anglesRad(leader);
  const hand = (panRad: number): Promise<string> =>
    leader.command(`hand ${[panRad, ...home.slice(1, 5), SQUEEZED_RAD].map((rad) => rad.toFixed(3))}`);
  await hand(home[0]!);
  const running = startCli([
    ...["collect", "launch/so101-desk-reach.launch.yaml", "--out", join(folder, "play"), "--rows", `${ROWS}`],
    ...["--teleop", leader.port, "--clutch", "gripper", ...onDesk(arm.port, PLAY_PICTURES)],
  ]);
  let isOver = false;
  void running.result.then(() => (isOver = true));
  try {
    for (let side = 1; !isOver; side = -side) {
      await hand(home[0]! + side * SWAY_RAD);
      await clock.sleep(SWAY_MS); // A hand takes its time.
    }
    const { code, out, err } = await running.result;
    assert.equal(code, 0, out + err);
    context.diagnostic(out.trim().split("\n").at(-1)!);
    using dataset = openDataset(join(folder, "play"));
    assert.ok(dataset.rowCount >= ROWS, `${dataset.rowCount} rows`);
  } finally {
    running.child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});

test("goal capture --by-hand: limp after a yes, moved by hand, and its pictures and its posture are there as lines of a launch file", {
  skip,
  timeout: 3 * MINUTES,
}, async () => {
  await using arm = await startArm("--pictures", `${GOAL_PICTURES}`);
  const folder = mkdtempSync(join(tmpdir(), "goal-by-hand-"));
  const running = startCli(
    ["goal", "capture", "launch/so101-desk-reach.launch.yaml", "--by-hand", "--out", folder, ...onDesk(arm.port, GOAL_PICTURES)],
    {},
    "pipe",
  );
  try {
    await running.saw(/The arm goes limp now and may fall: hold it\. Go on\?/);
    const toRad = (await anglesRad(arm)).map((rad, joint) => (joint === 0 ? rad + 0.3 : rad));
    await arm.command(`hand ${toRad.map((rad) => rad.toFixed(3))}`);
    running.child.stdin?.write("yes\n");
    await running.saw(/Move the arm to the goal by hand, and hold it there\./);
    await until("the hand has moved it", async () => Math.abs((await anglesRad(arm))[0]! - toRad[0]!) < STANDS_RAD);
    running.child.stdin?.write("\n");
    const { code, out, err } = await running.result;
    assert.equal(code, 0, out + err);
    const stands = /# the arm stands at ([-\d., ]+) rad/.exec(out)?.[1]?.split(", ").map(Number) ?? [];
    assert.equal(stands.length, 5, out);
    for (const [joint, rad] of stands.entries()) assert.ok(Math.abs(rad - toRad[joint]!) < 0.05, `joint ${joint}: ${rad} rad`);
    assert.match(out, /goal: \{ kind: image, source: files, files: \{ front: .*front\.png, side: .*side\.png \} \}/);
    for (const camera of ["front", "side"]) {
      const { width, height } = await sharp(join(folder, `${camera}.png`)).metadata();
      assert.deepEqual([width, height], [64, 64]);
    }
  } finally {
    running.child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
