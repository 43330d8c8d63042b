/** `foresight find --page` in a real Chromium: the servos that answer, and what each camera sees under its own name. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { missing, onPageOf, openBrowser } from "../helpers/browser.ts";
import { startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { startArm } from "./arm-process.ts";

const skip = missing || (spawnSync("ffmpeg", ["-version"]).status === 0 ? false : "no ffmpeg on this machine: apt-get install ffmpeg");
const shots = join(packageRoot, "out");
const PICTURES = 8671;

test("the page shows the servos of the port and a picture of each camera by its name, and says of one that gives nothing why", {
  skip,
}, async () => {
  await using arm = await startArm("--pictures", `${PICTURES}`);
  mkdirSync(shots, { recursive: true });
  const cameras = [`tcp://127.0.0.1:${PICTURES}`, `tcp://127.0.0.1:${PICTURES + 1}`];
  const running = startCli(["find", arm.port, "--page", "--cameras", ...cameras, "/dev/video-that-is-not-there"]);
  const watched = await openBrowser({ width: 1366, height: 768 });
  const { page } = watched;
  await onPageOf(running, watched, async () => {
    await page.goto(/page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!);
    await until("the servos", async () => /servos 1 \(STS3215/.test((await page.locator("#step").textContent()) ?? ""));
    for (const name of cameras)
      await until(`a picture of ${name}`, () =>
        page.getByAltText(`What ${name} sees`).evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth === 320),
      );
    const why = /camera "\/dev\/video-that-is-not-there".*No such file/;
    await until("why the third gives nothing", async () => why.test((await page.locator("#said").textContent()) ?? ""));
    await page.screenshot({ path: join(shots, "find.png") });
    assert.deepEqual([watched.errors(), watched.strangers()], [[], []]);
    running.child.kill("SIGINT");
    assert.equal((await running.result).code, 0);
  });
});
