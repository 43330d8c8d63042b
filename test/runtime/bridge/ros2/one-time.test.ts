/** A question that is answered once: told, late and absent are three answers, each within its bound. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../../../runtime/bridge/ros2/library.ts";
import { askOnce, DISCOVERY_MS_MAX, DISCOVERY_MS_MIN, LOOKS_MIN, TELLING_MS_MAX } from "../../../../runtime/bridge/ros2/one-time.ts";
import { ManualClock } from "../../../../runtime/core/clock.ts";

function asked() {
  const clock = new ManualClock();
  const peers = { publisherCount: 0 };
  let tell: (message: never) => void = () => {};
  const ros = {
    subscribe<T extends Message>(_type: string, _topic: string, _qos: string, onMessage: (message: T) => void) {
      tell = onMessage as (message: never) => void;
      return peers;
    },
  };
  const question = askOnce<{ readonly data: string }, string>({
    ...{ ros, clock, type: "std_msgs/msg/String", topic: "robot_description", qos: "latched" },
    read: ({ data }) => (data === "" ? null : data),
  });
  /** In steps of so many milliseconds: on a busy machine nobody is awake in between. */
  const wait = async (ms: number, stepMs = 10): Promise<void> => {
    for (let waited = 0; waited < ms; waited += stepMs) {
      clock.advance(stepMs);
      await new Promise(setImmediate);
    }
  };
  return { question, peers, wait, tell: (data: string): void => tell({ data } as never) };
}

test("what is told at once, or late but in time, is the answer", async () => {
  const { question, peers, wait, tell } = asked();
  peers.publisherCount = 1;
  const answer = question();
  await wait(DISCOVERY_MS_MIN + 500);
  tell(""); // No description: it is waited on.
  tell("<robot/>");
  await wait(20);
  assert.deepEqual(await answer, { state: "told", value: "<robot/>" });
  assert.deepEqual(await question(), { state: "told", value: "<robot/>" });
});

test("a publisher that tells nothing is late, however late it was discovered, and nobody else is absent", async () => {
  const { question, peers, wait } = asked();
  const answer = question();
  await wait(DISCOVERY_MS_MIN - 100);
  peers.publisherCount = 1;
  await wait(TELLING_MS_MAX + 100);
  assert.deepEqual(await answer, { state: "late" });
});

test("where nobody publishes within the time of discovery it is absent, counted from when the question was opened", async () => {
  const { question, wait } = asked();
  await wait(DISCOVERY_MS_MIN);
  const answer = question();
  await wait(LOOKS_MIN * 20 + 20);
  assert.deepEqual(await answer, { state: "absent" });
});

test("on a machine so busy that it looks late, whoever is discovered late is not absent; none is waited for without end", async () => {
  const { question, peers, wait } = asked();
  await wait(2 * DISCOVERY_MS_MIN, 1000); // It took so long to begin.
  const answer = question();
  await wait(5000, 200);
  peers.publisherCount = 1;
  await wait(TELLING_MS_MAX + 400, 200);
  assert.deepEqual(await answer, { state: "late" });
  const nobody = asked();
  const unanswered = nobody.question();
  await nobody.wait(DISCOVERY_MS_MAX + 1000, 1000);
  assert.deepEqual(await unanswered, { state: "absent" });
});
