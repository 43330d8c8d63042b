import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocket } from "ws";
import type { StopLog } from "../../runtime/act/stop-log.ts";
import { startCli, told } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";

/** A real-time run that goes on until it is stopped, since chance gets nowhere, and where its keeper writes how the arm came to rest. */
function startRun() {
  const log = join(mkdtempSync(join(tmpdir(), "foresight-stop-")), "stop.json");
  const overrides = ["dashboard.port:=0", "planner.policy:=random", "task.retries:=10"];
  const running = startCli(["run", "launch/panda-push.launch.yaml", ...overrides], { FORESIGHT_KEEPER_LOG: log });
  return { ...running, log };
}

async function logged(path: string): Promise<StopLog> {
  await until(`the keeper writing ${path}`, () => existsSync(path) && readFileSync(path, "utf8").endsWith("}"));
  return JSON.parse(readFileSync(path, "utf8")) as StopLog;
}

/** Keepers of this run alone: those with its log in their environment, whatever else this machine runs. */
const keepersOf = (log: string): string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(log);
    } catch {
      return false; // It ended meanwhile, or is somebody else's.
    }
  });

/** The page is told of every decision; with the third the arm is on its way. */
async function untilMoving(running: ReturnType<typeof startRun>): Promise<void> {
  const url = /page: (\S+)/.exec(await running.saw(/page: \S+/))?.[1];
  assert.ok(url, "the address is printed");
  using viewer = watch(new URL("/live", url));
  await until("three decisions", () => viewer.decisions() >= 3);
}

function watch(page: URL) {
  let decisions = 0;
  const socket = new WebSocket(`ws://${page.host}${page.pathname}`);
  socket.on("message", (data) => {
    if ((JSON.parse(String(data)) as { type: string }).type === "tick") decisions++;
  });
  return { decisions: () => decisions, [Symbol.dispose]: () => socket.terminate() };
}

const endings = { SIGINT: "Ctrl-C", SIGTERM: "SIGTERM", SIGHUP: "a closed terminal" } as const;
for (const [signal, name] of Object.entries(endings))
  test(`${name} in motion stops the arm, ends the keeper and exits with 130`, async () => {
    const running = startRun();
    await untilMoving(running);
    running.child.kill(signal as keyof typeof endings);
    const end = await running.result;
    assert.equal(end.code, 130, told(end));
    assert.match(end.err, /stopping/, told(end));
    assert.match(end.out, /task stopped/, told(end));
    assert.ok((await logged(running.log)).speedAtEndRadPerS <= 0.01);
    assert.deepEqual(keepersOf(running.log), []);
  });

test("an agent killed in motion leaves an arm that comes to rest, measured by the simulator", async (context) => {
  const running = startRun();
  await untilMoving(running);
  running.child.kill("SIGKILL");
  await running.result;
  const { restAfterMs, speedAtLossRadPerS, speedAtEndRadPerS } = await logged(running.log);
  context.diagnostic(`at rest ${restAfterMs?.toFixed(0)} ms after the loss, from ${speedAtLossRadPerS.toFixed(3)} rad/s (bound 400 ms)`);
  assert.ok(restAfterMs !== null, "rest was measured");
  assert.ok(restAfterMs <= 400, `at rest after ${restAfterMs} ms on the real clock`); // The one deadline that is asserted there: safety hangs on it.
  assert.ok(speedAtEndRadPerS <= 0.01, `${speedAtEndRadPerS} rad/s at the end`);
});
