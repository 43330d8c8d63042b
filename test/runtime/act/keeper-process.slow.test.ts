/** The keeper as a real child process: the Robot contract, a killed keeper, a killed agent. Figures on the real clock are printed, not asserted. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { firstValueFrom } from "rxjs";
import { type ForkedKeeperRobot, forkKeeper } from "../../../runtime/act/fork-keeper.ts";
import { SystemClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { robotContract } from "../../contracts/robot.ts";
import { twoJointSpec } from "../../helpers/kinematic-arm.ts";

const clock = new SystemClock();
const entry = new URL("../../helpers/keeper-entry.ts", import.meta.url);
const start = (config: object): Promise<ForkedKeeperRobot> => forkKeeper({ spec: twoJointSpec, entry, config });
const isCode = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof AgentError && error.code === code && message.test(error.message);

robotContract("keeper robot in a process of its own", async () => {
  const robot = await start({ logPath: null });
  const never = new AbortController().signal;
  const pass = async (): Promise<void> => void (await firstValueFrom(robot.observe(never)));
  return { robot, nowNs: () => clock.nowNs(), leadS: 0.15, pass };
});

test("a keeper that is killed is robot.lost for everything pending, with the signal that ended it", async () => {
  const robot = await start({ logPath: null });
  const observed = firstValueFrom(robot.observe(new AbortController().signal));
  await observed;
  const lost = new Promise<unknown>((resolve) => {
    robot.observe(new AbortController().signal).subscribe({ error: resolve });
  });
  process.kill(robot.pid, "SIGKILL");
  assert.ok(isCode("robot.lost", /keeper lost, process \d+ (was ended by SIGKILL|closed its channel); start the agent again/)(await lost));
  await assert.rejects(robot.stop("late"), isCode("robot.lost", /keeper/));
  await robot[Symbol.asyncDispose]();
});

test("a keeper whose driver cannot be made fails the start with the driver's own error", async () => {
  await assert.rejects(
    start({ logPath: null, failToStart: true }),
    isCode("model.missing", /driver: refused for the test; configure it otherwise/),
  );
});

test("a keeper told to end by SIGTERM brings the arm to rest and ends by itself", async () => {
  const robot = await start({ logPath: null });
  const lost = new Promise<unknown>((resolve) => {
    robot.observe(new AbortController().signal).subscribe({ error: resolve });
  });
  process.kill(robot.pid, "SIGINT"); // A Ctrl-C reaches the agent, never the keeper.
  assert.equal((await robot.stats()).malformedCount, 0);
  process.kill(robot.pid, "SIGTERM");
  assert.ok(isCode("robot.lost", /keeper lost/)(await lost));
  await robot[Symbol.asyncDispose]();
});

test("the stream's evenness on this machine", async (context) => {
  const robot = await start({ logPath: null });
  try {
    for (let sample = 0; sample < 100; sample++) await firstValueFrom(robot.observe(new AbortController().signal));
    const stats = await robot.stats();
    context.diagnostic(`period error of the 250 Hz stream: ${JSON.stringify(stats)}`);
    assert.ok(stats.beatCount > 10);
  } finally {
    await robot[Symbol.asyncDispose]();
  }
});

test("when the agent is killed in mid-motion the keeper brings the arm to rest, disposes of its driver and ends", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "foresight-keeper-"));
  try {
    const logPath = join(folder, "commands.log");
    const agentPath = fileURLToPath(new URL("../../helpers/agent-to-kill.ts", import.meta.url));
    const agent = spawn(process.execPath, ["--import", "tsx", agentPath, logPath], { stdio: ["ignore", "pipe", "inherit"] });
    const closed = once(agent, "close"); // The keeper inherited the pipe: it closes when both have ended.
    let acceptedCount = 0;
    let killedNs = 0n;
    for await (const _line of createInterface({ input: agent.stdout })) {
      if (++acceptedCount !== 6) continue;
      killedNs = clock.nowNs();
      agent.kill("SIGKILL");
    }
    await closed;
    assert.ok(acceptedCount >= 6);
    const lines = (await readFile(logPath, "utf8")).trim().split("\n");
    assert.equal(lines.pop(), "disposed");
    const commands = lines.map((line) => line.split(" ").map(Number) as [number, number]);
    assert.equal(commands.at(-1)![1], 0);
    const lastMoving = commands.findLast(([, speed]) => speed > 0)!;
    const speedAtKill = commands.findLast(([stampNs]) => stampNs <= Number(killedNs))![1];
    const restMs = (lastMoving[0] - Number(killedNs)) / 1e6;
    context.diagnostic(`agent killed at ${speedAtKill.toFixed(3)} rad/s: last moving command ${restMs.toFixed(1)} ms later`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
