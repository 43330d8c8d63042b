/** The bridge between agent and broker: what it tells, when, and what becomes of its link, over a broker in the test's hands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type * as z from "zod";
import { type MessageTopic, messageSchemas } from "../../../../runtime/bridge/mqtt/messages.ts";
import { BEHIND_BYTES } from "../../../../runtime/bridge/mqtt/post.ts";
import { utcText } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import type { Tick } from "../../../../runtime/core/tick.ts";
import { idleState, joints, openFakeBridge, runningState, START_MS, settle } from "../../../helpers/mqtt-fakes.ts";
import { until } from "../../../helpers/until.ts";

const tick = {
  decision: {
    index: 3,
    toolM: [0.4, 0, 0.2],
    verdict: "clip",
    why: ["slow down"],
    measures: { criticCost: Number.NaN, toolToGoalM: 0.1, objectToGoalM: null },
  },
  timing: { planMs: 12.34, decisionMs: 20.01 },
} as unknown as Tick;

test("when connected it is born at QoS 1, kept, with factsheet and state, all with the header of its session", async () => {
  const { broker, bridge } = await openFakeBridge();
  assert.deepEqual(
    broker.sent.map(({ topic, qos, retain }) => [topic, qos, retain]),
    [
      ["foresight/v1/lab/left/connection", 1, true],
      ["foresight/v1/lab/left/factsheet", 1, true],
      ["foresight/v1/lab/left/state", 1, true],
    ],
  );
  const [birth] = broker.heard("connection");
  assert.deepEqual([birth.state, birth.sessionId, birth.timestamp], ["ONLINE", "session-1", utcText(START_MS)]);
  await bridge[Symbol.asyncDispose]();
});

test("the last will says that the connection broke, at QoS 1 and kept; a farewell says OFFLINE instead", async () => {
  const { broker, bridge } = await openFakeBridge();
  const [will] = broker.dialled;
  assert.ok(will?.retain && will.qos === 1 && will.topic === "foresight/v1/lab/left/connection");
  assert.equal(JSON.parse(will.payload).state, "CONNECTION_BROKEN");
  await bridge[Symbol.asyncDispose]();
  assert.equal(broker.heard("connection").at(-1).state, "OFFLINE");
});

test("every message that it sends fits its schema", async () => {
  const { broker, bridge, clock, commander } = await openFakeBridge({ thumbnailMs: 200 });
  bridge.state?.(runningState);
  bridge.fault?.({ error: new AgentError("sense.stale", "camera: 500 ms old"), decision: { reaction: "hold", reason: "It rests." } });
  bridge.sample?.(joints([0.1, Number.NaN]));
  bridge.tick?.(tick);
  bridge.sample?.({
    kind: "frame",
    frame: { camera: "top", widthPx: 1, heightPx: 1, rgb: new Uint8Array(3), stampNs: 7n, receivedNs: 8n },
  });
  clock.advance(200);
  broker.say("order", commander.order());
  broker.say("order", "garbage");
  await settle();
  await until("a thumbnail", () => broker.heard("thumbnail").length > 0);
  const seen = new Set<string>();
  for (const { topic, payload } of broker.sent) {
    const name = topic.split("/").at(-1) as MessageTopic;
    seen.add(name);
    const checked = (messageSchemas[name] as z.ZodType).safeParse(JSON.parse(payload));
    assert.ok(checked.success, `${name}: ${checked.error?.message}`);
  }
  assert.equal(seen.size, Object.keys(messageSchemas).length);
  await bridge[Symbol.asyncDispose]();
});

test("the state is told on change, together within 50 ms, and again after 30 s without one", async () => {
  const { broker, bridge, clock } = await openFakeBridge();
  clock.advance(100);
  bridge.state?.(idleState);
  bridge.state?.({ ...idleState, reason: "Another reason." });
  assert.equal(broker.heard("state").length, 2);
  assert.equal(broker.heard("state").at(-1).reason, idleState.reason);
  clock.advance(200);
  assert.equal(broker.heard("state").at(-1).reason, "Another reason.");
  const told = broker.heard("state").length;
  bridge.state?.({ ...idleState, reason: "Another reason." });
  clock.advance(29_000);
  assert.equal(broker.heard("state").length, told);
  clock.advance(1_200);
  assert.equal(broker.heard("state").length, told + 1);
  await bridge[Symbol.asyncDispose]();
});

test("the progress of a skill is no change of the state", async () => {
  const { broker, bridge, clock } = await openFakeBridge();
  const skill = { path: "", name: "reach", state: "acting" as const, decisions: 1, retries: 0, progress: 0 };
  clock.advance(100);
  bridge.state?.({ ...runningState, skills: [skill] });
  const told = broker.heard("state").length;
  for (let decisions = 2; decisions < 50; decisions++) {
    clock.advance(200);
    bridge.state?.({ ...runningState, skills: [{ ...skill, decisions, progress: decisions / 50 }] });
  }
  assert.equal(broker.heard("state").length, told);
  await bridge[Symbol.asyncDispose]();
});

test("telemetry goes at QoS 0, once a period with the newest joints, numbers or null, and never without news", async () => {
  const { broker, bridge, clock } = await openFakeBridge();
  for (const q of [0.1, 0.2, 0.3]) bridge.sample?.(joints([q, Number.NaN]));
  bridge.tick?.(tick);
  clock.advance(200);
  clock.advance(1000);
  const [only, ...more] = broker.heard("telemetry");
  assert.equal(more.length, 0);
  assert.deepEqual(only.joints.positionRad, [0.3, null]);
  assert.deepEqual([only.decision.index, only.decision.criticCost, only.decision.planMs], [3, null, 12.3]);
  const outgoing = broker.sent.find(({ topic }) => topic.endsWith("/telemetry"));
  assert.deepEqual([outgoing?.qos, outgoing?.retain], [0, false]);
  await bridge[Symbol.asyncDispose]();
});

test("a link that is behind gets no telemetry, what was left out is counted, and it goes on when the link has caught up", async () => {
  const { broker, bridge, clock } = await openFakeBridge();
  broker.backlogBytes = BEHIND_BYTES.telemetry + 1;
  for (let i = 0; i < 5; i++) {
    bridge.sample?.(joints([0]));
    clock.advance(200);
  }
  assert.equal(broker.heard("telemetry").length, 0);
  broker.backlogBytes = 0;
  bridge.sample?.(joints([0]));
  clock.advance(200);
  assert.equal(broker.heard("telemetry")[0].counts.telemetryDropped, 5);
  await bridge[Symbol.asyncDispose]();
});

test("a lost link leaves the task alone when the launch file says finish", async () => {
  const { broker, bridge, done } = await openFakeBridge({ linkLoss: "finish" });
  broker.lose();
  await settle();
  assert.deepEqual(done, []);
  await bridge[Symbol.asyncDispose]();
});

test("a lost link holds the arm when the launch file says so, leaves it to whoever comes, and its return resumes nothing", async () => {
  const { broker, bridge, done, clock, said } = await openFakeBridge({ linkLoss: "hold" });
  broker.lose();
  await settle();
  assert.deepEqual(done, ["mqtt:link: hold", "mqtt:link: leave"]);
  assert.match(said.join("\n"), /say resume when it shall go on/);
  clock.advance(2000);
  await settle();
  assert.equal(broker.dialled.length, 2);
  assert.deepEqual(done, ["mqtt:link: hold", "mqtt:link: leave"]);
  await bridge[Symbol.asyncDispose]();
});

test("after a new connection a command that came before it is a duplicate, and the state is told as it is now", async () => {
  const { broker, bridge, done, clock, commander } = await openFakeBridge();
  const hold = commander.action("hold");
  broker.say("instantActions", hold);
  broker.lose();
  await settle();
  bridge.state?.(runningState);
  const told = broker.heard("state").length;
  clock.advance(2000);
  await settle();
  assert.equal(broker.heard("state").length, told + 1);
  assert.equal(broker.heard("state").at(-1).agent, "running");
  broker.say("instantActions", hold);
  assert.equal(broker.heard("responses").at(-1).reason, "duplicated");
  assert.deepEqual(done, ["mqtt:fleet: hold"]);
  await bridge[Symbol.asyncDispose]();
});

test("the newest faults that cost something are in the state, those of everyday life are not", async () => {
  const { broker, bridge, clock } = await openFakeBridge();
  const hold = { reaction: "hold" as const, reason: "It rests." };
  for (let i = 0; i < 10; i++) bridge.fault?.({ error: new AgentError("sense.stale", `camera ${i}`), decision: hold });
  bridge.fault?.({ error: new AgentError("plan.late", "late"), decision: { reaction: "ignore", reason: "It goes on." } });
  bridge.fault?.({ error: new TypeError("x is not a function"), decision: { reaction: "stop", reason: "A bug." } });
  clock.advance(200);
  const { faults } = broker.heard("state").at(-1);
  assert.deepEqual(
    faults.map(({ code }: { code: string }) => code),
    ["bug", ...Array.from({ length: 7 }, () => "sense.stale")],
  );
  assert.equal(faults[1].message, "camera 9");
  await bridge[Symbol.asyncDispose]();
});
