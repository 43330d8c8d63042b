/** Whoever tells colours apart badly or not at all: what the page tells by a colour it tells in words or by a shape as well. Leaves pictures as such eyes see them. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import type { SupervisorState } from "../../runtime/core/supervision.ts";
import { type Dashboard, openDashboard } from "../../runtime/dashboard/server.ts";
import { decide } from "../../runtime/supervise/decide.ts";
import { missing, openBrowser, type WatchedPage } from "../helpers/browser.ts";
import { pageFacts } from "../helpers/page-facts.ts";
import { frameAt, runFacts, tickAt } from "../helpers/run-news.ts";
import { until } from "../helpers/until.ts";

const shots = join(packageRoot, "out");
const PICTURE_AGE_MS_MAX = 4000;
let dashboard: Dashboard;
let watched: WatchedPage;

before(async () => {
  if (missing) return;
  mkdirSync(shots, { recursive: true });
  dashboard = await openDashboard({
    ...{ host: "127.0.0.1", port: 0, clock: new SystemClock() },
    facts: { ...pageFacts, cameras: runFacts.cameras, pictureAgeMsMax: PICTURE_AGE_MS_MAX, records: true, jogs: true },
    orders: { command: () => null },
  });
  watched = await openBrowser({ width: 1400, height: 1400 });
  await watched.page.goto(dashboard.url);
});

after(async () => {
  await watched?.close();
  await dashboard?.[Symbol.asyncDispose]();
});

/** What has a shape, not a hue, of an element and of what is drawn before it. */
const SHAPES = ["content", "width", "height", "border-radius", "rotate", "font-weight", "stroke-width", "outline-style"];
const SIDES = ["top", "left"].flatMap((side) => ["style", "width"].map((what) => `border-${side}-${what}`));

/** What is left of an element without its colours. */
const withoutColour = (selector: string): Promise<string> =>
  watched.page.evaluate(`(() => {
    const element = document.querySelector(${JSON.stringify(selector)});
    const shape = (style) => ${JSON.stringify([...SHAPES, ...SIDES])}.map((name) => style.getPropertyValue(name)).join(" ");
    return [element.textContent, shape(getComputedStyle(element)), shape(getComputedStyle(element, "::before"))].join(" | ");
  })()`) as Promise<string>;

/** Collects what is left of a sign in each of its states, and holds them apart. */
function apart() {
  const seen = new Map<string, string>();
  return {
    async note(state: string, selector: string): Promise<void> {
      seen.set(state, await withoutColour(selector));
    },
    check(): void {
      const all = [...seen];
      for (const [i, [state, look]] of all.entries())
        for (const [other, otherLook] of all.slice(0, i))
          assert.notEqual(look, otherLook, `"${state}" looks like "${other}" without colour`);
    },
  };
}

/** As those see it who lack a kind of cone, and whoever sees greys alone. */
async function shoot(name: string): Promise<void> {
  const session = await watched.page.context().newCDPSession(watched.page);
  for (const type of ["deuteranopia", "protanopia", "achromatopsia", "none"] as const) {
    await session.send("Emulation.setEmulatedVisionDeficiency", { type });
    await watched.page.screenshot({ path: join(shots, `colours-${name}-${type}.png`) });
  }
  await session.detach();
}

const idle: SupervisorState = { agent: "idle", task: "none", skills: [], reason: "It is so.", mayAct: false };
const AGENTS = ["booting", "idle", "running", "holding", "stopping", "stopped", "faulted"] as const;
const faultOf = (error: AgentError) => ({ error, decision: decide(error) });

test("where the agent stands: in words, and the dot before them has three shapes", { skip: missing }, async () => {
  const { page } = watched;
  const signs = apart();
  const shapes = new Set<string>();
  for (const agent of AGENTS) {
    dashboard.showState({ ...idle, agent }, null);
    await until(`${agent} is lit`, async () => (await page.locator(`#agent-chart .lit[data-state="${agent}"]`).count()) === 1);
    await signs.note(agent, "#state");
    shapes.add((await withoutColour("#state")).split(" | ")[2] ?? "");
  }
  signs.check();
  assert.equal(shapes.size, 3, "goes, waits, stands");
  dashboard.showState(idle, null);
  await until("idle is lit", async () => (await page.locator('#agent-chart .lit[data-state="idle"]').count()) === 1);
  assert.notEqual(
    await withoutColour('#agent-chart [data-state="idle"] text').then((look) => look.replace("idle", "")),
    await withoutColour('#agent-chart [data-state="running"] text').then((look) => look.replace("running", "")),
    "the state that is lit is drawn in bold",
  );
});

test("what the guards did, what went wrong, and what is recorded", { skip: missing }, async () => {
  const { page } = watched;
  const guards = apart();
  for (const [index, verdict] of (["clip", "stop"] as const).entries()) {
    dashboard.showTick(tickAt(index, BigInt(index + 1), { verdict, why: ["table: 2 mm too low"] }));
    await until(`${verdict} is told`, async () => (await page.locator(`#why [data-verdict="${verdict}"]`).count()) === 1);
    await guards.note(verdict, `#why [data-verdict="${verdict}"]`);
  }
  guards.check();
  const happenings = apart();
  dashboard.showHappening({ kind: "command", atMs: 0, what: "hold", refused: null });
  dashboard.showFault(faultOf(new AgentError("sense.stale", "camera is late; look at its cable")), 0);
  dashboard.showFault(faultOf(new AgentError("robot.lost", "the arm does not answer; start it again")), 0);
  await until("all is told", async () => (await page.locator("#happenings li").count()) === 3);
  for (const nth of [1, 2, 3]) await happenings.note(`happening ${nth}`, `#happenings li:nth-child(${nth})`);
  happenings.check();
  const recordings = apart();
  for (const isOn of [true, false]) {
    dashboard.showRecordings({ ofRun: null, asked: { file: "run.mcap", isOn, bytes: 0, dropped: 0, said: isOn ? null : "recorded" } });
    await until("it is told", async () => (await page.getAttribute("#recording", "data-on")) === String(isOn));
    await recordings.note(isOn ? "on" : "ended", "#recording");
  }
  recordings.check();
});

test("how near a joint is to its limits, and how old its pictures are", { skip: missing }, async () => {
  const { page } = watched;
  const joints = apart();
  for (const [near, positionRad] of Object.entries({ "": 0, near: 0.96, out: 1.1 })) {
    dashboard.showJoints({ positionRad: Float64Array.of(positionRad), velocityRadPerS: Float64Array.of(0.5) });
    await until("it is there", async () => (await page.locator(`#joint-list li[data-near="${near}"]`).count()) === 1);
    await joints.note(near || "between them", "#joint-list .joint-now");
  }
  joints.check();
  const pictures = apart();
  let stampNs = 1n;
  const marked = (mark: string, again: () => void) =>
    until(`it is ${mark}`, async () => {
      again();
      return (await page.locator(`figure[data-mark="${mark}"]`).count()) === 1;
    });
  await marked("fresh", () => dashboard.showFrames([frameAt(++stampNs)]));
  await pictures.note("fresh", "figure[data-mark] .age");
  const frozen = frameAt(1n);
  await marked("frozen", () => dashboard.showFrames([{ ...frozen, stampNs: ++stampNs }]));
  await pictures.note("frozen", "figure[data-mark] .age");
  await shoot("frozen");
  await marked("old", () => {});
  await pictures.note("old", "figure[data-mark] .age");
  pictures.check();
  dashboard.showState({ ...idle, agent: "faulted", task: "stopped" }, null);
  await until("it is shown", async () => (await page.getAttribute("body", "data-agent")) === "faulted");
  await shoot("faulted");
  assert.deepEqual(watched.errors(), []);
});
