/** Killed with SIGKILL in the midst of a task, and of an urgent one before it, an agent comes back holding, and its page shows what it was doing and has the buttons that go on. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { missing, openBrowser } from "../helpers/browser.ts";
import { startCli } from "../helpers/cli.ts";
import { killedAndBack, type Remote, toAndFro, urgentOf } from "../helpers/killed-and-back.ts";
import { until } from "../helpers/until.ts";

const MINUTES = 60_000;
const BUTTONS = { start: "Start", resume: "Resume", "restart-skill": "Restart skill", abort: "Abort task" } as const;

test("on the page: killed and started again it holds and says what it was doing; resume, restart skill and abort do what they say, and an urgent task comes first", {
  skip: missing,
  timeout: 8 * MINUTES,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-page-killed-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const watched = await openBrowser({ width: 1400, height: 1000 });
  context.after(() => watched.close());
  const { page } = watched;
  const says = async (part: string): Promise<string> => (await page.locator(part).textContent()) ?? "";
  const options = {
    "dashboard.port": 0,
    "dashboard.lifecycle": "ready",
    "backend.mode": "lockstep", // A world that waits: a slow machine changes nothing.
    "planner.samples": 64,
    state: join(folder, "place.state"),
    task: toAndFro,
    urgent: urgentOf(20), // The page tells what is a few times a second.
  };
  const overrides = Object.entries(options).map(([key, value]) => `${key}:=${value}`);

  const open = async (): Promise<Remote> => {
    const running = startCli(["run", "launch/panda-reach.launch.yaml", ...overrides]);
    const kill = async (): Promise<void> => {
      running.child.kill("SIGKILL");
      await running.result;
    };
    try {
      const url = /page: (\S+)/.exec(await running.saw(/page: \S+/))?.[1];
      await page.goto(url as string);
      return {
        async stand() {
          const agent = (await page.locator("body").getAttribute("data-agent")) ?? "";
          return { agent, reason: await says("#reason"), mayAct: /^Running: .*\bis acting/.test(await says("#sentence")) };
        },
        async say(word) {
          const answered = page.waitForResponse((response) => response.request().method() === "POST");
          await page.getByRole("button", { name: typeof word === "string" ? BUTTONS[word] : word.urgent, exact: true }).click();
          const answer = await answered;
          return answer.ok() ? null : await answer.text();
        },
        kill,
        [Symbol.asyncDispose]: kill,
      };
    } catch (error) {
      await kill();
      throw error;
    }
  };
  const showsWhatItWasDoing = async (): Promise<void> => {
    assert.match(await says("#sentence"), /^Holding: the arm rests and goes on when told; reach /);
    const offered = await page.locator("nav button[data-command]:visible").allTextContents();
    assert.deepEqual(
      offered.map((text) => text.trim()),
      ["Resume", "Restart skill", "Abort task", "Stop Esc"],
    );
    await page.locator('#agent-chart .lit[data-state="holding"]').waitFor();
    await until("no joint moves", async () => {
      const joints = await page.locator(".joint-now").allTextContents();
      return joints.length > 0 && joints.every((text) => !/%/.test(text) || /, 0 % speed/.test(text));
    });
  };
  await killedAndBack(open, showsWhatItWasDoing);
  assert.deepEqual(watched.errors(), [], "no errors but the lost connections");
});
