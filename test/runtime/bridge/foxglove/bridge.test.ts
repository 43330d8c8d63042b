/** The agent on Foxglove: what a tap is told comes out on the channels of the table, under their schemas, and commands go to the desk. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import { type FoxgloveOptions, openFoxgloveBridge } from "../../../../runtime/bridge/foxglove/bridge.ts";
import { ManualClock, SystemClock } from "../../../../runtime/core/clock.ts";
import type { SupervisorState } from "../../../../runtime/core/supervision.ts";
import { CHANNELS, channelsOf } from "../../../../runtime/record/channels/table.ts";
import { openFoxgloveClient } from "../../../helpers/foxglove-client.ts";
import { fakeDesk } from "../../../helpers/mqtt-fakes.ts";
import { frameAt, jointsAt, runFacts, tickAt } from "../../../helpers/run-news.ts";
import { until } from "../../../helpers/until.ts";

const holding: SupervisorState = { agent: "holding", task: "running", skills: [], reason: "held", mayAct: false };

async function open(options: Partial<FoxgloveOptions> = {}) {
  const { desk, done } = fakeDesk();
  const clock = new ManualClock(1_000_000_000n);
  const said: string[] = [];
  const tap = await openFoxgloveBridge({
    config: { host: "127.0.0.1", port: 0, origins: [] },
    ...{
      desk,
      urgent: ["park"],
      clock,
      run: runFacts,
      limits: { maxObservationAgeMs: 400, maxPlanAgeMs: 400, maxToolSpeedMPerS: 1, payloadKg: 0 },
      facts: { seed: 1 },
    },
    ...{ folder: { robot: "panda", path: "robots/panda" }, sessionId: "session-1", stopwatch: new SystemClock() },
    say: (text) => void said.push(text),
    ...options,
  });
  return { tap, clock, done, said, url: said[0] ?? "", [Symbol.asyncDispose]: async () => await tap.close?.() };
}

test("every channel of the table but the end of a recording is there, with its JSON Schema", async () => {
  await using agent = await open();
  await using client = await openFoxgloveClient(agent.url);
  const wanted = channelsOf(runFacts).filter(({ topic }) => topic !== CHANNELS.end.topic);
  await until("all channels", () => client.told.channels.size === wanted.length);
  for (const { topic, schema } of wanted) {
    const channel = client.told.channels.get(topic);
    assert.equal(channel?.schemaName, schema);
    assert.equal(typeof JSON.parse(channel.schema), "object");
  }
});

test("what the agent sees, decides and meets is heard as its schema says, stamped on the robot's clock, in the order it came", async () => {
  await using agent = await open();
  await using client = await openFoxgloveClient(agent.url);
  const { tap } = agent;
  const topics = [...client.told.channels.keys()];
  for (const topic of topics) client.subscribe(topic);
  await until("what is kept", () => client.heard("/run").length === 1);
  await tap.goal?.({ kind: "image", frames: [frameAt(3n)] });
  await tap.sample?.({ kind: "frame", frame: frameAt(7n) });
  await tap.sample?.(jointsAt(9n));
  await tap.tick?.(tickAt(0, 7n));
  await tap.state?.(holding);
  await tap.event?.({ segmentId: 3, kind: "completed", atNs: 4n });
  await until("the last one", () => client.heard("/motion").length === 1);
  const ajv = new Ajv({ strict: false });
  for (const { topic, body } of client.told.messages) {
    const isValid = ajv.compile(JSON.parse(client.told.channels.get(topic)?.schema ?? "{}"));
    assert.ok(isValid(body), `${topic}: ${ajv.errorsText(isValid.errors)}`);
  }
  const order = client.told.messages
    .map(({ topic }) => topic)
    .filter((topic) => ["/goal", "/joints", "/tick", "/state", "/motion"].includes(topic));
  assert.deepEqual(order, ["/goal", "/joints", "/tick", "/state", "/motion"]);
  const camera = runFacts.cameras[0]?.name;
  assert.equal(client.heard(`/camera/${camera}`)[0]?.body.format, "jpeg");
  assert.equal(client.heard("/tick")[0]?.stampNs, 1_000_000_000n);
});

test("who comes late hears the run, the goal and the state as they are now", async () => {
  await using agent = await open();
  await agent.tap.goal?.({ kind: "tool", positionM: [0.4, 0, 0.2] });
  await agent.tap.goal?.({ kind: "tool", positionM: [0.5, 0, 0.1] });
  await agent.tap.state?.(holding);
  await agent.tap.tick?.(tickAt(0, 7n));
  await using client = await openFoxgloveClient(agent.url);
  for (const topic of ["/run", "/goal", "/state", "/tick"]) client.subscribe(topic);
  await until("three messages", () => client.told.messages.length === 3);
  assert.deepEqual(client.heard("/goal")[0]?.body.positionM, [0.5, 0, 0.1]);
  assert.equal(client.heard("/state")[0]?.body.agent, "holding");
  assert.equal(client.heard("/run")[0]?.body.robot, runFacts.robot);
});

test("the robot's time is told at most every 50 ms of it, and a picture that nobody asked for is not made", async () => {
  await using agent = await open();
  await using client = await openFoxgloveClient(agent.url);
  for (let i = 0; i < 10; i++) {
    agent.clock.advance(20);
    assert.equal(agent.tap.sample?.({ kind: "frame", frame: frameAt(7n) }), undefined, "nothing to wait for");
  }
  await until("the times", () => client.told.times.length >= 3);
  assert.deepEqual(client.told.times, [1_060_000_000n, 1_120_000_000n, 1_180_000_000n]);
});

test("the address that is said carries the token, a command is the desk's, and the arm is left when the client goes", async () => {
  await using agent = await open();
  {
    await using client = await openFoxgloveClient(agent.url);
    assert.equal(await client.call("/foresight/hold"), '{"done":true}');
  }
  await until("it has left", () => agent.done.length === 2);
  assert.deepEqual(agent.done, ["foxglove: hold", "foxglove: leave"]);
});

test("a task that waits to be called is a service by its name, which the bearer of the token alone may call", async () => {
  await using agent = await open();
  await using looker = await openFoxgloveClient(agent.url.replace(/\?.*/, ""));
  assert.match(await looker.call("/foresight/urgent/park"), /^refused: urgent\/park: it needs the token/);
  await using client = await openFoxgloveClient(agent.url);
  assert.match(await client.call("/foresight/urgent/park", '{"now":true}'), /^refused: urgent\/park: the request is an empty JSON object/);
  assert.equal(await client.call("/foresight/urgent/park"), '{"done":true}');
  assert.deepEqual(agent.done, ["foxglove: urgent park"]);
});

test("a recording is started, ended and saved by services, of which a refusal is told", async () => {
  const { desk, done } = fakeDesk((what) => (what === "record stop" ? "nothing is recorded" : null));
  await using agent = await open({ desk });
  await using client = await openFoxgloveClient(agent.url);
  assert.equal(await client.call("/foresight/record/start"), '{"done":true}');
  assert.match(await client.call("/foresight/record/stop"), /^refused: nothing is recorded/);
  assert.equal(await client.call("/foresight/record/save"), '{"done":true}');
  assert.deepEqual(done, ["foxglove: record start", "foxglove: record save"]);
});

test("a token that is too short is refused without being shown", async () => {
  await assert.rejects(open({ config: { host: "127.0.0.1", port: 0, origins: [], token: "short" } }), (error: Error) => {
    assert.match(error.message, /^foxglove.token: 5 characters, must be 16 to 256/);
    return !error.message.includes("short");
  });
});

test("a picture that is none is left out, and the next one is heard", async () => {
  await using agent = await open();
  await using client = await openFoxgloveClient(agent.url);
  client.subscribe("/camera/front");
  client.subscribe("/run");
  await until("it is subscribed", () => client.heard("/run").length === 1);
  await agent.tap.sample?.({ kind: "frame", frame: { ...frameAt(7n), rgb: new Uint8Array(1) } });
  await agent.tap.sample?.({ kind: "frame", frame: frameAt(9n) });
  await until("the next", () => client.heard("/camera/front").length > 0);
  assert.deepEqual(
    client.heard("/camera/front").map(({ stampNs }) => stampNs),
    [frameAt(9n).receivedNs],
  );
});
