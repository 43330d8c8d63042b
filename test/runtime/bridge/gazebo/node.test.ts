/** Two nodes that meet over loopback: what one says the other hears, and what goes wrong is said in words. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { after, test } from "node:test";
import { LOOPBACK_NETWORK } from "../../../../runtime/bridge/gazebo/environment.ts";
import { PIXEL_FORMAT } from "../../../../runtime/bridge/gazebo/message-table.ts";
import { type GazeboNode, type GazeboNodeOptions, openGazeboNode } from "../../../../runtime/bridge/gazebo/node.ts";
import { ManualClock, SystemClock } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";

const clock = new SystemClock();
/** Ports and group of our own: no Gazebo of this machine is disturbed, and none disturbs. */
const network = { ...LOOPBACK_NETWORK, multicastGroup: "239.255.0.77", topicPort: 20_317, servicePort: 20_318 };
const WITHIN_MS = 10_000;
const opened: GazeboNode[] = [];
after(() => Promise.all(opened.map((node) => node.close())));

async function open(options: Partial<GazeboNodeOptions> & { partition: string }): Promise<GazeboNode> {
  const node = await openGazeboNode({ clock, network, ...options });
  opened.push(node);
  return node;
}
const aPartition = (): string => `test-${randomUUID()}`;

/** Waits for what has no event to wait for, at most ten seconds. */
async function until(what: string, condition: () => boolean): Promise<void> {
  const deadlineNs = clock.nowNs() + BigInt(WITHIN_MS) * 1_000_000n;
  while (!condition()) {
    assert.ok(clock.nowNs() < deadlineNs, `${what}: not within ${WITHIN_MS} ms`);
    await clock.sleep(5);
  }
}

async function twoNodes() {
  const partition = aPartition();
  return { partition, a: await open({ partition }), b: await open({ partition }) };
}

test("a message reaches a subscriber with every field, whoever came first", async () => {
  const { a, b } = await twoNodes();
  const late = a.publish("/late", "StringMsg");
  const heard: string[] = [];
  b.subscribe("/early", "StringMsg", ({ data }) => heard.push(data));
  b.subscribe("/late", "StringMsg", ({ data }) => heard.push(data));
  const early = a.publish("/early", "StringMsg");
  for (const publisher of [early, late]) {
    await publisher.whenSubscribed(WITHIN_MS);
    publisher.send({ data: publisher.topic });
  }
  await until("both messages", () => heard.length === 2);
  assert.deepEqual(heard, ["/early", "/late"]);
});

test("a topic whose name another's begins with gets only its own messages", async () => {
  const { a, b } = await twoNodes();
  const [short, long] = [a.publish("/img", "StringMsg"), a.publish("/img2", "StringMsg")];
  const heard: string[] = [];
  b.subscribe("/img", "StringMsg", ({ data }) => heard.push(data));
  await short.whenSubscribed(WITHIN_MS);
  assert.equal(long.hasSubscribers, true); // ZeroMQ filters by prefix: it does cross the wire.
  long.send({ data: "not mine" });
  short.send({ data: "mine" });
  await until("a message", () => heard.length > 0);
  assert.deepEqual(heard, ["mine"]);
});

test("of pictures that have piled up only the newest is handed over", async () => {
  const { a, b } = await twoNodes();
  const camera = a.publish("/camera", "Image", { newestOnly: false });
  const widths: number[] = [];
  const subscription = b.subscribe("/camera", "Image", ({ width }) => widths.push(width));
  await camera.whenSubscribed(WITHIN_MS);
  for (let width = 1; width <= 100; width++) camera.send({ width, pixelFormatType: PIXEL_FORMAT.rgbInt8 });
  await until("the last picture", () => widths.at(-1) === 100);
  assert.ok(widths.length < 100, `${widths.length} pictures handed over`);
  assert.equal(subscription.receivedCount, subscription.droppedCount + widths.length);
  assert.deepEqual(
    widths.toSorted((x, y) => x - y),
    widths,
  );
});

test("messages that must be complete all arrive, in order", async () => {
  const { a, b } = await twoNodes();
  const publisher = a.publish("/numbers", "Int32");
  const heard: number[] = [];
  b.subscribe("/numbers", "Int32", ({ data }) => heard.push(data));
  await publisher.whenSubscribed(WITHIN_MS);
  for (let data = 0; data < 900; data++) publisher.send({ data });
  await until("900 messages", () => heard.length === 900);
  assert.deepEqual(
    heard,
    Array.from({ length: 900 }, (_, i) => i),
  );
  assert.deepEqual([publisher.sentCount, publisher.droppedCount], [900, 0]);
});

test("a subscription that was closed ends the sending, and can be made again", async () => {
  const { a, b } = await twoNodes();
  const publisher = a.publish("/x", "Double");
  const first = b.subscribe("/x", "Double", () => {});
  await publisher.whenSubscribed(WITHIN_MS);
  first.close();
  await until("nobody listens", () => !publisher.hasSubscribers);
  publisher.send({ data: 1 });
  assert.equal(publisher.sentCount, 0);
  b.subscribe("/x", "Double", () => {});
  await publisher.whenSubscribed(WITHIN_MS);
});

test("a topic that nobody subscribes to is said so in time", async () => {
  const node = await open({ partition: "alone" });
  await assert.rejects(node.publish("/nobody", "Double").whenSubscribed(20), {
    code: "bridge.timeout",
    message: 'topic "/nobody": nobody subscribed within 20 ms in partition "alone"; does the other side use that name and that partition?',
  });
});

test("a topic of another type is warned of and delivers nothing", async () => {
  const { a, b } = await twoNodes();
  b.subscribe("/x", "Double", () => assert.fail("nothing may arrive"));
  a.publish("/x", "StringMsg");
  await until("the warning", () => b.warnings().length > 0);
  assert.deepEqual(b.warnings(), [
    { kind: "wrong-type", message: 'topic "/x" is published as gz.msgs.StringMsg and subscribed to as Double; nothing will arrive' },
  ]);
});

test("nodes of different partitions see and hear nothing of each other's topics", async () => {
  const a = await open({ partition: aPartition() });
  const b = await open({ partition: aPartition() });
  const publisher = a.publish("/x", "Double");
  b.subscribe("/x", "Double", () => assert.fail("another partition"));
  await until("b hears of a", () => b.topics().some((topic) => topic.partition === a.partition));
  await assert.rejects(publisher.whenSubscribed(50), { code: "bridge.timeout" });
});

test("a service is answered, awaited or not", async () => {
  const { a, b } = await twoNodes();
  a.offer("/upper", "StringMsg", "StringMsg", async ({ data }) => ({ data: data.toUpperCase() }));
  const answer = await b.request("/upper", "StringMsg", { data: "gazebo" }, "StringMsg", WITHIN_MS);
  assert.equal(answer.data, "GAZEBO");
});

test("a call may come before the service it calls", async () => {
  const { a, b } = await twoNodes();
  const answer = b.request("/later", "Empty", {}, "Boolean", WITHIN_MS);
  a.offer("/later", "Empty", "Boolean", () => ({ data: true }));
  assert.equal((await answer).data, true);
});

test("a thousand calls at once are all answered with their own answer", async () => {
  const { a, b } = await twoNodes();
  a.offer("/double", "Int32", "Int32", ({ data }) => ({ data: 2 * data }));
  await b.request("/double", "Int32", { data: 1 }, "Int32", WITHIN_MS);
  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  const answers = await Promise.all(numbers.map((data) => b.request("/double", "Int32", { data }, "Int32", WITHIN_MS)));
  assert.deepEqual(
    answers.map(({ data }) => data),
    numbers.map((i) => 2 * i),
  );
});

test("a handler that throws is an answer that says failed", async () => {
  const { a, b } = await twoNodes();
  a.offer("/fails", "Empty", "Boolean", () => Promise.reject(new AgentError("robot.rejected", "no")));
  await assert.rejects(b.request("/fails", "Empty", {}, "Boolean", WITHIN_MS), {
    code: "bridge.refused",
    message: 'service "/fails" answered that it failed; the server\'s own log says why',
  });
});

test("a service without answer is done when it is sent", async () => {
  const { a, b } = await twoNodes();
  let heard = "";
  a.offer("/tell", "StringMsg", "Empty", ({ data }) => {
    heard = data;
    return {};
  });
  await b.request("/tell", "StringMsg", { data: "hello" }, "Empty", WITHIN_MS);
  await until("the request", () => heard === "hello");
});

test("a call that nobody answers says what was asked for, where, and how long", async () => {
  const { a, b, partition } = await twoNodes();
  const refused = (promise: Promise<unknown>, message: string): Promise<void> =>
    assert.rejects(promise, { code: "bridge.timeout", message });
  a.offer("/there", "StringMsg", "Boolean", () => new Promise(() => {}));
  const knowsIt = (node: GazeboNode): boolean => node.services().some(({ name, partition: its }) => name === "/there" && its === partition);
  await until("b knows it", () => knowsIt(b));
  await refused(
    b.request("/there", "StringMsg", {}, "Double", 30),
    'service "/there" is offered as gz.msgs.StringMsg -> gz.msgs.Boolean, not as StringMsg -> Double: use its types',
  );
  await refused(
    b.request("/nowhere", "StringMsg", {}, "Double", 30),
    `service "/nowhere" is not offered in partition "${partition}" (waited 30 ms); ` +
      "others are: is that the name, and is the plugin that offers it in the world?",
  );
  const other = await open({ partition: aPartition() });
  await until("the other knows it", () => knowsIt(other));
  await refused(
    other.request("/there", "StringMsg", {}, "Boolean", 30),
    `service "/there" is not offered in partition "${other.partition}" (waited 30 ms), ` +
      `but in partition "${partition}": set the same partition on both sides`,
  );
  const { address } = b.services().find((service) => service.name === "/there")!;
  await refused(
    b.request("/there", "StringMsg", {}, "Boolean", 100),
    `service "/there" at ${address} was asked and did not answer within 100 ms`,
  );
});

test("a call whose provider leaves before it answered is told so at once", async () => {
  const { a, b } = await twoNodes();
  let asked = (): void => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  a.offer("/slow", "Empty", "Boolean", () => {
    asked();
    return new Promise(() => {});
  });
  const call = b.request("/slow", "Empty", {}, "Boolean", 60_000);
  const rejected = assert.rejects(call, {
    code: "bridge.lost",
    message: /^service "\/slow" was withdrawn, or its process \(tcp:.*\) died/,
  });
  await isAsked;
  await a.close();
  await rejected;
});

test("a node that closes leaves no call of its own hanging", async () => {
  const { a, b } = await twoNodes();
  let isAsked = false;
  a.offer("/slow", "Empty", "Boolean", () => {
    isAsked = true;
    return new Promise(() => {});
  });
  const rejected = assert.rejects(b.request("/slow", "Empty", {}, "Boolean", 60_000), { code: "bridge.lost" });
  await until("the call", () => isAsked);
  await b.close();
  await rejected;
});

test("two processes that offer the same service are warned of", async () => {
  const { a, b, partition } = await twoNodes();
  const c = await open({ partition });
  for (const node of [a, c]) node.offer("/same", "Empty", "Boolean", () => ({ data: true }));
  await until("both are known", () => b.services().length === 2);
  await b.request("/same", "Empty", {}, "Boolean", WITHIN_MS);
  const [warning] = b.warnings();
  assert.equal(warning?.kind, "two-providers");
  assert.match(
    warning.message,
    /^service "\/same" is offered by 2 processes in partition ".*" \(tcp:\/\/127\.0\.0\.1:\d+, tcp:.*\); the one heard/,
  );
});

test("what is published goes under the simulator's type names as soon as it is heard, and still arrives", async () => {
  const { a, b, partition } = await twoNodes();
  const command = a.publish("/cmd", "Double");
  const service = a.offer("/ask", "Empty", "Boolean", () => ({ data: true }));
  assert.deepEqual([a.family, service.service], ["gz.msgs", "/ask"]);
  const simulator = await open({ partition, family: "ignition.msgs" });
  const heard: number[] = [];
  simulator.subscribe("/cmd", "Double", ({ data }) => heard.push(data));
  simulator.publish("/clock", "Clock");
  const typesAt = (node: GazeboNode): string[] => [
    ...node.topics().flatMap(({ name, type }) => (name === "/cmd" ? [type] : [])),
    ...node.services().flatMap(({ name, requestType }) => (name === "/ask" ? [requestType] : [])),
  ];
  await until("the new types", () => typesAt(b).join() === "ignition.msgs.Double,ignition.msgs.Empty");
  await command.whenSubscribed(WITHIN_MS);
  command.send({ data: 0.7 });
  await until("the command", () => heard.length > 0);
  assert.deepEqual(heard, [0.7]);
  assert.equal((await simulator.request("/ask", "Empty", {}, "Boolean", WITHIN_MS)).data, true);
});

test("a node that closes is forgotten by its goodbye, not by its silence", async () => {
  const partition = aPartition();
  const a = await open({ partition });
  const b = await open({ partition, clock: new ManualClock() }); // For b no time passes: it never counts silence.
  a.publish("/x", "Double");
  a.offer("/y", "Empty", "Boolean", () => ({ data: true }));
  const known = (): string[] => [...b.topics(), ...b.services()].filter((it) => it.partition === partition).map((it) => it.name);
  await until("both are known", () => known().length === 2);
  await a.close();
  await until("they are gone", () => known().length === 0);
});

test("a process with topic statistics switched on is warned of", async () => {
  const node = await open({ partition: aPartition() });
  const body = Buffer.from("106e1a04706565722004", "hex"); // version 110, process "peer", heartbeat
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1", () => {
    socket.setMulticastInterface("127.0.0.1");
    socket.send(Buffer.concat([Buffer.of(body.length, 0), body]), network.topicPort, network.multicastGroup, () => socket.close());
  });
  await until("the warning", () => node.warnings().some((warning) => warning.kind === "wrong-version"));
  assert.equal(
    node.warnings().find((warning) => warning.kind === "wrong-version")?.message,
    "process peer speaks wire version 110, this client speaks 10; unset IGN_TRANSPORT_TOPIC_STATISTICS and GZ_TRANSPORT_TOPIC_STATISTICS there",
  );
});

test("an interface that this machine does not have is refused in words", async () => {
  await assert.rejects(openGazeboNode({ clock, partition: "p", network: { ...network, hostIp: "192.0.2.1" } }), {
    code: "bridge.failed",
    message: "Gazebo: cannot bind to 192.0.2.1 (Cannot assign requested address); is that an address of this machine?",
  });
});
