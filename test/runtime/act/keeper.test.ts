/** The keeper over an in-memory channel on an injected clock: the Robot contract, and what happens when the agent or the arm is lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nsToMs, secondsToNs } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import type { Frame, Sample } from "../../../runtime/core/sensing.ts";
import { robotContract } from "../../contracts/robot.ts";
import { hastySpec, twoJointSpec } from "../../helpers/kinematic-arm.ts";
import { type MemoryKeeper, startMemoryKeeper } from "../../helpers/memory-keeper.ts";

robotContract("keeper robot in one process", async () => {
  const { robot, clock, passMs } = await startMemoryKeeper();
  return { robot, nowNs: () => clock.nowNs(), leadS: 0.008, pass: () => passMs(20) };
});

const hasCode =
  (code: string, message: RegExp = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof AgentError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

function segmentOf({ robot, clock }: MemoryKeeper, id: number, byRad = 0.2, durationS = 0.4) {
  const startNs = clock.nowNs() + secondsToNs(0.008);
  const from = robot.commandedAt(startNs);
  return quinticSegment({ id, startNs, from, toRad: from.positionRad.map((value) => value + byRad), durationS });
}

/** Stamp of the first command from which on the arm rests, seconds after `sinceNs`. */
function restAfterS({ driver }: MemoryKeeper, sinceNs: bigint): number {
  const lastMoving = driver.sent.findLastIndex(({ command }) => command.velocityRadPerS.some((value) => value !== 0));
  const rest = driver.sent[lastMoving + 1];
  assert.ok(rest, "the arm still moves");
  return Number(rest.stampNs - sinceNs) / 1e9;
}

test("when the channel closes in mid-motion the arm is at rest within 0.4 s, then the driver is stopped and disposed of", async () => {
  const keeper = await startMemoryKeeper();
  await keeper.robot.act(segmentOf(keeper, 0));
  await keeper.passMs(120);
  assert.ok(keeper.driver.sent.at(-1)!.command.velocityRadPerS[0]! > 0.3);
  const lostNs = keeper.clock.nowNs();
  keeper.agentSide.close();
  const { reason } = await keeper.passUntil(keeper.ended);
  assert.equal(reason, "agent disconnected");
  assert.ok(restAfterS(keeper, lostNs) <= 0.4, `${restAfterS(keeper, lostNs)} s`);
  assert.deepEqual(keeper.driver.stops, ["agent disconnected"]);
  assert.ok(keeper.driver.isDisposed);
});

test("an agent whose process is ending is lost within 20 ms, although its channel is open until its memory is gone", async () => {
  let isDying = false;
  const endedNs: bigint[] = [];
  const keeper = await startMemoryKeeper({ isAgentDying: () => isDying, onEnd: () => endedNs.push(keeper.clock.nowNs()) });
  await keeper.robot.act(segmentOf(keeper, 0));
  await keeper.passMs(120);
  const lostNs = keeper.clock.nowNs();
  isDying = true;
  const { reason } = await keeper.passUntil(keeper.ended);
  assert.equal(reason, "agent's process is ending");
  assert.equal(endedNs.length, 1);
  assert.ok(nsToMs(endedNs[0]! - lostNs) <= 24, "whoever measures how it comes to rest is told when that begins");
  assert.ok(restAfterS(keeper, lostNs) <= 0.4, `${restAfterS(keeper, lostNs)} s`);
  assert.ok(keeper.driver.isDisposed);
});

test("an agent that is silent for two seconds is lost: the arm is at rest and the keeper ends", async () => {
  const keeper = await startMemoryKeeper();
  const send = keeper.agentSide.send;
  let isStalled = false;
  Object.assign(keeper.agentSide, { send: async (message: object) => (isStalled ? undefined : send(message)) });
  await keeper.robot.act(segmentOf(keeper, 0));
  await keeper.passMs(100);
  isStalled = true;
  await keeper.passMs(1900);
  assert.ok(!keeper.driver.isDisposed);
  const { reason } = await keeper.passUntil(keeper.ended);
  assert.equal(reason, "agent silent for more than 2000 ms");
});

test("an agent that has not moved the arm yet may be silent while it loads, for a minute; two are enough as soon as it has", async () => {
  const keeper = await startMemoryKeeper();
  const send = keeper.agentSide.send;
  let isStalled = true;
  Object.assign(keeper.agentSide, { send: async (message: object) => (isStalled ? undefined : send(message)) });
  await keeper.passMs(59_000);
  isStalled = false;
  await keeper.robot.act(segmentOf(keeper, 0));
  isStalled = true;
  await keeper.passMs(1900);
  assert.ok(!keeper.driver.isDisposed);
  assert.equal((await keeper.passUntil(keeper.ended)).reason, "agent silent for more than 2000 ms");

  const dumb = await startMemoryKeeper();
  Object.assign(dumb.agentSide, { send: async () => undefined });
  await dumb.passMs(60_100);
  assert.equal((await dumb.passUntil(dumb.ended)).reason, "agent silent for more than 60000 ms");
});

test("an agent that only sends heartbeats is not lost", async () => {
  const keeper = await startMemoryKeeper();
  await keeper.passMs(6000);
  assert.ok(!keeper.driver.isDisposed);
  await keeper.robot[Symbol.asyncDispose]();
  assert.equal((await keeper.ended).reason, "agent said goodbye");
});

test("after the channel closed everything pending and later is robot.lost", async () => {
  const keeper = await startMemoryKeeper();
  const errors: unknown[] = [];
  keeper.robot.observe(new AbortController().signal).subscribe({ error: (error) => errors.push(error) });
  const asked = keeper.robot.ask("slow");
  keeper.agentSide.close();
  await assert.rejects(asked, hasCode("robot.lost", /robot "two-joint": keeper lost, its channel closed; start the agent again/));
  await assert.rejects(keeper.robot.act(segmentOf(keeper, 0)), hasCode("robot.lost"));
  assert.equal(errors.length, 1);
  hasCode("robot.lost")(errors[0]);
});

test("an arm whose driver fails is lost with the driver's own words", async () => {
  const keeper = await startMemoryKeeper();
  const errors: unknown[] = [];
  keeper.robot.observe(new AbortController().signal).subscribe({ error: (error) => errors.push(error) });
  keeper.driver.extra.error(new AgentError("robot.lost", "arm: cable pulled; plug it in"));
  await keeper.passUntil(keeper.ended);
  hasCode("robot.lost", /arm: cable pulled; plug it in/)(errors[0]);
  assert.ok(keeper.driver.isDisposed);
});

test("a driver that throws on a command is an arm that is lost", async () => {
  const keeper = await startMemoryKeeper();
  keeper.driver.command = () => {
    throw new AgentError("robot.lost", "arm: bus off; reset it");
  };
  assert.equal((await keeper.passUntil(keeper.ended)).reason, "arm: bus off; reset it");
});

test("a request without a reply is lost in bounded time", async () => {
  const keeper = await startMemoryKeeper();
  const send = keeper.agentSide.send;
  Object.assign(keeper.agentSide, { send: async (message: { kind: string }) => (message.kind === "act" ? undefined : send(message)) });
  const acted = keeper.robot.act(segmentOf(keeper, 0));
  await assert.rejects(keeper.passUntil(acted), hasCode("robot.lost", /keeper: no reply within 2000 ms; look whether its process hangs/));
});

test("a malformed request is refused by its number and counted, and the keeper lives on", async () => {
  const keeper = await startMemoryKeeper();
  const bad = { ...segmentOf(keeper, 0), startNs: 12 };
  await assert.rejects(keeper.robot.act(bad as never), hasCode("robot.rejected", /keeper: malformed message: segment\.startNs: .*bigint/));
  await keeper.agentSide.send({ kind: "nonsense" });
  await keeper.passMs(4);
  assert.equal((await keeper.robot.stats()).malformedCount, 2);
});

test("questions are answered by the driver, with its own error codes", async () => {
  const keeper = await startMemoryKeeper();
  assert.deepEqual(await keeper.robot.ask("truth", { seed: 3 }), { name: "truth", payload: { seed: 3 } });
  await assert.rejects(keeper.robot.ask("refuse"), hasCode("goal.unreachable", /refused for the test/));
});

test("a placement is refused while the arm moves; done at rest, both sides go on from where it left the arm", async () => {
  const keeper = await startMemoryKeeper();
  await keeper.robot.act(segmentOf(keeper, 0));
  await keeper.passMs(100);
  await assert.rejects(keeper.robot.ask("reset"), hasCode("robot.rejected", /arm is at rest in 0\.\d{3} s, must be now; stop it first/));
  await keeper.passMs(400);
  assert.equal(await keeper.robot.ask("reset"), "placed");
  assert.deepEqual(keeper.robot.commandedAt(keeper.clock.nowNs()).positionRad, Float64Array.of(0.25, 0.25));
  await keeper.robot.act(segmentOf(keeper, 1));
  await keeper.passMs(500);
  assert.deepEqual(keeper.driver.sent.at(-1)!.command.positionRad, Float64Array.of(0.45, 0.45));
});

test("where the last guard objects both sides follow the brake, and no command above a joint's speed is sent", async () => {
  const keeper = await startMemoryKeeper({ spec: hastySpec });
  const reasons: (string | undefined)[] = [];
  keeper.robot.events.subscribe(({ kind, reason }) => kind === "aborted" && reasons.push(reason));
  await keeper.robot.act(segmentOf(keeper, 0, 1, 0.2)); // Peak 9.4 rad/s, the joints may do 2.2.
  await keeper.passMs(600);
  assert.equal(reasons.length, 1);
  assert.match(reasons[0]!, /^last guard: joint "shoulder": .* is above 2\.2 rad\/s$/);
  for (const { command } of keeper.driver.sent) assert.ok(command.velocityRadPerS.every((value) => Math.abs(value) <= 2.2 + 1e-6));
  assert.deepEqual(keeper.robot.commandedAt(keeper.clock.nowNs()), keeper.driver.sent.at(-1)!.command);
  await assert.rejects(keeper.robot.act(segmentOf(keeper, 1)), hasCode("robot.rejected", /the arm is stopped \(last guard/));
});

test("a motion ten times as hard as a joint may be driven never reaches the arm, whoever is on the agent's side", async () => {
  const keeper = await startMemoryKeeper();
  const tenfold = segmentOf(keeper, 0, (10 * 15 * 0.16) / 5.7735);
  await assert.rejects(keeper.robot.act(tenfold), hasCode("robot.rejected", /"shoulder": acceleration 150\.00 rad\/s\^2 is above 15\.00/));
  await keeper.passMs(500);
  for (const { command } of keeper.driver.sent) assert.deepEqual(command.positionRad, Float64Array.from(twoJointSpec.homeRad));
  await keeper.robot.act(segmentOf(keeper, 1));
});

test("where the last guard lets nothing pass the arm stays at the last command sent", async () => {
  const keeper = await startMemoryKeeper({
    guard: (previous, command) =>
      command.velocityRadPerS.some((value) => value !== 0)
        ? {
            command: { ...previous, velocityRadPerS: new Float64Array(2), accelerationRadPerS2: new Float64Array(2) },
            heldWhy: "nothing may move",
          }
        : { command, heldWhy: null },
  });
  await keeper.robot.act(segmentOf(keeper, 0));
  await keeper.passMs(500);
  assert.deepEqual(keeper.driver.sent.at(-1)!.command.positionRad, Float64Array.from(twoJointSpec.homeRad));
});

test("the agent's commanded state is the keeper's, beat for beat", async () => {
  const keeper = await startMemoryKeeper();
  for (let id = 0; id < 4; id++) {
    await keeper.robot.act(segmentOf(keeper, id, id % 2 ? -0.1 : 0.1, 0.3));
    const firstBeat = keeper.driver.sent.length;
    await keeper.passMs(200);
    for (const { stampNs, command } of keeper.driver.sent.slice(firstBeat)) assert.deepEqual(keeper.robot.commandedAt(stampNs), command);
  }
});

test("while a message of samples is under way only the newest of each source waits", async () => {
  const keeper = await startMemoryKeeper();
  const seen: number[] = [];
  const note = (sample: Sample): void => void (sample.kind === "frame" && seen.push(sample.frame.rgb[0]!));
  keeper.robot.observe(new AbortController().signal).subscribe(note);
  const frame = (index: number): Frame => {
    const stampNs = keeper.clock.nowNs() + BigInt(index);
    return { camera: "front", widthPx: 1, heightPx: 1, rgb: Uint8Array.of(index, 0, 0), stampNs, receivedNs: stampNs };
  };
  for (let index = 0; index < 10; index++) keeper.driver.extra.next({ kind: "frame", frame: frame(index) });
  await keeper.passMs(4);
  assert.deepEqual(seen, [0, 9]);
  assert.equal((await keeper.robot.stats()).droppedSampleCount, 8);
});

test("the stream's evenness is measured: on an even clock every error is zero", async () => {
  const keeper = await startMemoryKeeper();
  await keeper.passMs(400);
  const { beatCount, lateCount, p50Ms, p999Ms } = await keeper.robot.stats();
  assert.ok(beatCount >= 100);
  assert.deepEqual([lateCount, p50Ms, p999Ms], [0, 0, 0]);
});
