/** Jogging: a joint moves only while it is held, is brought to rest when it is not, and what it reports is judged. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DriveParts, driveJoint } from "../../../launch/bring-up/drive-joint.ts";
import { createHoldToRun, type Keys } from "../../../launch/bring-up/hold-to-run.ts";
import { judgeJog } from "../../../launch/bring-up/judge-jog.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { SimDriver } from "../../../sim/sim-driver.ts";

async function setup() {
  const clock = new ManualClock();
  const driver = await SimDriver.create({ robot: pandaSpec, scene: defaultScene, cameras: [], supersample: 1 });
  const robot = createLockstepRobot({ spec: pandaSpec, driver, clock, lastGuard, initialRad: pandaSpec.homeRad, periodS: 0.2 });
  let id = 0;
  let fastest = 0;
  const velocity = (): number => Math.abs(robot.commandedAt(clock.nowNs()).velocityRadPerS[0]!);
  const act: typeof robot.act = async (segment) => {
    const accepted = await robot.act(segment);
    fastest = Math.max(fastest, velocity());
    return accepted;
  };
  // A world that waits passes with `act`, and with `pass` at the end.
  const wait = async (ms: number): Promise<void> => {
    if (ms < 400) return;
    await robot.pass();
    await robot.pass();
  };
  return { robot, clock, parts: { robot: { ...robot, act }, clock, leadMs: 0, wait, nextId: () => id++ }, fastest: () => fastest };
}

describe("driving a joint", () => {
  it("brings it there at the speed that was asked for, the others stay, and the arm rests", async () => {
    const { robot, clock, parts, fastest } = await setup();
    await using _ = robot;
    assert.equal(await driveJoint(parts, { joint: 0, toRad: 0.1, speedRadPerS: 0.1 }, () => true), "there");
    const { positionRad, velocityRadPerS } = robot.commandedAt(clock.nowNs());
    assert.ok(Math.abs(positionRad[0]! - 0.1) < 1e-3, `${positionRad[0]}`);
    assert.deepEqual([...positionRad.slice(1)], pandaSpec.homeRad.slice(1));
    assert.ok(velocityRadPerS.every((value) => value === 0));
    assert.ok(fastest() <= 0.1 + 1e-6 && fastest() > 0.05, `${fastest()} rad/s`);
  });

  it("goes on where the arm rests after a motion that came too late for it, a bounded number of times", async () => {
    const { robot, clock, parts } = await setup();
    await using _ = robot;
    const late = (times: number): DriveParts => {
      const act: typeof robot.act = async (segment) => {
        if (times-- > 0) throw new AgentError("robot.stalled", "planned before the arm braked");
        return parts.robot.act(segment);
      };
      return { ...parts, robot: { ...robot, act } };
    };
    assert.equal(await driveJoint(late(2), { joint: 0, toRad: 0.1, speedRadPerS: 0.1 }, () => true), "there");
    assert.ok(Math.abs(robot.commandedAt(clock.nowNs()).positionRad[0]! - 0.1) < 1e-3);
    await assert.rejects(
      driveJoint(late(9), { joint: 0, toRad: 0, speedRadPerS: 0.1 }, () => true),
      /planned before the arm braked/,
    );
  });

  it("ends at rest where it is when it is let go", async () => {
    const { robot, clock, parts } = await setup();
    await using _ = robot;
    let looks = 0;
    assert.equal(await driveJoint(parts, { joint: 0, toRad: 0.5, speedRadPerS: 0.2 }, () => looks++ < 4), "released");
    const { positionRad, velocityRadPerS } = robot.commandedAt(clock.nowNs());
    assert.ok(positionRad[0]! > 0.02 && positionRad[0]! < 0.4, `${positionRad[0]} rad`);
    assert.ok(velocityRadPerS.every((value) => value === 0));
  });
});

describe("judging a jogged joint", () => {
  const judged = (movedRad: readonly number[]): string =>
    judgeJog({ names: ["a", "b"], joint: 0, commandedRad: 0.05, movedRad }).join("; ");

  it("finds nothing wrong with one that follows, within tolerance", () => {
    assert.equal(judged([0.048, 0.001]), "");
  });

  it("tells a sign, an order, degrees and radians, and a joint that stands", () => {
    assert.match(judged([-0.05, 0]), /turned the other way/);
    assert.match(judged([0, 0.05]), /b moved instead/);
    assert.match(judged([0.05 * 57.3, 0]), /reports degrees where radians belong/);
    assert.match(judged([0, 0]), /did not move/);
    assert.match(judged([0.03, 0]), /moved 60 % of what was commanded/);
    assert.match(judged([0.05, 0.05]), /b moved with it/);
    assert.match(judged([Number.NaN, 0]), /not a number/);
  });
});

describe("hold to run", () => {
  function keyboard() {
    let listener: (keys: Buffer) => void = () => {};
    let isRaw = false;
    const keys: Keys = {
      setRawMode: (raw) => (isRaw = raw),
      on: (_, on) => (listener = on),
      off: () => (listener = () => {}),
      resume() {},
      pause() {},
    };
    return { keys, press: (text: string) => listener(Buffer.from(text)), isRaw: () => isRaw };
  }

  it("lasts while the key repeats and ends 0.7 s after it did for the last time, or with another key", async () => {
    const clock = new ManualClock();
    const { keys, press, isRaw } = keyboard();
    const hold = createHoldToRun(keys, clock, () => {});
    const first = hold.next();
    press(" ");
    const held = await first;
    assert.ok(held);
    clock.advance(600);
    press(" ");
    clock.advance(700);
    assert.equal(held(), true);
    clock.advance(1);
    assert.equal(held(), false);
    press(" ");
    assert.equal(held(), true);
    press("x");
    assert.equal(held(), false);
    hold[Symbol.dispose]();
    assert.equal(isRaw(), false);
  });

  it("is skipped with s and interrupted by Ctrl-C", async () => {
    let interrupted = 0;
    const { keys, press } = keyboard();
    const hold = createHoldToRun(keys, new ManualClock(), () => interrupted++);
    const skipped = hold.next();
    press("s");
    assert.equal(await skipped, null);
    const ended = hold.next();
    press("\u0003");
    assert.equal(await ended, null);
    assert.equal(interrupted, 1);
  });
});
