/** A keeper that is kept from running (a pause of its memory, swap, a stolen core, SIGSTOP): what the arm is told, what the agent hears, and how it goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { ManualClock, nsToSeconds, secondsToNs } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { JointCommand } from "../../../runtime/core/motion.ts";
import type { Robot } from "../../../runtime/core/robot.ts";
import { quinticSegment, sampleSegment } from "../../../runtime/core/segment.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { decide } from "../../../runtime/supervise/decide.ts";
import { createFakeWorld, hastySpec, twoJointSpec as spec } from "../../helpers/kinematic-arm.ts";
import { type MemoryKeeper, startMemoryKeeper } from "../../helpers/memory-keeper.ts";

const BEAT_RAD_MAX = spec.joints[0]!.velocityMaxRadPerS * 0.004 * (1 + 1e-6);

function faultsOf({ faults }: Pick<Robot, "faults">): AgentError[] {
  const told: AgentError[] = [];
  faults!.subscribe((error) => told.push(error));
  return told;
}

/** From the commanded state, as the agent knows it. */
function segmentOf({ robot, clock }: Pick<MemoryKeeper, "robot" | "clock">, id: number, byRad = 0.3, leadS = 0.008) {
  const startNs = clock.nowNs() + secondsToNs(leadS);
  const from = robot.commandedAt(startNs);
  return quinticSegment({ id, startNs, from, toRad: from.positionRad.map((value) => value + byRad), durationS: 0.4 });
}

/** The furthest that one command lies from the one before. */
function widestStepRad(commands: readonly { readonly command: JointCommand }[]): number {
  const steps = commands
    .slice(1)
    .map(({ command }, index) =>
      Math.max(...command.positionRad.map((value, joint) => Math.abs(value - commands[index]!.command.positionRad[joint]!))),
    );
  return Math.max(...steps);
}

for (const order of ["messages-first", "timers-first"] as const) {
  test(`a keeper frozen in mid-motion sends no command that leaps, tells the agent, and takes the next plan (${order})`, async () => {
    const keeper = await startMemoryKeeper();
    const faults = faultsOf(keeper.robot);
    await keeper.robot.act(segmentOf(keeper, 0));
    await keeper.passMs(160);
    keeper.process.freeze();
    const refused = keeper.robot.act(segmentOf(keeper, 1, -0.2, 0.25)); // On its way while nobody reads it.
    const refusal = refused.then(
      () => null,
      (error: unknown) => error,
    );
    await keeper.passMs(200);
    keeper.process.goOn(order);
    await keeper.passMs(40);
    const replanned = segmentOf(keeper, 2, 0.1);
    await keeper.robot.act(replanned);
    await keeper.passMs(500);
    assert.ok(widestStepRad(keeper.driver.sent) <= BEAT_RAD_MAX, `${widestStepRad(keeper.driver.sent)} rad in one beat`);
    assert.deepEqual(
      faults.map(({ code }) => code),
      ["robot.stalled"],
    );
    assert.equal(decide(faults[0]).reaction, "ignore");
    const error = await refusal;
    assert.ok(error instanceof AgentError && error.code === "robot.stalled", String(error));
    const rest = keeper.driver.sent.at(-1)!.command;
    assert.deepEqual(rest.positionRad, replanned.knots.at(-1)!.positionRad);
    assert.deepEqual(keeper.robot.commandedAt(keeper.clock.nowNs()), rest);
  });
}

test("a keeper frozen again and again never sends a command that leaps, and ends at rest", async () => {
  const keeper = await startMemoryKeeper();
  const faults = faultsOf(keeper.robot);
  for (let id = 0; id < 8; id++) {
    await keeper.robot.act(segmentOf(keeper, id, id % 2 ? -0.15 : 0.15)).catch(() => {});
    await keeper.passMs(60 + 16 * id);
    keeper.process.freeze();
    await keeper.passMs(8 + 24 * id);
    keeper.process.goOn();
    await keeper.passMs(40);
  }
  await keeper.passMs(500);
  assert.ok(widestStepRad(keeper.driver.sent) <= BEAT_RAD_MAX, `${widestStepRad(keeper.driver.sent)} rad in one beat`);
  assert.ok(faults.length >= 4, `${faults.length} told`);
  assert.ok(faults.every(({ code }) => code === "robot.stalled"));
  assert.ok(keeper.driver.sent.at(-1)!.command.velocityRadPerS.every((value) => value === 0));
});

test("a keeper frozen while it brakes for an agent that is gone ends only when the arm is at rest", async () => {
  const keeper = await startMemoryKeeper();
  await keeper.robot.act(segmentOf(keeper, 0));
  await keeper.passMs(160);
  keeper.agentSide.close();
  await keeper.passMs(24);
  keeper.process.freeze();
  await keeper.passMs(300);
  const brokenOff = keeper.driver.sent.at(-1)!.command;
  assert.ok(brokenOff.velocityRadPerS[0]! > 0.3);
  keeper.process.goOn();
  assert.equal((await keeper.passUntil(keeper.ended)).reason, "agent disconnected");
  assert.ok(widestStepRad(keeper.driver.sent) <= BEAT_RAD_MAX);
  assert.ok(keeper.driver.sent.at(-1)!.command.velocityRadPerS.every((value) => value === 0));
});

test("an arm that takes motions is given, after the silence, a brake from where the motion it had has brought it", async () => {
  const keeper = await startMemoryKeeper({ takes: "motions", spec: hastySpec });
  const faults = faultsOf(keeper.robot);
  await keeper.robot.act(segmentOf(keeper, 0));
  await keeper.passMs(100);
  await keeper.robot.act(segmentOf(keeper, 1, -0.3, 0.06));
  await keeper.passMs(20);
  keeper.process.freeze();
  await keeper.passMs(160);
  keeper.process.goOn();
  const [first, brake] = keeper.driver.followed.slice(-2) as [
    (typeof keeper.driver.followed)[number],
    (typeof keeper.driver.followed)[number],
  ];
  assert.equal(first.segment.id, 0, "segment 1 was never given to the arm");
  const along = (segment: typeof first.segment) => sampleSegment(segment, nsToSeconds(brake.stampNs - segment.startNs)).positionRad;
  assert.deepEqual(along(brake.segment), along(first.segment));
  await keeper.passMs(8);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["robot.stalled"],
  );
  await keeper.robot.act(segmentOf(keeper, 2, 0.1));
  await keeper.passMs(500);
  assert.equal(keeper.driver.followed.at(-1)!.segment.id, 2);
});

test("a lockstep world whose time somebody else moved on is commanded no leap, and the fault is told", async () => {
  const clock = new ManualClock(1_000_000_000n);
  const driver = createFakeWorld(spec);
  const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS: 0.2 });
  const faults = faultsOf(robot);
  const from = robot.commandedAt(clock.nowNs());
  const toRad = from.positionRad.map((value) => value + 0.3);
  await robot.act(quinticSegment({ id: 0, startNs: clock.nowNs(), from, toRad, durationS: 0.4 }));
  clock.advance(160);
  await robot.pass();
  await robot.pass();
  assert.ok(widestStepRad(driver.commands.map((command) => ({ command }))) <= BEAT_RAD_MAX);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["robot.stalled"],
  );
  assert.ok(driver.commands.at(-1)!.velocityRadPerS.every((value) => value === 0));
});

test("what the last guard objects to is told as a fault: a person looks why the guards before it let it pass", async () => {
  const keeper = await startMemoryKeeper({ spec: hastySpec });
  const faults = faultsOf(keeper.robot);
  await keeper.robot.act({ ...segmentOf(keeper, 0, 1.5) });
  await keeper.passMs(400);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["robot.aborted"],
  );
  assert.match(faults[0]!.message, /^last guard: joint "shoulder": commanded speed .* rad\/s is above 2\.2 rad\/s; it was not sent/);
  assert.equal(decide(faults[0]).reaction, "stop");
});
