/** Agents and keepers that end or hang while the arm moves, in one process and on one injected clock. */
import assert from "node:assert/strict";
import { secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import { startMemoryKeeper } from "../helpers/memory-keeper.ts";
import { playTask } from "../helpers/scripted-task.ts";
import { BEGIN_S } from "./loop-case.ts";

/** A segment of 0.4 s under way in a keeper whose agent then says nothing more. */
async function movingKeeper(signal?: AbortSignal) {
  const keeper = await startMemoryKeeper(signal ? { signal } : {});
  const startNs = keeper.clock.nowNs() + secondsToNs(0.008);
  const from = keeper.robot.commandedAt(startNs);
  await keeper.robot.act(quinticSegment({ id: 0, startNs, from, toRad: from.positionRad.map((rad) => rad + 0.3), durationS: 0.4 }));
  await keeper.passMs(160);
  assert.ok(
    keeper.driver.sent.at(-1)!.command.velocityRadPerS.some((speed) => speed !== 0),
    "it moves",
  );
  return keeper;
}

/** The agent's end of the connection is gone in mid-motion. */
export async function agentDies(): Promise<number | null> {
  const keeper = await movingKeeper();
  keeper.agentSide.close();
  const diedNs = keeper.clock.nowNs();
  const { reason } = await keeper.passUntil(keeper.ended);
  assert.match(reason, /agent disconnected/);
  restMs(keeper, diedNs);
  assert.ok(keeper.driver.isDisposed);
  return 0;
}

/** How long the arm went on after an instant; it must be at rest within the bound. */
function restMs({ driver }: Awaited<ReturnType<typeof movingKeeper>>, sinceNs: bigint): number {
  const last = driver.sent.findLast(({ command }) => command.velocityRadPerS.some((speed) => speed !== 0))!;
  const ms = Number(last.stampNs - sinceNs) / 1e6;
  assert.ok(ms <= 400, `at rest after ${ms} ms`);
  return ms;
}

export async function keeperTerminated(): Promise<number | null> {
  const term = new AbortController();
  const keeper = await movingKeeper(term.signal);
  let told: unknown = null;
  keeper.robot.observe(new AbortController().signal).subscribe({ error: (error: unknown) => (told = error) });
  const atNs = keeper.clock.nowNs();
  term.abort();
  await keeper.passMs(8);
  assert.ok(told instanceof AgentError && told.code === "robot.lost", String(told));
  await keeper.passUntil(keeper.ended);
  restMs(keeper, atNs);
  return 8;
}

/** The thread that does all the agent's work stands still: nothing new is sent, and no heartbeat. */
export async function agentStalls(): Promise<number | null> {
  const keeper = await startMemoryKeeper();
  const startNs = keeper.clock.nowNs() + secondsToNs(0.008);
  const from = keeper.robot.commandedAt(startNs);
  await keeper.robot.act(quinticSegment({ id: 0, startNs, from, toRad: from.positionRad.map((rad) => rad + 0.3), durationS: 0.4 }));
  await keeper.passMs(160);
  const stalledNs = keeper.clock.nowNs();
  await keeper.passMs(400);
  restMs(keeper, stalledNs);
  await keeper.robot[Symbol.asyncDispose]();
  return 0;
}

/** Ctrl-C and SIGTERM come to the agent as one and the same. */
export async function agentTerminated(): Promise<number | null> {
  let isTold = false;
  const played = await playTask({
    every(timeS, { aborting }) {
      if (timeS < BEGIN_S || isTold) return;
      isTold = true;
      aborting.abort();
    },
  });
  assert.equal(played.result, "stopped");
  const stopped = played.happenings.find(({ what }) => what === "stop");
  assert.ok(stopped);
  assert.ok(played.commands.filter(({ timeS }) => timeS > stopped.timeS + 0.4).every(({ speedRadPerS }) => speedRadPerS === 0));
  return (stopped.timeS - BEGIN_S) * 1e3;
}

export async function keeperGone(): Promise<number | null> {
  const keeper = await movingKeeper();
  let told: unknown = null;
  keeper.robot.observe(new AbortController().signal).subscribe({ error: (error: unknown) => (told = error) });
  keeper.process.freeze();
  keeper.agentSide.close(); // What the machine does to a channel whose process was killed.
  await keeper.passMs(8);
  assert.ok(told instanceof AgentError && told.code === "robot.lost" && /keeper lost/.test(told.message), String(told));
  return 8;
}
