/** The lockstep robot: the Robot contract, and virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { robotContract } from "../../contracts/robot.ts";
import { createFakeWorld, hastySpec, twoJointSpec } from "../../helpers/kinematic-arm.ts";

const spec = twoJointSpec;

function make(of = spec) {
  const clock = new ManualClock(1_000_000_000n);
  const driver = createFakeWorld(of);
  const robot = createLockstepRobot({ spec: of, driver, clock, lastGuard, initialRad: of.homeRad, periodS: 0.2 });
  return { robot, clock, driver };
}

robotContract("lockstep robot", async () => {
  const { robot, clock } = make();
  return { robot, nowNs: () => clock.nowNs(), leadS: 0, pass: () => robot.pass() };
});

const move = (robot: ReturnType<typeof make>["robot"], clock: ManualClock, id: number, byRad: number, durationS = 0.2) => {
  const from = robot.commandedAt(clock.nowNs());
  return quinticSegment({ id, startNs: clock.nowNs(), from, toRad: from.positionRad.map((value) => value + byRad), durationS });
};

test("one act is one decision period of virtual time and 50 commands", async () => {
  const { robot, clock, driver } = make();
  await robot.act(move(robot, clock, 0, 0.05));
  assert.equal(clock.nowNs(), 1_200_000_000n);
  assert.equal(driver.commands.length, 50);
  assert.deepEqual(driver.commands[0]!.positionRad, Float64Array.from(spec.homeRad));
});

test("two runs of the same segments give the same commands, bit for bit", async () => {
  const runs = await Promise.all(
    [make(), make()].map(async ({ robot, clock, driver }) => {
      for (let id = 0; id < 5; id++) await robot.act(move(robot, clock, id, 0.03 * (id % 2 ? -1 : 1), 0.3));
      return driver.commands;
    }),
  );
  assert.deepEqual(runs[0], runs[1]);
});

test("observers see the world as it is when they subscribe and after each period", async () => {
  const { robot, clock } = make();
  const stamps: bigint[] = [];
  robot.observe(new AbortController().signal).subscribe((sample) => sample.kind === "joints" && stamps.push(sample.joints.stampNs));
  await robot.act(move(robot, clock, 0, 0.02));
  await robot.pass();
  assert.deepEqual(stamps, [1_000_000_000n, 1_200_000_000n, 1_400_000_000n]);
});

test("who stops the arm, moving or at rest, is shown nothing twice and nothing out of order", async () => {
  const { robot, clock } = make();
  const stamps: bigint[] = [];
  let isStopped = false;
  robot.observe(new AbortController().signal).subscribe((sample) => {
    if (sample.kind === "joints") stamps.push(sample.joints.stampNs);
    if (clock.nowNs() > 1_000_000_000n && !isStopped) {
      isStopped = true;
      void robot.stop("as soon as it is seen to move");
    }
  });
  await robot.act(move(robot, clock, 0, 0.05, 0.4));
  await robot.stop("at rest already");
  assert.equal(stamps.length, 3, "at first, after the period, and at rest");
  assert.deepEqual(stamps, [...new Set(stamps)].sort());
});

test("a command that the last guard holds back stops the arm, and the segment is told as aborted with the reason", async () => {
  const { robot, clock, driver } = make(hastySpec);
  const events: string[] = [];
  robot.events.subscribe(({ segmentId, kind, reason }) => events.push(`${segmentId} ${kind} ${reason ?? ""}`.trim()));
  await robot.act(move(robot, clock, 0, 0.9)); // Peak 1.875 x 0.9 / 0.2 = 8.4 rad/s, the joints may do 2.2.
  assert.equal(events[0], "0 started");
  assert.match(events[1]!, /^0 aborted last guard: joint "shoulder": commanded speed .* rad\/s is above 2\.2 rad\/s$/);
  for (const { velocityRadPerS } of driver.commands) assert.ok(velocityRadPerS.every((value) => Math.abs(value) <= 2.2 + 1e-6));
  await robot.pass();
  assert.ok(driver.commands.at(-1)!.velocityRadPerS.every((value) => value === 0));
  await assert.rejects(robot.act(move(robot, clock, 1, 0.01)), /the arm is stopped \(last guard/);
});

test("questions go to the driver; a placement moves the commanded state and is refused while the arm moves", async () => {
  const { robot, clock } = make();
  assert.deepEqual(await robot.ask("truth", 7), { name: "truth", payload: 7 });
  await robot.act(move(robot, clock, 0, 0.05, 0.4));
  await assert.rejects(robot.ask("reset"), /ask "reset": arm is at rest in 0\.200 s, must be now; stop it first/);
  await robot.pass();
  assert.equal(await robot.ask("reset"), "placed");
  assert.deepEqual(robot.commandedAt(clock.nowNs()).positionRad, new Float64Array(2));
  await robot.act(move(robot, clock, 1, 0.05));
  assert.ok(Math.abs(robot.commandedAt(clock.nowNs()).positionRad[0]! - 0.05) < 1e-12);
});

test("the world is disposed of once", async () => {
  const { robot, driver } = make();
  await robot[Symbol.asyncDispose]();
  await robot[Symbol.asyncDispose]();
  assert.equal(driver.disposeCount(), 1);
});
