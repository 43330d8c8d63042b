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
import { filter, firstValueFrom } from "rxjs";
import { type ForkedKeeperRobot, forkKeeper } from "../../../runtime/act/fork-keeper.ts";
import { nsToMs, SystemClock, secondsToNs } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import { robotContract } from "../../contracts/robot.ts";
import { twoJointSpec } from "../../helpers/kinematic-arm.ts";
import { until } from "../../helpers/until.ts";

const clock = new SystemClock();
/** Motions that a busy machine may stop before one is fast. */
const TRIES_MAX = 20;
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

test("a keeper that is killed is robot.lost for everything pending, with the signal that ended it", async (context) => {
  const robot = await start({ logPath: null });
  const observed = firstValueFrom(robot.observe(new AbortController().signal));
  await observed;
  const lost = new Promise<unknown>((resolve) => {
    robot.observe(new AbortController().signal).subscribe({ error: resolve });
  });
  const killedNs = clock.nowNs();
  process.kill(robot.pid, "SIGKILL");
  const told = await lost;
  context.diagnostic(`the agent knows ${nsToMs(clock.nowNs() - killedNs).toFixed(1)} ms after the kill, on the real clock`);
  assert.ok(isCode("robot.lost", /keeper lost, process \d+ (was ended by SIGKILL|closed its channel); start the agent again/)(told));
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

test("a keeper frozen by SIGSTOP in mid-motion and let go on sends no command that leaps, says so, and takes the next segment", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "foresight-keeper-"));
  try {
    const logPath = join(folder, "commands.log");
    const robot = await start({ logPath });
    const stalls: string[] = [];
    robot.faults!.pipe(filter(({ code }) => code === "robot.stalled")).subscribe(({ message }) => stalls.push(message));
    let speedRadPerS = 0;
    robot.observe(new AbortController().signal).subscribe({
      next: (sample) => {
        if (sample.kind === "joints") speedRadPerS = Math.abs(sample.joints.velocityRadPerS[0]!);
      },
      error: () => {}, // A robot that is lost fails what asks it.
    });
    const move = (id: number, byRad: number) => {
      const startNs = clock.nowNs() + secondsToNs(0.15);
      const from = robot.commandedAt(startNs);
      return quinticSegment({ id, startNs, from, toRad: from.positionRad.map((value) => value + byRad), durationS: 0.4 });
    };
    const rests = (): boolean => robot.commandedAt(clock.nowNs()).velocityRadPerS.every((speed) => speed === 0);
    let id = 0;
    do {
      await until("the arm rests", rests);
      const known = stalls.length;
      await robot.act(move(id, id % 2 === 0 ? 0.4 : -0.4)); // Its peak is 1.9 rad/s, the joints may do 2.2.
      id++;
      await until("it is fast, or a busy moment of this machine has stopped it", () => speedRadPerS > 1 || stalls.length > known);
    } while (speedRadPerS <= 1 && id < TRIES_MAX);
    const known = stalls.length;
    process.kill(robot.pid, "SIGSTOP");
    await clock.sleep(200); // How long it is frozen.
    process.kill(robot.pid, "SIGCONT");
    const goneOnNs = clock.nowNs();
    await until("it says so", () => stalls.length > known);
    assert.match(stalls[known]!, /^command stream: \d+ ms late, at most 40 ms/);
    const knownMs = nsToMs(clock.nowNs() - goneOnNs);
    await until("the arm has braked", rests);
    await robot.act(move(id, -0.05));
    await robot[Symbol.asyncDispose]();
    const commands = (await readFile(logPath, "utf8"))
      .trim()
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split(" ").map(Number));
    const steps = commands.slice(1).map(([, , rad], index) => Math.abs(rad! - commands[index]![2]!));
    const stepRad = Math.max(...steps);
    context.diagnostic(
      `widest step of one command ${stepRad.toFixed(4)} rad, one beat at the speed limit is 0.0088; known ${knownMs.toFixed(0)} ms after it went on`,
    );
    assert.ok(stepRad <= 2.2 * 0.004 * (1 + 1e-6), `${stepRad} rad`);
    assert.equal(commands.at(-1)![1], 0);
  } finally {
    await rm(folder, { recursive: true });
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

test("when the agent is frozen by SIGSTOP in mid-motion the arm comes to rest and the keeper ends; let go on, the agent says that it has lost its arm", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "foresight-keeper-"));
  try {
    const logPath = join(folder, "commands.log");
    const agentPath = fileURLToPath(new URL("../../helpers/agent-to-kill.ts", import.meta.url));
    const agent = spawn(process.execPath, ["--import", "tsx", agentPath, logPath], { stdio: ["ignore", "pipe", "pipe"] });
    context.after(() => agent.kill("SIGKILL"));
    const closed = once(agent, "close");
    let said = "";
    agent.stderr.on("data", (chunk) => {
      said += chunk;
    });
    let acceptedCount = 0;
    createInterface({ input: agent.stdout }).on("line", () => void acceptedCount++);
    await until("it moves", () => acceptedCount >= 6);
    agent.kill("SIGSTOP");
    const frozenNs = Number(clock.nowNs());
    const log = async (): Promise<string> => (await readFile(logPath, "utf8")).trim();
    await until("the keeper has ended", async () => (await log()).endsWith("disposed"));
    const commands = (await log())
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split(" ").map(Number) as [number, number]);
    assert.equal(commands.at(-1)![1], 0);
    const lastMoving = commands.findLast(([, speed]) => speed > 0)!;
    context.diagnostic(`agent frozen: last moving command ${((lastMoving[0] - frozenNs) / 1e6).toFixed(1)} ms later`);
    agent.kill("SIGCONT");
    const [code] = await closed;
    assert.notEqual(code, 0);
    assert.match(said, /keeper lost, .*; start the agent again/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
