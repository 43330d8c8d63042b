/** The page in a real browser in every state that an agent can be in, reached by keyboard alone, in light and dark, on a desk and on a phone. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import type { OperatorCommand, SupervisorState } from "../../runtime/core/supervision.ts";
import type { PageLimits } from "../../runtime/dashboard/commands.ts";
import { createCurves } from "../../runtime/dashboard/curves.ts";
import { type Dashboard, openDashboard } from "../../runtime/dashboard/server.ts";
import { openTrainingPage } from "../../runtime/dashboard/training-server.ts";
import { decide } from "../../runtime/supervise/decide.ts";
import { barriers, missing, openBrowser, type WatchedPage } from "../helpers/browser.ts";
import { pageFacts } from "../helpers/page-facts.ts";
import { tickAt } from "../helpers/run-news.ts";
import { until } from "../helpers/until.ts";

/** Smaller is not read on a phone at arm's length. */
const LETTER_PX_MIN = 11;
const shots = join(packageRoot, "out");
const commands: OperatorCommand[] = [];
const limits: PageLimits[] = [];
const urgent: string[] = [];
let dashboard: Dashboard;
let watched: WatchedPage;
let page: Page;

before(async () => {
  if (missing) return;
  mkdirSync(shots, { recursive: true });
  dashboard = await openDashboard({
    ...{ host: "127.0.0.1", port: 0, clock: new SystemClock() },
    facts: {
      ...pageFacts,
      goals: [{ skill: "reach", kind: "tool" }],
      ends: "when-told",
      jogs: true,
      jogAxes: ["x", "gripper"],
      urgent: [{ name: "park", urgency: 3 }],
      saves: true,
      records: true,
    },
    orders: {
      command(command) {
        commands.push(command);
        return null;
      },
      limit(asked) {
        limits.push(asked);
        dashboard.showLimits(asked);
        return null;
      },
      urgent(name) {
        urgent.push(name);
        return null;
      },
      goal: () => null,
      jog: () => null,
      save: () => null,
      record(what) {
        const file = "recordings/run-20261130T110000000Z.mcap";
        const isOn = what === "start";
        const said = isOn ? null : `recorded 12 decisions in ${file}; foresight replay ${file} --page shows them`;
        dashboard.showRecordings({ ofRun: null, asked: { file, isOn, bytes: 3 * 2 ** 20, dropped: isOn ? 0 : 2, said } });
        return null;
      },
    },
  });
  watched = await openBrowser({ width: 1400, height: 1000 });
  page = watched.page;
  await page.goto(dashboard.url);
});

after(async () => {
  await watched?.close();
  await dashboard?.[Symbol.asyncDispose]();
});

const idle: SupervisorState = { agent: "idle", task: "none", skills: [], reason: "The agent is ready.", mayAct: false };
const pushing = (state: SupervisorState["skills"][number]["state"]): SupervisorState["skills"] => [
  { path: "", name: "push", state, decisions: 3, retries: 0, progress: 0.4 },
];
const lost = new AgentError("robot.lost", 'robot "panda": keeper lost, it was killed; start the agent again');

/** What is shown, and which commands are there beside Stop. */
const STATES: readonly (readonly [name: string, SupervisorState, offered: readonly string[], says: RegExp])[] = [
  ["booting", { ...idle, agent: "booting", reason: "The agent is starting." }, [], /starting/i],
  ["idle", idle, ["Start"], /ready|idle/i],
  ["asking", { ...idle, agent: "running", task: "running", skills: pushing("asking") }, ["Confirm", "Decline", "Hold"], /confirm|ask/i],
  ["acting", { ...idle, agent: "running", task: "running", skills: pushing("acting"), mayAct: true }, ["Hold"], /Running: push/],
  [
    "holding",
    { ...idle, agent: "holding", task: "running", skills: pushing("acting"), reason: "An operator holds it." },
    ["Resume", "Restart skill", "Abort task"],
    /hold/i,
  ],
  ["stopped", { ...idle, agent: "stopped", task: "stopped", reason: "An operator stopped the agent." }, ["Reset"], /stopped/i],
  ["faulted", { ...idle, agent: "faulted", task: "stopped", reason: "The robot does not answer." }, ["Reset"], /fault/i],
];

const offered = (): Promise<readonly string[]> =>
  page.locator("nav button[data-command]:visible").evaluateAll((buttons) => buttons.map((each) => (each.textContent ?? "").trim()));

test("every state says what it is and offers what is possible there, Stop always", { skip: missing }, async () => {
  for (const [name, state, buttons, says] of STATES) {
    dashboard.showState(state, null);
    if (name === "faulted") dashboard.showFault({ error: lost, decision: decide(lost) }, 12_000);
    await until(`${name} is shown`, async () => (await page.locator("body").getAttribute("data-agent")) === state.agent);
    await until(`${name} offers ${buttons}`, async () => `${await offered()}` === `${[...buttons, "Stop Esc"]}`);
    assert.match((await page.locator("#sentence").textContent()) ?? "", says, name);
    for (const [width, colorScheme] of [
      [1400, "light"],
      [1400, "dark"],
      [390, "light"],
      [390, "dark"],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const widest = Number(await page.evaluate("document.documentElement.scrollWidth"));
      assert.ok(widest <= width, `${name}: ${widest} px wide, cut off at ${width} px`);
      const letterPx = Number(
        await page.evaluate("Math.min(...[...document.querySelectorAll('svg text')].map((text) => text.getBoundingClientRect().height))"),
      );
      assert.ok(letterPx >= LETTER_PX_MIN, `${name}: letters of the statecharts are ${letterPx} px high at ${width} px`);
      await page.screenshot({ path: join(shots, `state-${name}-${width}-${colorScheme}.png`) });
    }
    assert.deepEqual(await barriers(page), [], name);
  }
  assert.match((await page.locator("#fault").textContent()) ?? "", /keeper lost.*start the agent again/i);
});

test("whoever has only a keyboard reaches every control, sees where they are, and uses them", { skip: missing }, async () => {
  await page.setViewportSize({ width: 1400, height: 1000 });
  dashboard.showState({ ...idle, agent: "holding", task: "running", skills: pushing("acting") }, null);
  await until("it holds", async () => (await page.locator("body").getAttribute("data-agent")) === "holding");
  const wanted = (await page.evaluate(`[...document.querySelectorAll("button, input, select, summary, [tabindex='0']")]
    .filter((each) => !each.disabled && each.checkVisibility()).map((each, i) => (each.dataset.walk = String(i)))`)) as readonly string[];
  assert.ok(wanted.length > 15, `${wanted.length} controls`);
  const reached = new Set<string>();
  const unseen: string[] = [];
  await page.evaluate("document.activeElement?.blur()");
  for (let step = 0; step < 2 * wanted.length; step++) {
    await page.keyboard.press("Tab");
    const at =
      (await page.evaluate(`(() => { const at = document.activeElement; const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      return { walk: at.dataset.walk ?? null, text: at.id || at.textContent, isSeen: (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none" }; })()`)) as {
        readonly walk: string | null;
        readonly text: string;
        readonly isSeen: boolean;
      };
    if (at.walk === null) continue;
    reached.add(at.walk);
    if (!at.isSeen) unseen.push(at.text);
  }
  const left = (await page.evaluate(`${JSON.stringify(wanted)}.filter((walk) => !${JSON.stringify([...reached])}.includes(walk))
    .map((walk) => document.querySelector('[data-walk="' + walk + '"]').outerHTML.slice(0, 90))`)) as readonly string[];
  assert.deepEqual([left, unseen], [[], []], "not reached; reached without a sign of it");
  await page.getByRole("button", { name: "Resume" }).focus();
  await page.keyboard.press("Enter");
  await until("it is told", async () => commands.at(-1) === "resume");
  await page.keyboard.press("Escape");
  await until("Escape stops", async () => commands.at(-1) === "stop");
});

test("an urgent task is there to be asked for of an agent that is idle or running, and of no other", { skip: missing }, async () => {
  const button = page.getByRole("button", { name: "park", exact: true });
  for (const [, state] of STATES) {
    dashboard.showState(state, null);
    await until(`${state.agent} is shown`, async () => (await page.locator("body").getAttribute("data-agent")) === state.agent);
    assert.equal(await button.isVisible(), state.agent === "idle" || state.agent === "running", state.agent);
  }
  dashboard.showState(idle, null);
  await button.click();
  await until("it is told", async () => urgent.length === 1);
  assert.deepEqual(urgent, ["park"]);
});

test("a recording is started and ended by one button, which says what it does; its file and size are there to be read, and what became of it", {
  skip: missing,
}, async () => {
  const said = page.locator("#recording");
  assert.equal(await said.isVisible(), false);
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await until("it goes on", async () => /^Recording recordings\/run-\S+\.mcap: 3\.0 MB\.$/.test((await said.textContent()) ?? ""));
  await page.reload();
  await until("whoever comes later is told", async () => /^Recording .*: 3\.0 MB/.test((await said.textContent()) ?? ""));
  assert.deepEqual(await barriers(page), []);
  await page.screenshot({ path: join(shots, "recording.png") });
  await page.getByRole("button", { name: "End recording" }).click();
  await until("it has ended", async () => /^recorded 12 decisions in .*--page shows them\.$/.test((await said.textContent()) ?? ""));
  await page.getByRole("button", { name: "Record", exact: true }).waitFor();
});

test("whoever sees no 3D view is told to type a goal, and nobody is told to drag what is not there", { skip: missing }, async () => {
  const hint = (await page.locator("#goal-hint").textContent()) ?? "";
  assert.match(hint, /^Type where it is to be: x forward/);
  assert.doesNotMatch(hint, /drag/i);
});

test("while what is said of a fault comes and goes nothing under it moves, but for the first time", { skip: missing }, async () => {
  const holding: SupervisorState = { ...idle, agent: "holding", task: "running", reason: "An observation is too old. ".repeat(20) };
  const running: SupervisorState = { ...idle, agent: "running", task: "running", reason: "The task is running." };
  const tops: (number | undefined)[] = [];
  for (const state of [holding, running, holding, running]) {
    dashboard.showState(state, null);
    await until("it is said", async () => (await page.locator("#reason").textContent()) === state.reason);
    tops.push((await page.locator("#arm").boundingBox())?.y);
  }
  assert.deepEqual(new Set(tops).size, 1, `${tops} px`);
});

test("the limits in force are there to be read, and are made stricter from here", { skip: missing }, async () => {
  await page.getByText("All that are in force").click();
  assert.equal(await page.locator("#limits-in-force").textContent(), "the tool at most 1 m/s");
  await page.getByLabel("share of every motion, percent").fill("40");
  await page.getByLabel("speed of the tool, metres per second").fill("0.25");
  await page.keyboard.press("Enter");
  await until("it is asked for", async () => limits.length === 1);
  assert.deepEqual(limits, [{ speedShare: 0.4, maxToolSpeedMPerS: 0.25 }]);
  await until("everybody is told", async () =>
    /40 % of every motion, the tool at most 0.25 m\/s/.test((await page.locator("#limits-now").textContent()) ?? ""),
  );
  await page.getByLabel("share of every motion, percent").fill("120");
  await page.keyboard.press("Enter");
  await until("what is looser is refused here", async () => /5 to 100/.test((await page.locator("#notice").textContent()) ?? ""));
  assert.equal(limits.length, 1);
  await page.reload();
  await until("and whoever comes later", async () => /40 % of every/.test((await page.locator("#limits-now").textContent()) ?? ""));
});

test("of a planner that has several, it is said who proposed the plan, and for how long it goes towards its subgoal", {
  skip: missing,
}, async () => {
  const { plan } = tickAt(0, 1n).decision;
  dashboard.showTick(tickAt(0, 1n));
  await until("a decision is shown", async () => /0\.333/.test((await page.locator("#cost-now").textContent()) ?? ""));
  assert.equal(await page.locator("#decider").isVisible(), false);
  dashboard.showTick(tickAt(1, 2n, { plan: { ...plan!, decider: "prior", subgoal: Float32Array.of(0, 0), subgoalDecisions: 2 } }));
  await until("who", async () =>
    /Chosen from the prior.*towards this subgoal for 2 decisions/.test((await page.locator("#decider").textContent()) ?? ""),
  );
  assert.deepEqual(watched.errors(), []);
});

test("of a run that has ended with its task the page still says how it ended", { skip: missing }, async () => {
  await using ending = await openDashboard({
    ...{ host: "127.0.0.1", port: 0, clock: new SystemClock(), facts: pageFacts, orders: { command: () => null } },
  });
  await page.goto(ending.url);
  ending.showState({ ...idle, task: "succeeded", reason: "The task succeeded." }, null);
  await until("it is said", async () => (await page.locator("#reason").textContent()) === "The task succeeded.");
  await ending[Symbol.asyncDispose]();
  await until("it has ended", async () =>
    /has ended.*It said last: The task succeeded\./.test((await page.locator("#reason").textContent()) ?? ""),
  );
});

test("the page of a training shows its curves and offers no commands: there is no arm", { skip: missing }, async () => {
  const curves = createCurves("training push");
  for (let step = 1; step < 50; step++)
    curves.add({ phase: "encoder", step, figures: { loss: 1 / step }, progress: step / 100, leftS: 60 });
  await using training = await openTrainingPage({ curves, port: 0 });
  await page.goto(training.url);
  await until("its curves", async () => /encoder 49 %, 60 s left/.test((await page.locator("#state").textContent()) ?? ""));
  assert.deepEqual(await page.locator("button:visible").allTextContents(), []);
  for (const [width, colorScheme] of [
    [1400, "light"],
    [390, "dark"],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await barriers(page), []);
    await page.screenshot({ path: join(shots, `training-${width}-${colorScheme}.png`), fullPage: true });
  }
  assert.deepEqual(watched.errors(), []);
});
