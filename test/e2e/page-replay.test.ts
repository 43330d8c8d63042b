/** A recording on the page, in a real browser: recorded, then looked at by mouse, finger and key. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { barriers, missing, openBrowser, type WatchedPage } from "../helpers/browser.ts";
import { cli, type RunningCli, startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";

const shots = join(packageRoot, "out");
const folder = mkdtempSync(join(tmpdir(), "foresight-page-replay-"));
let watched: WatchedPage;
let page: Page;
let running: RunningCli;

before(async () => {
  if (missing) return;
  const file = join(folder, "run.mcap");
  const options = ["dashboard.enabled:=false", "backend.mode:=lockstep", `record:=${file}`];
  await cli("run", "launch/panda-push.launch.yaml", ...options);
  running = startCli(["replay", file, "--page", "dashboard.port:=0"]);
  watched = await openBrowser({ width: 1400, height: 1000 }, { hasTouch: true });
  page = watched.page;
  await page.goto(/page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!);
  await until("it is a recording", async () => (await page.getAttribute("body", "data-mode")) === "replay");
});

after(async () => {
  running?.child.kill("SIGINT");
  await running?.result;
  await watched?.close();
  rmSync(folder, { recursive: true });
});

const textOf = async (id: string): Promise<string> => (await page.locator(`#${id}`).textContent()) ?? "";
const atS = async (): Promise<number> => Number(await page.inputValue("#scrubber"));
const decisions = async (): Promise<number> => Number(/of (\d+) decisions/.exec(await textOf("guards-now"))?.[1] ?? 0);
const pause = async (): Promise<void> => {
  if ((await textOf("play")) === "Pause") await page.locator("#play").click();
  await until("it rests", async () => (await textOf("play")) === "Play");
};

test("it plays as fast as it is told, and rests when it is told", { skip: missing }, async () => {
  await until("it has begun", async () => (await textOf("played")) !== "" && (await page.locator("#play").isEnabled()));
  await page.locator("#scrubber").focus();
  await page.keyboard.press("Home");
  await page.selectOption("#rate", "0.25"); // However slow this machine is, it is not at its end before anybody looks.
  await until("it is at the beginning", async () => (await atS()) < 0.5);
  if ((await textOf("play")) === "Play") await page.locator("#play").click();
  await until("it plays", async () => (await atS()) > 0.1);
  await pause();
  const restsAtS = await atS();
  await page.locator("#play").click();
  await until("it goes on", async () => (await atS()) > restsAtS);
  await pause();
});

test("by mouse: an instant shows its pictures, its decisions, its costs and its states, the same whichever way one comes there", {
  skip: missing,
}, async () => {
  const box = (await page.locator("#scrubber").boundingBox())!;
  const shownS = async () => Number(await page.getAttribute("#scrubber", "data-shown-s"));
  const click = async (share: number): Promise<void> => {
    await page.mouse.click(box.x + share * box.width, box.y + box.height / 2);
    const wantedS = await atS();
    await until(`all of ${wantedS} s is there`, async () => Math.abs((await shownS()) - wantedS) < 0.02);
  };
  const picture = () =>
    page.locator('canvas[data-picture="front frames"]').evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());
  await click(0.75);
  assert.ok((await decisions()) > 4);
  await until("the imagined pictures", async () => (await page.locator("#imagined-steps li").count()) > 0);
  assert.match(await textOf("sentence"), /push is acting/);
  assert.match(await textOf("terms"), /critic/);
  const [later, laterPicture] = [await decisions(), await picture()];
  await click(0.2);
  assert.ok((await decisions()) < later);
  assert.notEqual(await picture(), laterPicture);
  await click(0.75);
  assert.equal(await decisions(), later);
  assert.equal(await picture(), laterPicture);
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, "page-replay.png"), fullPage: true });
});

test("by key: a step, a leap, to the ends, and play", { skip: missing }, async () => {
  await page.locator("#scrubber").focus();
  await page.keyboard.press("Home");
  await until("the beginning", async () => (await textOf("played")).startsWith("0:00.0"));
  await page.keyboard.press("ArrowRight");
  await until("a step", async () => (await textOf("played")).startsWith("0:00.2"));
  await page.keyboard.press("End");
  const durationS = Number(await page.getAttribute("#scrubber", "max"));
  await until("the end", async () => Math.abs((await atS()) - durationS) < 0.05);
  await page.getByRole("button", { name: "to the mark before" }).click();
  await until("a mark", async () => (await atS()) < durationS - 0.05);
  assert.match((await page.getAttribute("#scrubber", "aria-valuetext")) ?? "", /^\d+:\d\d\.\d of \d+:\d\d\.\d$/);
});

test("by finger", { skip: missing }, async () => {
  const box = (await page.locator("#scrubber").boundingBox())!;
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  const durationS = Number(await page.getAttribute("#scrubber", "max"));
  await until("the middle", async () => Math.abs((await atS()) / durationS - 0.5) < 0.1);
});

test("nothing can be commanded, nothing serious is in a person's way, and it works on a phone and in the dark", {
  skip: missing,
}, async () => {
  assert.equal(await page.locator("nav").isVisible(), false);
  for (const [width, colorScheme] of [
    [1400, "light"],
    [390, "dark"],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await barriers(page), []);
    assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= width, `nothing is cut off at ${width} px`);
    await page.screenshot({ path: join(shots, `page-replay-${width}-${colorScheme}.png`), fullPage: true });
  }
  assert.deepEqual(watched.errors(), []);
  assert.deepEqual(watched.strangers(), []);
});
