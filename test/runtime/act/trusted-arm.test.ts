/** Nothing is streamed, resumed or held against before the arm's readings agree: at the start, at a resume, and when a lost arm comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { ManualClock, secondsToNs } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { createFakeWorld, twoJointSpec as spec } from "../../helpers/kinematic-arm.ts";
import { type MemoryKeeper, startMemoryKeeper } from "../../helpers/memory-keeper.ts";

const REAL = Float64Array.of(1.2, -0.9);

const hasCode =
  (code: string, message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof AgentError, String(error));
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };

function segmentOf({ robot, clock }: MemoryKeeper, id: number, byRad = 0.2) {
  const startNs = clock.nowNs() + secondsToNs(0.008);
  const from = robot.commandedAt(startNs);
  return quinticSegment({ id, startNs, from, toRad: from.positionRad.map((value) => value + byRad), durationS: 0.4 });
}

for (const [name, first] of [
  ["a number that is none", [1.2, Number.NaN]],
  ["zeros, as before the first word of the hardware", [0, 0]],
  ["degrees", [68.8, -51.6]],
  ["of another robot's joints", [1.2, -0.9, 0.3]],
] as const) {
  test(`a first reading that is ${name} is never sent to the arm`, async () => {
    const tells = (index: number) => (index < 3 ? first : REAL);
    if (first.length !== 2) {
      await assert.rejects(
        startMemoryKeeper({ tells }),
        hasCode("sense.wrong-size", /nothing was sent to it; joints: 3 positions and 3 velocities, must be 2 each/),
      );
      return;
    }
    const keeper = await startMemoryKeeper({ tells });
    await keeper.passMs(200);
    assert.ok(keeper.driver.sent.length > 10);
    for (const { command } of keeper.driver.sent) assert.deepEqual(command.positionRad, REAL);
  });
}

for (const [name, tells, code, message] of [
  ["are no numbers", () => [1.2, Number.NaN], "sense.not-finite", /nothing was sent to it; joint "elbow": position NaN rad/],
  [
    "are in degrees",
    () => [68.8, -51.6],
    "sense.out-of-range",
    /joint "shoulder": position 68\.800 rad is outside \[-2\.8, 2\.8\] rad .*is it told in degrees/,
  ],
  [
    "come from two arms by turns",
    (index: number) => (index % 2 ? [0, 0] : [1.2, -0.9]),
    "sense.jump",
    /joint "shoulder": read .* rad and, \d+ ms later, .* rad, readings must agree within 0\.01 rad over 100 ms/,
  ],
] as const) {
  test(`an arm whose readings ${name} for ten seconds is refused by joint, value, bound and unit, and nothing was ever sent`, async () => {
    let sent = 0;
    const tellsAndCounts = (index: number): readonly number[] => {
      sent = index;
      return tells(index);
    };
    await assert.rejects(
      startMemoryKeeper({ tells: tellsAndCounts, onCommand: () => assert.fail("a command was sent") }),
      hasCode(code, message),
    );
    assert.ok(sent >= 499, `refused after ${sent} readings`);
  });
}

test("at a resume one reading that jumps is not gone by, and the arm goes on from where it then stands", async () => {
  const keeper = await startMemoryKeeper({ elsewhereRad: 0.02 });
  await keeper.robot.stop("test");
  keeper.driver.tells = () => [0.7, 0.2]; // Moved by hand while it was stopped.
  await keeper.passMs(200);
  keeper.driver.extra.next(keeper.driver.reading([2.5, 2.5]));
  await keeper.robot.resume();
  assert.deepEqual(keeper.robot.commandedAt(keeper.clock.nowNs()).positionRad, Float64Array.of(0.7, 0.2));
  await keeper.passMs(40);
  assert.deepEqual(keeper.driver.sent.at(-1)!.command.positionRad, Float64Array.of(0.7, 0.2));
});

test("a resume is refused, naming the joint, while the readings do not agree; the arm stays stopped", async () => {
  const keeper = await startMemoryKeeper({ elsewhereRad: 0.02 });
  await keeper.robot.stop("test");
  keeper.driver.tells = () => [Number.NaN, 0.2];
  await keeper.passMs(40);
  await assert.rejects(
    keeper.robot.resume(),
    hasCode("sense.not-finite", /^resume: the arm's readings did not settle within 1500 ms; joint "shoulder": position NaN rad/),
  );
  await assert.rejects(keeper.robot.act(segmentOf(keeper, 0)), hasCode("robot.rejected", /segment 0: the arm's readings fail/));
  keeper.driver.tells = () => spec.homeRad;
  await keeper.passMs(200);
  await assert.rejects(keeper.robot.act(segmentOf(keeper, 0)), hasCode("robot.rejected", /segment 0: the arm is stopped \(test\)/));
});

test("a resume while the arm still brakes waits until it rests", async () => {
  const keeper = await startMemoryKeeper({ elsewhereRad: 0.02 });
  await keeper.robot.act(segmentOf(keeper, 0));
  await keeper.passMs(120);
  await keeper.robot.stop("test");
  assert.ok(keeper.driver.sent.at(-1)!.command.velocityRadPerS[0]! > 0);
  await keeper.robot.resume();
  assert.ok(keeper.driver.sent.at(-1)!.command.velocityRadPerS.every((value) => value === 0));
});

for (const [name, tells, message] of [
  ["no reading at all", null, /no sound joint reading for 1000 ms, nothing is sent .*; joints: no new readings/],
  ["readings that are no numbers", () => [Number.NaN, 0], /nothing is sent .*; joint "shoulder": position NaN rad/],
] as const) {
  test(`an arm with ${name} for a second is sent nothing and takes nothing; back where it was it goes on`, async () => {
    const keeper = await startMemoryKeeper();
    const faults: AgentError[] = [];
    keeper.robot.faults!.subscribe((error) => faults.push(error));
    keeper.driver.tells = tells;
    await keeper.passMs(1100);
    const sent = keeper.driver.sent.length;
    await keeper.passMs(400);
    assert.equal(keeper.driver.sent.length, sent);
    assert.deepEqual(
      faults.map(({ code }) => code),
      ["sense.stale"],
    );
    assert.match(faults[0]!.message, message);
    await assert.rejects(keeper.robot.act(segmentOf(keeper, 0)), hasCode("robot.rejected", /segment 0: the arm's readings fail/));
    keeper.driver.tells = () => spec.homeRad;
    await keeper.passMs(200);
    assert.ok(keeper.driver.sent.length > sent);
    await keeper.robot.act(segmentOf(keeper, 1));
    await keeper.passMs(500);
    assert.equal(faults.length, 1);
  });
}

test("an arm that comes back elsewhere is held where it stands, never pulled to where it was held, and a person must look", async () => {
  const keeper = await startMemoryKeeper();
  const faults: AgentError[] = [];
  keeper.robot.faults!.subscribe((error) => faults.push(error));
  keeper.driver.tells = null;
  await keeper.passMs(1200);
  const sent = keeper.driver.sent.length;
  keeper.driver.tells = () => [0.6, -0.4];
  await keeper.passMs(300);
  const after = keeper.driver.sent.slice(sent);
  assert.ok(after.length > 10);
  for (const { command } of after) assert.deepEqual(command.positionRad, Float64Array.of(0.6, -0.4));
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["sense.stale", "robot.aborted"],
  );
  assert.match(
    faults[1]!.message,
    /^joint "shoulder": stands 0\.500 rad from where it was held when its readings failed, at most 0\.02 rad/,
  );
  await keeper.robot.resume();
  await keeper.robot.act(segmentOf(keeper, 0, 0.1));
});

test("a keeper that slept takes neither the arm nor the agent for gone: nothing was heard because it did not listen", async () => {
  const keeper = await startMemoryKeeper();
  const faults: AgentError[] = [];
  keeper.robot.faults!.subscribe((error) => faults.push(error));
  keeper.process.freeze();
  await keeper.passMs(2600);
  keeper.process.goOn("timers-first");
  await keeper.passMs(100);
  assert.deepEqual(faults, []);
  assert.ok(!keeper.driver.isDisposed);
});

test("a lockstep world whose arm does not stand where the robot begins, or tells no number, is refused", () => {
  const make = (rad: readonly number[]) => {
    const driver = createFakeWorld({ ...spec, homeRad: rad });
    return createLockstepRobot({ spec, driver, clock: new ManualClock(), lastGuard, initialRad: spec.homeRad, periodS: 0.2 });
  };
  make(spec.homeRad);
  assert.throws(
    () => make([0.4, -0.4]),
    hasCode("robot.rejected", /^joint "shoulder": stands 0\.300 rad from where the robot begins, at most 0\.01 rad/),
  );
  assert.throws(() => make([0.1, Number.NaN]), hasCode("sense.not-finite", /^joint "elbow": position NaN rad/));
});
