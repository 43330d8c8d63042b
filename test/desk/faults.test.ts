/** What goes wrong for owners of an arm on a desk: each a rule, a sentence with its remedy, and an arm that does nothing that was not commanded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../runtime/core/errors.ts";
import { type DeskBench, deskBench } from "../helpers/desk-bench.ts";

const hasCode =
  (code: string, message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof AgentError, String(error));
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };

function assertFault({ faults }: DeskBench, code: string, message: RegExp): void {
  const found = faults.find((fault) => fault.code === code && message.test(fault.message));
  assert.ok(found, `no ${code} ${message} among:\n${faults.map((fault) => `${fault.code}: ${fault.message}`).join("\n")}`);
}

const furthest = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));

test("a missing servo: the joint and its number are named, and which ones answer; nothing is switched on", async () => {
  await using desk = await deskBench();
  desk.arm.servos[2]!.isThere = false;
  await assert.rejects(
    desk.start(),
    hasCode("bridge.timeout", /no answer from servo 3 \(elbow_flex\); 1, 2, 4, 5, 6 do; look at the cable before/),
  );
  assert.ok(desk.arm.servos.every(({ table }) => table.get("torqueEnable") === 0));
});

test("no power: when nobody answers, power and port are asked for", async () => {
  await using desk = await deskBench();
  for (const servo of desk.arm.servos) servo.isThere = false;
  await assert.rejects(desk.start(), hasCode("bridge.timeout", /none does; look whether the arm has its own power beside USB/));
});

test("a servo of another kind than the rest is named with both kinds; nothing is switched on", async () => {
  await using desk = await deskBench();
  desk.arm.servos[3]!.table.set("model", 1);
  await assert.rejects(
    desk.start(),
    hasCode("bridge.mismatch", /servo 4 \(wrist_flex\) is a .*, servo 1 \(shoulder_pan\) a STS3215; use servos of one kind in an arm/),
  );
  assert.ok(desk.arm.servos.every(({ table }) => table.get("torqueEnable") === 0));
});

test("another calibration: a servo whose offset is not the file's is refused by joint and value", async () => {
  await using desk = await deskBench();
  desk.arm.servos[1]!.table.set("offsetSteps", 12);
  await assert.rejects(
    desk.start(),
    hasCode("bridge.mismatch", /servo 2 \(shoulder_lift\): its homing offset is 12, the calibration says -60/),
  );
});

test("leap: an old goal that is still in a servo is replaced before its torque comes on", async () => {
  await using desk = await deskBench();
  await desk.passMs(4000); // Limp, it sinks to where it lies.
  for (const { table } of desk.arm.servos) table.set("goalSteps", 1000);
  const before = desk.angles();
  await desk.start();
  await desk.passMs(500);
  assert.ok(furthest(desk.angles(), before) < 0.03, `moved ${furthest(desk.angles(), before)} rad`);
  assert.ok(desk.arm.servos.every(({ table }) => table.get("torqueEnable") === 1));
});

test("leap: an arm that is moved by hand while it is taken over is refused, and gets no torque", async () => {
  await using desk = await deskBench();
  let atRad = 0;
  desk.arm.handRad = [0, 0, 0, 0, 0, 0];
  const starting = desk.start();
  starting.catch(() => {});
  for (let ms = 0; ms < 200; ms++) {
    atRad += 0.01;
    desk.arm.handRad = [Math.sin(atRad), 0, 0.3, 1.4, 0, 0];
    await desk.passMs(20);
  }
  await assert.rejects(starting, hasCode("sense.jump", /the arm was not taken over, since its readings did not settle; joint "/));
  assert.ok(desk.arm.servos.every(({ table }) => table.get("torqueEnable") === 0));
});

test("the end: the arm holds where it stands under torque, as by default", async () => {
  await using desk = await deskBench();
  const robot = await desk.start();
  await desk.move(0, 0.1);
  await desk.passMs(600);
  const before = desk.angles();
  await robot[Symbol.asyncDispose]();
  await desk.passMs(3000);
  assert.ok(furthest(desk.angles(), before) < 0.01);
  assert.ok(desk.arm.servos.every(({ table }) => table.get("torqueEnable") === 1));
});

test("the end, where it is to be limp: first slowly to the rest posture, then the torque goes", async () => {
  await using desk = await deskBench();
  const robot = await desk.start({ leave: "rest-then-limp" });
  for (let step = 0; step < 5; step++) {
    await desk.move(0, 0.12);
    await desk.passMs(500);
  }
  const away = desk.angles()[0]!;
  let fastest = 0;
  const leaving = robot[Symbol.asyncDispose]();
  desk.clock.every(10, () => {
    fastest = Math.max(fastest, Math.abs(desk.body.velocityRadPerS(0)));
  });
  await leaving;
  assert.ok(away > 0.5 && Math.abs(desk.angles()[0]!) < 0.02, `${away} then ${desk.angles()[0]}`);
  assert.ok(fastest < 0.6, `${fastest} rad/s`);
  assert.ok(desk.arm.servos.every(({ table }) => table.get("torqueEnable") === 0));
});

test("a joint that meets something stops pressing within half a second, goes back a little, holds, and says so; a resume goes on from there", async () => {
  await using desk = await deskBench();
  const robot = await desk.start();
  for (let step = 0; step < 4; step++) {
    await desk.move(1, 0.12).catch(() => {}); // Stopped meanwhile: the next is refused.
    await desk.passMs(450);
  }
  await desk.passMs(600);
  assertFault(
    desk,
    "robot.aborted",
    /servo 2 \(shoulder_lift\): pressed with \d+ % of its torque for 300 ms, .* free the joint, then reset and start/,
  );
  assert.ok(Math.abs(desk.body.torqueShare(1)) < 0.5, `it still presses with ${desk.body.torqueShare(1)}`);
  const held = desk.angles();
  await desk.passMs(1000);
  assert.ok(furthest(desk.angles(), held) < 0.01);
  await robot.resume();
  await desk.passMs(300);
  assert.ok(furthest(desk.angles(), held) < 0.03, "the resume pulled it elsewhere");
});

test("overload: the servo's own bit is a fault by name, and a resume clears it", async () => {
  await using desk = await deskBench();
  const robot = await desk.start({
    limits: { ...(await import("../../runtime/bridge/servos/servo-limits.ts")).servoLimitDefaults, stallMs: 5000, trackingMs: 5000 },
  });
  for (let step = 0; step < 3; step++) {
    await desk.move(1, 0.12).catch(() => {});
    await desk.passMs(450);
  }
  await desk.passMs(2500);
  assertFault(desk, "robot.aborted", /servo 2 \(shoulder_lift\): overload: it pressed .* then reset and start, which clears it/);
  const isOverloaded = (): boolean => (desk.arm.servos[1]!.alarms() & 32) !== 0;
  assert.ok(isOverloaded());
  await desk.passMs(500);
  assert.ok(isOverloaded(), "it was cleared without being told");
  await robot.resume();
  await desk.passMs(500);
  assert.ok(!isOverloaded());
  assert.equal(desk.arm.servos[1]!.table.get("torqueEnable"), 1);
});

test("a reading that jumps by a whole turn is not believed, and the homing offset is named", async () => {
  await using desk = await deskBench();
  await desk.start();
  const { table } = desk.arm.servos[4]!;
  const set = table.set.bind(table);
  Object.assign(table, {
    set: (name: string, value: number) => set(name as "positionSteps", name === "positionSteps" ? value - 4096 : value),
  }); // Its reading wraps.
  await desk.passMs(400);
  assertFault(desk, "sense.jump", /servo 5 \(wrist_roll\): its reading jumped by 6\.28 rad.* a whole turn: its homing offset is wrong/);
});

test("a servo that vanishes in motion: the arm rests, the servo is named; back again nothing moves before a resume", async () => {
  await using desk = await deskBench();
  const robot = await desk.start();
  await desk.move(0, 0.2);
  await desk.passMs(150);
  desk.arm.servos[3]!.isThere = false;
  await desk.passMs(800);
  assertFault(desk, "bridge.lost", /servo 4 \(wrist_flex\): has not answered for 250 ms; look at its cable and its supply, then resume/);
  const held = desk.angles();
  await assert.rejects(desk.move(0, 0.1), hasCode("robot.rejected", /the arm is stopped|readings fail/));
  desk.arm.servos[3]!.isThere = true;
  await desk.passMs(1500);
  assert.ok(furthest(desk.angles(), held) < 0.01);
  await robot.resume();
  await desk.move(0, 0.05);
  await desk.passMs(600);
  assert.ok(Math.abs(desk.angles()[0]! - held[0]! - 0.05) < 0.02);
});

test("a servo that restarts has no torque: it is named, nothing is sent to it, and a resume takes it over where it then is", async () => {
  await using desk = await deskBench();
  const robot = await desk.start();
  desk.arm.reboot(3);
  await desk.passMs(300);
  assertFault(desk, "robot.aborted", /servo 4 \(wrist_flex\): its torque is off although it was on: it restarted/);
  const sunk = desk.angles()[3]!;
  assert.equal(desk.arm.servos[3]!.table.get("torqueEnable"), 0);
  await robot.resume();
  await desk.passMs(500);
  assert.equal(desk.arm.servos[3]!.table.get("torqueEnable"), 1);
  assert.ok(Math.abs(desk.angles()[3]! - sunk) < 0.05, "it leapt");
});

test("heat: a hot servo stops the arm before the servo lets go by itself", async () => {
  await using desk = await deskBench();
  await desk.start();
  desk.arm.servos[1]!.motor.heatTo(67);
  await desk.passMs(100);
  assertFault(desk, "robot.aborted", /servo 2 \(shoulder_lift\): 6\d degrees C, at most 65; let it cool/);
});

test("brown-out: a supply that sinks is measured, named with the servo that has least, and the arm rests", async () => {
  await using desk = await deskBench();
  await desk.start();
  desk.arm.supplyV = 4.3;
  await desk.passMs(500);
  assertFault(desk, "robot.aborted", /supply: 4\.\d V at servo \d \(\w+\), must be 4\.5 to 13 V; use the arm's own supply/);
});

test("unplugged in motion: the servos come to rest at their last goal; plugged in again nothing moves before a resume, which goes on from where the arm is", async () => {
  await using desk = await deskBench();
  const robot = await desk.start();
  await desk.move(0, 0.25);
  await desk.passMs(200);
  desk.port.unplug("it was unplugged");
  await desk.passMs(700);
  assertFault(desk, "bridge.lost", /^port memory: it was unplugged; look at the USB cable and the power, then resume/);
  const rest = desk.angles();
  await desk.passMs(1000);
  assert.ok(furthest(desk.angles(), rest) < 0.003, "it still moves");
  desk.port.replug();
  await desk.passMs(2000);
  assert.ok(furthest(desk.angles(), rest) < 0.02, `it moved ${furthest(desk.angles(), rest)} rad by itself`);
  await robot.resume();
  await desk.move(0, -0.1);
  await desk.passMs(700);
  assert.ok(Math.abs(desk.angles()[0]! - rest[0]! + 0.1) < 0.03, `${desk.angles()[0]! - rest[0]!}`);
});

test("a second program that reads on the same wire is noticed by answers that nobody asked for", async () => {
  await using desk = await deskBench();
  await desk.start();
  desk.arm.secondMasterMs = 7;
  await desk.passMs(2500);
  assertFault(desk, "robot.aborted", /answers in a second that nobody here asked for, at most 15: another program talks on this wire/);
});

test("a second program that commands is noticed by a goal that we did not send", async () => {
  await using desk = await deskBench();
  await desk.start();
  const { table } = desk.arm.servos[0]!;
  const meddling = desk.clock.every(1, () => table.set("goalSteps", 2100));
  await desk.passMs(300);
  meddling();
  assertFault(
    desk,
    "robot.aborted",
    /servo 1 \(shoulder_pan\): its goal is 2100 steps, which we did not send: another program commands it/,
  );
});

test("an arm that is only looked at is told nothing: no frame that changes a register", async () => {
  await using desk = await deskBench();
  await desk.start({ moves: false });
  await desk.passMs(500);
  const instructions = new Set(desk.port.written.map((frame) => frame[4]));
  assert.deepEqual(instructions, new Set([2, 0x82]));
});
