/** `foresight teleop` between two virtual arms on two ports, led from its page in a real Chromium: both arms' angles, the clutch, and what the arm does with it. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { DeskView } from "../../launch/desk/page/view.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { barriers, missing, onPageOf, openBrowser } from "../helpers/browser.ts";
import { startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { type ArmProcess, anglesRad, startArm } from "./arm-process.ts";

const shots = join(packageRoot, "out");
const LAPTOP = { width: 1366, height: 768 };
const NEAR_RAD = 0.06;
const LED_RAD = 0.4;
/** What moves shows by then. */
const LOOK_MS = 500;

test("on the page one sees both arms, closes the clutch, and the arm follows; opened, it holds", { skip: missing }, async () => {
  await using follower = await startArm();
  await using leader = await startArm("--leader");
  mkdirSync(shots, { recursive: true });
  const home = await anglesRad(follower);
  const hand = (byRad: number): Promise<string> =>
    leader.command(`hand ${home.map((rad, joint) => (joint === 0 || joint === 4 ? rad + byRad : rad).toFixed(3))}`);
  await hand(LED_RAD);
  const running = startCli([
    ...["teleop", "launch/so101-desk-reach.launch.yaml", "--leader", leader.port, "--clutch", "page"],
    // Three processes play arms and browser on two cores: late is not lost.
    ...[`backend.port:=${follower.port}`, "backend.answerMs:=25", "backend.limits.missingMs:=2000", "dashboard.port:=0"],
  ]);
  const watched = await openBrowser(LAPTOP);
  const { page } = watched;
  const panned = async (arm: ArmProcess): Promise<number> => (await anglesRad(arm))[0]! - home[0]!;
  await onPageOf(running, watched, async () => {
    const url = /page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!;
    const now = async (): Promise<DeskView> => (await (await fetch(new URL("/now", url))).json()) as DeskView;
    await page.goto(url);
    await until("both arms are shown", async () => (await now()).joints.length === 5);
    await until("the leader is led", async () => Math.abs((await now()).joints[0]!.leaderRad! - home[0]! - LED_RAD) < NEAR_RAD);
    const step = async (): Promise<string> => (await page.locator("#step").textContent()) ?? "";
    await until("the page says that it holds", async () => /The arm holds: the clutch is open\./.test(await step()));
    assert.ok(Math.abs(await panned(follower)) < NEAR_RAD, "it moved without a clutch");
    await page.screenshot({ path: join(shots, "teleop-apart.png") });
    assert.deepEqual(await barriers(page), []);

    // On a busy machine the arm may hold by itself meanwhile, and says so: then one opens the clutch and closes it again.
    const led = async (): Promise<boolean> => {
      const { step, buttons } = await now();
      const mayPress = buttons.some(({ key }) => key === "clutch-close") || /open the clutch and close it again$/.test(step);
      if (mayPress) await page.locator("#buttons button").click();
      return step === "The arm follows the leader.";
    };
    await until("it follows, and stands where the leader does", async () => {
      return (await led()) && Math.abs((await panned(follower)) - LED_RAD) < NEAR_RAD;
    });
    await page.screenshot({ path: join(shots, "teleop-following.png") });

    await page.locator("body").press("Space"); // The space bar is the clutch here too.
    await until("it holds", async () => (await now()).buttons[0]?.key === "clutch-close");
    await hand(-LED_RAD);
    await until("the leader has gone", async () => (await now()).joints[0]!.leaderRad! - home[0]! < 0);
    const before = await panned(follower);
    await new SystemClock().sleep(LOOK_MS);
    assert.ok(Math.abs((await panned(follower)) - before) < 0.01, "it followed without a clutch");
    running.child.kill("SIGINT");
    const { code, err } = await running.result;
    assert.equal(code, 0, err);
    await until("the page says so", async () => /Leading has ended/.test(await step()));
    assert.deepEqual([watched.errors(), watched.strangers()], [[], []]);
  });
});
