/** `foresight calibrate` on its page, in a real Chromium: the steps in words, live angles, what was swept, which joint was not, and the same answers as in the terminal. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { DeskView } from "../../launch/desk/page/view.ts";
import { so101StopsRad } from "../../robots/so101/servos.ts";
import { parseCalibration } from "../../runtime/bridge/servos/calibration.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { barriers, missing, openBrowser } from "../helpers/browser.ts";
import { startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { type ArmProcess, startArm } from "./arm-process.ts";

const shots = join(packageRoot, "out");
const LAPTOP = { width: 1366, height: 768 };
const names = Object.keys(so101StopsRad) as (keyof typeof so101StopsRad)[];
const MIDDLE_RAD = names.map((name) => (so101StopsRad[name][0] + so101StopsRad[name][1]) / 2);
/** As near as a joint is told on the page. */
const NEAR_RAD = 0.06;

const place = (arm: ArmProcess, rad: readonly number[]): Promise<string> => arm.command(`place ${rad.map((each) => each.toFixed(3))}`);

/** These joints from stop to stop, `share` of their range, one after the other as a person does who looks at the page. */
async function sweep(arm: ArmProcess, url: string, joints: readonly string[], share = 1): Promise<void> {
  for (const [index, name] of names.entries()) {
    if (!joints.includes(name)) continue;
    const halfRad = (share * (so101StopsRad[name][1] - so101StopsRad[name][0])) / 2;
    for (const offRad of [0, -halfRad, 0, halfRad, 0]) {
      const toRad = MIDDLE_RAD[index]! + offRad;
      const posture = MIDDLE_RAD.map((rad, joint) => (joint === index ? toRad : rad));
      await until(`${name} at ${toRad.toFixed(2)} rad on the page`, async () => {
        await place(arm, posture); // Against the table too, that pushes it back.
        const { joints: seen } = (await (await fetch(new URL("/now", url))).json()) as DeskView;
        return Math.abs((seen.find((joint) => joint.name === name)?.angleRad ?? Number.NaN) - toRad) < NEAR_RAD;
      });
    }
  }
}

test("an arm from the box is calibrated on the page alone: what to do, live angles, the joint that was not swept and why, and each answer by a button", {
  skip: missing,
}, async () => {
  await using arm = await startArm("--uncalibrated");
  const folder = mkdtempSync(join(tmpdir(), "calibrate-page-"));
  mkdirSync(shots, { recursive: true });
  const file = join(folder, "mine.json");
  const running = startCli([
    ...["calibrate", "launch/so101-desk-reach.launch.yaml", "--out", file],
    ...[`backend.port:=${arm.port}`, "backend.answerMs:=25", "dashboard.port:=0"],
  ]);
  const watched = await openBrowser(LAPTOP);
  const { page } = watched;
  const step = async (): Promise<string> => (await page.locator("#step").textContent()) ?? "";
  const asked = (what: RegExp): Promise<void> => until(`${what}`, async () => what.test(await step()));
  const answer = (name: string): Promise<void> => page.getByRole("button", { name }).click();
  try {
    const url = /page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!;
    await page.goto(url);
    await asked(/The arm goes limp now and may fall: hold it\. Go on\?/);
    await place(arm, MIDDLE_RAD);
    await answer("Yes");
    await asked(/Put every joint in the middle of its range/);
    await until("live angles", async () => (await page.locator("#joint-list li:visible").count()) === names.length);
    await page.screenshot({ path: join(shots, "calibrate-middle.png") });
    await answer("Done, go on");

    await asked(/^Move shoulder_pan, .*, gripper slowly from stop to stop/);
    await sweep(
      arm,
      url,
      names.filter((name) => name !== "elbow_flex"),
    );
    await sweep(arm, url, ["elbow_flex"], 0.5);
    const row = (name: string) => page.locator("#joint-list li", { hasText: name });
    await until("the swept range", async () => /moved through 2\d\d° of 2\d\d°/.test((await row("shoulder_pan").textContent()) ?? ""));
    await page.screenshot({ path: join(shots, "calibrate-sweep.png") });
    assert.deepEqual(await barriers(page), []);
    await answer("Done, go on");

    await asked(/^Move elbow_flex slowly from stop to stop/);
    const why = /elbow_flex: swept 1\.\d\d rad, the model's range is 3\.38 rad; move it from stop to stop/;
    await until("which joint and why", async () => why.test((await page.locator("#said").textContent()) ?? ""));
    await until("at its bar too", async () => /elbow_flex: swept/.test((await row("elbow_flex").locator(".why").textContent()) ?? ""));
    await page.screenshot({ path: join(shots, "calibrate-why.png") });
    await sweep(arm, url, ["elbow_flex"]);
    await until("it is no longer blamed", async () => (await row("elbow_flex").locator(".why").textContent()) === "");
    await answer("Done, go on");

    await asked(/Write this to the servos\?/);
    await page.screenshot({ path: join(shots, "calibrate-write.png") });
    await answer("Yes");
    await asked(/Each joint now moves a little by itself/);
    await arm.command("hand off");
    await answer("Yes");
    for (const name of names) {
      await asked(new RegExp(`^${name} moved a little\\. Did `));
      await answer("Yes");
    }
    await asked(new RegExp(`^Written: ${file}`));
    await page.screenshot({ path: join(shots, "calibrate-end.png") });
    const { code, err } = await running.result;
    assert.equal(code, 0, err);
    assert.deepEqual(Object.keys(parseCalibration(file, readFileSync(file, "utf8"))), names);
    assert.deepEqual([watched.errors(), watched.strangers()], [[], []]);
  } finally {
    running.child.kill("SIGKILL");
    await watched.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
