/** Small parts of the Gazebo node: send queue, learned family, warnings, optional packages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Advert } from "../../../../runtime/bridge/gazebo/discovery-codec.ts";
import { learnFamily } from "../../../../runtime/bridge/gazebo/family.ts";
import { load } from "../../../../runtime/bridge/gazebo/libraries.ts";
import { createSendQueue, type Frames } from "../../../../runtime/bridge/gazebo/send-queue.ts";
import { createWarnings } from "../../../../runtime/bridge/gazebo/warnings.ts";

/** A socket that, as ZeroMQ's does, takes one send at a time and finishes it when told. */
function slowSocket() {
  const sent: string[] = [];
  let finish: (() => void) | null = null;
  const send = (frames: Frames): Promise<void> => {
    assert.equal(finish, null, "EBUSY: a send is pending already");
    sent.push(String(frames[0]));
    return new Promise((resolve, reject) => {
      finish = () => {
        finish = null;
        if (frames[0] === "bad") reject(new Error("EHOSTUNREACH"));
        else resolve();
      };
    });
  };
  const step = async (): Promise<void> => {
    finish?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sent, send, step };
}

test("sends go one at a time and in order", async () => {
  const { sent, send, step } = slowSocket();
  const queue = createSendQueue(send, 10);
  for (const frame of ["1", "2", "3"]) void queue.push([frame]);
  assert.deepEqual([sent, queue.length], [["1"], 2]);
  await step();
  await step();
  await step();
  assert.deepEqual([sent, queue.length], [["1", "2", "3"], 0]);
});

test("a full queue takes nothing more and says so", () => {
  const queue = createSendQueue(slowSocket().send, 2);
  void queue.push(["sending"]);
  void queue.push(["1"]);
  void queue.push(["2"]);
  assert.equal(queue.push(["3"]), null);
});

test("of pictures that wait only the newest is sent, and others keep their place", async () => {
  const { sent, send, step } = slowSocket();
  const queue = createSendQueue(send, 10);
  void queue.push(["sending"]);
  for (const frame of ["a1", "a2", "a3"]) void queue.push([frame], "camera a");
  void queue.push(["b1"], "camera b");
  void queue.push(["a4"], "camera a");
  for (let i = 0; i < 4; i++) await step();
  assert.deepEqual(sent, ["sending", "a4", "b1"]);
});

test("a send that fails is told to its sender and does not stop the queue", async () => {
  const { sent, send, step } = slowSocket();
  const queue = createSendQueue(send, 10);
  const bad = assert.rejects(queue.push(["bad"])!, /EHOSTUNREACH/);
  void queue.push(["good"]);
  await step();
  await step();
  await bad;
  assert.deepEqual(sent, ["bad", "good"]);
});

const topic = (type: string, partition = "lab"): Advert => ({
  kind: "topic",
  name: `@/${partition}@/x`,
  address: "tcp://127.0.0.1:1",
  processUuid: "p",
  nodeUuid: "n",
  type,
});
const quiet = createWarnings(() => {});

test("the family is gz.msgs until somebody of the partition is heard", () => {
  const learned = learnFamily("lab", null, quiet);
  assert.equal(learned.family, "gz.msgs");
  assert.equal(learned.hear(topic("ignition.msgs.StringMsg", "elsewhere")), false);
  assert.equal(learned.hear(topic("ignition.msgs.StringMsg")), true);
  assert.equal(learned.family, "ignition.msgs");
});

test("the simulator's family counts more than that of others, whoever is heard first", () => {
  const learned = learnFamily("lab", null, quiet);
  learned.hear(topic("gz.msgs.StringMsg"));
  assert.equal(learned.hear(topic("ignition.msgs.Clock")), true);
  assert.equal(learned.hear(topic("gz.msgs.StringMsg")), false);
  assert.equal(learned.family, "ignition.msgs");
});

test("a family that was given stays", () => {
  const learned = learnFamily("lab", "gz.msgs", quiet);
  assert.equal(learned.hear(topic("ignition.msgs.Clock")), false);
  assert.equal(learned.family, "gz.msgs");
});

test("two simulators of different families in one partition are warned of", () => {
  const warnings = createWarnings(() => {});
  const learned = learnFamily("lab", null, warnings);
  learned.hear(topic("ignition.msgs.Clock"));
  learned.hear(topic("gz.msgs.Clock"));
  assert.deepEqual(warnings.all(), [
    {
      kind: "two-families",
      message:
        '"/x" is of gz.msgs, others in partition "lab" of ignition.msgs; what is published here as ignition.msgs does not reach it: one partition for each simulator',
    },
  ]);
});

test("a warning is said once", () => {
  const said: string[] = [];
  const warnings = createWarnings(({ message }) => said.push(message));
  warnings.add("garbage", "a");
  warnings.add("garbage", "a");
  warnings.add("garbage", "b");
  assert.deepEqual(said, ["a", "b"]);
});

test("a package that is not installed is named with what to install", async () => {
  await assert.rejects(
    load("zeromq", () => import("no-such-package" as string)),
    {
      name: "AgentError",
      code: "bridge.missing",
      message: 'package "zeromq" is not installed; the Gazebo bridge needs it: npm install zeromq @bufbuild/protobuf',
    },
  );
});

test("a package that does not load says why", async () => {
  const broken = (): Promise<never> => Promise.reject(new Error("GLIBC_2.25 not found\nand more"));
  await assert.rejects(load("zeromq", broken), /package "zeromq" does not load \(GLIBC_2.25 not found\); the Gazebo bridge needs it/);
});
