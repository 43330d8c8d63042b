/** What becomes of commands: what the desk does of them, who is answered what and where, over a broker in the test's hands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWERED } from "../../../../runtime/bridge/mqtt/reception.ts";
import { OPERATOR_COMMANDS } from "../../../../runtime/core/supervision.ts";
import { idleState, joints, openFakeBridge, runningState } from "../../../helpers/mqtt-fakes.ts";
import { until } from "../../../helpers/until.ts";

test("an order is assigned and begun at the desk in its commander's name, accepted, and its end is told with the same id", async () => {
  const { broker, bridge, done, commander, clock } = await openFakeBridge();
  bridge.state?.({ ...idleState, task: "succeeded" });
  broker.say("order", commander.order({ id: "order-7", answerTopic: "foresight/v1/lab/left/responses/me" }));
  assert.deepEqual(done, ['mqtt:fleet: assign {"skill":"reach","goal":{"kind":"here"},"retries":0}', "mqtt:fleet: start"]);
  bridge.state?.({ ...idleState, task: "succeeded" });
  const outcomes = () => broker.sent.filter(({ topic }) => topic.endsWith("/responses/me")).map(({ payload }) => JSON.parse(payload));
  assert.deepEqual(
    outcomes().map(({ id, outcome }) => [id, outcome]),
    [["order-7", "accepted"]],
  );
  bridge.state?.(runningState);
  clock.advance(200);
  assert.deepEqual(broker.heard("state").at(-1).order, { id: "order-7", commander: "fleet", outcome: "running" });
  bridge.state?.({ ...idleState, task: "failed", reason: "The cube is gone." });
  assert.deepEqual(
    outcomes().map(({ outcome, why }) => [outcome, why]),
    [
      ["accepted", ""],
      ["failed", "The cube is gone."],
    ],
  );
  await bridge[Symbol.asyncDispose]();
});

test("what the desk refuses is rejected as refused with its reason, and the order before it stays", async () => {
  const { broker, bridge, done, commander, clock } = await openFakeBridge({
    refuses: (what) => (what.startsWith("assign") ? "page has the arm in hand" : null),
  });
  broker.say("order", commander.order());
  const [response] = broker.heard("responses");
  assert.deepEqual([response.outcome, response.reason, response.why], ["rejected", "refused", "page has the arm in hand"]);
  assert.deepEqual(done, []);
  clock.advance(200);
  assert.equal(broker.heard("state").at(-1).order, null);
  await bridge[Symbol.asyncDispose]();
});

test("what takes its time, as a recording, is answered once it is done, and what came of it", async () => {
  const { broker, bridge, done, commander } = await openFakeBridge({
    refuses: (what) => (what === "record stop" ? "nothing is recorded" : null),
  });
  for (const what of ["start", "stop"]) broker.say("instantActions", commander.action("record", { action: { type: "record", what } }));
  assert.equal(broker.heard("responses").length, 0);
  await until("both answers", () => broker.heard("responses").length === 2);
  assert.deepEqual(done, ["mqtt:fleet: record start"]);
  assert.deepEqual(
    broker.heard("responses").map(({ outcome, why }) => [outcome, why]),
    [
      ["accepted", ""],
      ["rejected", "nothing is recorded"],
    ],
  );
  await bridge[Symbol.asyncDispose]();
});

test("each instant action is what the desk calls it, and questions are answered by the message asked for", async () => {
  const { broker, bridge, done, commander } = await openFakeBridge();
  for (const type of OPERATOR_COMMANDS) broker.say("instantActions", commander.action(type));
  broker.say("instantActions", commander.action("limitSpeed", { action: { type: "limitSpeed", share: 0.5 } }));
  broker.say("instantActions", commander.action("urgent", { action: { type: "urgent", name: "park" } }));
  assert.deepEqual(
    done,
    [...OPERATOR_COMMANDS, "speed 0.5", "urgent park"].map((word) => `mqtt:fleet: ${word}`),
  );
  const before = broker.sent.length;
  broker.say("instantActions", commander.action("factsheetRequest"));
  broker.say("instantActions", commander.action("stateRequest"));
  assert.deepEqual(
    broker.sent.slice(before).map(({ topic }) => topic.split("/").at(-1)),
    ["factsheet", "responses", "state", "responses"],
  );
  await bridge[Symbol.asyncDispose]();
});

test("with MQTT 5 the answer goes to the response topic with the correlation data, unless the topic is somebody else's", async () => {
  const { broker, bridge, commander } = await openFakeBridge();
  const correlation = Buffer.from("c-1");
  broker.say("instantActions", commander.action("hold"), { responseTopic: "foresight/v1/lab/left/responses/ui", correlation });
  broker.say("instantActions", commander.action("hold"), { responseTopic: "foresight/v1/lab/right/order", correlation });
  const answers = broker.sent.filter(({ topic }) => topic.includes("/responses") || topic.includes("right"));
  assert.deepEqual(
    answers.map(({ topic, properties }) => [topic, properties?.correlation]),
    [
      ["foresight/v1/lab/left/responses/ui", correlation],
      ["foresight/v1/lab/left/responses", correlation],
    ],
  );
  await bridge[Symbol.asyncDispose]();
});

test("whoever sends garbage is not answered as often: the rest is counted", async () => {
  const { broker, bridge, clock, done } = await openFakeBridge();
  for (let i = 0; i < 1000; i++) broker.say("instantActions", `garbage ${i}`);
  assert.equal(broker.heard("responses").length, ANSWERED.burst);
  bridge.sample?.(joints([0]));
  clock.advance(200);
  const { counts } = broker.heard("telemetry")[0];
  assert.deepEqual([counts.commandsAccepted, counts.commandsRejected, counts.rejectionsUnanswered], [0, 1000, 1000 - ANSWERED.burst]);
  assert.deepEqual(done, []);
  await bridge[Symbol.asyncDispose]();
});

test("whoever sends garbage takes no answer from a commander: what is rejected of his is told him all the same", async () => {
  const { broker, bridge, commander } = await openFakeBridge();
  for (let i = 0; i < 1000; i++) broker.say("instantActions", `garbage ${i}`);
  broker.say("instantActions", commander.action("hold", { id: "first" }));
  broker.say("instantActions", commander.action("hold", { id: "first" }));
  const answers = broker.heard("responses").filter(({ id }) => id === "first");
  assert.deepEqual(
    answers.map(({ outcome, reason }) => [outcome, reason]),
    [
      ["accepted", null],
      ["rejected", "duplicated"],
    ],
  );
  broker.say("instantActions", commander.action("hold", { id: "stranger", token: "another-token" }));
  assert.deepEqual(
    broker.heard("responses").filter(({ id }) => id === "stranger"),
    [],
    "who has no token is one of the others",
  );
  await bridge[Symbol.asyncDispose]();
});
