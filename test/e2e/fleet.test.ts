/** The fleet demonstration in a real browser: four arms on one page, stopped one by one and all together; and what is left when a process is killed. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import type { ArmRow } from "../../launch/fleet/board.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { barriers } from "../helpers/browser.ts";
import { type RunningCli, startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";

const CHROMIUM = process.env["FORESIGHT_CHROMIUM"] ?? "/usr/bin/chromium";
const missing = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}; install Debian's chromium (CI does)`;
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"];
const shots = join(packageRoot, "out");
const MINUTES = 60_000;

let browser: Browser;
let page: Page;
let running: RunningCli;
let url: string;
const consoleErrors: string[] = [];

before(async () => {
  if (missing) return;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: quiet });
  page = await (await browser.newContext({ viewport: { width: 1200, height: 700 } })).newPage();
  page.on("console", (message) => message.type() === "error" && consoleErrors.push(message.text()));
  // The simulated worlds wait for the decisions, so that a slow machine changes nothing.
  running = startCli(["run", "launch/fleet-demo.launch.yaml", "fleet.page.port:=0", "backend.mode:=lockstep"]);
  url = /fleet: (\S+)/.exec(await running.saw(/fleet: \S+/))?.[1] ?? "";
  await page.goto(url);
});

after(async () => {
  running?.child.kill("SIGINT");
  await running?.result;
  await browser?.close();
});

async function arms(): Promise<readonly ArmRow[]> {
  const response = await fetch(new URL("/arms", url));
  return ((await response.json()) as { arms: readonly ArmRow[] }).arms;
}
const stateOf = async (name: string): Promise<string> => (await arms()).find((arm) => arm.name === name)?.agent ?? "";
const row = (name: string) => page.locator("#arms > li", { has: page.getByRole("heading", { name, exact: true }) });
/** Processes of this one's own. */
const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
const isThere = (pid: number): boolean => existsSync(`/proc/${pid}/status`);

test("four arms begin by themselves and are listed with state, task and a picture that changes", {
  skip: missing,
  timeout: 5 * MINUTES,
}, async () => {
  await until(
    "all four run",
    async () => (await arms()).every(({ agent, picture }) => agent === "running" && picture !== null),
    3 * MINUTES,
  );
  await until("the page says so", async () => (await page.locator("#summary").textContent()) === "4 of 4 here, 4 running");
  assert.deepEqual(await page.getByRole("heading", { level: 2 }).allTextContents(), ["north", "east", "south", "west"]);
  for (const name of ["north", "east", "south", "west"])
    assert.match((await row(name).locator(".state").textContent()) ?? "", /^running: reach/);
  const picture = row("north").locator("img");
  const before = await picture.getAttribute("src");
  await until("another picture", async () => (await picture.getAttribute("src")) !== before);
  await until("it is shown", () => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth === 64));
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, "fleet.png") });
  assert.deepEqual(await barriers(page), []);
  await page.setViewportSize({ width: 390, height: 900 });
  await page.emulateMedia({ colorScheme: "dark" });
  assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= 390, "nothing is cut off on a phone");
  assert.deepEqual(await barriers(page), []);
  await page.screenshot({ path: join(shots, "fleet-390-dark.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1200, height: 700 });
});

test("the stop of one arm stops it and no other, and after reset and start it goes on", {
  skip: missing,
  timeout: 3 * MINUTES,
}, async () => {
  await row("east").getByRole("button", { name: "Stop east" }).click();
  await until("east is stopped", async () => (await stateOf("east")) === "stopped", MINUTES);
  const rows = await arms();
  assert.deepEqual(
    rows.map(({ agent }) => agent),
    ["running", "stopped", "running", "running"],
    JSON.stringify(rows), // Why another one holds.
  );
  await row("east").getByRole("button", { name: "Hold east" }).waitFor({ state: "hidden" });
  await row("east").getByRole("button", { name: "Reset east" }).click();
  await row("east").getByRole("button", { name: "Start east" }).click();
  await until("east runs", async () => (await stateOf("east")) === "running", MINUTES);
});

test("Escape stops all arms that are not stopped already", { skip: missing, timeout: 2 * MINUTES }, async () => {
  await row("west").getByRole("button", { name: "Stop west" }).click();
  await until("west is stopped", async () => (await stateOf("west")) === "stopped", MINUTES);
  await page.keyboard.press("Escape");
  await until("all are stopped", async () => (await arms()).every(({ agent }) => agent === "stopped"), MINUTES);
  assert.equal(await page.locator("#notice").textContent(), "");
  assert.deepEqual(consoleErrors, []);
});

test("an arm whose process is killed is lost on the page, and the others are still there", {
  skip: missing,
  timeout: 2 * MINUTES,
}, async () => {
  const pid = childrenOf(running.child.pid ?? -1)[0] ?? -1;
  process.kill(pid, "SIGKILL");
  await until("one is lost", async () => (await arms()).filter(({ link }) => link === "lost").length === 1, MINUTES);
  assert.equal((await arms()).filter(({ link }) => link === "online").length, 3);
  await until("what it said last is said to be old", async () =>
    /Last heard of it: /.test((await page.locator("#arms").textContent()) ?? ""),
  );
  await until("it is said", async () => /(north|east|south|west): has ended by a signal/.test(await running.saw(/has ended/)));
});

test("when the fleet itself is killed its arms come to rest and end", { skip: missing, timeout: 2 * MINUTES }, async () => {
  const left = childrenOf(running.child.pid ?? -1);
  assert.equal(left.length, 3);
  running.child.kill("SIGKILL");
  await until("no process of the fleet is left", () => left.every((pid) => !isThere(pid)), MINUTES);
});

test("interrupted while it is opening it ends, and so do the arms that it started", { timeout: 2 * MINUTES }, async (context) => {
  const opening = startCli(["run", "launch/fleet-demo.launch.yaml", "fleet.page.port:=0", "mqtt.broker.port:=0", "backend.mode:=lockstep"]);
  context.after(() => opening.child.kill("SIGKILL"));
  await opening.saw(/./);
  opening.child.kill("SIGINT");
  assert.equal((await opening.result).code, 130);
});
