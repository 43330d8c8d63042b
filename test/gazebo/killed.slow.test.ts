/** An agent that is killed in motion leaves an arm in Gazebo that comes to rest, measured by Gazebo on the real clock. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { StopLog } from "../../runtime/act/stop-log.ts";
import { startProgram } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { gazebo } from "./real-server.ts";
import { startScene } from "./scene.ts";

test("an agent killed in motion leaves an arm that is at rest within 0.4 s, measured by Gazebo", { skip: gazebo.skip }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-gazebo-killed-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const log = join(folder, "stop.json");
  await using real = await startScene({ mode: "realtime" });
  const overrides = ["backend:=gazebo", "backend.mode:=realtime", `backend.partition:=${real.partition}`];
  const agent = startProgram("test/helpers/swaying-agent.ts", ["launch/panda-push.launch.yaml", ...overrides], {
    FORESIGHT_KEEPER_LOG: log,
  });
  await agent.saw(/moving/);
  agent.child.kill("SIGKILL");
  await until("the keeper writing how the arm came to rest", () => existsSync(log) && readFileSync(log, "utf8").endsWith("}"));
  const { restAfterMs, speedAtLossRadPerS } = JSON.parse(readFileSync(log, "utf8")) as StopLog;
  context.diagnostic(`at rest ${restAfterMs?.toFixed(0)} ms after the loss, from ${speedAtLossRadPerS.toFixed(3)} rad/s (bound 400 ms)`);
  assert.ok(speedAtLossRadPerS > 0.1, "it moved");
  assert.ok(restAfterMs !== null && restAfterMs <= 400, `at rest after ${restAfterMs} ms on the real clock`);
});
