/** G: arms that do not do what they are told. */
import assert from "node:assert/strict";
import { createGripWatch } from "../../runtime/act/grip-watch.ts";
import { createRequests } from "../../runtime/act/requests.ts";
import { createTrackingWatch } from "../../runtime/act/tracking-watch.ts";
import { createGripperChannel } from "../../runtime/bridge/ros2/gripper-channel.ts";
import { ManualClock, NS_PER_MS } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { decide } from "../../runtime/supervise/decide.ts";
import { deskBench } from "../helpers/desk-bench.ts";
import { grippingSpec } from "../helpers/kinematic-arm.ts";
import { startMemoryKeeper } from "../helpers/memory-keeper.ts";
import { playTask } from "../helpers/scripted-task.ts";
import { type FaultCase, refused } from "./case.ts";
import { BEGIN_S, loopCase, spans } from "./loop-case.ts";

const TRACKING_MS = 300;

async function stuckArm(): Promise<number | null> {
  const watch = createTrackingWatch({ names: ["shoulder", "elbow"], radMax: 0.1, msMax: TRACKING_MS });
  for (let ms = 0; ms <= 1000; ms += 10) {
    const error = watch.check([0.3, 0], [0.1, 0], BigInt(ms) * NS_PER_MS);
    if (error === null) continue;
    assert.match(error.message, /joint "shoulder": 0\.200 rad from its command for 300 ms/);
    assert.equal(decide(error).reaction, "stop");
    return ms;
  }
  return assert.fail("it was never noticed");
}

const STUCK_RAD = 0.1;
const SPEED_RAD_PER_S = 0.5;

/** Readings that stand still while the arm is commanded on. */
async function stuckReadings(): Promise<number | null> {
  const watch = createTrackingWatch({ names: ["shoulder", "elbow"], radMax: STUCK_RAD, msMax: TRACKING_MS });
  for (let ms = 0; ms <= 1000; ms += 10) {
    const error = watch.check([(SPEED_RAD_PER_S * ms) / 1e3, 0], [0, 0], BigInt(ms) * NS_PER_MS);
    if (error === null) continue;
    assert.match(error.message, /joint "shoulder": 0\.\d+ rad from its command for 300 ms/);
    assert.equal(decide(error).reaction, "stop");
    return ms;
  }
  return assert.fail("it was never noticed");
}

/** The whole way at 0.1 m/s, and 0.7 s. */
const FINGERS_MS = 1500;

/** Fingers that are told to open and do not. */
async function stuckFingers(): Promise<number | null> {
  const watch = createGripWatch({ openingMinM: 0, openingMaxM: 0.08 });
  for (let ms = 0; ms <= 2 * FINGERS_MS; ms += 10) {
    const told = { openingM: 0.08, speedMPerS: 0.1, forceN: 20 };
    const error = watch.check({ openingM: 0.043 }, told, BigInt(ms) * NS_PER_MS);
    if (error === null) continue;
    assert.match(error.message, /its fingers are 43\.0 mm apart 1500 ms after they were told 80\.0 mm/);
    assert.equal(decide(error).reaction, "stop");
    return ms;
  }
  return assert.fail("it was never noticed");
}

/** What the fingers were told does not come about. */
async function gripperFails(): Promise<void> {
  const faults: AgentError[] = [];
  const gripper = {
    move: () =>
      Promise.reject(new AgentError("robot.aborted", "gripper: its goal was aborted; look whether it holds, then reset and start")),
    cancel: () => {},
    isConnected: () => true,
  };
  const channel = createGripperChannel(gripper, grippingSpec.gripper!, (fault) => faults.push(fault));
  for (let beat = 0; beat < 5; beat++) {
    channel.command({ openingM: 0, speedMPerS: 0.1, forceN: 20 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["robot.aborted"],
    "told once, and not tried again and again",
  );
  assert.equal(decide(faults[0]!).reaction, "stop");
}

/** From pressing with half of its torque on: it must be far from its goal and stand still for 300 ms before it counts. */
const CONTACT_MS = 1000;

/** The second joint of a virtual arm of servos is driven against its stop. */
async function contact(): Promise<number | null> {
  await using desk = await deskBench();
  await desk.start();
  const pressing = (): boolean => Math.abs(desk.body.torqueShare(1)) >= 0.5;
  let pressedNs: bigint | null = null;
  let tookMs: number | null = null;
  const watching = desk.clock.every(10, () => {
    const nowNs = desk.clock.nowNs();
    pressedNs = pressing() ? (pressedNs ?? nowNs) : null;
    if (tookMs === null && desk.faults.length > 0 && pressedNs !== null) tookMs = Number(nowNs - pressedNs) / 1e6;
  });
  for (let step = 0; step < 4; step++) {
    await desk.move(1, 0.12).catch(() => {}); // Stopped meanwhile: the next is refused.
    await desk.passMs(450);
  }
  await desk.passMs(600);
  watching();
  assert.ok(desk.faults.some(({ code, message }) => code === "robot.aborted" && /free the joint, then reset and start/.test(message)));
  assert.ok(!pressing(), "it has gone back a little");
  assert.ok(tookMs !== null && tookMs <= CONTACT_MS, `noticed after ${tookMs} ms of pressing`);
  return tookMs;
}

/** An answer that never comes. */
async function noAnswer(): Promise<number | null> {
  const clock = new ManualClock();
  const told: string[] = [];
  const requests = createRequests(
    clock,
    async () => {},
    (_, error) => told.push(error.code),
  );
  const waiting = assert.rejects(
    requests.send({ kind: "act" }, 2000, () => {}),
    { code: "robot.lost", message: /no reply within 2000 ms/ },
  );
  clock.advance(2000);
  await waiting;
  assert.deepEqual(told, ["robot.lost"]);
  return 2000;
}

/** The arm sags while its readings are gone, and is elsewhere when they come back. */
async function sagged(): Promise<number | null> {
  const keeper = await startMemoryKeeper();
  const faults: AgentError[] = [];
  keeper.robot.faults?.subscribe((error) => faults.push(error));
  keeper.driver.tells = null;
  await keeper.passMs(1200);
  const sentBefore = keeper.driver.sent.length;
  await keeper.passMs(200);
  assert.equal(keeper.driver.sent.length, sentBefore, "nothing is sent to an arm that is not seen");
  keeper.driver.tells = () => [0.6, -0.4];
  await keeper.passMs(300);
  assert.deepEqual(
    faults.map(({ code }) => code),
    ["sense.stale", "robot.aborted"],
  );
  for (const { command } of keeper.driver.sent.slice(sentBefore)) assert.deepEqual([...command.positionRad], [0.6, -0.4]);
  await keeper.robot[Symbol.asyncDispose]();
  return 1000;
}

/** A segment that begins while the arm stands still in the keeper's own record, but no reading agrees: not by its own. */
async function pressedAndReleased(): Promise<number | null> {
  const played = await playTask({ faults: [{ fault: "arm-emergency-stop", fromS: BEGIN_S }] });
  assert.equal(played.result, "stopped");
  const [stopped] = spans(played, "faulted");
  assert.ok(stopped, "it is faulted: only a person's reset ends that, the button being released does not");
  assert.match(played.supervisor.command("resume") ?? "", /not possible/);
  assert.equal(played.supervisor.command("reset"), null);
  return 0;
}

const arm = (id: string, fault: string, name: string, code: "robot.rejected" | "robot.aborted" | "robot.lost", says: RegExp): FaultCase =>
  loopCase({
    id,
    fault,
    by: "arm",
    code,
    says,
    withinMs: 200,
    arm: code === "robot.rejected" ? "holds" : "stops",
    faults: [{ fault: name }],
  });

export const ARM_CASES: readonly FaultCase[] = [
  {
    id: "G1",
    fault: "the arm stays 0.2 rad behind its command",
    detectedBy: "tracking watch, robot.aborted",
    deadline: TRACKING_MS,
    safeState: "stopped, at rest within 0.4 s",
    recovered: "a person: reset, start",
    clock: "virtual",
    run: stuckArm,
  },
  {
    id: "B7",
    fault: "joint readings stand still while the arm is commanded at 0.5 rad/s",
    detectedBy: "tracking watch, robot.aborted",
    deadline: (STUCK_RAD / SPEED_RAD_PER_S) * 1e3 + TRACKING_MS + 20,
    safeState: "stopped, at rest within 0.4 s",
    recovered: "a person: reset, start",
    clock: "virtual",
    run: stuckReadings,
  },
  refused(
    {
      id: "G11",
      fault: "the gripper does not do what it was told",
      detectedBy: "gripper channel, robot.aborted",
      deadline: "at once",
      safeState: "stopped, at rest within 0.4 s; not told again by itself",
      recovered: "a person looks whether it holds: reset, start",
    },
    gripperFails,
  ),
  {
    id: "G12",
    fault: "an arm of servos meets something",
    detectedBy: "arm, robot.aborted",
    deadline: CONTACT_MS,
    safeState: "goes back a little and holds, presses no more",
    recovered: "a person frees the joint: resume",
    clock: "virtual",
    run: contact,
  },
  arm("G2", "a drive too hot", "arm-overheated", "robot.aborted", /92 degrees C, at most 80/),
  arm("G3", "the bus is silent", "arm-gone", "robot.lost", /the bus is silent/),
  arm("G4", "the controller refuses a motion", "arm-refuses-limits", "robot.rejected", /beyond the limits that the vendor set/),
  arm("G5", "the controller aborts a motion", "arm-collided", "robot.aborted", /collision reflex/),
  {
    id: "G6",
    fault: "a motion is never answered",
    detectedBy: "requests, robot.lost",
    deadline: 2000,
    safeState: "stopped; the keeper brings it to rest",
    recovered: "a person: reset, start",
    clock: "virtual",
    run: noAnswer,
  },
  arm("G7", "the controller does a motion of its own", "arm-busy", "robot.rejected", /busy with a motion of its own/),
  arm("G8", "the controller is not active", "arm-inactive", "robot.rejected", /inactive/),
  arm("G9", "somebody teaches the arm from its pendant", "arm-taken", "robot.aborted", /teach mode/),
  {
    id: "G10",
    fault: "the emergency stop is pressed, and released",
    detectedBy: "arm, robot.aborted",
    deadline: 200,
    safeState: "faulted: the release starts nothing",
    recovered: "a person: reset, start",
    clock: "virtual",
    run: pressedAndReleased,
  },
  {
    id: "G13",
    fault: "torque off: the arm sags while it is not seen",
    detectedBy: "keeper, sense.stale, then robot.aborted",
    deadline: 1000,
    safeState: "nothing is sent; held where it stands when it is seen again",
    recovered: "a person looks, then reset and start",
    clock: "virtual",
    run: sagged,
  },
  {
    id: "G14",
    fault: "fingers that are told to open stand still, or stay wide open when told to close",
    detectedBy: "grip watch, robot.aborted",
    deadline: FINGERS_MS,
    safeState: "stopped, at rest within 0.4 s; the fingers hold what they hold",
    recovered: "a person frees them: reset, start",
    clock: "virtual",
    run: stuckFingers,
  },
];
