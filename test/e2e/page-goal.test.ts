/** The 3D view and giving goals from the page, in a real browser beside a real run that waits for them. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { robotOf } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { pageScene } from "../../launch/run/page-scene.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { missing, openBrowser, type WatchedPage } from "../helpers/browser.ts";
import { type RunningCli, startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";

const shots = join(packageRoot, "out");
let watched: WatchedPage;
let page: Page;
let running: RunningCli;

before(async () => {
  if (missing) return;
  watched = await openBrowser({ width: 1400, height: 1000 });
  page = watched.page;
  // In a world that waits for the agent, however busy this machine is.
  running = startCli(["run", "launch/panda-push.launch.yaml", "dashboard.port:=0", "dashboard.lifecycle:=ready", "backend.mode:=lockstep"]);
  await page.goto(/page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!);
});

after(async () => {
  running?.child.kill("SIGINT");
  await running?.result;
  await watched?.close();
});

const textOf = async (id: string): Promise<string> => (await page.locator(`#${id}`).textContent()) ?? "";
const goalM = async (): Promise<readonly number[]> =>
  Promise.all(["x", "y", "z"].map(async (axis) => Number(await page.inputValue(`#goal-${axis}`)) / 100));

test("the arm is drawn from its own model, and the page poses it exactly as MuJoCo does, for every robot of ours", {
  skip: missing,
}, async () => {
  await until("the arm is drawn", async () => Number(await page.getAttribute("#space", "data-meshes")) > 20);
  for (const launch of ["panda-push", "ur5e-reach", "so101-reach"]) {
    const config = loadLaunch(`launch/${launch}.launch.yaml`, []);
    const spec = await robotOf(config);
    using kinematics = await createKinematics(spec);
    const scene = await pageScene(config, spec, null);
    const rng = createRng(3);
    const postures = Array.from({ length: 5 }, () =>
      spec.joints.map(({ positionMinRad, positionMaxRad }) => positionMinRad + rng.uniform() * (positionMaxRad - positionMinRad)),
    );
    const drawn = (await page.evaluate(
      `import("/arm.js").then(({ makeArm }) => { const { pose, toolM } = makeArm(${JSON.stringify(scene)}); return ${JSON.stringify(postures)}.map((q) => { pose(q); return toolM().toArray(); }); })`,
    )) as number[][];
    for (const [i, posture] of postures.entries()) {
      const apartM = Math.hypot(...kinematics.toolAt(posture).map((value, axis) => value - drawn[i]![axis]!));
      assert.ok(apartM < 1e-5, `${launch}: ${apartM} m apart`);
    }
  }
});

test("the fingers of a gripper move in the 3D view as far as it opens", { skip: missing }, async () => {
  const config = loadLaunch("launch/panda-push.launch.yaml", []);
  const spec = await robotOf(config);
  const scene = await pageScene(config, spec, null);
  const fingers = scene.bodies.flatMap(({ joints }, body) => (joints.some(({ finger }) => finger !== null) ? [body] : []));
  assert.equal(fingers.length, 2);
  const apartM = (await page.evaluate(
    `import("/arm.js").then(({ makeArm }) => { const { pose, bodyM } = makeArm(${JSON.stringify(scene)}); return [0, 0.5, 1].map((share) => { pose(${JSON.stringify(spec.homeRad)}, share); return bodyM(${fingers[0]}).distanceTo(bodyM(${fingers[1]})); }); })`,
  )) as number[];
  for (const [i, wantedM] of [0, 0.04, 0.08].entries()) assert.ok(Math.abs(apartM[i]! - wantedM) < 1e-6, `${apartM}`);
});

test("the goal is dragged over the table in the 3D view, and stays in the workspace", { skip: missing }, async () => {
  await until(
    "the mark is drawn",
    async () => (await page.getAttribute("#space", "data-goal-at")) !== null && (await page.inputValue("#goal-x")) !== "",
  );
  assert.match(await textOf("goal-hint"), /^Drag the see-through mark/);
  const before = await goalM();
  const [x, y] = (await page.getAttribute("#space", "data-goal-at"))!.split(" ").map(Number) as [number, number];
  const box = (await page.locator("#space").boundingBox())!;
  await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + x * box.width + 60, box.y + y * box.height + 25, { steps: 4 });
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, "page-goal-dragged.png") });
  await page.mouse.up();
  const after = await goalM();
  assert.ok(Math.hypot(after[0]! - before[0]!, after[1]! - before[1]!) > 0.02, `${before} to ${after}`);
  assert.equal(after[2], before[2], "over the table");
  assert.ok(after[0]! >= 0.28 && after[0]! <= 0.74 && Math.abs(after[1]!) <= 0.34);
});

test("Go there makes it the task, and the arm begins; a new goal meanwhile replaces it", { skip: missing }, async () => {
  for (const x of ["52", "50"]) {
    await page.fill("#goal-x", x);
    await page.fill("#goal-y", "12");
    await page.getByRole("button", { name: "Go there" }).click();
    await until("the goal is told", async () => (await textOf("pictures")).includes(`the object at ${x}.0, 12.0`));
  }
  await until("the arm decides", async () => /object believed at/.test(await textOf("space-now")));
  assert.equal(await textOf("notice"), "");
});

test("a place outside the workspace is refused in a sentence", { skip: missing }, async () => {
  await page.fill("#goal-x", "95");
  await page.getByRole("button", { name: "Go there" }).click();
  await until("the refusal", async () => /goal was refused.*outside the workspace/.test(await textOf("notice")));
});

test("Escape stops the arm from anywhere, a text field too; a reset makes it ready, and the picture of now can be the goal", {
  skip: missing,
}, async () => {
  await page.getByRole("button", { name: "Start" }).click();
  await page.locator("#goal-y").focus();
  await page.keyboard.press("Escape");
  await until("it has stopped", async () => (await page.getAttribute("body", "data-agent")) === "stopped");
  await page.getByRole("button", { name: "Reset" }).click();
  await until("it is ready", async () => (await page.getAttribute("body", "data-agent")) === "idle");
  await page.getByRole("button", { name: "Picture of now" }).click();
  await until("it is taken", async () => (await textOf("notice")).includes("picture of now is the goal"));
  assert.deepEqual(watched.errors(), []);
  assert.deepEqual(watched.strangers(), []);
});
