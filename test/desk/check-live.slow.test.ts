/** `foresight check --live` of an arm on a desk: what its cameras see against what the model expects, in the terminal and, to place them by, on a page in a real Chromium. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { DeskView } from "../../launch/desk/page/view.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { missing, onPageOf, openBrowser } from "../helpers/browser.ts";
import { cli, startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { type ArmProcess, anglesRad, startArm } from "./arm-process.ts";

const skip = missing || (spawnSync("ffmpeg", ["-version"]).status === 0 ? false : "no ffmpeg on this machine: apt-get install ffmpeg");
const shots = join(packageRoot, "out");
const LAUNCH = "launch/so101-desk-reach.launch.yaml";
const OTHER_TABLE = "launch/so101-other-table.launch.yaml";

const overridesFor = (arm: ArmProcess, pictures: number): readonly string[] => [
  // Another process plays servos and cameras, and this machine may be busy: late is not lost.
  ...[`backend.port:=${arm.port}`, "backend.answerMs:=25", "backend.limits.missingMs:=2000"],
  ...["front", "side"].map((name, index) => `backend.cameras.${name}.device:=tcp://127.0.0.1:${pictures + index}`),
];

test("cameras that stand as the launch file says fit, cameras that stand beside are told by how many pixels, and the arm is not moved", {
  skip,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "desk-live-"));
  try {
    const knocked = join(folder, "knocked.launch.yaml");
    writeFileSync(knocked, `include: ${join(packageRoot, OTHER_TABLE)}\nbackend: { knocked: { turnRad: 0.2 } }\n`);
    for (const [pictures, fits, flags] of [
      [8891, true, []],
      [8893, false, ["--scene", knocked]],
    ] as const) {
      await using arm = await startArm("--pictures", `${pictures}`, ...flags);
      const before = await anglesRad(arm);
      const { out, err } = await cli("check", LAUNCH, ...overridesFor(arm, pictures), "--live", "--out", join(folder, `${fits}`));
      assert.deepEqual(await anglesRad(arm), before);
      for (const camera of ["front", "side"]) {
        const line =
          out.split("\n").find((text) => text.includes(`camera "${camera}"`) && /residual/.test(text)) ?? assert.fail(`${out}\n${err}`);
        context.diagnostic(line.trim());
        assert.match(line, fits ? /^ok / : /^WRONG /);
        assert.ok(existsSync(join(folder, `${fits}`, `${camera}-overlay.png`)));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("on the page the model's edges lie over what each camera sees now, with how well they fit", { skip }, async () => {
  const pictures = 8895;
  await using arm = await startArm("--pictures", `${pictures}`, "--scene", OTHER_TABLE);
  mkdirSync(shots, { recursive: true });
  const running = startCli(["check", LAUNCH, ...overridesFor(arm, pictures), "dashboard.port:=0", "--live", "--page"]);
  const watched = await openBrowser({ width: 1366, height: 768 });
  const { page } = watched;
  await onPageOf(running, watched, async () => {
    const url = /page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!;
    const now = async (): Promise<DeskView> => (await (await fetch(new URL("/now", url))).json()) as DeskView;
    await page.goto(url);
    for (const name of ["front", "side"]) {
      await until(`the overlay of ${name}`, () =>
        page.getByAltText(`What ${name} sees`).evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth === 512),
      );
      await until(`how well ${name} fits`, async () => new RegExp(`${name}: residual \\d\\.\\d px`).test((await now()).step));
    }
    const { pictures: first } = await now();
    await until("newer overlays", async () => Object.entries((await now()).pictures).every(([name, number]) => number > first[name]!));
    await page.screenshot({ path: join(shots, "check-live.png") });
    assert.deepEqual([watched.errors(), watched.strangers()], [[], []]);
    running.child.kill("SIGINT");
    assert.equal((await running.result).code, 0);
  });
});

test("a launch file whose arm is simulated by its own run has nothing to look at, and is told what to use", async () => {
  const { code, err } = await cli("check", "launch/so101-reach.launch.yaml", "--live");
  assert.equal(code, 2);
  assert.match(err, /backend\.kind "sim": check --live looks at an arm that is there; use ros2 or feetech/);
});
