/** I, J: brokers, links and listeners that come late, go away or do not read; frames and managed nodes of ROS. */
import assert from "node:assert/strict";
import { BEHIND_BYTES, BEHIND_MS_MAX, createLine } from "../../runtime/bridge/foxglove/line.ts";
import { keepLink } from "../../runtime/bridge/mqtt/keep-link.ts";
import { BEHIND_BYTES as LINK_BEHIND } from "../../runtime/bridge/mqtt/post.ts";
import { createLifecycle, type LifecycleHandlers } from "../../runtime/bridge/ros2/lifecycle.ts";
import { createTfBuffer } from "../../runtime/bridge/ros2/tf-buffer.ts";
import { ManualClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { fakeBroker, openFakeBridge, runningState, settle } from "../helpers/mqtt-fakes.ts";
import { type FaultCase, refused } from "./case.ts";

const LINK = "link to the broker";
const NOT_DONE = { deadline: "at once", safeState: "the command is not done", recovered: "it is answered with the reason" } as const;
const linked = (row: Pick<FaultCase, "id" | "fault" | "safeState" | "recovered">, check: () => Promise<void>): FaultCase =>
  refused({ detectedBy: LINK, deadline: "at once", ...row }, check);

/** A broker that is asked again and again on a clock of ours. */
function openLink(onUp: () => Promise<void> = async () => {}) {
  const clock = new ManualClock();
  const { broker, dial } = fakeBroker();
  const said: string[] = [];
  const will = { topic: "t", payload: "{}", qos: 1, retain: true } as const;
  const rng = createRng(1);
  const link = keepLink({
    ...{ clock, rng, onUp, onDown: () => {}, say: (text) => void said.push(text) },
    connect: (signal) => dial(will, signal),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 250) {
      clock.advance(250);
      await settle();
    }
  };
  return { link, broker, said, pass };
}

async function lostLink(): Promise<void> {
  const { broker, bridge, done, said, clock } = await openFakeBridge({ linkLoss: "hold" });
  broker.lose();
  await settle();
  assert.deepEqual(done, ["mqtt:link: hold", "mqtt:link: leave"]);
  assert.match(said.join("\n"), /say resume when it shall go on/);
  clock.advance(2000);
  await settle();
  assert.deepEqual([broker.dialled.length, done.length], [2, 2], "its return resumes nothing");
  await bridge[Symbol.asyncDispose]();
}

async function downAndBack(): Promise<void> {
  const { broker, bridge, done, clock } = await openFakeBridge();
  broker.isThere = false;
  broker.lose();
  await settle();
  bridge.state?.(runningState);
  broker.isThere = true;
  for (let tries = 0; tries < 20; tries++) {
    clock.advance(500);
    await settle();
  }
  assert.equal(broker.heard("state").at(-1).agent, "running", "it is told what happened meanwhile");
  assert.deepEqual(done, []);
  await bridge[Symbol.asyncDispose]();
}

async function againAfterReconnect(): Promise<void> {
  const { broker, bridge, done, clock, commander } = await openFakeBridge();
  const hold = commander.action("hold");
  broker.say("instantActions", hold);
  broker.lose();
  await settle();
  clock.advance(2000);
  await settle();
  broker.say("instantActions", hold);
  assert.equal(broker.heard("responses").at(-1).reason, "duplicated");
  assert.deepEqual(done, ["mqtt:fleet: hold"]);
  await bridge[Symbol.asyncDispose]();
}

async function lateOnItsWay(): Promise<void> {
  const { broker, bridge, done, clock, commander } = await openFakeBridge();
  const start = commander.action("start");
  clock.advance(6000);
  broker.say("instantActions", start);
  assert.equal(broker.heard("responses").at(-1).reason, "expired");
  assert.deepEqual(done, []);
  await bridge[Symbol.asyncDispose]();
}

async function behind(): Promise<void> {
  const { broker, bridge, clock } = await openFakeBridge();
  const joints = { positionRad: Float64Array.of(0), velocityRadPerS: Float64Array.of(0), stampNs: 1n, receivedNs: 2n };
  broker.backlogBytes = LINK_BEHIND.telemetry + 1;
  for (let count = 0; count < 5; count++) {
    bridge.sample?.({ kind: "joints", joints });
    clock.advance(200);
  }
  assert.equal(broker.heard("telemetry").length, 0);
  broker.backlogBytes = 0;
  bridge.sample?.({ kind: "joints", joints });
  clock.advance(200);
  assert.equal(broker.heard("telemetry")[0].counts.telemetryDropped, 5);
  await bridge[Symbol.asyncDispose]();
}

async function notAllowed(): Promise<void> {
  const why = "listening is not allowed to this user; ask whoever runs the broker";
  const { link, broker, said, pass } = openLink(async () => {
    throw new AgentError("bridge.refused", why);
  });
  await settle();
  assert.ok(said.includes(why));
  assert.equal(link.connection, null);
  await pass(60_000);
  assert.ok(broker.dialled.length > 2 && broker.dialled.length < 14, `${broker.dialled.length} connections in a minute`);
  await link[Symbol.asyncDispose]();
}

async function takenOver(): Promise<void> {
  const { link, broker, pass } = openLink();
  for (let ms = 0; ms < 120_000; ms += 250) {
    broker.lose("session taken over");
    await pass(250);
  }
  assert.ok(broker.dialled.length < 14, `${broker.dialled.length} connections in two minutes`);
  await link[Symbol.asyncDispose]();
}

async function lastWill(): Promise<void> {
  const { broker, bridge } = await openFakeBridge();
  const [will] = broker.dialled;
  assert.ok(will?.retain && will.qos === 1);
  assert.equal(JSON.parse(will.payload).state, "CONNECTION_BROKEN");
  await bridge[Symbol.asyncDispose]();
}

function slowReader(): number {
  const clock = new ManualClock();
  const ends: string[] = [];
  const socket = {
    bufferedAmount: BEHIND_BYTES.messages + 1,
    send: () => {},
    close: (_: number, reason: string) => void ends.push(reason),
    terminate: () => {},
  };
  const line = createLine(socket, false, clock);
  for (let ms = 0; ms <= BEHIND_MS_MAX && ends.length === 0; ms += 1000) {
    line.send(Uint8Array.of(1));
    clock.advance(1000);
  }
  line.send(Uint8Array.of(1));
  assert.equal(ends.length, 1, "it is let go, and told why");
  return BEHIND_MS_MAX;
}

function noWay(): void {
  const tf = createTfBuffer();
  const still = { translation: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } };
  tf.add([{ header: { stamp: { sec: 0, nanosec: 0 }, frame_id: "base" }, child_frame_id: "tool", transform: still }], true);
  assert.throws(() => tf.lookup("base", "camera", null), /no way from frame "camera" to "base"; known are tool/);
}

async function stuckTransition(): Promise<void> {
  const waiting = createLifecycle({ ...({} as LifecycleHandlers), configure: () => new Promise(() => {}) }, () => {});
  void waiting.change({ id: 1, label: "" });
  assert.equal(waiting.state.label, "configuring");
  assert.equal(await waiting.change({ id: 5, label: "" }), false, "no other begins");
}

export const NETWORK_CASES: readonly FaultCase[] = [
  linked(
    { id: "I1", fault: "the link is behind", safeState: "the arm goes on; what is left out is counted and told", recovered: "by itself" },
    behind,
  ),
  refused(
    { id: "I2", fault: "a command that waited 6 s on its way", detectedBy: 'gate of the fleet, "expired"', ...NOT_DONE },
    lateOnItsWay,
  ),
  refused(
    { id: "I3", fault: "a command once more after a reconnect", detectedBy: 'gate of the fleet, "duplicated"', ...NOT_DONE },
    againAfterReconnect,
  ),
  linked(
    {
      id: "I4",
      fault: "the link to the broker is lost",
      safeState: "holds, at rest within 0.4 s (linkLoss: hold), or ends its task (finish)",
      recovered: "its return resumes nothing; a person: resume",
    },
    lostLink,
  ),
  linked(
    {
      id: "I5",
      fault: "the broker goes down and comes back",
      safeState: "the arm goes on (linkLoss: finish)",
      recovered: "by itself; the state is told as it is then",
    },
    downAndBack,
  ),
  linked(
    {
      id: "I6",
      fault: "the broker does not let it listen",
      safeState: "no command comes through",
      recovered: "the broker's own words are told; asked again, ever more seldom",
    },
    notAllowed,
  ),
  linked(
    {
      id: "I7",
      fault: "another robot with the same client id",
      safeState: "no loop of take-overs: under 14 tries in two minutes",
      recovered: "a person gives it a name of its own",
    },
    takenOver,
  ),
  linked(
    {
      id: "I8",
      fault: "the robot is gone without a word",
      safeState: "the broker tells everybody CONNECTION_BROKEN, and keeps it",
      recovered: "its next birth",
    },
    lastWill,
  ),
  {
    id: "I10",
    fault: "somebody looks and does not read",
    detectedBy: "line of the Foxglove server",
    deadline: BEHIND_MS_MAX,
    safeState: "the arm goes on; messages are left out, then it is let go",
    recovered: "it connects again",
    clock: "virtual",
    run: async () => slowReader(),
  },
  refused({ id: "J5", fault: "no way between two frames", detectedBy: "tf buffer, both frames by name" }, noWay),
  refused(
    {
      id: "J10",
      fault: "a transition of the managed node that never ends",
      detectedBy: "lifecycle",
      deadline: "at once",
      safeState: "it says which it is in, and begins no other",
      recovered: "a person ends the process; the keeper brings the arm to rest",
    },
    stuckTransition,
  ),
];
