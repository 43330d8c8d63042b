/** The live page in a real browser, beside a real run. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { readRecording } from "../../runtime/record/recording.ts";
import { barriers, missing, openBrowser, type WatchedPage } from "../helpers/browser.ts";
import { type RunningCli, startCli, told } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";

/** Where the screenshot is left for people to look at. */
const shots = join(packageRoot, "out");

/** Where the newest seconds are saved. */
const saved = mkdtempSync(join(tmpdir(), "foresight-page-"));
let watched: WatchedPage;
let page: Page;
let running: RunningCli;

before(async () => {
  if (missing) return;
  watched = await openBrowser({ width: 1400, height: 1000 });
  page = watched.page;
  // By chance the arm gets nowhere: it moves until it is stopped, however long this machine takes to open the page. Few samples leave the machine to the browser.
  // How old what it acts on may be is no rule of the page: with the usual 400 ms a machine that a browser keeps busy holds, and never says what is waited for here.
  const launch = join(saved, "watched.launch.yaml");
  writeFileSync(
    launch,
    `include: ${join(packageRoot, "launch/panda-push.launch.yaml")}\nrecord: { folder: ${join(saved, "asked")}, last: { folder: ${saved} } }\nurgent: { rest: { urgency: 3, task: { waitS: 1 } } }\nguards: { maxObservationAgeMs: 2000, maxPlanAgeMs: 2000 }\nsenses: { maxAgeMs: 2500 }\n`,
  );
  running = startCli(["run", launch, "dashboard.port:=0", "planner.policy:=random", "planner.samples:=64", "task.retries:=10"]);
  const url = /page: (\S+)/.exec(await running.saw(/page: \S+/))?.[1];
  assert.ok(url, "the address is printed");
  await page.goto(url);
});

after(async () => {
  running?.child.kill("SIGINT");
  await running?.result;
  await watched?.close();
  rmSync(saved, { recursive: true, force: true });
});

/** What is in a picture, in a few characters. */
const digest = (picture: string): Promise<string> =>
  page
    .locator(`canvas[data-picture="${picture}"]`)
    .evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL())
    .then((url) => createHash("sha256").update(url).digest("hex"));

/** With what the page says of it, and what the agent says where it has ended. */
async function explained(error: unknown): Promise<never> {
  const said = await Promise.all(["#state", "#reason", "#notice", "#recording"].map((part) => page.locator(part).textContent()));
  const { exitCode, signalCode } = running.child;
  const end = exitCode === null && signalCode === null ? "it runs" : told(await running.result);
  throw new Error(`the page says "${said.join('", "')}"; of the agent: ${end}`, { cause: error });
}

test("the page shows live and goal pictures, the state, the plots, joints, costs and times", { skip: missing }, async () => {
  await page.waitForFunction(() =>
    (globalThis as unknown as { document: { getElementById(id: string): { textContent: string } } }).document
      .getElementById("state")
      .textContent.includes("push"),
  );
  await page.locator("#distance canvas").waitFor();
  const [liveBefore, goalBefore] = [await digest("front frames"), await digest("front goal")];
  await until("the live picture changes", async () => (await digest("front frames")) !== liveBefore);
  assert.equal(await digest("front goal"), goalBefore, "the goal picture does not");
  await until("the arm moves", async () => (await page.locator('[role="meter"]').first().getAttribute("aria-valuetext")) !== null);
  assert.equal(await page.locator('[role="meter"]').count(), 8, "a bar a joint, and one for the gripper");
  await until("it says that it runs", async () => /^Running: push /.test((await page.locator("#sentence").textContent()) ?? "")); // A busy machine holds now and then.
  await page.locator('#agent-chart .lit[data-state="running"]').waitFor();
  await page.locator('#skill-chart .lit[data-state="acting"]').waitFor();
  assert.match((await page.locator("#terms").textContent()) ?? "", /critic.*effort|effort.*critic/);
  assert.match((await page.locator("#deadlines").textContent()) ?? "", /p50.*p99.*missed the deadline of 120 ms/);
  await until(
    "what it imagines, also from pictures of its play",
    async () => Number(/nearest of (\d+) pictures seen/.exec((await page.locator("#imagined-now").textContent()) ?? "")?.[1] ?? 0) >= 64,
  );
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, "page.png") });
});

test("a recording is started by a button, shown with file and size, and ended by it: then it is there, and is read", {
  skip: missing,
}, async () => {
  const said = async (): Promise<string> => (await page.locator("#recording").textContent()) ?? "";
  await page.getByRole("button", { name: "Record", exact: true }).click();
  const isGrowing = async (): Promise<boolean> => Number(/^Recording .*panda-\S+\.mcap: ([\d.]+) MB\.$/.exec(await said())?.[1] ?? 0) > 0;
  await until("it grows", isGrowing).catch(explained);
  await page.getByRole("button", { name: "End recording" }).click();
  await until("its end is told", async () => /^recorded \d+ decisions in .*--page shows them\.$/.test(await said())).catch(explained);
  const [name, ...others] = readdirSync(join(saved, "asked"));
  assert.deepEqual(others, []);
  const { samples, missing: lacking } = await readRecording(join(saved, "asked", name!));
  assert.ok(samples.length > 0);
  assert.match(lacking ?? "", /^it was started when the run was under way, and what was decided depends on what came before$/);
});

for (const [name, width, colorScheme] of [
  ["on a desktop, light", 1400, "light"],
  ["on a desktop, dark", 1400, "dark"],
  ["on a phone", 390, "light"],
] as const)
  test(`nothing serious keeps a person with a screen reader, a keyboard or poor sight from using it ${name}`, {
    skip: missing,
  }, async () => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await barriers(page), []);
    const widest = await page.evaluate("document.documentElement.scrollWidth");
    assert.ok(Number(widest) <= width, `${widest} px wide: nothing is cut off at ${width} px`);
    await page.screenshot({ path: join(shots, `page-${width}-${colorScheme}.png`), fullPage: true });
    const stop = await page.getByRole("button", { name: "Stop" }).boundingBox();
    assert.ok(stop && stop.y >= 0 && stop.y + stop.height <= 900, "the Stop button is in sight");
  });

test("the button of an urgent task brings it first, says so, and the task goes on after it", { skip: missing }, async () => {
  await page.setViewportSize({ width: 1400, height: 1000 });
  await page.getByRole("button", { name: "rest", exact: true }).click();
  const says = async (part: string): Promise<string> => (await page.locator(part).textContent()) ?? "";
  await until("it comes first", async () => /task: running → running, urgency 3\./.test(await says("#happenings"))); // The log: a busy browser may miss that second.
  await until(
    "the task goes on",
    async () => (await says("#reason")).startsWith("The task is running") && /push is acting/.test(await says("#sentence")),
  );
  assert.match(await says("#happenings"), /urgent: rest/);
});

test("held, a joint moves by hand for as long as the button is held, and the newest seconds are saved when told", {
  skip: missing,
}, async () => {
  await page.setViewportSize({ width: 1400, height: 1000 });
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  const jog = page.getByRole("button", { name: "hold to move joint1 up" });
  await jog.waitFor();
  const angle = async (): Promise<number> => Number.parseFloat((await page.locator(".joint-now").first().textContent()) ?? "");
  const before = await angle();
  await jog.focus();
  await page.keyboard.down("Enter");
  const isUp = async (): Promise<boolean> => (await angle()) > before + 2;
  await until("it moves", isUp).catch(explained);
  await page.screenshot({ path: join(shots, "page-jog.png"), fullPage: true });
  await page.keyboard.up("Enter");
  await until("it rests", async () => /, 0 % speed/.test((await page.locator(".joint-now").first().textContent()) ?? ""));
  await page.getByRole("button", { name: "Save the last seconds" }).click();
  await until("it is saved", async () => /The page said save: /.test((await page.locator("#happenings").textContent()) ?? ""));
  assert.ok(
    readdirSync(saved).some((name) => name.endsWith(".mcap")),
    "a recording is there",
  );
});

test("the Stop button stops the arm", { skip: missing }, async () => {
  await page.getByRole("button", { name: "Stop" }).click();
  const { code, out } = await running.result;
  assert.match(out, /task stopped: An operator stopped the agent/, out);
  assert.notEqual(code, 0);
  assert.deepEqual(watched.errors(), [], "no errors but the lost connection at the end");
  assert.deepEqual(watched.strangers(), [], "nothing is asked of other hosts");
});
