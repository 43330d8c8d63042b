/** Two commanders of one robot: the second is refused, and a lock dies with its process. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { lockRobot } from "../../../runtime/act/robot-lock.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";

const clock = new SystemClock();

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "foresight-lock-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a robot that is commanded already is refused, naming who commands it; another robot is not, and after the first has let go it is free", () =>
  inFolder(async (folder) => {
    const first = await lockRobot("ros2 domain 0 /arm", { clock, waitMs: 0, folder });
    await assert.rejects(lockRobot("ros2 domain 0 /arm", { clock, waitMs: 0, folder }), (error: unknown) => {
      assert.ok(error instanceof AgentError && error.code === "robot.rejected");
      assert.match(error.message, new RegExp(`^robot "ros2 domain 0 /arm": process ${process.pid} commands it already; end that first`));
      return true;
    });
    await (await lockRobot("ros2 domain 1 /arm", { clock, waitMs: 0, folder }))[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await (await lockRobot("ros2 domain 0 /arm", { clock, waitMs: 0, folder }))[Symbol.asyncDispose]();
  }));

test("one whose holder is about to end is waited for", () =>
  inFolder(async (folder) => {
    const first = await lockRobot("arm", { clock, waitMs: 0, folder });
    const second = lockRobot("arm", { clock, waitMs: 5000, folder });
    await first[Symbol.asyncDispose]();
    await (await second)[Symbol.asyncDispose]();
  }));

/** A process that takes the lock, says so, and goes on as `afterwards` says. */
const holding = (folder: string, afterwards: string): readonly string[] => {
  const module = new URL("../../../runtime/act/robot-lock.ts", import.meta.url).href;
  const code = `const { lockRobot } = await import(${JSON.stringify(module)}); await lockRobot("arm", { clock: null, folder: ${JSON.stringify(folder)} }); console.log("locked"); ${afterwards}`;
  return ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", code];
};

test("the lock of a process that was killed holds nobody up", () =>
  inFolder(async (folder) => {
    const { signal } = spawnSync(process.execPath, holding(folder, 'process.kill(process.pid, "SIGKILL");'));
    assert.equal(signal, "SIGKILL");
    await (await lockRobot("arm", { clock, waitMs: 0, folder }))[Symbol.asyncDispose]();
  }));

test("a process that is suspended still has the arm, and who asks is told within a bound", () =>
  inFolder(async (folder) => {
    const holder = spawn(process.execPath, holding(folder, "setInterval(() => {}, 1000);"), { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(holder.stdout, "data");
      holder.kill("SIGSTOP");
      const refusal = { code: "robot.rejected", message: /a process that does not answer \(suspended\?\) commands it already/ };
      await assert.rejects(lockRobot("arm", { clock, waitMs: 0, folder }), refusal);
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
    await (await lockRobot("arm", { clock, waitMs: 0, folder }))[Symbol.asyncDispose]();
  }));
