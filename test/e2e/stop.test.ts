import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { StopLog } from "../../runtime/act/stop-log.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { startCli } from "../helpers/cli.ts";

const clock = new SystemClock();
const POLL_MS = 50;
const WAIT_MS_MAX = 15_000;

/** A real-time run of the shipped push task, and where its keeper writes how the arm came to rest. */
function startRun() {
  const log = join(mkdtempSync(join(tmpdir(), "foresight-stop-")), "stop.json");
  const running = startCli(["run", "launch/panda-push.launch.yaml", "dashboard.enabled:=false"], { FORESIGHT_KEEPER_LOG: log });
  return { ...running, log };
}

async function logged(path: string): Promise<StopLog> {
  for (let waitedMs = 0; waitedMs < WAIT_MS_MAX; waitedMs += POLL_MS) {
    if (existsSync(path) && readFileSync(path, "utf8").endsWith("}")) return JSON.parse(readFileSync(path, "utf8")) as StopLog;
    await clock.sleep(POLL_MS);
  }
  throw new Error(`the keeper wrote no ${path} within ${WAIT_MS_MAX} ms`);
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

/** The model is opened when the skill is prepared; a second later the arm is on its way. */
async function untilMoving(running: ReturnType<typeof startRun>): Promise<void> {
  await running.saw(/model: push on/);
  await clock.sleep(1500);
}

test("Ctrl-C in motion stops the arm, ends the keeper and exits with 130", async () => {
  const running = startRun();
  await untilMoving(running);
  running.child.kill("SIGINT");
  const { code, out, err } = await running.result;
  assert.equal(code, 130, out + err);
  assert.match(err, /stopping/);
  assert.match(out, /task stopped/);
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
  assert.notEqual(restAfterMs, null, "rest was measured");
  assert.ok(speedAtEndRadPerS <= 0.01, `${speedAtEndRadPerS} rad/s at the end`);
});
